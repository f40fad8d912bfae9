//! What the tests need beside Rust, on a bare Debian.
//!
//! Installs with apt-get what is missing, as root only. Anywhere else it says what to install and
//! lets the tests that need it say so again.

use std::env;
use std::path::Path;

use crate::step::{output, run_with};
use crate::tree::Tree;

/// A program, the Debian package that brings it, and what of the tree needs it.
struct Tool {
    program: &'static str,
    package: &'static str,
    needed: fn(&Tree) -> bool,
}

const TOOLS: [Tool; 5] = [
    Tool {
        program: "cc",
        package: "build-essential",
        needed: |_| true,
    },
    Tool {
        program: "strace",
        package: "strace",
        needed: |tree| named_in_tests(tree, "strace"),
    },
    Tool {
        program: "ip",
        package: "iproute2",
        needed: |tree| named_in_tests(tree, "netns"),
    },
    Tool {
        program: "faketime",
        package: "faketime",
        needed: |tree| named_in_tests(tree, "faketime"),
    },
    Tool {
        program: "python3",
        package: "python3",
        needed: |tree| tree.ending(".py").next().is_some(),
    },
];

/// Installs what is missing, or says what to install.
pub(crate) fn prepare(root: &Path, tree: &Tree) -> Result<(), String> {
    let mut missing: Vec<&str> = TOOLS
        .iter()
        .filter(|tool| (tool.needed)(tree) && !is_installed(tool.program))
        .map(|tool| tool.package)
        .collect();
    let python = tree.ending(".py").next().is_some();
    if python && output(root, &["python3", "-c", "import venv, ensurepip"]).is_err() {
        missing.push("python3-venv");
    }
    if missing.is_empty() {
        println!("nothing is missing");
        return Ok(());
    }
    let sentence = format!("install with: apt-get install {}", missing.join(" "));
    if !is_installed("apt-get") || !is_root(root) {
        return Err(sentence);
    }
    let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
    run_with(root, &["apt-get", "update", "-qq"], &quiet)?;
    let mut install = vec!["apt-get", "install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&missing);
    run_with(root, &install, &quiet).map_err(|why| format!("{why}; {sentence}"))
}

/// Whether a program is on the search path.
pub(crate) fn is_installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn is_root(root: &Path) -> bool {
    output(root, &["id", "-u"]).is_ok_and(|id| id.trim() == "0")
}

/// Whether a test names a word: it needs the tool of that name.
fn named_in_tests(tree: &Tree, word: &str) -> bool {
    let ours = |path: &str| path.contains("/tests/") && !path.starts_with("xtask/");
    tree.ending(".rs")
        .any(|(path, text)| ours(path) && text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tool_is_needed_only_where_a_test_names_it() {
        let with = Tree::of(&[("crates/stationd/tests/kill.rs", "\"strace\"")]);
        let without = Tree::of(&[("crates/stationd/src/kill.rs", "\"strace\"")]);
        assert!(named_in_tests(&with, "strace"));
        assert!(!named_in_tests(&without, "strace"));
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(is_installed("sh"));
        assert!(!is_installed("no-such-program-anywhere"));
    }
}
