//! What must hold of the journal's file.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use redphone_journal::{Journal, JournalError, ReplayError, StationKey, Step};
use redphone_wire::Utc;
use zeroize::Zeroizing;

use super::*;

#[test]
fn accepted_is_there_after_a_process_ends_without_a_word() {
    let place = Place::new();
    let journal = filled(&place.path());
    let expected = content(journal);
    assert_eq!(content_at(&place.path()).unwrap(), expected);
}

#[test]
fn second_opening_is_refused_in_a_plain_sentence() {
    let place = Place::new();
    let first = SqliteStorage::create(&place.path()).unwrap();
    let refused = SqliteStorage::open(&place.path()).err().unwrap();
    assert!(matches!(refused, StorageError::Busy(_)));
    assert_eq!(
        refused.to_string(),
        format!(
            "another redphone has {} open. Stop it first.",
            place.path().display()
        )
    );
    drop(first);
    assert!(SqliteStorage::open(&place.path()).is_ok());
}

#[test]
fn lock_is_kept_while_the_storage_is_opened_anew() {
    let place = Place::new();
    let first = SqliteStorage::create(&place.path())
        .unwrap()
        .reopen()
        .unwrap();
    let refused = SqliteStorage::open(&place.path()).err();
    assert!(matches!(refused, Some(StorageError::Busy(_))));
    drop(first);
}

#[test]
fn missing_file_is_not_made_by_opening() {
    let place = Place::new();
    let refused = SqliteStorage::open(&place.path()).err();
    assert!(matches!(refused, Some(StorageError::Missing(_))));
    assert!(!place.path().exists());
}

#[test]
fn newer_format_is_refused_in_a_plain_sentence_and_left_alone() {
    let place = Place::new();
    drop(filled(&place.path()));
    set_pragma(&place.path(), "user_version", 2);
    let before = std::fs::read(place.path()).unwrap();
    let refused = SqliteStorage::open(&place.path()).err();
    assert_eq!(refused, Some(StorageError::Newer { found: 2, known: 1 }));
    assert!(std::fs::read(place.path()).unwrap() == before);
}

#[test]
fn file_of_another_program_is_refused() {
    let place = Place::new();
    drop(filled(&place.path()));
    set_pragma(&place.path(), "application_id", 7);
    let refused = SqliteStorage::open(&place.path()).err();
    assert!(matches!(refused, Some(StorageError::Damaged(_))));

    std::fs::write(place.path(), "[station]\n").unwrap();
    let refused = SqliteStorage::open(&place.path()).err();
    assert!(matches!(refused, Some(StorageError::Damaged(_))));
}

#[test]
fn creation_that_was_cut_short_can_be_repeated() {
    let place = Place::new();
    std::fs::write(place.path(), "").unwrap();
    drop(SqliteStorage::create(&place.path()).unwrap());
    drop(SqliteStorage::create(&place.path()).unwrap());
    let empty = Journal::open(SqliteStorage::open(&place.path()).unwrap(), &key()).err();
    assert_eq!(empty, Some(JournalError::Empty));
}

#[test]
fn files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let _journal = filled(&place.path());
    for file in place.files() {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.display());
    }
}

#[test]
fn full_disk_leaves_what_was_accepted_and_traffic_resumes() {
    let place = Place::new();
    let mut journal = filled(&place.path());
    let accepted = content_of(&mut journal);
    let storage = journal.into_storage();
    let pages: i64 = storage
        .connection
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    let bound = format!("PRAGMA max_page_count = {pages}");
    storage
        .connection
        .query_row(&bound, [], |_| Ok(()))
        .unwrap();
    let (mut journal, _) = Journal::open(storage, &key()).unwrap();
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();

    let large = Step {
        bodies: vec![(b"large".to_vec(), Some(vec![7; 100_000]))],
        ..Step::default()
    };
    let full = journal.append(Utc(9), large.clone(), [9; 32]);
    assert_eq!(full, Err(JournalError::Storage(StorageError::Full)));

    let storage = journal.into_storage().reopen().unwrap();
    let (mut journal, _) = Journal::open(storage, &key()).unwrap();
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
    assert_eq!(content_of(&mut journal), accepted);
    journal.append(Utc(9), large, [9; 32]).unwrap();
}

#[test]
fn failed_connection_is_not_used_again() {
    let place = Place::new();
    let mut storage = SqliteStorage::create(&place.path()).unwrap();
    let record = Batch {
        records: vec![(1, vec![1])],
        ..Batch::default()
    };
    storage.append(&record).unwrap();
    let twice = storage.append(&record);
    assert!(matches!(twice, Err(StorageError::Damaged(_))));

    let next = Batch {
        records: vec![(2, vec![2])],
        ..Batch::default()
    };
    assert!(matches!(storage.append(&next), Err(StorageError::Io(_))));
    assert!(matches!(storage.records(0, 9), Err(StorageError::Io(_))));
    assert!(matches!(storage.settle(), Err(StorageError::Io(_))));

    let mut storage = storage.reopen().unwrap();
    assert_eq!(storage.records(0, 9).unwrap(), [(1, vec![1])]);
    storage.append(&next).unwrap();
}

#[test]
fn erased_row_is_in_no_file_after_settling() {
    let place = Place::new();
    let mut storage = SqliteStorage::create(&place.path()).unwrap();
    let row = |value: Option<&[u8]>| Batch {
        records: Vec::new(),
        rows: vec![(b"id".to_vec(), value.map(<[u8]>::to_vec))],
        ..Batch::default()
    };
    storage.append(&row(Some(b"canary-canary"))).unwrap();
    assert!(place.holds(b"canary-canary"));
    storage.append(&row(None)).unwrap();
    storage.settle().unwrap();
    assert!(!place.holds(b"canary-canary"));
}

#[test]
fn log_is_copied_when_asked_to_and_by_an_append_only_when_it_has_grown() {
    let place = Place::new();
    let mut storage = SqliteStorage::create(&place.path()).unwrap();
    let file = |place: &Place| std::fs::metadata(place.path()).unwrap().len();
    let grow = |number: u64| Batch {
        records: vec![(number, vec![7; 1_000_000])],
        ..Batch::default()
    };
    let empty = file(&place);
    let mut number = 0;
    while !storage.is_behind() {
        storage.catch_up().unwrap();
        number += 1;
        storage.append(&grow(number)).unwrap();
        assert_eq!(file(&place), empty, "too early after {number}");
    }
    storage.append(&grow(number + 1)).unwrap();
    assert_eq!(file(&place), empty, "appends leave it to the quiet");
    storage.catch_up().unwrap();
    let copied = file(&place);
    assert!(copied > 4_000_000 && !storage.is_behind());

    for number in number + 2..number + 12 {
        storage.append(&grow(number)).unwrap();
    }
    assert!(file(&place) > copied, "without quiet an append copies it");
}

#[test]
fn log_that_was_cut_is_noticed_by_the_mark() {
    let place = Place::new();
    drop(filled(&place.path()));
    let log = place.beside("-wal");
    assert!(std::fs::metadata(&log).unwrap().len() > 0);
    std::fs::write(&log, "").unwrap();
    let refused = SqliteStorage::open(&place.path()).err().unwrap();
    assert!(
        refused
            .to_string()
            .contains("was accepted, but the store ends at"),
        "{refused}"
    );
}

#[test]
fn flipped_bit_in_any_file_is_an_error_or_does_no_harm() {
    let seed = seed();
    println!("seed {seed}");
    let mut random = seed;
    for settled in [false, true] {
        let (place, files, expected) = template(settled);
        let mut outcomes = [0, 0];
        for sample in 0..1_500 {
            let (name, whole) = &files[below(&mut random, files.len())];
            if whole.is_empty() {
                continue;
            }
            // Half of the samples where SQLite keeps its own structure.
            let span = if sample % 2 == 0 {
                whole.len()
            } else {
                whole.len().min(4_096)
            };
            let offset = below(&mut random, span);
            let bit = below(&mut random, 8);
            let mut damaged = whole.clone();
            damaged[offset] ^= 1 << bit;
            place.restore(&files);
            std::fs::write(name, damaged).unwrap();
            let what = format!("seed {seed} {} byte {offset} bit {bit}", name.display());
            outcomes[usize::from(holds(&place.path(), &expected, &what))] += 1;
        }
        println!(
            "settled {settled}: {} noticed, {} harmless",
            outcomes[0], outcomes[1]
        );
        assert!(outcomes[0] > 0);
    }
}

#[test]
fn file_cut_anywhere_is_an_error_or_does_no_harm() {
    for settled in [false, true] {
        let (place, files, expected) = template(settled);
        for (name, whole) in &files {
            for length in (0..whole.len()).step_by(512) {
                place.restore(&files);
                std::fs::write(name, &whole[..length]).unwrap();
                let what = format!("{} cut to {length}", name.display());
                holds(&place.path(), &expected, &what);
            }
        }
    }
}

/// Checks that a damaged store is an error (`false`) or gives the expected content (`true`).
fn holds(path: &Path, expected: &Content, what: &str) -> bool {
    match content_at(path) {
        Ok(found) => {
            assert!(found == *expected, "{what}: other content");
            // What did no harm when it was read does none when more is written.
            let large = Step {
                bodies: vec![(b"large".to_vec(), Some(vec![7; 50_000]))],
                ..Step::default()
            };
            let (mut journal, _) =
                Journal::open(SqliteStorage::open(path).unwrap(), &key()).unwrap();
            journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
            journal.append(Utc(99), large, [99; 32]).unwrap();
            drop(journal);
            let again = content_at(path).map_err(|error| format!("{what}: {error:?}"));
            assert!(
                again.unwrap() == *expected,
                "{what}: other content after writing"
            );
            true
        }
        Err(Refused::Journal(JournalError::Damaged(_) | JournalError::Storage(_))) => false,
        Err(Refused::Storage(
            StorageError::Damaged(_) | StorageError::Io(_) | StorageError::Newer { .. },
        )) => false,
        Err(other) => panic!("{what}: {other:?}"),
    }
}

type Content = (
    Vec<(Vec<u8>, Vec<u8>)>,
    Vec<(u64, Utc, Vec<u8>)>,
    Vec<Option<Vec<u8>>>,
);

#[derive(Debug)]
enum Refused {
    Journal(JournalError),
    Storage(StorageError),
}

fn key() -> StationKey {
    StationKey::from_key_file("5a".repeat(32).as_bytes()).unwrap()
}

/// A small store: two snapshots' worth of records, rows and bodies, some of them long.
fn filled(path: &Path) -> Journal<SqliteStorage> {
    let storage = SqliteStorage::create(path).unwrap();
    let mut journal = Journal::create(storage, &key(), Utc(1), [1; 32]).unwrap();
    for number in 2..40_u8 {
        let value = Zeroizing::new(vec![number; 40]);
        let step = Step {
            records: vec![vec![number; 60], vec![number; 200]],
            rows: vec![(format!("chain/{}", number % 5).into_bytes(), Some(value))],
            bodies: vec![(
                format!("text/{number}").into_bytes(),
                Some(vec![number; 900]),
            )],
            snapshot: (number % 20 == 0).then(|| vec![number; 3_000]),
        };
        journal
            .append(Utc(number.into()), step, [number; 32])
            .unwrap();
    }
    let destroyed = Step {
        bodies: vec![(b"text/7".to_vec(), None)],
        ..Step::default()
    };
    journal.append(Utc(40), destroyed, [40; 32]).unwrap();
    journal
}

fn content(mut journal: Journal<SqliteStorage>) -> Content {
    content_of(&mut journal)
}

fn content_of(journal: &mut Journal<SqliteStorage>) -> Content {
    let mut bodies = Vec::new();
    for number in 2..41 {
        bodies.push(journal.body(format!("text/{number}").as_bytes()).unwrap());
    }
    (Vec::new(), journal.records(0, 1_000).unwrap(), bodies)
}

fn content_at(path: &Path) -> Result<Content, Refused> {
    let storage = SqliteStorage::open(path).map_err(Refused::Storage)?;
    let (mut journal, opened) = Journal::open(storage, &key()).map_err(Refused::Journal)?;
    let rows: Vec<_> = opened
        .rows
        .into_iter()
        .map(|(id, value)| (id, value.to_vec()))
        .collect();
    assert_eq!(rows.len(), 5);
    match journal.replay(|_, _, _| Ok::<(), ()>(())) {
        Ok(()) => {}
        Err(ReplayError::Journal(error)) => return Err(Refused::Journal(error)),
        Err(ReplayError::Room(..)) => unreachable!("the closure never fails"),
    }
    let mut bodies = Vec::new();
    for number in 2..41 {
        let body = journal.body(format!("text/{number}").as_bytes());
        bodies.push(body.map_err(Refused::Journal)?);
    }
    let records = journal.records(0, 1_000).map_err(Refused::Journal)?;
    Ok((Vec::new(), records, bodies))
}

/// A filled store that is not open, its files, and what is in it.
fn template(settled: bool) -> (Place, Vec<(PathBuf, Vec<u8>)>, Content) {
    let place = Place::new();
    let mut journal = filled(&place.path());
    if settled {
        journal.settle().unwrap();
    }
    let expected = content(journal);
    let files = place.files().into_iter();
    let files = files
        .map(|file| (file.clone(), std::fs::read(file).unwrap()))
        .collect();
    (place, files, expected)
}

fn set_pragma(path: &Path, name: &str, value: u32) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, name, value).unwrap();
}

fn seed() -> u64 {
    let given = std::env::var("REDPHONE_SEED").ok();
    given
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(0x5eed_0001)
}

fn below(random: &mut u64, bound: usize) -> usize {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    usize::try_from(*random % u64::try_from(bound).unwrap()).unwrap()
}

/// A directory of this test's own, in memory where the machine has that; removed when dropped.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() {
            memory
        } else {
            std::env::temp_dir()
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let place = parent.join(format!("redphone-storage-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&place).unwrap();
        Self(place)
    }

    fn path(&self) -> PathBuf {
        self.0.join("station.db")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.0.join(format!("station.db{suffix}"))
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    fn restore(&self, files: &[(PathBuf, Vec<u8>)]) {
        for file in self.files() {
            std::fs::remove_file(file).unwrap();
        }
        for (name, bytes) in files {
            std::fs::write(name, bytes).unwrap();
        }
    }

    fn holds(&self, canary: &[u8]) -> bool {
        let mut files = self
            .files()
            .into_iter()
            .map(|file| std::fs::read(file).unwrap());
        files.any(|bytes| bytes.windows(canary.len()).any(|window| window == canary))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use super::*;
    use crate::planted::{Bug, is_noticed};

    #[test]
    fn failed_connection_that_is_used_again_is_noticed() {
        is_noticed(
            Bug::FailedConnectionUsed,
            failed_connection_is_not_used_again,
        );
    }

    #[test]
    fn fault_that_is_swallowed_is_noticed() {
        is_noticed(
            Bug::FaultSwallowed,
            full_disk_leaves_what_was_accepted_and_traffic_resumes,
        );
    }

    #[test]
    fn newer_format_that_is_taken_is_noticed() {
        is_noticed(
            Bug::NewerTaken,
            newer_format_is_refused_in_a_plain_sentence_and_left_alone,
        );
    }

    #[test]
    fn end_that_is_not_held_against_the_mark_is_noticed() {
        is_noticed(Bug::MarkUnchecked, log_that_was_cut_is_noticed_by_the_mark);
        is_noticed(
            Bug::MarkUnchecked,
            file_cut_anywhere_is_an_error_or_does_no_harm,
        );
    }
}
