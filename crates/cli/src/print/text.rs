//! Text for a terminal: wrapped, bounded, and without control characters of a hostile peer.

/// Columns that no line exceeds.
pub(crate) const COLUMNS_MAX: usize = 100;
/// Columns of a word that is not cut: a hash, or a path, on an indented line.
const PIECE_COLUMNS_MAX: usize = 75;

/// Columns that a piece of text takes, colours aside.
pub(crate) fn columns(text: &str) -> usize {
    let mut columns = 0;
    let mut in_colour = false;
    for letter in text.chars() {
        match (in_colour, letter) {
            (false, '\u{1b}') => in_colour = true,
            (true, 'm') => in_colour = false,
            (true, _) => {}
            (false, _) => columns += 1,
        }
    }
    columns
}

/// Text of a peer or a file, made safe to print: what would act on a screen unseen is shown as
/// `<U+001B>`, and a run of it as `<U+200F x100000>` (rule DESK-8). Line ends and tabs stay.
pub(crate) fn safe(text: &str) -> String {
    let lines = text.split('\n');
    let lines = lines.map(|line| redphone_wire::shown(&line.replace('\t', "    ")));
    lines.collect::<Vec<_>>().join("\n")
}

/// Wraps text at words, with the first line indented by `first` and the others by `rest`. Ends
/// with a line end. A word longer than a line is cut.
pub(crate) fn wrap(text: &str, first: usize, rest: usize) -> String {
    let mut wrapped = String::new();
    let mut indent = first;
    for paragraph in text.lines() {
        let mut line = " ".repeat(indent);
        let mut empty = true;
        for word in paragraph.split(' ').flat_map(pieces) {
            let space = usize::from(!empty);
            if !empty && columns(&line) + space + columns(&word) > COLUMNS_MAX {
                push_line(&mut wrapped, &line);
                indent = rest;
                line = " ".repeat(indent);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(&word);
            empty = false;
        }
        push_line(&mut wrapped, &line);
        indent = rest;
    }
    wrapped
}

/// A count with its noun: "1 body", "2 bodies".
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Bytes in a unit that people read.
pub(crate) fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} bytes"),
        10_000..1_000_000 => format!("{} kB", count.div_ceil(1_000)),
        1_000_000..10_000_000_000 => {
            format!("{}.{} MB", count / 1_000_000, count % 1_000_000 / 100_000)
        }
        _ => format!("{} GB", count / 1_000_000_000),
    }
}

/// Words of a card or of keys, numbered, in both languages, four a line.
pub(crate) fn numbered_words(english: &[String], russian: &[String]) -> String {
    let mut page = String::new();
    for (language, words) in [("English", english), ("Russian", russian)] {
        for (row, four) in words.chunks(4).enumerate() {
            page.push_str(&format!("  {:<9}", if row == 0 { language } else { "" }));
            for (column, word) in four.iter().enumerate() {
                let cell = format!("{:>2} {:<16}", row * 4 + column + 1, safe(word));
                page.push_str(&cell);
            }
            page.truncate(page.trim_end().len());
            page.push('\n');
        }
    }
    page
}

fn push_line(wrapped: &mut String, line: &str) {
    wrapped.push_str(line.trim_end());
    wrapped.push('\n');
}

/// A word in pieces of three quarters of a line at most.
fn pieces(word: &str) -> Vec<String> {
    if columns(word) <= PIECE_COLUMNS_MAX {
        return vec![word.to_owned()];
    }
    let letters: Vec<char> = word.chars().collect();
    letters
        .chunks(PIECE_COLUMNS_MAX)
        .map(|piece| piece.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_page() {
        let text = "a warning that goes on and on ".repeat(20) + &"x".repeat(300);

        let wrapped = wrap(&text, 2, 4);

        assert!(
            wrapped.lines().all(|line| columns(line) <= COLUMNS_MAX),
            "{wrapped}"
        );
    }

    #[test]
    fn control_characters_of_a_peer_do_nothing() {
        let hostile = "up\u{1b}[2Jdown\u{202e}txt\u{7}";

        let shown = safe(hostile);

        assert_eq!(shown, "up<U+001B>[2Jdown<U+202E>txt<U+0007>");
    }

    #[test]
    fn text_bomb_is_one_short_line_and_line_ends_stay() {
        let bomb = format!("one\n{}two", "\u{200f}".repeat(100_000));

        assert_eq!(safe(&bomb), "one\n<U+200F x100000>two");
    }

    #[test]
    fn colours_have_no_width() {
        assert_eq!(columns("\u{1b}[1;31mFLASH\u{1b}[0m"), 5);
    }
}
