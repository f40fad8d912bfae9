//! What must hold of a journal, over a storage in memory and over scripted disks.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use redphone_journal::{
    Batch, Damage, Disk, Fault, Journal, JournalError, MemorySlot, MemoryStorage, Pair,
    PassphraseCost, RecordFault, ReplayError, Slot, StationKey, Step, Storage, StorageError,
    verify,
};
use redphone_wire::Utc;
use std::sync::Arc;
use zeroize::Zeroizing;

#[cfg(feature = "planted-bugs")]
#[path = "journal/planted.rs"]
mod planted;

fn key() -> StationKey {
    StationKey::from_key_file("5a".repeat(32).as_bytes()).unwrap()
}

fn draw(number: u8) -> [u8; 32] {
    [number; 32]
}

fn record(text: &str) -> Step {
    Step {
        records: vec![text.as_bytes().to_vec()],
        ..Step::default()
    }
}

fn row(id: &str, value: Option<&str>) -> Step {
    let value = value.map(|value| Zeroizing::new(value.as_bytes().to_vec()));
    Step {
        rows: vec![(id.as_bytes().to_vec(), value)],
        ..Step::default()
    }
}

fn body(id: &str, value: Option<&str>) -> Step {
    Step {
        bodies: vec![(
            id.as_bytes().to_vec(),
            value.map(|value| value.as_bytes().to_vec()),
        )],
        ..Step::default()
    }
}

/// Records, rows, bodies, a snapshot in the middle and records behind it.
fn filled() -> MemoryStorage {
    let mut journal = Journal::create(MemoryStorage::new(), &key(), Utc(1), draw(1)).unwrap();
    let steps = [
        record("one"),
        row("chain/0", Some("secret 0")),
        row("chain/1", Some("secret 1")),
        body("text/1", Some("This is not an exercise.")),
        body("text/2", Some("Second.")),
        Step {
            snapshot: Some(b"state".to_vec()),
            ..record("two")
        },
        record("three"),
        Step {
            rows: row("chain/0", Some("secret 2")).rows,
            ..record("four")
        },
    ];
    for (number, step) in (2..).zip(steps) {
        journal
            .append(Utc(number.into()), step, draw(number))
            .unwrap();
    }
    journal.into_storage()
}

/// Everything a station would learn from a storage.
type Content = (
    Vec<(Vec<u8>, Vec<u8>)>,
    Option<Vec<u8>>,
    Vec<(u64, Utc, Vec<u8>)>,
    Vec<Option<Vec<u8>>>,
    Vec<(u64, Utc, Vec<u8>)>,
);

fn content(storage: MemoryStorage) -> Result<Content, JournalError> {
    let (mut journal, opened) = Journal::open(storage, &key())?;
    let rows = opened
        .rows
        .into_iter()
        .map(|(id, value)| (id, value.to_vec()))
        .collect();
    let mut replayed = Vec::new();
    let replay = journal.replay(|number, utc, record| {
        replayed.push((number, utc, record.to_vec()));
        Ok::<(), ()>(())
    });
    match replay {
        Ok(()) => {}
        Err(ReplayError::Journal(error)) => return Err(error),
        Err(ReplayError::Room(..)) => unreachable!("the closure never fails"),
    }
    let mut bodies = Vec::new();
    for id in [b"text/1", b"text/2", b"text/3"] {
        bodies.push(journal.body(id)?);
    }
    let records = journal.records(0, 1_000)?;
    Ok((rows, opened.snapshot, replayed, bodies, records))
}

fn reopened(storage: MemoryStorage) -> Journal<MemoryStorage> {
    let (mut journal, _) = Journal::open(storage, &key()).unwrap();
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
    journal
}

#[test]
fn everything_appended_is_there_after_a_restart() {
    let (rows, snapshot, replayed, bodies, records) = content(filled()).unwrap();

    let expected = [("chain/0", "secret 2"), ("chain/1", "secret 1")]
        .map(|(id, value)| (id.as_bytes().to_vec(), value.as_bytes().to_vec()));
    assert_eq!(rows, expected);
    assert_eq!(snapshot.as_deref(), Some(b"state".as_slice()));
    let texts = |records: &[(u64, Utc, Vec<u8>)]| {
        let texts = records
            .iter()
            .map(|(_, _, text)| String::from_utf8(text.clone()).unwrap());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(texts(&replayed), ["three", "four"]);
    assert_eq!(texts(&records), ["one", "two", "three", "four"]);
    assert_eq!(
        bodies[0].as_deref(),
        Some(b"This is not an exercise.".as_slice())
    );
    assert_eq!(bodies[1].as_deref(), Some(b"Second.".as_slice()));
    assert_eq!(bodies[2], None);
}

#[test]
fn whole_journal_verifies() {
    let verdict = reopened(filled()).verify().unwrap();
    assert!(verdict.is_whole(), "{verdict:?}");
    assert_eq!((verdict.records, verdict.bodies), (9, 2));
    assert_eq!(verify(&mut filled(), &key()).unwrap(), verdict);
}

#[test]
fn flipped_bit_of_any_byte_is_an_error_that_names_the_part() {
    let storage = filled();
    let whole = content(storage.clone()).unwrap();
    let (mut noticed, mut harmless) = (0, 0);
    for byte in 0..storage.bytes() {
        let bit = byte * 8 + byte % 8;
        let mut damaged = storage.clone();
        assert!(damaged.flip(bit));
        match content(damaged.clone()) {
            Ok(content) => {
                assert!(content == whole, "bit {bit} changed the content");
                harmless += 1;
            }
            Err(JournalError::Damaged(_)) => noticed += 1,
            Err(other) => panic!("bit {bit}: {other:?}"),
        }
        let verdict = verify(&mut damaged, &key());
        assert!(
            verdict.is_err() || !verdict.unwrap().is_whole(),
            "bit {bit} verified"
        );
    }
    assert!(noticed > 0);
    assert_eq!(harmless, 0);
}

#[test]
fn every_value_cut_short_or_lost_is_noticed() {
    let storage = filled();
    let mut cases = Vec::new();
    for number in storage.records.keys() {
        let (mut lost, mut cut) = (storage.clone(), storage.clone());
        lost.records.remove(number);
        cut.records.get_mut(number).unwrap().pop();
        cases.extend([lost, cut]);
    }
    for id in storage.rows.keys() {
        let (mut lost, mut cut) = (storage.clone(), storage.clone());
        lost.rows.remove(id);
        cut.rows.get_mut(id).unwrap().clear();
        cases.extend([lost, cut]);
    }
    for id in storage.blobs.keys() {
        let mut cut = storage.clone();
        cut.blobs.get_mut(id).unwrap().truncate(3);
        cases.push(cut);
    }
    for name in storage.meta.keys() {
        let (mut lost, mut cut) = (storage.clone(), storage.clone());
        lost.meta.remove(name);
        cut.meta.get_mut(name).unwrap().pop();
        cases.extend([lost, cut]);
    }
    for (case, damaged) in cases.into_iter().enumerate() {
        let found = content(damaged);
        assert!(
            matches!(found, Err(JournalError::Damaged(_))),
            "case {case}: {found:?}"
        );
    }
}

#[test]
fn lost_snapshot_means_a_longer_replay_and_no_other_content() {
    let mut storage = filled();
    storage.blobs.remove(b"\0snapshot".as_slice()).unwrap();
    let (_, snapshot, replayed, ..) = content(storage).unwrap();
    assert_eq!(snapshot, None);
    assert_eq!(replayed.len(), 4);
}

#[test]
fn verify_names_the_first_bad_record_and_why() {
    let whole = filled();

    let mut damaged = whole.clone();
    damaged.records.get_mut(&4).unwrap()[30] ^= 1;
    let verdict = verify(&mut damaged, &key()).unwrap();
    assert_eq!(verdict.first_bad, Some((4, RecordFault::Damaged)));
    assert_eq!(verdict.records, 3);

    let mut missing = whole.clone();
    missing.records.remove(&5);
    let verdict = verify(&mut missing, &key()).unwrap();
    assert_eq!(verdict.first_bad, Some((5, RecordFault::Missing)));

    let mut tail = whole.clone();
    tail.records.remove(&9);
    let verdict = verify(&mut tail, &key()).unwrap();
    assert_eq!(verdict.first_bad, Some((9, RecordFault::Missing)));
}

#[test]
fn record_of_another_life_of_the_same_home_is_out_of_the_chain() {
    let mut first = reopened(filled());
    let mut second = reopened(filled());
    for (journal, text) in [(&mut first, "heads"), (&mut second, "tails")] {
        journal.append(Utc(1), record(text), draw(20)).unwrap();
        journal.append(Utc(2), record("next"), draw(21)).unwrap();
        journal.append(Utc(3), record("last"), draw(22)).unwrap();
    }
    let mut mixed = first.into_storage();
    let strange = second.into_storage().records.remove(&11).unwrap();
    mixed.records.insert(11, strange);

    let verdict = verify(&mut mixed, &key()).unwrap();
    assert_eq!(verdict.first_bad, Some((11, RecordFault::OutOfChain)));
}

#[test]
fn vault_row_of_another_time_is_named() {
    let old = filled();
    let mut journal = reopened(old.clone());
    journal
        .append(Utc(9), row("chain/1", Some("secret 3")), draw(9))
        .unwrap();
    let mut mixed = journal.into_storage();
    let id = b"\x01chain/1".to_vec();
    mixed.rows.insert(id.clone(), old.rows[&id].clone());

    let refused = content(mixed.clone());
    assert_eq!(
        refused,
        Err(JournalError::Damaged(Damage::Vault { record: 10 }))
    );
    let verdict = verify(&mut mixed, &key()).unwrap();
    assert_eq!(verdict.damage, [Damage::Vault { record: 10 }]);
}

#[test]
fn erased_row_that_comes_back_is_named() {
    let old = filled();
    let mut journal = reopened(old.clone());
    journal
        .append(Utc(9), row("chain/1", None), draw(9))
        .unwrap();
    let mut mixed = journal.into_storage();
    let id = b"\x01chain/1".to_vec();
    assert!(!mixed.rows.contains_key(&id));
    mixed.rows.insert(id.clone(), old.rows[&id].clone());

    let refused = content(mixed);
    assert_eq!(
        refused,
        Err(JournalError::Damaged(Damage::Vault { record: 10 }))
    );
}

#[test]
fn destroyed_body_is_gone_and_the_chain_still_verifies() {
    let old = filled();
    let mut journal = reopened(old.clone());
    journal
        .append(Utc(9), body("text/1", None), draw(9))
        .unwrap();
    assert_eq!(journal.body(b"text/1"), Ok(None));
    assert!(journal.body(b"text/2").unwrap().is_some());
    assert_eq!(journal.bodies(), 1);
    journal.rotate(Utc(10), draw(10)).unwrap();

    // A copy of the ciphertext, and even of its row, from before opens nothing any more.
    let mut storage = journal.into_storage();
    let id = b"\x02text/1".to_vec();
    storage.blobs.insert(id.clone(), old.blobs[&id].clone());
    let verdict = verify(&mut storage, &key()).unwrap();
    assert!(verdict.first_bad.is_none());
    let (mut journal, _) = Journal::open(storage.clone(), &key()).unwrap();
    assert!(journal.body(b"text/1").is_err());
    storage.rows.insert(id.clone(), old.rows[&id].clone());
    assert_eq!(
        Journal::open(storage, &key()).err(),
        Some(JournalError::Damaged(Damage::Row(id)))
    );
}

#[test]
fn body_kept_again_under_one_id_replaces_the_first() {
    let mut journal = reopened(filled());
    let twice = Step {
        bodies: [
            body("text/1", Some("second")),
            body("text/1", Some("third")),
        ]
        .into_iter()
        .flat_map(|step| step.bodies)
        .collect(),
        ..Step::default()
    };
    journal.append(Utc(9), twice, draw(9)).unwrap();
    assert_eq!(journal.bodies(), 2);
    let mut journal = reopened(journal.into_storage());
    assert_eq!(
        journal.body(b"text/1").unwrap().as_deref(),
        Some(b"third".as_slice())
    );
}

#[test]
fn nothing_in_the_storage_shows_what_was_written() {
    let storage = filled();
    let all: Vec<u8> = storage
        .records
        .values()
        .chain(storage.rows.values())
        .chain(storage.blobs.values())
        .chain(storage.meta.values())
        .flatten()
        .copied()
        .collect();
    for canary in ["exercise", "secret", "Second", "three", "state"] {
        let found = all
            .windows(canary.len())
            .any(|window| window == canary.as_bytes());
        assert!(!found, "{canary} is readable");
    }
}

#[test]
fn append_before_replay_is_refused_and_writes_nothing() {
    let (mut journal, _) = Journal::open(filled(), &key()).unwrap();
    let refused = journal.append(Utc(9), record("x"), draw(9));
    assert!(matches!(refused, Err(JournalError::ApiMisuse(_))));
    assert!(journal.into_storage() == filled());
}

#[test]
fn step_beyond_its_bounds_is_refused_and_the_journal_stays_usable() {
    let mut journal = reopened(filled());
    let long_id = Step {
        rows: vec![(vec![0; 513], None)],
        ..Step::default()
    };
    let refused = journal.append(Utc(9), long_id, draw(9));
    assert!(matches!(refused, Err(JournalError::ApiMisuse(_))));
    journal.append(Utc(9), record("x"), draw(9)).unwrap();
}

#[test]
fn failed_append_poisons_the_journal_until_it_is_opened_anew() {
    for (fault, kept) in [
        (Fault::FullBefore, false),
        (Fault::IoBefore, false),
        (Fault::IoAfter, true),
    ] {
        let disk = Disk::holding(filled());
        let (mut journal, _) = Journal::open(disk.open(), &key()).unwrap();
        journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
        disk.script_next(fault);
        let failed = journal.append(Utc(9), row("chain/2", Some("new")), draw(9));
        assert!(matches!(failed, Err(JournalError::Storage(_))), "{fault:?}");

        let again = journal.append(Utc(10), record("x"), draw(10));
        assert!(matches!(again, Err(JournalError::Poisoned(_))));
        assert!(matches!(
            journal.body(b"text/1"),
            Err(JournalError::Poisoned(_))
        ));
        assert!(matches!(
            journal.records(0, 1),
            Err(JournalError::Poisoned(_))
        ));
        assert!(matches!(journal.verify(), Err(JournalError::Poisoned(_))));
        assert!(matches!(
            journal.rotate(Utc(10), draw(10)),
            Err(JournalError::Poisoned(_))
        ));

        let (mut journal, opened) = Journal::open(disk.open(), &key()).unwrap();
        journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
        assert_eq!(opened.rows.len() == 3, kept, "{fault:?}");
        journal.append(Utc(11), record("x"), draw(11)).unwrap();
    }
}

#[test]
fn full_disk_leaves_what_was_accepted() {
    let disk = Disk::holding(filled());
    disk.set_bytes_max(Some(disk.contents().bytes()));
    let (mut journal, _) = Journal::open(disk.open(), &key()).unwrap();
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
    let refused = journal.append(Utc(9), record("x"), draw(9));
    assert_eq!(refused, Err(JournalError::Storage(StorageError::Full)));
    assert_eq!(content(disk.contents()), content(filled()));
}

#[test]
fn wrong_key_and_wrong_sort_of_key_have_their_own_errors() {
    let other = StationKey::from_key_file("5b".repeat(32).as_bytes()).unwrap();
    assert_eq!(
        Journal::open(filled(), &other).err(),
        Some(JournalError::WrongKey)
    );
    let passphrase = StationKey::from_passphrase(b"open sesame").unwrap();
    assert_eq!(
        Journal::open(filled(), &passphrase).err(),
        Some(JournalError::WrongKeyKind {
            wants_passphrase: false
        })
    );
    assert_eq!(
        Journal::open(MemoryStorage::new(), &key()).err(),
        Some(JournalError::Empty)
    );
    assert_eq!(
        Journal::create(filled(), &key(), Utc(0), draw(0)).err(),
        Some(JournalError::Exists)
    );
}

#[test]
fn passphrase_opens_with_the_cost_that_the_home_remembers() {
    let cost = PassphraseCost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };
    let cheap = StationKey::from_passphrase_with_cost(b"open sesame", cost).unwrap();
    let storage = Journal::create(MemoryStorage::new(), &cheap, Utc(0), draw(0)).unwrap();
    let storage = storage.into_storage();

    let right = StationKey::from_passphrase(b"open sesame").unwrap();
    assert!(Journal::open(storage.clone(), &right).is_ok());
    let wrong = StationKey::from_passphrase(b"open sesami").unwrap();
    assert_eq!(
        Journal::open(storage, &wrong).err(),
        Some(JournalError::WrongKey)
    );
}

#[test]
fn changed_key_opens_and_the_old_one_does_not() {
    let mut journal = reopened(filled());
    let other = StationKey::from_key_file("5b".repeat(32).as_bytes()).unwrap();
    journal.change_key(&other, Utc(9), draw(9)).unwrap();
    journal.append(Utc(10), record("behind"), draw(10)).unwrap();
    journal.rotate(Utc(11), draw(11)).unwrap();
    let storage = journal.into_storage();
    assert_eq!(
        Journal::open(storage.clone(), &key()).err(),
        Some(JournalError::WrongKey)
    );
    assert!(Journal::open(storage, &other).is_ok());
}

#[test]
fn copy_from_before_a_rotation_does_not_open_once_the_slot_has_moved() {
    let slot = MemorySlot::new();
    let key = key().with_slot(Arc::new(slot.clone()));
    let mut journal = Journal::create(MemoryStorage::new(), &key, Utc(0), draw(1)).unwrap();
    journal
        .append(Utc(1), row("chain/0", Some("secret")), draw(2))
        .unwrap();
    let copy = journal.into_storage();
    let (mut journal, _) = Journal::open(copy.clone(), &key).unwrap();
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
    journal.rotate(Utc(2), draw(3)).unwrap();

    assert!(Journal::open(journal.into_storage(), &key).is_ok());
    assert_eq!(slot.read().unwrap().len(), 1);
    assert_eq!(
        Journal::open(copy, &key).err(),
        Some(JournalError::Restored {
            slot: 2,
            storage: 1
        })
    );
}

#[test]
fn slot_that_is_missing_empty_or_of_another_home_is_told_apart() {
    let slot = MemorySlot::new();
    let with_slot = key().with_slot(Arc::new(slot.clone()));
    let journal = Journal::create(MemoryStorage::new(), &with_slot, Utc(0), draw(1)).unwrap();
    let storage = journal.into_storage();

    let missing = Journal::open(storage.clone(), &key()).err();
    assert_eq!(missing, Some(JournalError::SlotMissing));
    let empty = key().with_slot(Arc::new(MemorySlot::new()));
    let behind = Journal::open(storage, &empty).err();
    assert_eq!(behind, Some(JournalError::SlotBehind { storage: 1 }));
    let taken = Journal::create(MemoryStorage::new(), &with_slot, Utc(0), draw(2)).err();
    assert!(matches!(taken, Some(JournalError::SlotFailed(_))));
}

#[test]
fn home_opens_whichever_step_of_a_rotation_is_cut_short() {
    for cut_before in 1..=4 {
        let slot = CuttingSlot::default();
        let key = key().with_slot(Arc::new(slot.clone()));
        let disk = Disk::new();
        let mut journal = Journal::create(disk.open(), &key, Utc(0), draw(1)).unwrap();
        journal
            .append(Utc(1), row("chain/0", Some("secret")), draw(2))
            .unwrap();
        match cut_before {
            1 => slot.fail_at(3),
            2 => disk.script_next(Fault::IoBefore),
            3 => disk.script_next(Fault::IoAfter),
            _ => slot.fail_at(4),
        }
        let cut = journal.rotate(Utc(2), draw(3));
        assert!(cut.is_err(), "cut {cut_before}");

        for draws in 4..8 {
            let (mut journal, opened) = Journal::open(disk.open(), &key).unwrap();
            assert_eq!(opened.rows[0].1.as_slice(), b"secret", "cut {cut_before}");
            assert_eq!(slot.read().unwrap().len(), 1, "cut {cut_before}");
            journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
            journal.rotate(Utc(3), draw(draws)).unwrap();
        }
    }
}

#[test]
fn unsynced_append_is_lost_at_a_power_cut_and_the_journal_is_whole_without_it() {
    let disk = Disk::holding(filled());
    let (mut journal, _) = Journal::open(disk.open(), &key()).unwrap();
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
    disk.script_next(Fault::Unsynced);
    journal.append(Utc(9), record("lost"), draw(9)).unwrap();
    disk.cut_power();
    assert!(journal.append(Utc(9), record("x"), draw(10)).is_err());
    assert_eq!(content(disk.contents()), content(filled()));
}

/// A slot whose nth write fails, as in a crash before it.
#[derive(Clone, Default)]
struct CuttingSlot {
    inner: MemorySlot,
    writes: Arc<std::sync::Mutex<(u32, Option<u32>)>>,
}

impl CuttingSlot {
    fn fail_at(&self, nth: u32) {
        self.writes.lock().unwrap().1 = Some(nth);
    }
}

impl Slot for CuttingSlot {
    fn read(&self) -> Result<Vec<redphone_journal::SlotState>, String> {
        self.inner.read()
    }

    fn write(&self, states: &[redphone_journal::SlotState]) -> Result<(), String> {
        let mut writes = self.writes.lock().unwrap();
        writes.0 += 1;
        if writes.1 == Some(writes.0) {
            return Err("cut".to_owned());
        }
        self.inner.write(states)
    }
}

#[test]
fn repeated_draws_never_repeat_a_nonce() {
    let mut journal = Journal::create(Recording::default(), &key(), Utc(0), draw(1)).unwrap();
    for number in 0..200 {
        let step = Step {
            records: vec![b"same".to_vec(), b"same".to_vec()],
            rows: row("chain/0", Some("same")).rows,
            bodies: body("text", Some("same")).bodies,
            snapshot: (number % 7 == 0).then(|| b"same".to_vec()),
        };
        journal.append(Utc(0), step, draw(1)).unwrap();
        if number % 50 == 0 {
            journal.rotate(Utc(0), draw(1)).unwrap();
        }
    }
    let mut nonces = journal.into_storage().nonces;
    let all = nonces.len();
    assert!(all > 1_000);
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), all);
}

#[test]
fn restored_machine_that_repeats_its_randomness_repeats_no_nonce_for_another_text() {
    let storage = filled();
    let sealed = ["heads", "tails"].map(|text| {
        let mut journal = reopened(storage.clone());
        journal.append(Utc(9), record(text), draw(9)).unwrap();
        journal.into_storage().records.remove(&10).unwrap()
    });
    assert_ne!(sealed[0][..24], sealed[1][..24]);
}

/// Notes the nonce of everything that is written.
#[derive(Default)]
struct Recording {
    inner: MemoryStorage,
    nonces: Vec<Vec<u8>>,
}

impl Storage for Recording {
    fn append(&mut self, batch: &Batch) -> Result<(), StorageError> {
        let records = batch
            .records
            .iter()
            .map(|(_, sealed)| sealed[..24].to_vec());
        self.nonces.extend(records);
        let rows = batch.rows.iter().filter_map(|(_, sealed)| sealed.as_ref());
        self.nonces
            .extend(rows.map(|sealed| sealed[8..32].to_vec()));
        for (id, sealed) in &batch.blobs {
            let start = if id == b"\0snapshot" { 40 } else { 0 };
            let sealed = sealed
                .as_ref()
                .map(|sealed| sealed[start..start + 24].to_vec());
            self.nonces.extend(sealed);
        }
        self.inner.append(batch)
    }

    fn records(&mut self, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, StorageError> {
        self.inner.records(from, limit)
    }

    fn rows(&mut self, after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, StorageError> {
        self.inner.rows(after, limit)
    }

    fn row(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.inner.row(id)
    }

    fn blob(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.inner.blob(id)
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.inner.meta(name)
    }

    fn check(&mut self) -> Result<(), StorageError> {
        self.inner.check()
    }

    fn settle(&mut self) -> Result<(), StorageError> {
        self.inner.settle()
    }
}
