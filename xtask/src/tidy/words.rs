//! Words that do not belong here: unfinished work, calls that may panic, paths of one machine.

use super::Finding;
use super::rooms::is_test_file;
use crate::rust_text::{code, has_word, without_tests};
use crate::tree::Tree;

/// Marks of unfinished work, in any text. In two parts, so that this file does not hold them.
const UNFINISHED: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("for", " now"),
    concat!("place", "holder"),
    concat!("not", " implemented"),
];

/// Folders of the machine that something was written on.
const MACHINE_FOLDERS: [&str; 4] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/Use", "rs/"),
];

/// Calls that panic, outside tests. `expect` may be a method of ours; clippy knows the difference.
const PANICS: [&str; 4] = [".unwrap()", "todo!(", "unimplemented!(", "dbg!("];

const TEXTS: [&str; 7] = [".rs", ".md", ".toml", ".py", ".sh", ".vp", "/run"];

/// Checks every text.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        if !TEXTS.iter().any(|ending| path.ends_with(ending)) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for word in UNFINISHED {
                if has_word(line, word) {
                    findings.push(Finding::new(path, index + 1, format!("says '{word}'")));
                }
            }
            for folder in MACHINE_FOLDERS {
                if line.contains(folder) {
                    let what = format!("names {folder}, a folder of one machine");
                    findings.push(Finding::new(path, index + 1, what));
                }
            }
        }
        if path.ends_with(".rs") && !is_test_file(tree, path) {
            check_panics(path, text, &mut findings);
        }
        check_documents_named(tree, path, text, &mut findings);
    }
    findings
}

fn check_panics(path: &str, text: &str, findings: &mut Vec<Finding>) {
    for (index, line) in without_tests(&code(text)).lines().enumerate() {
        for call in PANICS {
            if line.contains(call) {
                let what = format!("calls {call} outside a test");
                findings.push(Finding::new(path, index + 1, what));
            }
        }
    }
}

/// A document that a text names must be in the repository. In Rust only comments are looked at.
fn check_documents_named(tree: &Tree, path: &str, text: &str, findings: &mut Vec<Finding>) {
    let rust = path.ends_with(".rs");
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    for (index, line) in text.lines().enumerate() {
        if rust && !line.trim_start().starts_with("//") {
            continue;
        }
        for word in line.split(|c| !is_name(c)) {
            let name = word
                .trim_end_matches('.')
                .rsplit('/')
                .next()
                .unwrap_or(word);
            let named = name.len() > 3 && name.ends_with(".md");
            let exists = || {
                tree.files()
                    .any(|(file, _)| file.rsplit('/').next() == Some(name))
            };
            if named && !exists() {
                let what = format!("names {name}, which is not in the repository");
                findings.push(Finding::new(path, index + 1, what));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    const PATH: &str = "crates/line/src/order.rs";

    fn findings(text: &str) -> Vec<Finding> {
        check(&Tree::of(&[(PATH, text)]))
    }

    #[test]
    fn unfinished_work_is_found() {
        for word in UNFINISHED {
            assert!(
                found(&findings(&format!("// {word} this")), PATH, word),
                "{word}"
            );
        }
    }

    #[test]
    fn folder_of_one_machine_is_found() {
        for folder in MACHINE_FOLDERS {
            assert!(
                found(&findings(&format!("// {folder}x")), PATH, folder),
                "{folder}"
            );
        }
    }

    #[test]
    fn panic_is_found_outside_tests_only() {
        let outside = "fn f() { g().unwrap(); }";
        let inside = "#[cfg(test)]\nmod tests { fn f() { g().unwrap(); } }";
        assert!(found(&findings(outside), PATH, ".unwrap()"));
        assert_eq!(findings(inside), []);
    }

    #[test]
    fn document_that_is_not_here_is_found() {
        let text = concat!("//! As NOTHING", ".md says.");
        assert!(found(&findings(text), PATH, "not in the repository"));
    }
}
