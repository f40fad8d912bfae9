//! As much Rust as the tidy checks need: code without comments, literals or tests, and functions.
//!
//! Not a parser. It relies on the sources being formatted and compiling, which other steps check.

/// A function and how long it is.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Line of its `fn`, from 1.
    pub(crate) line: usize,
    /// Lines from its `fn` to its closing brace.
    pub(crate) lines: usize,
}

/// The source with comments and the insides of literals blanked out, every line where it was.
pub(crate) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let Some(length) = opaque_bytes(rest, before) else {
            code.push(first);
            before = first;
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        };
        let (opaque, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        code.extend(opaque.chars().map(|c| if c == '\n' { c } else { ' ' }));
        before = ' ';
        rest = after;
    }
    code
}

/// The code with every item under `#[cfg(test)]` blanked out.
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, marked)) = rest.split_once(MARK) {
        kept.push_str(before);
        let length = item_bytes(marked);
        let (item, after) = marked.split_at_checked(length).unwrap_or((marked, ""));
        kept.extend(item.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// The functions with a body, in order.
pub(crate) fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let (before, from) = code.split_at_checked(at).unwrap_or_default();
        if before.chars().next_back().is_some_and(is_word) {
            continue;
        }
        let named = from.get(3..).unwrap_or_default();
        let name: String = named.chars().take_while(|c| is_word(*c)).collect();
        let length = item_bytes(from);
        let item = from.get(..length).unwrap_or_default();
        if name.is_empty() || !item.ends_with('}') {
            continue;
        }
        found.push(Function {
            name,
            line: before.matches('\n').count() + 1,
            lines: item.matches('\n').count() + 1,
        });
    }
    found
}

/// Whether a word stands in the code, alone.
pub(crate) fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        let after = code
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Bytes of the comment or literal that begins here, if one does.
fn opaque_bytes(rest: &str, before: char) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment_bytes(rest));
    }
    if rest.starts_with('"') {
        return Some(string_bytes(rest));
    }
    if rest.starts_with('\'') {
        return char_bytes(rest);
    }
    let raw = rest.strip_prefix('r')?;
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let quoted = raw.get(hashes..)?.strip_prefix('"')?;
    if is_word(before) && before != 'b' {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let inside = quoted.find(&end).unwrap_or(quoted.len());
    Some((2 + hashes + inside + end.len()).min(rest.len()))
}

fn block_comment_bytes(rest: &str) -> usize {
    let mut depth = 0_u32;
    for (at, _) in rest.char_indices() {
        let here = rest.get(at..).unwrap_or_default();
        if here.starts_with("/*") {
            depth += 1;
        } else if here.starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return at + 2;
            }
        }
    }
    rest.len()
}

fn string_bytes(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character, or `None` for a lifetime.
fn char_bytes(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        chars.next()?;
        return chars.find(|(_, c)| *c == '\'').map(|(at, _)| at + 1);
    }
    let (at, second) = chars.next()?;
    (second == '\'').then_some(at + 1)
}

/// Bytes to the end of the item that begins here: its closing brace, or its semicolon.
fn item_bytes(code: &str) -> usize {
    let mut braces = 0_u32;
    let mut brackets = 0_i32;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            '{' => braces += 1,
            '}' if braces <= 1 => return at + 1,
            '}' => braces -= 1,
            ';' if braces == 0 && brackets == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blank_and_lines_stay() {
        let text = "a /* b /* c */ \n d */ e // f\n\"g\\\"h\" r#\"i\"j\"# 'k' '\\'' <'l> m";
        let code = code(text);
        let words: Vec<&str> = code.split_whitespace().collect();
        assert_eq!(words, ["a", "e", "<'l>", "m"]);
        assert_eq!(code.matches('\n').count(), text.matches('\n').count());
    }

    #[test]
    fn items_of_tests_are_blank_and_the_rest_stays() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nuse d;\nfn e() {}";
        let kept = without_tests(code);
        let names: Vec<String> = functions(&kept).into_iter().map(|f| f.name).collect();
        assert_eq!(names, ["a", "c", "e"]);
        assert_eq!(kept.matches('\n').count(), code.matches('\n').count());
    }

    #[test]
    fn functions_are_measured_to_their_closing_brace() {
        let code = "trait T { fn a(x: [u8; 2]); }\nfn b(x: [u8; 2])\nwhere\n{\n if x {}\n}\n";
        let expected = Function {
            name: "b".to_owned(),
            line: 2,
            lines: 5,
        };
        assert_eq!(functions(code), [expected]);
    }

    #[test]
    fn words_stand_alone() {
        assert!(has_word("Instant::now()", "Instant"));
        assert!(!has_word("let an_Instant = 1;", "Instant"));
    }
}
