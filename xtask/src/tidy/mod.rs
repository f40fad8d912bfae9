//! The house rules that no linter knows, checked on every file.
//!
//! Each check is a function from the [`Tree`] to its findings, and has a test in which a planted
//! violation is found. Owns no rule itself: the rules are in the modules below.

mod closure;
mod dependencies;
mod documents;
mod protocol;
mod rooms;
mod shape;
mod words;

use std::fmt;
use std::path::Path;

use crate::tree::Tree;

/// What is wrong, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    path: String,
    /// From 1; 0 for the whole file.
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.path, self.what)
        } else {
            write!(f, "{}:{}: {}", self.path, self.line, self.what)
        }
    }
}

/// Runs every check and prints what they find. Warnings are printed and allowed.
pub(crate) fn run(root: &Path, tasks: &[&str]) -> Result<(), String> {
    let tree = Tree::load(root).map_err(|why| format!("cannot read the repository: {why}"))?;
    for warning in shape::long_files(&tree, shape::FILE_LINES_WARN..=shape::FILE_LINES_MAX) {
        println!("warning: {warning}");
    }
    let mut findings = check(&tree, tasks);
    findings.extend(closure::check(root)?);
    for finding in &findings {
        println!("error: {finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => Err("1 house rule is broken".to_owned()),
        count => Err(format!("{count} house rules are broken")),
    }
}

fn check(tree: &Tree, tasks: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(rooms::check(tree));
    findings.extend(dependencies::check(tree));
    findings.extend(shape::check(tree));
    findings.extend(words::check(tree));
    findings.extend(documents::check(tree, tasks));
    findings.extend(protocol::check(tree));
    findings
}

/// Whether one of the findings is about this file and says this.
#[cfg(test)]
fn found(findings: &[Finding], path: &str, says: &str) -> bool {
    findings
        .iter()
        .any(|finding| finding.path == path && finding.what.contains(says))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule on which the simulator rests. The others are the step `tidy`.
    #[test]
    fn core_rooms_of_this_repository_depend_on_no_machine() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let tree = Tree::load(&root).unwrap();
        assert_eq!(rooms::check(&tree), []);
        assert_eq!(closure::check(&root), Ok(Vec::new()));
    }
}
