//! A copy of the journal in another storage, without rows and bodies that are not to be in it.
//!
//! Owns what a copy takes over. Records go as they are, so that the chain is the same; rows are
//! sealed anew under a vault key of the copy's own; what is left out is never written there, not
//! even to be erased. The snapshot is left out: a copy replays from its first record. The slot is
//! left out too: it belongs to the original. Spec: PROTOCOL.md, appendix "The journal", rule JNL-12.
//!
//! ```text
//! records, page by page   ->   bodies   ->   one append: rows, wrapped key, closing records, head
//! ```
//!
//! Until the last append the copy has no wrapped key: a copy that was cut short does not open.

use redphone_wire::Utc;

use crate::cipher::Draws;
use crate::error::{Damage, JournalError};
use crate::head::Head;
use crate::journal::{Journal, follow};
use crate::key::StationKey;
use crate::step::Step;
use crate::storage::{Batch, PAGE_ROWS_MAX, Storage};
use crate::vault::{Table, Vault, VaultKeys, for_each_row};
use crate::wrap::{self, Lock};

/// Bytes of bodies that one append of a copy writes, and those of the last body beyond it.
const COPY_BYTES_MAX: usize = 16 << 20;

/// What a copy takes over, by the rooms' own ids.
pub struct Selection<'a> {
    /// Whether a row of the vault is taken over.
    pub row: &'a dyn Fn(&[u8]) -> bool,
    /// Whether a body is taken over.
    pub body: &'a dyn Fn(&[u8]) -> bool,
}

/// What a copy holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Copied {
    /// Records, those that close it among them.
    pub records: u64,
    /// Bodies.
    pub bodies: u64,
    /// Rows of the rooms that were left out.
    pub rows_left_out: u64,
}

impl<S: Storage> Journal<S> {
    /// Writes what is selected into an empty storage, which `key` will open. `closing` has the
    /// records that follow the last one there, and rows that the copy has instead of ours. Ours
    /// stays as it is.
    ///
    /// # Errors
    ///
    /// [`JournalError::Exists`] when something is there; [`JournalError::Damaged`] naming the part
    /// of ours that is; what the other storage says. What was written by then does not open.
    pub fn copy_to(
        &mut self,
        target: &mut impl Storage,
        key: &StationKey,
        selection: &Selection<'_>,
        now: Utc,
        closing: &Step,
        random: [u8; 32],
    ) -> Result<Copied, JournalError> {
        self.ready()?;
        closing.check_bounds()?;
        if closing.records.is_empty() || !closing.bodies.is_empty() || closing.snapshot.is_some() {
            return Err(JournalError::ApiMisuse("a copy is closed by records alone"));
        }
        if target.meta(wrap::CELL)?.is_some() || !target.records(0, 1)?.is_empty() {
            return Err(JournalError::Exists);
        }
        self.copy_records(target)?;
        let contents = closing.hash(now);
        let mut draws = Draws::new(random, &self.keys.hedge, &self.head.1, &contents);
        let vault_key = draws.secret();
        let wrapped = Lock::new(key, &mut draws)?.wrap_next(&vault_key, &mut draws)?;
        let mut batch = Batch::default();
        batch
            .meta
            .push((wrap::CELL.to_owned(), Some(wrapped.cell.clone())));
        let keys = VaultKeys::new(&vault_key);
        let (vault, mut copied) =
            self.select_rows(keys, selection, closing, &mut draws, &mut batch)?;
        self.copy_bodies(target, &batch)?;
        let head = self.close(
            &mut batch,
            &mut draws,
            now,
            &closing.records,
            vault.digest(),
        )?;
        target.append(&batch)?;
        target.settle()?;
        wrapped.settle()?;
        copied.records = head.0;
        copied.bodies = vault.bodies();
        Ok(copied)
    }

    /// Copies every record as it is, and checks the chain on the way.
    fn copy_records(&mut self, target: &mut impl Storage) -> Result<(), JournalError> {
        let mut place: Head = (0, self.keys.genesis);
        while place.0 < self.head.0 {
            let page = self.storage.records(place.0 + 1, PAGE_ROWS_MAX)?;
            let mut batch = Batch::default();
            for (number, stored) in page {
                if number > self.head.0 {
                    break;
                }
                (_, place) = follow(&self.keys, place, number, &stored)?;
                batch.records.push((number, stored));
            }
            if batch.records.is_empty() {
                let missing = crate::error::RecordFault::Missing;
                return Err(JournalError::Damaged(Damage::Record(place.0 + 1, missing)));
            }
            target.append(&batch)?;
        }
        Ok(())
    }

    /// Adds the rows that are taken over, sealed under the copy's keys, and those of `closing`.
    fn select_rows(
        &mut self,
        keys: VaultKeys,
        selection: &Selection<'_>,
        closing: &Step,
        draws: &mut Draws,
        batch: &mut Batch,
    ) -> Result<(Vault, Copied), JournalError> {
        let version = self.closing_number(closing.records.len())?;
        let mut copied = Copied::default();
        let mut vault = Vault::empty(keys);
        let mut put = |id: &[u8], value: &[u8], batch: &mut Batch| {
            let sealed = vault.keys.seal(draws, version, id, value);
            let sealed = sealed.ok_or(JournalError::ApiMisuse("a row is too long to seal"))?;
            vault.insert(id, &sealed);
            batch.rows.push((id.to_vec(), Some(sealed)));
            Ok::<(), JournalError>(())
        };
        let ours = &self.vault.keys;
        for_each_row(&mut self.storage, |id, stored| {
            let damaged = || JournalError::Damaged(Damage::Row(id.to_vec()));
            let (table, within) = Table::split(id).ok_or_else(damaged)?;
            let replaced = closing.rows.iter().any(|(row, _)| row == within);
            let taken = match table {
                Table::Own => true,
                Table::Rooms => !replaced && (selection.row)(within),
                Table::Bodies => (selection.body)(within),
            };
            if taken {
                let value = ours.open(id, stored).ok_or_else(damaged)?;
                return put(id, &value, batch);
            }
            copied.rows_left_out += u64::from(table == Table::Rooms && !replaced);
            Ok(())
        })?;
        for (id, value) in &closing.rows {
            if let Some(value) = value {
                put(&Table::Rooms.id(id), value, batch)?;
            }
        }
        Ok((vault, copied))
    }

    /// Copies the bodies whose keys are in the batch. They stay sealed under those keys.
    fn copy_bodies(&mut self, target: &mut impl Storage, rows: &Batch) -> Result<(), JournalError> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        for (id, _) in &rows.rows {
            let Some((Table::Bodies, within)) = Table::split(id) else {
                continue;
            };
            let body = self.storage.blob(id)?;
            let body = body.ok_or_else(|| JournalError::Damaged(Damage::Body(within.to_vec())))?;
            bytes += body.len();
            batch.blobs.push((id.clone(), Some(body)));
            if bytes >= COPY_BYTES_MAX {
                target.append(&std::mem::take(&mut batch))?;
                bytes = 0;
            }
        }
        if batch.blobs.is_empty() {
            return Ok(());
        }
        Ok(target.append(&batch)?)
    }
}
