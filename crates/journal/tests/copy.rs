//! A copy of the journal in another storage: what is in it, what never was, and half of one.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use redphone_journal::{
    Copied, Damage, Disk, Fault, FaultyStorage, Journal, JournalError, MemorySlot, MemoryStorage,
    Selection, StationKey, Step, Storage, verify,
};
use redphone_wire::Utc;
use std::sync::Arc;
use zeroize::Zeroizing;

fn key() -> StationKey {
    StationKey::from_key_file("5a".repeat(32).as_bytes()).unwrap()
}

fn secret(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    Some(Zeroizing::new(text.as_bytes().to_vec()))
}

/// Two records, a snapshot behind the first, a row that is left out and two that are not, two
/// bodies.
fn filled() -> Journal<MemoryStorage> {
    let mut journal = Journal::create(MemoryStorage::new(), &key(), Utc(1), [1; 32]).unwrap();
    let first = Step {
        records: vec![b"one".to_vec()],
        rows: vec![
            (b"line/key".to_vec(), secret("a key of a line")),
            (b"station/hedge".to_vec(), secret("the old hedge")),
            (b"station/name".to_vec(), secret("NORD")),
        ],
        bodies: vec![
            (b"envelope".to_vec(), Some(b"sealed".to_vec())),
            (b"text".to_vec(), Some(b"This is an exercise.".to_vec())),
        ],
        snapshot: Some(b"state".to_vec()),
    };
    journal.append(Utc(2), first, [2; 32]).unwrap();
    let second = Step {
        records: vec![b"two".to_vec()],
        ..Step::default()
    };
    journal.append(Utc(3), second, [3; 32]).unwrap();
    journal
}

fn closing() -> Step {
    Step {
        records: vec![b"copied".to_vec()],
        rows: vec![(b"station/hedge".to_vec(), secret("a new hedge"))],
        ..Step::default()
    }
}

fn copy(from: &mut Journal<MemoryStorage>, to: &mut impl Storage) -> Result<Copied, JournalError> {
    let selection = Selection {
        row: &|id| !id.starts_with(b"line/"),
        body: &|id| id != b"envelope",
    };
    from.copy_to(to, &key(), &selection, Utc(4), &closing(), [4; 32])
}

/// Records, rows and the two bodies.
type Content = (Vec<String>, Vec<(String, String)>, [Option<Vec<u8>>; 2]);

fn content(storage: impl Storage) -> Result<Content, JournalError> {
    let (mut journal, opened) = Journal::open(storage, &key())?;
    assert_eq!(opened.snapshot, None);
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
    let words = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let records = journal.records(0, 100)?;
    let records = records.iter().map(|(_, _, text)| words(text)).collect();
    let rows = opened.rows.iter().map(|(id, row)| (words(id), words(row)));
    let bodies = [journal.body(b"envelope")?, journal.body(b"text")?];
    Ok((records, rows.collect(), bodies))
}

#[test]
fn copy_has_what_is_selected_and_goes_on_with_the_chain() {
    let mut original = filled();
    let before = original.head();
    let mut target = MemoryStorage::new();

    let copied = copy(&mut original, &mut target).unwrap();

    let expected = Copied {
        records: before.0 + 1,
        bodies: 1,
        rows_left_out: 1,
    };
    assert_eq!(copied, expected);
    assert_eq!(original.head(), before);
    assert!(verify(&mut target, &key()).unwrap().is_whole());
    let (records, rows, bodies) = content(target).unwrap();
    assert_eq!(records, ["one", "two", "copied"]);
    let rows: Vec<(&str, &str)> = rows.iter().map(|(id, row)| (&**id, &**row)).collect();
    let expected = [("station/hedge", "a new hedge"), ("station/name", "NORD")];
    assert_eq!(rows, expected);
    assert_eq!(bodies, [None, Some(b"This is an exercise.".to_vec())]);
}

/// All that is sealed under the vault key, and that key itself, wrapped.
fn sealed_values(storage: &mut MemoryStorage) -> Vec<Vec<u8>> {
    let rows = storage.rows(None, 100).unwrap();
    let mut values: Vec<Vec<u8>> = rows.into_iter().map(|(_, sealed)| sealed).collect();
    values.extend(storage.meta("key").unwrap());
    values
}

#[test]
fn nothing_sealed_under_the_original_vault_key_is_ever_written_to_the_copy() {
    let mut original = filled();
    let disk = Disk::new();
    copy(&mut original, &mut disk.open()).unwrap();

    let mut target = disk.contents();
    let written = sealed_values(&mut target);
    let old = sealed_values(&mut original.into_storage());
    assert_eq!((old.len(), written.len()), (7, 5));
    assert!(old.iter().all(|value| !written.contains(value)));
    // The whole copy is three appends; none of them writes over what another wrote.
    assert_eq!(disk.appends(), 3);
    assert_eq!(target.row(b"\x01line/key").unwrap(), None);
}

#[test]
fn copy_that_was_cut_short_anywhere_does_not_open() {
    for append in 1..=3 {
        let disk = Disk::new();
        disk.script(append, Fault::IoBefore);
        assert!(copy(&mut filled(), &mut disk.open()).is_err(), "{append}");
        let open = |storage: FaultyStorage| Journal::open(storage, &key()).map(|_| ());
        assert!(open(disk.open()).is_err(), "{append}");
    }
}

#[test]
fn copy_is_never_written_over_anything() {
    let mut target = filled().into_storage();
    let refused = copy(&mut filled(), &mut target);
    assert_eq!(refused, Err(JournalError::Exists));
}

#[test]
fn damage_of_the_original_is_named_or_not_taken_over() {
    let whole = {
        let mut target = MemoryStorage::new();
        copy(&mut filled(), &mut target).unwrap();
        content(target).unwrap()
    };
    let storage = filled().into_storage();
    let mut named = 0;
    for byte in 0..storage.bytes() {
        let mut damaged = storage.clone();
        assert!(damaged.flip(byte * 8 + byte % 8));
        let mut target = MemoryStorage::new();
        let copied = Journal::open(damaged, &key()).and_then(|(mut journal, _)| {
            journal.replay(|_, _, _| Ok::<(), ()>(())).ok();
            copy(&mut journal, &mut target)
        });
        let found = copied.and_then(|_| content(target));
        match found {
            Ok(found) => assert!(found == whole, "byte {byte}"),
            Err(_) => named += 1,
        }
    }
    assert!(named > 100, "{named}");
}

#[test]
fn copy_of_a_home_with_a_slot_needs_none() {
    let slotted = key().with_slot(Arc::new(MemorySlot::new()));
    let mut journal = Journal::create(MemoryStorage::new(), &slotted, Utc(1), [1; 32]).unwrap();
    let mut target = MemoryStorage::new();
    copy(&mut journal, &mut target).unwrap();
    assert!(content(target).is_ok());

    let moved = journal.into_storage();
    assert_eq!(
        Journal::open(moved, &key()).map(|_| ()).unwrap_err(),
        JournalError::SlotMissing
    );
}

#[test]
fn lost_body_is_named() {
    let mut journal = filled();
    let gone = Step {
        bodies: vec![(b"text".to_vec(), None)],
        ..Step::default()
    };
    journal.append(Utc(4), gone, [5; 32]).unwrap();
    let mut target = MemoryStorage::new();
    copy(&mut journal, &mut target).unwrap();
    assert_eq!(content(target).unwrap().2, [None, None]);

    let mut storage = filled().into_storage();
    let lost = redphone_journal::Batch {
        blobs: vec![(b"\x02text".to_vec(), None)],
        ..redphone_journal::Batch::default()
    };
    storage.append(&lost).unwrap();
    let (mut journal, _) = Journal::open(storage, &key()).unwrap();
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
    let refused = copy(&mut journal, &mut MemoryStorage::new());
    let named = JournalError::Damaged(Damage::Body(b"text".to_vec()));
    assert_eq!(refused, Err(named));
}
