//! Who may name whom: the arrows between the rooms, and what a core room may use.
//!
//! A core room gets time and randomness as arguments. So its manifest names no runtime, socket,
//! file, clock or random source, and neither do its sources, tests apart.

use toml::Table;

use super::Finding;
use crate::rust_text::{code, has_word, without_tests};
use crate::tree::Tree;

/// A room and what it may depend on.
pub(super) struct Room {
    pub(super) name: &'static str,
    /// Other rooms. An arrow that is not here is forbidden.
    rooms: &'static [&'static str],
    /// Crates from outside, for a core room; `None` for a room of the machine.
    pub(super) crates: Option<&'static [&'static str]>,
}

pub(super) const ROOMS: [Room; 13] = [
    Room {
        name: "wire",
        rooms: &[],
        crates: Some(&["jiff", "minicbor", "zeroize"]),
    },
    Room {
        name: "seal",
        rooms: &["wire"],
        crates: Some(&[
            "aes-gcm-siv",
            "aes-siv",
            "argon2",
            "brotli",
            "chacha20poly1305",
            "cmac",
            "ctr",
            "ed25519-dalek",
            "hkdf",
            "hmac",
            "kuznyechik",
            "minicbor",
            "ml-dsa",
            "pem-rfc7468",
            "sha2",
            "sm4",
            "subtle",
            "x-wing",
            "zeroize",
        ]),
    },
    Room {
        name: "line",
        rooms: &["wire"],
        crates: Some(&["minicbor", "raptorq"]),
    },
    Room {
        name: "clarity",
        rooms: &["wire"],
        crates: Some(&[
            "jiff",
            "rust-stemmers",
            "serde",
            "sha2",
            "toml",
            "unicode-normalization",
        ]),
    },
    Room {
        name: "marks",
        rooms: &["wire"],
        crates: Some(&[]),
    },
    Room {
        name: "desk",
        rooms: &["wire", "clarity", "marks"],
        crates: Some(&["minicbor", "sha2"]),
    },
    Room {
        name: "journal",
        rooms: &["wire"],
        crates: Some(&[
            "argon2",
            "chacha20poly1305",
            "hkdf",
            "hmac",
            "minicbor",
            "sha2",
            "subtle",
            "zeroize",
        ]),
    },
    Room {
        name: "api",
        rooms: &["wire"],
        crates: Some(&["serde", "serde_json"]),
    },
    Room {
        name: "station",
        rooms: &["wire", "seal", "line", "clarity", "desk", "journal", "api"],
        crates: Some(&["minicbor", "sha2", "zeroize"]),
    },
    Room {
        name: "bearers",
        rooms: &["wire", "line"],
        crates: None,
    },
    Room {
        name: "stationd",
        rooms: &[
            "wire", "seal", "line", "desk", "journal", "station", "bearers", "api",
        ],
        crates: None,
    },
    Room {
        name: "cli",
        rooms: &[
            "wire", "seal", "clarity", "desk", "journal", "station", "stationd", "bearers", "api",
        ],
        crates: None,
    },
    Room {
        name: "sim",
        rooms: &["wire", "seal", "line", "desk", "journal", "station", "api"],
        crates: None,
    },
];

/// Crates that not even the tests of a core room may use: they would hide a need of the room.
const MACHINE_CRATES: [&str; 10] = [
    "axum",
    "getrandom",
    "quinn",
    "rand",
    "rusqlite",
    "rustix",
    "rustls",
    "tempfile",
    "tokio",
    "tokio-serial",
];

/// What the sources of a core room may not name, tests apart.
const MACHINE_WORDS: [&str; 15] = [
    "HashMap",
    "HashSet",
    "Instant",
    "SystemTime",
    "UnixStream",
    "dbg!",
    "eprintln!",
    "println!",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "std::os",
];

/// Checks every room.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending("/Cargo.toml") {
        let Some(folder) = path
            .strip_prefix("crates/")
            .and_then(|rest| rest.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        let Some(room) = ROOMS.iter().find(|room| room.name == folder) else {
            let what = format!("the room '{folder}' has no place in xtask/src/tidy/rooms.rs");
            findings.push(Finding::new(path, 0, what));
            continue;
        };
        check_manifest(room, path, text, &mut findings);
        if room.crates.is_some() {
            check_sources(room, tree, &mut findings);
        }
    }
    findings
}

fn check_manifest(room: &Room, path: &str, text: &str, findings: &mut Vec<Finding>) {
    let Ok(manifest) = text.parse::<Table>() else {
        findings.push(Finding::new(path, 0, "is not TOML"));
        return;
    };
    let named = |section: &str| -> Vec<String> {
        let table = manifest.get(section).and_then(|value| value.as_table());
        table.map_or_else(Vec::new, |table| table.keys().cloned().collect())
    };
    for name in named("dependencies") {
        let allowed = match (name.strip_prefix("redphone-"), room.crates) {
            (Some(other), _) => room.rooms.contains(&other),
            (None, Some(crates)) => crates.contains(&name.as_str()),
            (None, None) => true,
        };
        if !allowed {
            let what = format!("the room '{}' may not depend on {name}", room.name);
            findings.push(Finding::new(path, 0, what));
        }
    }
    if room.crates.is_some() {
        for name in named("dev-dependencies") {
            if MACHINE_CRATES.contains(&name.as_str()) {
                let what = format!("tests of the core room '{}' may not use {name}", room.name);
                findings.push(Finding::new(path, 0, what));
            }
        }
        if !named("build-dependencies").is_empty() || manifest.contains_key("target") {
            let what = "a core room has no build script and no dependency of one platform";
            findings.push(Finding::new(path, 0, what));
        }
    }
    let lints = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"));
    if lints.and_then(toml::Value::as_bool) != Some(true) {
        findings.push(Finding::new(path, 0, "must say [lints] workspace = true"));
    }
}

fn check_sources(room: &Room, tree: &Tree, findings: &mut Vec<Finding>) {
    let folder = format!("crates/{}/src/", room.name);
    for (path, text) in tree.ending(".rs") {
        if !path.starts_with(&folder) || is_test_file(tree, path) {
            continue;
        }
        for (index, line) in without_tests(&code(text)).lines().enumerate() {
            for word in MACHINE_WORDS {
                if has_word(line, word) {
                    let what = format!("the core room '{}' may not name {word}", room.name);
                    findings.push(Finding::new(path, index + 1, what));
                }
            }
        }
    }
}

/// Whether a file is compiled into tests or measurements only: in their folder, or declared so
/// beside it.
pub(super) fn is_test_file(tree: &Tree, path: &str) -> bool {
    let Some((folder, file)) = path.rsplit_once('/') else {
        return false;
    };
    let within = |name: &str| folder.split('/').any(|part| part == name);
    if within("tests") || within("benches") || file == "tests.rs" {
        return true;
    }
    let Some(name) = file.strip_suffix(".rs") else {
        return false;
    };
    let declared = format!("#[cfg(test)]\nmod {name};");
    let above = format!("{folder}.rs");
    ["lib.rs", "main.rs", "mod.rs"]
        .iter()
        .map(|door| format!("{folder}/{door}"))
        .chain([above])
        .filter_map(|door| tree.text(&door))
        .any(|text| text.contains(&declared))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    const LINTS: &str = "[lints]\nworkspace = true\n";

    fn line_with(dependencies: &str, source: &str) -> Vec<Finding> {
        let manifest = format!("{dependencies}\n{LINTS}");
        check(&Tree::of(&[
            ("crates/line/Cargo.toml", &manifest),
            ("crates/line/src/lib.rs", source),
        ]))
    }

    #[test]
    fn runtime_in_a_core_room_is_found() {
        let findings = line_with("[dependencies]\ntokio = \"1\"", "");
        assert!(found(
            &findings,
            "crates/line/Cargo.toml",
            "may not depend on tokio"
        ));
    }

    #[test]
    fn runtime_in_the_tests_of_a_core_room_is_found() {
        let findings = line_with("[dev-dependencies]\ntokio = \"1\"", "");
        assert!(found(
            &findings,
            "crates/line/Cargo.toml",
            "may not use tokio"
        ));
    }

    #[test]
    fn arrow_that_points_back_is_found() {
        let findings = line_with("[dependencies]\nredphone-desk.workspace = true", "");
        let says = "may not depend on redphone-desk";
        assert!(found(&findings, "crates/line/Cargo.toml", says));
    }

    #[test]
    fn clock_file_and_socket_in_the_sources_are_found() {
        for word in [
            "std::time::Instant::now()",
            "std::fs::read(x)",
            "std::net::bind()",
        ] {
            let findings = line_with("", &format!("fn f() {{ {word}; }}"));
            assert!(
                found(&findings, "crates/line/src/lib.rs", "may not name"),
                "{word}"
            );
        }
    }

    #[test]
    fn tests_and_comments_may_name_the_machine() {
        let source = "//! No `std::fs`.\n#[cfg(test)]\nmod tests { use std::fs; }\n";
        assert_eq!(line_with("", source), []);
    }

    #[test]
    fn room_without_the_lints_or_without_a_place_is_found() {
        let tree = Tree::of(&[
            ("crates/line/Cargo.toml", ""),
            ("crates/utils/Cargo.toml", LINTS),
        ]);
        let findings = check(&tree);
        assert!(found(&findings, "crates/line/Cargo.toml", "[lints]"));
        assert!(found(&findings, "crates/utils/Cargo.toml", "no place"));
    }
}
