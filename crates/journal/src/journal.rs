//! The journal itself: created or opened, replayed, then read. What an append is stands in `append`.
//!
//! Owns the order of calls and the one rule that all else rests on: it decides before it writes,
//! and after a failed append it says so to every call until it is opened anew. It does not know
//! what a record means. Spec: PROTOCOL.md, appendix "The journal".

use redphone_wire::Utc;
use zeroize::Zeroizing;

use crate::body;
use crate::cipher::{Draws, Secret};
use crate::error::{Damage, JournalError, RecordFault, ReplayError};
use crate::head::{self, Head, RecordKeys};
use crate::key::StationKey;
use crate::record;
use crate::snapshot;
use crate::step::Step;
use crate::storage::{Batch, PAGE_ROWS_MAX, Storage, StorageError};
use crate::vault::{Table, Vault, VaultKeys};
use crate::wrap::{self, Lock};

/// An open journal.
///
/// Calls come in this order: [`Journal::create`] or [`Journal::open`]; after `open`, once,
/// [`Journal::replay`]; then the others in any order. When an append has failed, every call says
/// [`JournalError::Poisoned`]: take the storage back ([`Journal::into_storage`]), open that anew,
/// and then the journal.
pub struct Journal<S> {
    pub(crate) storage: S,
    pub(crate) vault: Vault,
    pub(crate) keys: RecordKeys,
    pub(crate) lock: Lock,
    pub(crate) head: Head,
    /// Where replay starts; `None` when it has been done.
    replay_behind: Option<Head>,
    poison: Option<StorageError>,
}

/// What opening a journal gave.
pub struct Opened {
    /// The rooms' rows of the vault, by id, in ascending order.
    pub rows: Vec<(Vec<u8>, Zeroizing<Vec<u8>>)>,
    /// The newest snapshot, as a room gave it.
    pub snapshot: Option<Vec<u8>>,
}

impl<S: Storage> Journal<S> {
    /// Makes a new journal in an empty storage.
    ///
    /// # Errors
    ///
    /// [`JournalError::Exists`], or what the storage or the slot says.
    pub fn create(
        mut storage: S,
        key: &StationKey,
        now: Utc,
        random: [u8; 32],
    ) -> Result<Self, JournalError> {
        if storage.meta(wrap::CELL)?.is_some() || !storage.records(0, 1)?.is_empty() {
            return Err(JournalError::Exists);
        }
        let mut draws = Draws::new(random, &[0; 32], &[0; 32], &Step::default().hash(now));
        let vault_key = draws.secret();
        let (keys, own_row) = RecordKeys::generate(&mut draws);
        let wrapped = Lock::new(key, &mut draws)?.wrap_next(&vault_key, &mut draws)?;
        let vault = Vault::empty(VaultKeys::new(&vault_key));
        let mut journal = Self {
            storage,
            vault,
            head: (0, keys.genesis),
            keys,
            lock: wrapped.lock.clone(),
            replay_behind: None,
            poison: None,
        };
        let mut batch = Batch::default();
        batch
            .meta
            .push((wrap::CELL.to_owned(), Some(wrapped.cell.clone())));
        let mut change = journal.vault.change(1);
        let id = Table::Own.id(head::ROW);
        change.put(
            &mut journal.storage,
            &mut draws,
            &mut batch,
            id,
            Some(&own_row),
        )?;
        let changed = change.done();
        let head = journal.close(&mut batch, &mut draws, now, &[], changed.digest())?;
        journal.storage.append(&batch)?;
        journal.vault.apply(changed);
        journal.head = head;
        wrapped.settle()?;
        Ok(journal)
    }

    /// Opens a journal: unlocks and reads the vault, and checks that the newest record vouches for
    /// it.
    ///
    /// # Errors
    ///
    /// Any [`JournalError`] except `ApiMisuse`, `Exists` and `Poisoned`.
    pub fn open(mut storage: S, key: &StationKey) -> Result<(Self, Opened), JournalError> {
        let (lock, vault_key) = unlock(&mut storage, key)?;
        let mut rows = Vec::new();
        let mut own_row = None;
        let loaded = Vault::load(
            VaultKeys::new(&vault_key),
            &mut storage,
            |table, id, value| match table {
                Table::Own if id == head::ROW => own_row = Some(value),
                Table::Rooms => rows.push((id.to_vec(), value)),
                Table::Own | Table::Bodies => {}
            },
        );
        let vault = loaded?;
        let missing = || JournalError::Damaged(Damage::Row(Table::Own.id(head::ROW)));
        let keys = RecordKeys::from_row(&own_row.ok_or_else(missing)?)?;
        let head = keys.read_head(&mut storage)?;
        check_digest(&mut storage, &vault, &keys, head.0)?;
        let snapshot = snapshot::read(&keys.snapshot, &mut storage)?;
        let replay_behind = snapshot.as_ref().map_or((0, keys.genesis), |snapshot| {
            (snapshot.number, snapshot.hash)
        });
        if replay_behind.0 > head.0 {
            return Err(JournalError::Damaged(Damage::Head));
        }
        lock.tidy()?;
        let journal = Self {
            storage,
            vault,
            keys,
            lock,
            head,
            replay_behind: Some(replay_behind),
            poison: None,
        };
        let snapshot = snapshot.map(|snapshot| snapshot.state);
        Ok((journal, Opened { rows, snapshot }))
    }

    /// Hands over every record of the rooms behind the snapshot, in order, with its number and
    /// time, and checks the chain up to the head. Derives nothing and draws nothing.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Journal`] names the first bad record; [`ReplayError::Room`] when `each` fails.
    pub fn replay<E>(
        &mut self,
        mut each: impl FnMut(u64, Utc, &[u8]) -> Result<(), E>,
    ) -> Result<(), ReplayError<E>> {
        self.check_poison().map_err(ReplayError::Journal)?;
        let Some(mut place) = self.replay_behind else {
            let twice = JournalError::ApiMisuse("replay comes once, after open");
            return Err(ReplayError::Journal(twice));
        };
        while place.0 < self.head.0 {
            let first = place.0 + 1;
            let page = self.storage.records(first, PAGE_ROWS_MAX);
            let page = page.map_err(|error| ReplayError::Journal(error.into()))?;
            if page.is_empty() {
                let missing = Damage::Record(first, RecordFault::Missing);
                return Err(ReplayError::Journal(JournalError::Damaged(missing)));
            }
            for (number, stored) in page.iter().take_while(|(number, _)| *number <= self.head.0) {
                let (record, next) =
                    follow(&self.keys, place, *number, stored).map_err(ReplayError::Journal)?;
                if let Some(room) = record.room {
                    each(*number, record.utc, &room)
                        .map_err(|error| ReplayError::Room(*number, error))?;
                }
                place = next;
            }
        }
        if place != self.head {
            let fork = Damage::Record(self.head.0, RecordFault::OutOfChain);
            return Err(ReplayError::Journal(JournalError::Damaged(fork)));
        }
        self.replay_behind = None;
        Ok(())
    }

    /// Returns the number of the newest record and the hash of the chain there.
    pub fn head(&self) -> (u64, [u8; 32]) {
        self.head
    }

    /// Returns how many bodies are kept.
    pub fn bodies(&self) -> u64 {
        self.vault.bodies()
    }

    /// Returns a body, or `None` if it was never kept or has been destroyed.
    ///
    /// # Errors
    ///
    /// [`JournalError::Damaged`] naming the body.
    pub fn body(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        self.check_poison()?;
        body::read(&self.vault.keys, &mut self.storage, id)
    }

    /// Returns at most `limit` of the rooms' records with numbers from `from` on, with their
    /// numbers and times. Fewer than `limit` means that there are no more.
    ///
    /// # Errors
    ///
    /// [`JournalError::Damaged`] naming the record.
    pub fn records(
        &mut self,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Utc, Vec<u8>)>, JournalError> {
        self.check_poison()?;
        let mut found = Vec::new();
        let mut next = from.max(1);
        while next <= self.head.0 && found.len() < limit {
            let wanted = (limit - found.len()).min(PAGE_ROWS_MAX);
            let page = self.storage.records(next, wanted)?;
            if page.is_empty() {
                return Err(bad_record(next, RecordFault::Missing));
            }
            for (number, stored) in page {
                if number != next {
                    return Err(bad_record(next, RecordFault::Missing));
                }
                let record = record::open(&self.keys.records, number, &stored)
                    .map_err(|fault| bad_record(number, fault))?;
                found.extend(record.room.map(|room| (number, record.utc, room)));
                next += 1;
            }
        }
        Ok(found)
    }

    /// Removes dead copies of overwritten rows from what the storage wrote ahead.
    ///
    /// # Errors
    ///
    /// What the storage says. The journal is then poisoned.
    pub fn settle(&mut self) -> Result<(), JournalError> {
        self.check_poison()?;
        let settled = self.storage.settle().map_err(JournalError::from);
        self.poison_on(settled)
    }

    /// Says whether the storage put work off.
    pub fn is_behind(&self) -> bool {
        self.poison.is_none() && self.storage.is_behind()
    }

    /// Lets the storage do what it put off, while nothing waits.
    ///
    /// # Errors
    ///
    /// What the storage says. The journal is then poisoned.
    pub fn catch_up(&mut self) -> Result<(), JournalError> {
        self.check_poison()?;
        let caught_up = self.storage.catch_up().map_err(JournalError::from);
        self.poison_on(caught_up)
    }

    /// Gives the storage back, for opening it anew.
    pub fn into_storage(self) -> S {
        self.storage
    }

    /// Says whether the journal may be written.
    pub(crate) fn ready(&self) -> Result<(), JournalError> {
        self.check_poison()?;
        if self.replay_behind.is_some() {
            return Err(JournalError::ApiMisuse(
                "replay comes before any other call",
            ));
        }
        Ok(())
    }

    pub(crate) fn check_poison(&self) -> Result<(), JournalError> {
        match &self.poison {
            Some(poison) => Err(JournalError::Poisoned(poison.clone())),
            None => Ok(()),
        }
    }

    pub(crate) fn poison_on<T>(
        &mut self,
        result: Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::PoisonForgotten) {
            return result;
        }
        self.poison = match &result {
            Ok(_) | Err(JournalError::ApiMisuse(_) | JournalError::SlotFailed(_)) => None,
            Err(JournalError::Storage(error)) => Some(error.clone()),
            Err(other) => {
                let source = std::error::Error::source(other).map(ToString::to_string);
                Some(StorageError::Damaged(
                    source.unwrap_or_else(|| other.to_string()),
                ))
            }
        };
        result
    }
}

/// Reads the wrapped vault key and opens it.
pub(crate) fn unlock(
    storage: &mut impl Storage,
    key: &StationKey,
) -> Result<(Lock, Secret), JournalError> {
    let Some(cell) = storage.meta(wrap::CELL)? else {
        let nothing = storage.meta(head::CELL)?.is_none() && storage.records(0, 1)?.is_empty();
        let damaged = JournalError::Damaged(Damage::Key);
        return Err(if nothing {
            JournalError::Empty
        } else {
            damaged
        });
    };
    Lock::open(key, &cell)
}

/// Opens the record that must follow a place in the chain; returns it and its own place.
pub(crate) fn follow(
    keys: &RecordKeys,
    place: Head,
    number: u64,
    stored: &[u8],
) -> Result<(record::Record, Head), JournalError> {
    let expected = place.0 + 1;
    if number != expected {
        return Err(bad_record(expected, RecordFault::Missing));
    }
    let (record, hash) = record::open_next(&keys.records, number, &place.1, stored)
        .map_err(|fault| bad_record(number, fault))?;
    Ok((record, (number, hash)))
}

/// Checks that the newest record vouches for the vault as found; else names the row at fault, or
/// the vault as a whole.
fn check_digest(
    storage: &mut impl Storage,
    vault: &Vault,
    keys: &RecordKeys,
    newest: u64,
) -> Result<(), JournalError> {
    let page = storage.records(newest, 1)?;
    let Some((_, stored)) = page.first().filter(|(number, _)| *number == newest) else {
        return Err(bad_record(newest, RecordFault::Missing));
    };
    let record =
        record::open(&keys.records, newest, stored).map_err(|fault| bad_record(newest, fault))?;
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::DigestUnchecked) {
        return Ok(());
    }
    if record.digest == Some(vault.digest()) {
        return Ok(());
    }
    let row = vault.first_damaged(storage)?;
    Err(JournalError::Damaged(
        row.map_or(Damage::Vault { record: newest }, Damage::Row),
    ))
}

pub(crate) fn bad_record(number: u64, fault: RecordFault) -> JournalError {
    JournalError::Damaged(Damage::Record(number, fault))
}
