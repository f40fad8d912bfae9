//! What a core room pulls in through others: no runtime, socket, clock or random source either.
//!
//! Asks cargo, because features decide; reads nothing but the lock file and the manifests.

use std::path::Path;

use super::Finding;
use super::rooms::ROOMS;
use crate::step::output;

/// Crates that reach for the machine.
const FORBIDDEN: [&str; 16] = [
    "async-std",
    "chrono",
    "fastrand",
    "getrandom",
    "mio",
    "polling",
    "quinn",
    "rand",
    "rusqlite",
    "rustix",
    "rustls",
    "smol",
    "socket2",
    "tempfile",
    "time",
    "tokio",
];

/// Checks every core room that exists.
pub(super) fn check(root: &Path) -> Result<Vec<Finding>, String> {
    let mut findings = Vec::new();
    for room in ROOMS.iter().filter(|room| room.crates.is_some()) {
        let manifest = format!("crates/{}/Cargo.toml", room.name);
        if !root.join(&manifest).exists() {
            continue;
        }
        let package = format!("redphone-{}", room.name);
        let listed = output(
            root,
            &[
                "cargo",
                "tree",
                "--package",
                &package,
                "--edges",
                "normal,build",
                "--prefix",
                "none",
            ],
        )?;
        for name in forbidden(&listed) {
            let what = format!("the core room '{}' pulls in {name}", room.name);
            findings.push(Finding::new(&manifest, 0, what));
        }
    }
    Ok(findings)
}

fn forbidden(listed: &str) -> Vec<&'static str> {
    let names: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    FORBIDDEN
        .into_iter()
        .filter(|name| names.contains(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_source_behind_another_crate_is_found() {
        let listed =
            "redphone-seal v0.1.0 (/x)\naead v0.6.1\ngetrandom v0.4.3\nrand_core v0.10.0\n";
        assert_eq!(forbidden(listed), ["getrandom"]);
    }
}
