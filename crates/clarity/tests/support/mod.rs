//! The well-formed warnings, and when they are taken to be released.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    dead_code,
    reason = "a helper of a test fails the test; each test uses a part"
)]

pub(crate) mod mutants;

use std::path::Path;

use redphone_clarity::Draft;
use redphone_wire::UtcSeconds;

/// When the warnings are released: 2027-10-20T12:00Z.
pub(crate) const RELEASED: UtcSeconds = UtcSeconds(1_824_033_600);
/// When they are expected at the peer: an hour later.
pub(crate) const DELIVERED: UtcSeconds = UtcSeconds(RELEASED.0 + 3_600);

/// Every warning of the set, with its name: `ru/07.toml`.
pub(crate) fn warnings() -> Vec<(String, Draft)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/warnings");
    let mut all = Vec::new();
    for language in ["en", "ru"] {
        for entry in std::fs::read_dir(folder.join(language)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let draft = toml::from_str(&text).expect("a draft");
            all.push((format!("{language}/{name}"), draft));
        }
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(all.len(), 88);
    all
}
