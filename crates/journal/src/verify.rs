//! The check of everything: which record is the first bad one, and why.
//!
//! Owns the walk through the whole chain, the vault and the bodies. It changes nothing, and works
//! on a storage that the station refuses to open, as long as the vault key and the journal's own
//! row can be read.

use crate::body;
use crate::error::{Damage, JournalError, RecordFault};
use crate::head::{self, Head, RecordKeys};
use crate::journal::{self, Journal};
use crate::key::StationKey;
use crate::record;
use crate::snapshot;
use crate::storage::{PAGE_ROWS_MAX, Storage, StorageError};
use crate::vault::{Table, Vault, VaultKeys, for_each_row};

/// What a check of the whole journal found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Verdict {
    /// Records that are whole and in the chain, counted from the first.
    pub records: u64,
    /// Bodies that are whole.
    pub bodies: u64,
    /// The first bad record, by number, and what is wrong with it.
    pub first_bad: Option<(u64, RecordFault)>,
    /// Everything else that is damaged, in order: storage, head, snapshot, vault, bodies. At
    /// most [`DAMAGE_MAX`].
    pub damage: Vec<Damage>,
}

/// Most things that a verdict lists beside the first bad record.
pub const DAMAGE_MAX: usize = 100;

impl Verdict {
    /// Says whether everything is as it was written.
    pub fn is_whole(&self) -> bool {
        self.first_bad.is_none() && self.damage.is_empty()
    }

    fn note(&mut self, damage: Damage) {
        if self.damage.len() < DAMAGE_MAX {
            self.damage.push(damage);
        }
    }
}

impl<S: Storage> Journal<S> {
    /// Reads everything and says which record is the first bad one.
    ///
    /// # Errors
    ///
    /// What the storage says.
    pub fn verify(&mut self) -> Result<Verdict, JournalError> {
        self.check_poison()?;
        inspect(&mut self.storage, &self.vault.keys, &self.keys)
    }
}

/// Checks a storage that is not open as a journal.
///
/// # Errors
///
/// The key does not open it, the journal's own row is damaged, or what the storage says.
pub fn verify(storage: &mut impl Storage, key: &StationKey) -> Result<Verdict, JournalError> {
    let (_, vault_key) = journal::unlock(storage, key)?;
    let vault_keys = VaultKeys::new(&vault_key);
    let id = Table::Own.id(head::ROW);
    let row = storage
        .row(&id)?
        .and_then(|stored| vault_keys.open(&id, &stored));
    let row = row.ok_or(JournalError::Damaged(Damage::Row(id)))?;
    inspect(storage, &vault_keys, &RecordKeys::from_row(&row)?)
}

fn inspect(
    storage: &mut impl Storage,
    vault_keys: &VaultKeys,
    keys: &RecordKeys,
) -> Result<Verdict, JournalError> {
    let mut verdict = Verdict::default();
    match storage.check() {
        Ok(()) => {}
        Err(StorageError::Damaged(what)) => verdict.note(Damage::Storage(what)),
        Err(other) => return Err(other.into()),
    }
    let head = match keys.read_head(storage) {
        Ok(head) => Some(head),
        Err(JournalError::Damaged(damage)) => {
            verdict.note(damage);
            None
        }
        Err(other) => return Err(other),
    };
    let snapshot = match snapshot::read(&keys.snapshot, storage) {
        Ok(snapshot) => snapshot.map(|snapshot| (snapshot.number, snapshot.hash)),
        Err(JournalError::Damaged(damage)) => {
            verdict.note(damage);
            None
        }
        Err(other) => return Err(other),
    };
    walk(storage, keys, head, snapshot, &mut verdict)?;
    inspect_vault(storage, vault_keys, keys, head, &mut verdict)?;
    inspect_bodies(storage, vault_keys, &mut verdict)?;
    Ok(verdict)
}

/// Follows the chain from the first record to the head.
fn walk(
    storage: &mut impl Storage,
    keys: &RecordKeys,
    head: Option<Head>,
    snapshot: Option<Head>,
    verdict: &mut Verdict,
) -> Result<(), JournalError> {
    let mut place: Head = (0, keys.genesis);
    let last = head.map_or(u64::MAX, |head| head.0);
    while place.0 < last {
        let page = storage.records(place.0 + 1, PAGE_ROWS_MAX)?;
        if page.is_empty() {
            if head.is_some() {
                verdict.first_bad = Some((place.0 + 1, RecordFault::Missing));
            }
            return Ok(());
        }
        for (number, stored) in page.iter().take_while(|(number, _)| *number <= last) {
            place = match journal::follow(keys, place, *number, stored) {
                Ok((_, next)) => next,
                Err(JournalError::Damaged(Damage::Record(number, fault))) => {
                    verdict.first_bad = Some((number, fault));
                    return Ok(());
                }
                Err(other) => return Err(other),
            };
            verdict.records += 1;
            if snapshot.is_some_and(|snapshot| snapshot.0 == place.0 && snapshot != place) {
                verdict.note(Damage::Snapshot);
            }
        }
        if page.last().is_some_and(|(number, _)| *number > last) {
            break;
        }
    }
    if head.is_some_and(|head| head != place) {
        verdict.first_bad = Some((place.0, RecordFault::OutOfChain));
    }
    Ok(())
}

/// Compares the vault as found with what the newest record vouches for.
fn inspect_vault(
    storage: &mut impl Storage,
    vault_keys: &VaultKeys,
    keys: &RecordKeys,
    head: Option<Head>,
    verdict: &mut Verdict,
) -> Result<(), JournalError> {
    let mut vault = Vault::empty(vault_keys.clone());
    let walked = for_each_row(storage, |id, stored| {
        vault.insert(id, stored);
        if vault_keys.open(id, stored).is_none() {
            verdict.note(Damage::Row(id.to_vec()));
        }
        Ok(())
    });
    match walked {
        Ok(()) => {}
        Err(JournalError::Damaged(damage)) => verdict.note(damage),
        Err(other) => return Err(other),
    }
    let Some((newest, _)) = head else {
        return Ok(());
    };
    let page = storage.records(newest, 1)?;
    let record = page
        .first()
        .filter(|(number, _)| *number == newest)
        .and_then(|(number, stored)| record::open(&keys.records, *number, stored).ok());
    // A newest record that does not open is named by the walk.
    if record.is_some_and(|record| record.digest != Some(vault.digest())) {
        verdict.note(Damage::Vault { record: newest });
    }
    Ok(())
}

/// Opens every body that has a key.
fn inspect_bodies(
    storage: &mut impl Storage,
    vault_keys: &VaultKeys,
    verdict: &mut Verdict,
) -> Result<(), JournalError> {
    let mut last = Some(Table::Bodies.id(&[]));
    loop {
        let page = storage.rows(last.as_deref(), PAGE_ROWS_MAX)?;
        let more = page.len() == PAGE_ROWS_MAX;
        for (id, _) in &page {
            let Some((Table::Bodies, within)) = Table::split(id) else {
                continue;
            };
            match body::read(vault_keys, storage, within) {
                Ok(_) => verdict.bodies += 1,
                Err(JournalError::Damaged(damage)) => verdict.note(damage),
                Err(other) => return Err(other),
            }
        }
        let next = page.into_iter().last().map(|(id, _)| id);
        if !more || next <= last {
            return Ok(());
        }
        last = next;
    }
}
