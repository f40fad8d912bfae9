//! Text as it may be shown: what would act on a screen unseen becomes a visible token.
//!
//! Owns which characters those are. It changes no text that crosses the line: a message keeps its
//! bytes, and its digest is of them. Rule DESK-8.

/// Marks that may stand on one letter; more of them would paint over other lines.
const MARKS_ON_LETTER_MAX: usize = 3;

/// One line of text for a screen. Control characters, line ends among them, and characters that
/// turn the direction of writing or have no width are shown as `<U+202E>`, a run of the same one as
/// `<U+200F x100000>`; so are marks that pile up on one letter.
pub fn shown(text: &str) -> String {
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::ShownAsItCame) {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len());
    let mut marks = 0;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        marks = if is_mark(letter) { marks + 1 } else { 0 };
        if !is_unseen(letter) && marks <= MARKS_ON_LETTER_MAX {
            line.push(letter);
            continue;
        }
        let mut run = 1_usize;
        while letters.next_if_eq(&letter).is_some() {
            run += 1;
        }
        let code = u32::from(letter);
        line.push_str(&if run == 1 {
            format!("<U+{code:04X}>")
        } else {
            format!("<U+{code:04X} x{run}>")
        });
    }
    line
}

/// A name for a screen: as [`shown`], and said when one word of it has letters of two alphabets
/// that look alike, such as a Cyrillic `а` in a Latin word.
pub fn shown_name(name: &str) -> String {
    let mut line = shown(name);
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    if words.into_iter().any(is_of_two_alphabets) {
        line.push_str(" <letters of two alphabets>");
    }
    line
}

fn is_of_two_alphabets(word: &str) -> bool {
    let has = |is: fn(char) -> bool| usize::from(word.chars().any(is));
    let latin =
        |c| matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{ff21}'..='\u{ff5a}');
    let greek = |c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}');
    let cyrillic = |c| matches!(c, '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}');
    has(latin) + has(greek) + has(cyrillic) > 1
}

/// Whether a character acts on a screen without being seen: controls, joiners, direction marks,
/// invisible fillers, tags and variation selectors.
pub fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Combining marks of the scripts that pile them up.
fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}'
        | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_character_becomes_a_visible_token() {
        for letter in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let token = shown(&letter.to_string());
            let unseen = is_unseen(letter);
            assert_eq!(token.starts_with("<U+"), unseen, "{letter:?}");
            assert!(!unseen || token.is_ascii(), "{letter:?}");
        }
        assert_eq!(
            shown("up\u{1b}[2J\u{202e}txt.exe\n"),
            "up<U+001B>[2J<U+202E>txt.exe<U+000A>"
        );
    }

    #[test]
    fn bombs_of_marks_stay_short_and_harmless() {
        let turned = "\u{200f}".repeat(100_000);
        assert_eq!(shown(&turned), "<U+200F x100000>");
        let piled = format!("e{}", "\u{301}".repeat(50_000));
        assert_eq!(shown(&piled), "e\u{301}\u{301}\u{301}<U+0301 x49997>");
    }

    #[test]
    fn text_that_does_nothing_stays_as_it_is() {
        for text in [
            "This is not an exercise.",
            "Это не учение: ёлка",
            "é \u{e9} 漢字 ¿? 🕊",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn name_with_letters_of_two_alphabets_is_flagged() {
        for name in ["Iv\u{430}nov", "\u{421}APT", "N\u{39f}RD"] {
            assert!(
                shown_name(name).ends_with("<letters of two alphabets>"),
                "{name}"
            );
        }
        for name in ["1st watch", "Иванов", "IT-отдел", "Łódź", "2-я вахта"] {
            assert_eq!(shown_name(name), name);
        }
    }
}
