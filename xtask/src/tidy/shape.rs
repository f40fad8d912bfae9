//! The shape of the sources: files and functions that fit a reader, a door sentence on each file.

use std::ops::RangeInclusive;

use super::Finding;
use super::rooms::is_test_file;
use crate::rust_text::{code, functions};
use crate::tree::Tree;

/// Lines of a source file from which it is looked at twice.
pub(super) const FILE_LINES_WARN: usize = 351;
/// Lines that no source file may exceed.
pub(super) const FILE_LINES_MAX: usize = 700;
/// Lines that no function may exceed.
const FUNCTION_LINES_MAX: usize = 70;
/// Room folders whose door must forbid unsafe code.
const FORBID_UNSAFE: &str = "#![forbid(unsafe_code)]";

/// Checks every Rust file.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = long_files(tree, FILE_LINES_MAX + 1..=usize::MAX);
    for (path, text) in tree.ending(".rs") {
        if !text.starts_with("//!") {
            let what = "begins without a //! sentence that says what it is and owns";
            findings.push(Finding::new(path, 1, what));
        }
        let door = path.ends_with("/src/lib.rs") || path.ends_with("/src/main.rs");
        if door && !text.contains(FORBID_UNSAFE) {
            findings.push(Finding::new(path, 0, format!("must say {FORBID_UNSAFE}")));
        }
        for function in functions(&code(text)) {
            if function.lines > FUNCTION_LINES_MAX {
                let (name, lines) = (function.name, function.lines);
                let what = format!("fn {name} has {lines} lines, {FUNCTION_LINES_MAX} at most");
                findings.push(Finding::new(path, function.line, what));
            }
        }
        // In tests calls that may panic are excused by the file.
        let lines = text.lines().enumerate();
        for (index, line) in lines.filter(|_| !is_test_file(tree, path)) {
            let excused = line.trim_start().starts_with("#[allow(")
                || line.trim_start().starts_with("#![allow(")
                || line.trim_start().starts_with("#[expect(");
            let reason = text
                .lines()
                .skip(index)
                .take(4)
                .any(|l| l.contains("reason ="));
            if excused && !reason {
                let what = "a lint is excused without a reason";
                findings.push(Finding::new(path, index + 1, what));
            }
        }
    }
    findings
}

/// The Rust files whose number of lines is in a range.
pub(super) fn long_files(tree: &Tree, lines: RangeInclusive<usize>) -> Vec<Finding> {
    let count = |text: &str| text.lines().count();
    tree.ending(".rs")
        .filter(|(_, text)| lines.contains(&count(text)))
        .map(|(path, text)| Finding::new(path, 0, format!("has {} lines", count(text))))
        .collect()
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
    fn file_that_is_too_long_is_found() {
        let long = format!("//! Long.\n{}", "\n".repeat(FILE_LINES_MAX));
        assert!(found(&findings(&long), PATH, "has 701 lines"));
    }

    #[test]
    fn file_worth_a_second_look_is_a_warning_only() {
        let longish = format!("//! Longish.\n{}", "\n".repeat(400));
        let tree = Tree::of(&[(PATH, &longish)]);
        assert!(check(&tree).is_empty());
        assert_eq!(long_files(&tree, FILE_LINES_WARN..=FILE_LINES_MAX).len(), 1);
    }

    #[test]
    fn function_that_is_too_long_is_found() {
        let text = format!(
            "//! X.\nfn long() {{\n{}}}\n",
            "\n".repeat(FUNCTION_LINES_MAX)
        );
        assert!(found(&findings(&text), PATH, "fn long has 72 lines"));
    }

    #[test]
    fn module_without_a_door_sentence_is_found() {
        assert!(found(&findings("fn f() {}\n"), PATH, "without a //!"));
    }

    #[test]
    fn lint_excused_without_a_reason_is_found() {
        let bare = "//! X.\n#[allow(clippy::panic)]\nfn f() {}\n";
        let reasoned =
            "//! X.\n#[allow(clippy::panic, reason = \"a broken invariant\")]\nfn f() {}\n";
        assert!(found(&findings(bare), PATH, "without a reason"));
        assert_eq!(findings(reasoned), []);
    }

    #[test]
    fn door_that_allows_unsafe_code_is_found() {
        let tree = Tree::of(&[("crates/line/src/lib.rs", "//! X.\n")]);
        assert!(found(
            &check(&tree),
            "crates/line/src/lib.rs",
            "forbid(unsafe_code)"
        ));
    }
}
