//! The journal itself: create or open, replay, then append and read.

use redphone_wire::Utc;
use zeroize::Zeroizing;

use crate::error::{JournalError, RecordFault};
use crate::key::StationKey;
use crate::storage::Storage;

/// An open journal. Calls come in this order: [`Journal::create`] or [`Journal::open`], then
/// [`Journal::replay`] once (not after `create`), then the others in any order.
pub struct Journal<S> {
    storage: S,
}

/// What opening a journal gave.
pub struct Opened {
    /// The rooms' rows of the vault, by id.
    pub rows: Vec<(Vec<u8>, Zeroizing<Vec<u8>>)>,
    /// The newest snapshot.
    pub snapshot: Option<Vec<u8>>,
}

/// Everything that one append makes durable at once.
#[derive(Clone, Default)]
pub struct Step {
    /// Facts, in order. Never a key.
    pub records: Vec<Vec<u8>>,
    /// Rows of the vault to write (`Some`) or to erase (`None`).
    pub rows: Vec<(Vec<u8>, Option<Zeroizing<Vec<u8>>>)>,
    /// Bodies to keep (`Some`), each under a key of its own, or to destroy (`None`).
    pub bodies: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// The state of the rooms after this step. Replay starts behind it from then on.
    pub snapshot: Option<Vec<u8>>,
}

/// Why a replay stopped.
#[derive(Debug)]
pub enum ReplayError<E> {
    /// The journal is at fault.
    Journal(JournalError),
    /// The room refused the record with this number.
    Room(u64, E),
}

/// What [`Journal::verify`] found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verdict {
    /// Records that are whole and in the chain, counted from the first.
    pub records: u64,
    /// The first bad record, by number.
    pub first_bad: Option<(u64, RecordFault)>,
}

impl<S: Storage> Journal<S> {
    /// Makes a new journal in an empty storage.
    ///
    /// # Errors
    ///
    /// [`JournalError::Exists`], or what the storage or the slot says.
    pub fn create(
        storage: S,
        key: &StationKey,
        now: Utc,
        random: [u8; 32],
    ) -> Result<Self, JournalError> {
        unimplemented!()
    }

    /// Opens a journal and checks its vault.
    ///
    /// # Errors
    ///
    /// Any [`JournalError`] except `ApiMisuse`, `Exists` and `Poisoned`.
    pub fn open(storage: S, key: &StationKey) -> Result<(Self, Opened), JournalError> {
        unimplemented!()
    }

    /// Hands over every record behind the snapshot, in order, and checks the chain up to the head.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Journal`] for a damaged record, [`ReplayError::Room`] when `each` fails.
    pub fn replay<E>(
        &mut self,
        each: impl FnMut(u64, Utc, &[u8]) -> Result<(), E>,
    ) -> Result<(), ReplayError<E>> {
        unimplemented!()
    }

    /// Makes one step durable, all of it or none.
    ///
    /// # Errors
    ///
    /// `ApiMisuse` writes nothing and leaves the journal usable. After any other error it is
    /// poisoned.
    pub fn append(&mut self, now: Utc, step: Step, random: [u8; 32]) -> Result<(), JournalError> {
        unimplemented!()
    }

    /// Takes a new vault key, rewrites every row under it and moves the slot on.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`], and the slot's.
    pub fn rotate(&mut self, now: Utc, random: [u8; 32]) -> Result<(), JournalError> {
        unimplemented!()
    }

    /// Returns the number of the newest record and the hash of the chain there.
    pub fn head(&self) -> (u64, [u8; 32]) {
        unimplemented!()
    }

    /// Returns a body, or `None` if it was never kept or has been destroyed.
    ///
    /// # Errors
    ///
    /// [`JournalError::Damaged`] naming the body.
    pub fn body(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        unimplemented!()
    }

    /// Returns at most `limit` of the rooms' records with numbers from `from` on.
    ///
    /// # Errors
    ///
    /// [`JournalError::Damaged`] naming the record.
    pub fn records(
        &mut self,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Utc, Vec<u8>)>, JournalError> {
        unimplemented!()
    }

    /// Reads everything and says which record is the first bad one.
    ///
    /// # Errors
    ///
    /// What the storage says.
    pub fn verify(&mut self) -> Result<Verdict, JournalError> {
        unimplemented!()
    }

    /// Removes dead copies of overwritten rows from what the storage wrote ahead.
    ///
    /// # Errors
    ///
    /// What the storage says.
    pub fn settle(&mut self) -> Result<(), JournalError> {
        Ok(self.storage.settle()?)
    }

    /// Gives the storage back, for opening it anew.
    pub fn into_storage(self) -> S {
        self.storage
    }
}
