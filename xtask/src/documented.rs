//! Commands in the documents: each exists, and has the options that it is shown with.
//!
//! Reads the indented and fenced examples of README and OPERATING, and asks the built binary for
//! the help of each command. Does not run what the examples do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::step::{binary, output, run};
use crate::tree::Tree;

const DOCUMENTS: [&str; 2] = ["README.md", "docs/OPERATING.md"];

/// Checks every command of the documents against the binary.
pub(crate) fn check(root: &Path, tree: &Tree) -> Result<(), String> {
    run(root, &["cargo", "build", "--locked", "--quiet"])?;
    let redphone = binary(root, "debug")?;
    let mut wrong = Vec::new();
    for path in DOCUMENTS {
        let shown = commands(tree.text(path).unwrap_or_default());
        println!("{path}: {} commands", shown.len());
        for (words, options) in shown {
            let mut line = vec![redphone.as_str()];
            line.extend(words.iter().map(String::as_str));
            line.push("--help");
            let told = words.join(" ");
            match output(root, &line) {
                Ok(help) => wrong.extend(
                    options
                        .iter()
                        .filter(|option| !help.contains(option.as_str()))
                        .map(|option| format!("{path}: '{told}' has no {option}")),
                ),
                Err(_) => wrong.push(format!("{path}: there is no command '{told}'")),
            }
        }
    }
    for what in &wrong {
        println!("error: {what}");
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{} examples are wrong", wrong.len()))
}

/// The commands of a document: their first words, and the options shown with them.
fn commands(text: &str) -> BTreeMap<Vec<String>, BTreeSet<String>> {
    let mut found: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let example = fenced || line.starts_with("    ");
        let Some((_, command)) = line.split_once("redphone ").filter(|_| example) else {
            continue;
        };
        if line.trim_start().starts_with('#') || command.starts_with(['=', '/']) {
            continue;
        }
        let command = command
            .split(['#', '|', '<', '&'])
            .next()
            .unwrap_or(command);
        let mut words = Vec::new();
        let mut options = BTreeSet::new();
        let mut before_is_option = false;
        let mut arguments = false;
        for word in command.split_whitespace() {
            if word.starts_with("--") {
                options.insert(word.to_owned());
            } else if !before_is_option {
                // The names of a command end with its first argument.
                arguments |= words.len() == 2 || !is_name(word);
                if !arguments {
                    words.push(word.to_owned());
                }
            }
            before_is_option = word.starts_with("--");
        }
        if !words.is_empty() {
            found.entry(words).or_default().extend(options);
        }
    }
    found
}

/// Whether a word may be the name of a command: no value, path or text.
fn is_name(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_their_options_are_found() {
        let text = "Use `redphone no`.\n    NORD$ redphone pair SUD --with both --out x\n\
                    ```\nredphone --home nord card export > y\n```\n    user = redphone\n\
                    \n    redphone edit DRAFT-17 \"The line stands.\" --key k\n";

        let found = commands(text);

        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let options = |all: &[&str]| all.iter().map(|o| (*o).to_owned()).collect::<BTreeSet<_>>();
        let expected = BTreeMap::from([
            (words(&["card", "export"]), options(&["--home"])),
            (words(&["edit"]), options(&["--key"])),
            (words(&["pair"]), options(&["--out", "--with"])),
        ]);
        assert_eq!(found, expected);
    }
}
