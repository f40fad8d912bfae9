//! Hostile bytes at every decoder: the committed corpora of `fuzz/`, and mutations of each file,
//! through the checks that the fuzz targets run. The mutations' seed is printed; another is tried
//! with `REDPHONE_SEED=7 cargo test -p redphone-stationd --test decoders`.
//!
//! The corpora are written by `cargo test -p redphone-stationd --test decoders -- --ignored`; what a
//! search finds is added by hand as `finding-...` and stays.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

#[path = "../../../fuzz/src/lib.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is the library of the fuzz targets as well"
)]
mod targets;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use targets::TARGETS;

/// Mutations of each file of the corpus.
const MUTATIONS: u64 = 1_000;
/// Of targets that open a whole station or file for each input.
const SLOW: [&str; 5] = [
    "courier_bag",
    "hub_record",
    "hub_rows",
    "hub_snapshot",
    "journal_rows",
];
const SLOW_MUTATIONS: u64 = 30;
/// No input may take so long, on the slowest machine.
const TIME_MAX: Duration = Duration::from_secs(10);

#[test]
fn corpora_and_their_mutations_break_no_decoder() {
    let seed = std::env::var("REDPHONE_SEED").map_or(1, |seed| seed.parse().unwrap());
    println!("REDPHONE_SEED={seed}");
    for (name, check) in TARGETS {
        let corpus = read(name);
        assert!(
            corpus.len() >= 3,
            "the corpus of {name} has {} files",
            corpus.len()
        );
        let slow = SLOW.contains(&name);
        let mutations = if slow { SLOW_MUTATIONS } else { MUTATIONS };
        let mut draws = Draws(seed);
        for (file, bytes) in &corpus {
            timed(name, file, || check(bytes));
            for round in 0..mutations {
                let (_, other) = &corpus[draws.below(corpus.len())];
                let mutated = mutate(&mut draws, bytes, other);
                timed(name, &format!("{file}, mutation {round}"), || {
                    check(&mutated)
                });
            }
        }
    }
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let mut folders: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(folders, TARGETS.map(|(name, _)| name));
    for name in folders {
        let target = folder().join(format!("../fuzz_targets/{name}.rs"));
        let text = fs::read_to_string(target).unwrap();
        assert!(text.contains(&format!("search(\"{name}\"")));
    }
}

#[test]
fn valid_encodings_of_the_corpora_are_taken() {
    // Else the corpora would only ever show how refusing goes.
    for (name, _) in TARGETS {
        let taken = read(name)
            .iter()
            .any(|(_, bytes)| targets::is_taken(name, bytes));
        assert!(taken, "{name}");
    }
}

fn timed(name: &str, what: &str, check: impl FnOnce()) {
    let begun = Instant::now();
    check();
    assert!(
        begun.elapsed() < TIME_MAX,
        "{name}: {what} took {:?}",
        begun.elapsed()
    );
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus"))
}

fn read(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder().join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files
        .iter()
        .map(|path| (name(path), fs::read(path).unwrap()))
        .collect()
}

/// A linear generator: every run is the same.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 24
    }

    fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound.max(1)
    }
}

/// One to four changes: bits, bytes at their bounds, lengths, pieces of the other.
fn mutate(draws: &mut Draws, bytes: &[u8], other: &[u8]) -> Vec<u8> {
    const BOUNDS: [u8; 10] = [0, 1, 0x17, 0x18, 0x1b, 0x7f, 0x80, 0x9f, 0xf6, 0xff];
    let mut bytes = bytes.to_vec();
    for _ in 0..=draws.below(4) {
        let at = draws.below(bytes.len());
        match draws.below(8) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << draws.below(8),
            2 if !bytes.is_empty() => bytes[at] = BOUNDS[draws.below(BOUNDS.len())],
            3 => bytes.truncate(at),
            4 => bytes.insert(at, BOUNDS[draws.below(BOUNDS.len())]),
            5 => bytes.extend_from_slice(&other[draws.below(other.len()).min(other.len())..]),
            6 if !bytes.is_empty() => drop(bytes.remove(at)),
            _ => {
                let end = (at + draws.below(16)).min(bytes.len());
                let piece = bytes[at.min(end)..end].to_vec();
                let at = draws.below(bytes.len() + 1);
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

#[path = "decoders/corpora.rs"]
mod corpora;
#[path = "decoders/outer.rs"]
mod outer;
