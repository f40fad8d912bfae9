//! Every dependency is declared once, says why, and is used.

use toml::Table;

use super::Finding;
use crate::tree::Tree;

const ROOT: &str = "Cargo.toml";

/// Checks the manifest of the workspace and those of its members.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let members: Vec<(&str, Table)> = tree
        .ending("Cargo.toml")
        .filter(|(path, _)| path.starts_with("crates/") || path.starts_with("xtask/"))
        .filter_map(|(path, text)| Some((path, text.parse().ok()?)))
        .collect();
    for (path, manifest) in &members {
        for (name, value) in dependencies(manifest) {
            if value.get("workspace").is_none() {
                let what =
                    format!("{name} is declared here; declare it in the workspace, with why");
                findings.push(Finding::new(path, 0, what));
            }
        }
    }
    for (index, line) in section(tree.text(ROOT).unwrap_or_default()) {
        let Some((name, declared)) = line.split_once(" = ") else {
            continue;
        };
        if !declared.contains("path = ") && !declared.contains(" # ") {
            let what = format!("{name} does not say which standard or need it serves");
            findings.push(Finding::new(ROOT, index, what));
        }
        let used = members
            .iter()
            .any(|(_, manifest)| dependencies(manifest).any(|(used, _)| used == name));
        if !used {
            findings.push(Finding::new(ROOT, index, format!("nothing uses {name}")));
        }
    }
    findings
}

fn dependencies(manifest: &Table) -> impl Iterator<Item = (&String, &toml::Value)> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|section| manifest.get(section)?.as_table())
        .flatten()
}

/// The lines of `[workspace.dependencies]` that declare something, numbered from 1.
fn section(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .skip_while(|(_, line)| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|(_, line)| !line.starts_with('['))
        .filter(|(_, line)| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn dependency_without_a_reason_is_found() {
        let tree = Tree::of(&[
            (
                ROOT,
                "[workspace.dependencies]\na = \"1\"\nb = \"1\" # RFC 1\n",
            ),
            (
                "crates/x/Cargo.toml",
                "[dependencies]\na.workspace = true\nb.workspace = true\n",
            ),
        ]);
        let findings = check(&tree);
        assert!(found(&findings, ROOT, "a does not say"));
        assert_eq!(findings.len(), 1, "{findings:?}");
    }

    #[test]
    fn dependency_that_nothing_uses_is_found() {
        let tree = Tree::of(&[(ROOT, "[workspace.dependencies]\na = \"1\" # RFC 1\n")]);
        assert!(found(&check(&tree), ROOT, "nothing uses a"));
    }

    #[test]
    fn dependency_past_the_workspace_is_found() {
        let tree = Tree::of(&[("crates/x/Cargo.toml", "[dependencies]\na = \"1\"\n")]);
        assert!(found(&check(&tree), "crates/x/Cargo.toml", "declared here"));
    }
}
