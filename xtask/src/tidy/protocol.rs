//! Rules of the protocol: numbered without gaps, each with a check and a test that exist.
//!
//! A rule is a row of a table in docs/PROTOCOL.md:
//!
//! ```text
//! | WIRE-1 | statement | `wire::from_bytes` | `every_type_has_one_encoding` |
//! ```
//!
//! The check is a room and a function or type of it; the test is a function, or a file in the
//! repository. A rule that a source names must be in the document. In docs/FAULTS.md the last cell of
//! a fault names the tests that provoke it; it may be empty.

use std::collections::BTreeMap;

use super::Finding;
use crate::rust_text::{code, has_word};
use crate::tree::Tree;

const PROTOCOL: &str = "docs/PROTOCOL.md";
const FAULTS: &str = "docs/FAULTS.md";

/// The code of every Rust file, by path.
type Sources<'t> = BTreeMap<&'t str, String>;
/// The number of the last rule of each chapter.
type Chapters<'t> = BTreeMap<&'t str, u32>;

/// Checks the documents against the sources, and the sources against the protocol.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let sources: Sources<'_> = tree
        .ending(".rs")
        .map(|(path, text)| (path, code(text)))
        .collect();
    let mut findings = Vec::new();
    let chapters = check_rules(tree, &sources, &mut findings);
    check_rules_named(tree, &chapters, &mut findings);
    check_faults(tree, &sources, &mut findings);
    findings
}

fn check_rules<'t>(
    tree: &'t Tree,
    sources: &Sources<'_>,
    findings: &mut Vec<Finding>,
) -> Chapters<'t> {
    let mut last = Chapters::new();
    let text = tree.text(PROTOCOL).unwrap_or_default();
    for (index, line) in text.lines().enumerate() {
        let Some((chapter, number, cells)) = rule(line) else {
            continue;
        };
        let mut complain = |what: String| {
            let what = format!("{chapter}-{number}: {what}");
            findings.push(Finding::new(PROTOCOL, index + 1, what));
        };
        let before = last.insert(chapter, number).unwrap_or(0);
        if number != before + 1 {
            complain(format!("follows {chapter}-{before}"));
        }
        let [_, statement, checks, tests] = cells.as_slice() else {
            complain("has not four cells".to_owned());
            continue;
        };
        if statement.is_empty() {
            complain("says nothing".to_owned());
        }
        require(
            checks,
            "check",
            |name| check_exists(sources, name),
            &mut complain,
        );
        require(
            tests,
            "test",
            |name| test_exists(tree, sources, name),
            &mut complain,
        );
    }
    last
}

/// A source may name only rules that there are.
fn check_rules_named(tree: &Tree, last: &Chapters<'_>, findings: &mut Vec<Finding>) {
    for (path, text) in tree.ending(".rs") {
        if path.starts_with("xtask/") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for (chapter, number) in rules_named(line, last) {
                if last
                    .get(chapter)
                    .is_none_or(|last| number > *last || number == 0)
                {
                    let what = format!("names {chapter}-{number}, which {PROTOCOL} does not have");
                    findings.push(Finding::new(path, index + 1, what));
                }
            }
        }
    }
}

/// The tests that a fault names must exist.
fn check_faults(tree: &Tree, sources: &Sources<'_>, findings: &mut Vec<Finding>) {
    for (index, line) in tree.text(FAULTS).unwrap_or_default().lines().enumerate() {
        let Some(row) = line.strip_prefix("| F") else {
            continue;
        };
        let tests = row.strip_suffix('|').and_then(|row| row.rsplit('|').next());
        for name in tests.unwrap_or_default().split('`').skip(1).step_by(2) {
            if !test_exists(tree, sources, name) {
                let what = format!("names the test {name}, which does not exist");
                findings.push(Finding::new(FAULTS, index + 1, what));
            }
        }
    }
}

/// Every name in backticks must exist, and there must be one.
fn require(
    cell: &str,
    role: &str,
    exists: impl Fn(&str) -> bool,
    complain: &mut impl FnMut(String),
) {
    let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
    if names.is_empty() {
        complain(format!("names no {role}"));
    }
    for name in names.into_iter().filter(|name| !exists(name)) {
        complain(format!("names the {role} {name}, which does not exist"));
    }
}

/// Chapter, number and cells of a row that is a rule.
fn rule(line: &str) -> Option<(&str, u32, Vec<&str>)> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let (chapter, number) = cells.first()?.split_once('-')?;
    let capitals = !chapter.is_empty() && chapter.bytes().all(|b| b.is_ascii_uppercase());
    let number = number.parse().ok().filter(|_| capitals)?;
    Some((chapter, number, cells))
}

/// The rules that a line names: the word of a known chapter, a hyphen, a number.
fn rules_named<'l>(line: &'l str, chapters: &Chapters<'_>) -> Vec<(&'l str, u32)> {
    let mut named = Vec::new();
    if !line.trim_start().starts_with("//") {
        return named;
    }
    for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
        if let Some((chapter, number)) = word.split_once('-')
            && chapters.contains_key(chapter)
            && let Ok(number) = number.parse()
        {
            named.push((chapter, number));
        }
    }
    named
}

/// `room::name`, `room::Type::name`: the room's sources define the last part.
fn check_exists(sources: &Sources<'_>, name: &str) -> bool {
    let Some((room, rest)) = name.split_once("::") else {
        return false;
    };
    let last = rest.rsplit("::").next().unwrap_or(rest);
    let folder = format!("crates/{room}/src/");
    let kinds = ["fn", "struct", "enum", "const", "trait", "mod"];
    sources
        .iter()
        .filter(|(path, _)| path.starts_with(&folder))
        .any(|(_, code)| {
            kinds
                .iter()
                .any(|kind| has_word(code, &format!("{kind} {last}")))
        })
}

fn test_exists(tree: &Tree, sources: &Sources<'_>, name: &str) -> bool {
    let last = name.rsplit("::").next().unwrap_or(name);
    let defined = format!("fn {last}");
    tree.has(name) || sources.values().any(|code| has_word(code, &defined))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    const SOURCE: &str = "//! Rule WIRE-1.\nfn from_bytes() {}\nfn one_encoding() {}\n";

    fn findings(rows: &str, source: &str) -> Vec<Finding> {
        check(&Tree::of(&[
            (PROTOCOL, rows),
            ("crates/wire/src/lib.rs", source),
        ]))
    }

    #[test]
    fn rule_with_its_check_and_test_passes() {
        let row = "| WIRE-1 | One form. | `wire::from_bytes` | `one_encoding` |";
        assert_eq!(findings(row, SOURCE), []);
    }

    #[test]
    fn check_or_test_that_does_not_exist_is_found() {
        let row = "| WIRE-1 | One form. | `wire::no_such` | `nor_this` |";
        let findings = findings(row, SOURCE);
        assert!(found(&findings, PROTOCOL, "the check wire::no_such"));
        assert!(found(&findings, PROTOCOL, "the test nor_this"));
    }

    #[test]
    fn rule_without_a_test_is_found() {
        let row = "| WIRE-1 | One form. | `wire::from_bytes` | |";
        assert!(found(&findings(row, SOURCE), PROTOCOL, "names no test"));
    }

    #[test]
    fn gap_in_the_numbers_is_found() {
        let row = "| WIRE-2 | One form. | `wire::from_bytes` | `one_encoding` |";
        assert!(found(&findings(row, SOURCE), PROTOCOL, "follows WIRE-0"));
    }

    #[test]
    fn source_that_names_an_unknown_rule_is_found() {
        let row = "| WIRE-1 | One form. | `wire::from_bytes` | `one_encoding` |";
        let source = format!("{SOURCE}// Rule WIRE-9.\n");
        let findings = findings(row, &source);
        assert!(found(&findings, "crates/wire/src/lib.rs", "names WIRE-9"));
    }

    #[test]
    fn fault_with_a_test_that_does_not_exist_is_found() {
        let rows = "| F01 | killed | I1 | `no_such` |\n| F02 | killed | I1 | |\n";
        let findings = check(&Tree::of(&[(FAULTS, rows)]));
        assert!(found(&findings, FAULTS, "the test no_such"));
        assert_eq!(findings.len(), 1, "{findings:?}");
    }
}
