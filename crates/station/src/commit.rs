//! Decide, record, act: what a step decided is laid aside, then made durable in one append.
//!
//! Owns what is not durable yet, the append, and the work that rides on it: snapshots, new vault
//! keys, what the storage put off. There is no second way to the disk.

use std::collections::BTreeMap;
use std::time::Duration;

use redphone_api::Event;
use redphone_desk::BodyName;
use redphone_journal::{JournalError, Step, Storage, StorageError};
use redphone_wire::{Now, to_bytes};
use zeroize::Zeroizing;

use crate::error::Fault;
use crate::hub::Hub;
use crate::record::Record;

/// Records after which a snapshot is taken.
const SNAPSHOT_RECORDS: u64 = 50_000;
/// The vault gets a new key at least so often.
const ROTATE_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// With more bodies than this, every row rewritten is work that waits for the daily turn.
const ROTATE_AT_ONCE_BODIES_MAX: u64 = 10_000;

/// What was decided and is not durable yet.
#[derive(Default)]
pub(crate) struct Pending {
    pub(crate) records: Vec<Vec<u8>>,
    pub(crate) rows: BTreeMap<Vec<u8>, Option<Zeroizing<Vec<u8>>>>,
    pub(crate) bodies: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl<S: Storage> Hub<S> {
    /// Notes a fact: changes the state by it and lays it aside for the next commit.
    pub(crate) fn note(&mut self, now: Now, record: Record) {
        self.apply(now, &record);
        self.pending.records.push(to_bytes(&record));
    }

    /// Notes a fact of the desk.
    pub(crate) fn note_desk(&mut self, now: Now, record: redphone_desk::Record) {
        self.heed_watch(now, &record);
        self.note(now, Record::Desk(record));
    }

    /// Lays a body aside for the next commit.
    pub(crate) fn keep(&mut self, name: BodyName, body: Vec<u8>) {
        self.pending.bodies.insert(name.into_bytes(), Some(body));
    }

    /// Destroys a body at the next commit.
    pub(crate) fn destroy(&mut self, name: BodyName) {
        self.pending.bodies.insert(name.into_bytes(), None);
    }

    /// Lays an envelope aside for the next commit. It is sealed already, so it needs no key of its
    /// own as a body has, and it goes with its receipt.
    pub(crate) fn keep_envelope(&mut self, row: Vec<u8>, envelope: &[u8]) {
        let value = Zeroizing::new(envelope.to_vec());
        self.pending.rows.insert(row, Some(value));
    }

    /// Erases an envelope at the next commit.
    pub(crate) fn erase_envelope(&mut self, row: Vec<u8>) {
        self.pending.rows.insert(row, None);
    }

    /// Whether a body is laid aside for the next commit.
    pub(crate) fn is_pending(&self, name: &BodyName) -> bool {
        self.pending.bodies.contains_key(name.as_bytes())
    }

    /// Reads a body, committed or not.
    pub(crate) fn body(&mut self, name: &BodyName) -> Result<Option<Vec<u8>>, JournalError> {
        match self.pending.bodies.get(name.as_bytes()) {
            Some(body) => Ok(body.clone()),
            None => self.journal.body(name.as_bytes()),
        }
    }

    /// Makes everything since the last commit durable, in one append. Then, and only then, the
    /// caller gives out answers and events and asks for frames.
    ///
    /// # Errors
    ///
    /// [`Fault`], after which the hub refuses everything: open it again from its storage.
    pub fn commit(&mut self, now: Now) -> Result<Vec<Event>, Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        self.collect_cipher_changes();
        self.collect_line_events(now);
        if self.is_dirty() {
            let snapshot = self.snapshot_if_due();
            let pending = std::mem::take(&mut self.pending);
            let random = self.draw()?;
            let taken = snapshot.is_some();
            let step = Step {
                records: pending.records,
                rows: pending.rows.into_iter().collect(),
                bodies: pending.bodies.into_iter().collect(),
                snapshot,
            };
            if let Err(error) = self.journal.append(now.utc, step, random) {
                return Err(self.stop(fault_of(&error)));
            }
            if taken {
                self.snapshot_at = self.journal.head().0;
            }
        }
        self.rotate_if_due(now)?;
        Ok(self.events.drain(..).collect())
    }

    /// Whether the storage put work off that [`Hub::catch_up`] would do.
    pub fn is_behind(&self) -> bool {
        self.fault.is_none() && self.journal.is_behind()
    }

    /// Lets the storage do what it put off. To be called while nothing else waits.
    ///
    /// # Errors
    ///
    /// [`Fault`], as after [`Hub::commit`].
    pub fn catch_up(&mut self) -> Result<(), Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        match self.journal.catch_up() {
            Ok(()) => Ok(()),
            Err(error) => Err(self.stop(fault_of(&error))),
        }
    }

    /// A clean stop: a snapshot, so that the next start is quick.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the last append fails.
    pub fn close(&mut self, now: Now) -> Result<(), Fault> {
        self.note_learned(now);
        self.snapshot_at = 0;
        if self.pending.records.is_empty() && self.journal.head().0 > 0 {
            let records = vec![to_bytes(&Record::Started { life: self.life })];
            self.pending.records = records;
        }
        self.commit(now).map(|_| ())
    }

    /// Notes what the bearers taught us, for the next start.
    fn note_learned(&mut self, now: Now) {
        let ids: Vec<_> = self.bearers.keys().copied().collect();
        for id in ids {
            let Some(bearer) = self.bearers.get(&id) else {
                continue;
            };
            let name = bearer.spec.name.clone();
            let learned = self
                .peers
                .get(&bearer.peer)
                .and_then(|peer| peer.line.learned(id));
            if let Some(learned) = learned {
                let bearer = name;
                self.note(now, Record::Learned { bearer, learned });
            }
        }
    }

    /// Whether something waits for a commit.
    pub(crate) fn is_dirty(&self) -> bool {
        let pending = &self.pending;
        !(pending.records.is_empty() && pending.rows.is_empty() && pending.bodies.is_empty())
    }

    fn snapshot_if_due(&self) -> Option<Vec<u8>> {
        let head = self.journal.head().0;
        (head.saturating_sub(self.snapshot_at) >= SNAPSHOT_RECORDS || self.snapshot_at == 0)
            .then(|| self.snapshot())
    }

    fn collect_cipher_changes(&mut self) {
        for (name, peer) in &mut self.peers {
            for (prefix, change) in peer.take_changes(name) {
                let mut row = prefix;
                row.extend_from_slice(&change.row);
                self.pending.rows.insert(row, change.value);
            }
        }
    }

    /// A new vault key, so that old copies of the home, dead pages and logs do not open: at the
    /// start, after a refresh, and daily.
    fn rotate_if_due(&mut self, now: Now) -> Result<(), Fault> {
        let many = self.journal.bodies() > ROTATE_AT_ONCE_BODIES_MAX;
        let daily = now.monotonic >= self.rotated_at + ROTATE_EVERY;
        if !daily && (many || !self.rotation_wanted) {
            return Ok(());
        }
        let random = self.draw()?;
        match self.journal.rotate(now.utc, random) {
            Ok(()) => {}
            Err(JournalError::SlotFailed(why)) => {
                self.first_time(crate::says::slot_failed(&why));
            }
            Err(error) => return Err(self.stop(fault_of(&error))),
        }
        self.rotated_at = now.monotonic;
        self.rotation_wanted = false;
        Ok(())
    }
}

/// What a failed journal means for the station.
fn fault_of(error: &JournalError) -> Fault {
    if *error == JournalError::Storage(StorageError::Full) {
        Fault::DiskFull
    } else {
        Fault::Storage(describe(error))
    }
}

fn describe(error: &JournalError) -> String {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        words = format!("{words}: {inner}");
        source = inner.source();
    }
    words
}
