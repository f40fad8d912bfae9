//! Documents: links that lead somewhere, commands that exist, a decision record for each number.

use super::Finding;
use crate::tree::Tree;

/// Documents that a repository of ours has.
const REQUIRED: [&str; 13] = [
    ".ci/run",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "deny.toml",
    "docs/KNOWN-ISSUES.md",
    "docs/OPERATING.md",
    "docs/PROTOCOL.md",
    "docs/THREAT-MODEL.md",
];

/// Lines of README: two screens.
const README_LINES_MAX: usize = 110;

/// Checks every Markdown file. `tasks` are those of the runner.
pub(super) fn check(tree: &Tree, tasks: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in REQUIRED {
        if !tree.has(path) {
            findings.push(Finding::new(path, 0, "is missing"));
        }
    }
    let readme = tree.text("README.md").unwrap_or_default().lines().count();
    if readme > README_LINES_MAX {
        let what = format!("has {readme} lines, {README_LINES_MAX} at most");
        findings.push(Finding::new("README.md", 0, what));
    }
    for (path, text) in tree.ending(".md") {
        let mut fenced = false;
        for (index, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
                continue;
            }
            if !fenced {
                for target in targets(line) {
                    if let Some(what) = broken(tree, path, target) {
                        findings.push(Finding::new(path, index + 1, what));
                    }
                }
            }
            if let Some(task) = unknown_task(line, fenced, tasks) {
                let what = format!("there is no task '{task}'");
                findings.push(Finding::new(path, index + 1, what));
            }
        }
    }
    findings.extend(check_decisions(tree));
    findings
}

/// The targets of a line's links.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

fn broken(tree: &Tree, path: &str, target: &str) -> Option<String> {
    if target.starts_with("https://") || target.starts_with("http://") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() {
        path.to_owned()
    } else {
        resolve(path, file)
    };
    if !tree.has(&file) {
        return Some(format!("the link to {target} leads nowhere"));
    }
    let headed = || {
        let text = tree.text(&file).unwrap_or_default();
        text.lines()
            .filter(|line| line.starts_with('#'))
            .any(|line| slug(line) == anchor)
    };
    (!anchor.is_empty() && !headed()).then(|| format!("no heading answers to {target}"))
}

/// A path beside a file, as a path from the root.
fn resolve(beside: &str, path: &str) -> String {
    let mut parts: Vec<&str> = beside.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchor of a heading.
fn slug(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// A task that a line tells the reader to run and that the runner does not have.
fn unknown_task<'l>(line: &'l str, fenced: bool, tasks: &[&str]) -> Option<&'l str> {
    let rest = if fenced {
        line.trim()
            .trim_start_matches("$ ")
            .strip_prefix("cargo xtask")?
    } else {
        line.split_once("`cargo xtask")?.1.split_once('`')?.0
    };
    let task = rest.split_whitespace().next()?;
    let known = tasks.contains(&task) || task.starts_with('#') || task.starts_with("--");
    (!known).then_some(task)
}

/// Decision records are numbered without gaps and have their three parts.
fn check_decisions(tree: &Tree) -> Vec<Finding> {
    const FOLDER: &str = "docs/decisions/";
    let mut findings = Vec::new();
    let records = tree
        .ending(".md")
        .filter(|(path, _)| path.starts_with(FOLDER) && !path.ends_with("README.md"));
    for (index, (path, text)) in records.enumerate() {
        let expected = format!("{FOLDER}{:04}-", index + 1);
        if !path.starts_with(&expected) {
            findings.push(Finding::new(
                path,
                0,
                format!("should begin with {expected}"),
            ));
        }
        for part in ["## Context", "## Choice", "## What we gave up"] {
            if !text.contains(part) {
                findings.push(Finding::new(path, 0, format!("has no '{part}'")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        let tree = Tree::of(&[(path, text), ("docs/B.md", "# One & two: three\n")]);
        check(&tree, &["test"])
    }

    #[test]
    fn missing_document_is_found() {
        assert!(found(&findings("docs/A.md", ""), "README.md", "is missing"));
    }

    #[test]
    fn link_that_leads_nowhere_is_found() {
        let text = "[b](B.md) [b](../docs/B.md) [c](C.md)";
        let findings = findings("docs/A.md", text);
        assert!(found(&findings, "docs/A.md", "to C.md leads nowhere"));
        assert!(!found(&findings, "docs/A.md", "B.md"));
    }

    #[test]
    fn heading_that_is_not_there_is_found() {
        let text = "[b](B.md#one--two-three) [b](B.md#four)";
        let findings = findings("docs/A.md", text);
        assert!(found(&findings, "docs/A.md", "answers to B.md#four"));
        assert!(!found(&findings, "docs/A.md", "B.md#one--two-three"));
    }

    #[test]
    fn task_that_does_not_exist_is_found() {
        let fenced = "```\ncargo xtask test\ncargo xtask dance\n```";
        assert!(found(
            &findings("docs/A.md", fenced),
            "docs/A.md",
            "no task 'dance'"
        ));
        let inline = "Run `cargo xtask dance` or `cargo xtask`.";
        assert!(found(
            &findings("docs/A.md", inline),
            "docs/A.md",
            "no task 'dance'"
        ));
    }

    #[test]
    fn readme_of_more_than_two_screens_is_found() {
        let long = "\n".repeat(README_LINES_MAX + 1);
        assert!(found(&findings("README.md", &long), "README.md", "at most"));
    }

    #[test]
    fn decision_out_of_number_or_without_its_parts_is_found() {
        let path = "docs/decisions/0002-x.md";
        let findings = findings(path, "## Context\n## Choice\n");
        assert!(found(&findings, path, "should begin with"));
        assert!(found(&findings, path, "What we gave up"));
    }
}
