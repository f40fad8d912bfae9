//! Rotation: a new vault key, every row under it, and the slot moved on.
//!
//! Owns the order of the three writes. A crash between any two leaves a home that opens: the
//! home's counter says which of the slot's states is its own. Afterwards no copy of the home from
//! before opens without the old state of the slot. Spec: PROTOCOL.md, appendix "The journal",
//! rules JNL-8 and JNL-9.
//!
//! ```text
//! slot [old, new]   ->   one append: all rows, the wrapped key, a record   ->   slot [new]
//! ```

use redphone_wire::Utc;

use crate::cipher::Draws;
use crate::error::{Damage, JournalError};
use crate::journal::Journal;
use crate::key::StationKey;
use crate::step::Step;
use crate::storage::{Batch, Storage};
use crate::vault::{Vault, VaultKeys, for_each_row};
use crate::wrap::{self, Lock};

impl<S: Storage> Journal<S> {
    /// Takes a new vault key, rewrites every row under it, moves the slot on, and removes dead
    /// copies from what the storage wrote ahead. Called at every start, refresh and retention run,
    /// and at least daily.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`]. [`JournalError::SlotFailed`] leaves the journal usable; the next
    /// rotation finishes what this one could not.
    pub fn rotate(&mut self, now: Utc, random: [u8; 32]) -> Result<(), JournalError> {
        self.ready()?;
        let rotated = self.rotate_under(now, random, |lock, _| Ok(lock.clone()));
        self.poison_on(rotated)
    }

    /// Rotates, so that from now on another key opens the home: the operator changes the
    /// passphrase. The slot stays; a home without one takes the new key's.
    ///
    /// # Errors
    ///
    /// As [`Journal::rotate`].
    pub fn change_key(
        &mut self,
        key: &StationKey,
        now: Utc,
        random: [u8; 32],
    ) -> Result<(), JournalError> {
        self.ready()?;
        let changed = self.rotate_under(now, random, |lock, draws| lock.with_key(key, draws));
        self.poison_on(changed)
    }

    fn rotate_under(
        &mut self,
        now: Utc,
        random: [u8; 32],
        lock: impl FnOnce(&Lock, &mut Draws) -> Result<Lock, JournalError>,
    ) -> Result<(), JournalError> {
        let contents = Step::default().hash(now);
        let mut draws = Draws::new(random, &self.keys.hedge, &self.head.1, &contents);
        let vault_key = draws.secret();
        let keys = VaultKeys::new(&vault_key);
        let wrapped = lock(&self.lock, &mut draws)?.wrap_next(&vault_key, &mut draws)?;
        let mut batch = Batch::default();
        batch
            .meta
            .push((wrap::CELL.to_owned(), Some(wrapped.cell.clone())));
        let vault = self.rewrite(keys, &mut draws, &mut batch)?;
        let head = self.close(&mut batch, &mut draws, now, &[], vault.digest())?;
        self.storage.append(&batch)?;
        self.vault = vault;
        self.head = head;
        self.lock = wrapped.lock.clone();
        self.storage.settle()?;
        wrapped.settle()
    }

    /// Adds every row, sealed under new keys, to a batch; returns the vault that this makes.
    fn rewrite(
        &mut self,
        keys: VaultKeys,
        draws: &mut Draws,
        batch: &mut Batch,
    ) -> Result<Vault, JournalError> {
        let version = self.closing_number(0)?;
        let mut vault = Vault::empty(keys);
        let old = &self.vault;
        for_each_row(&mut self.storage, |id, stored| {
            let value = old.keys.open(id, stored);
            let value = value.ok_or_else(|| JournalError::Damaged(Damage::Row(id.to_vec())))?;
            let sealed = vault.keys.seal(draws, version, id, &value);
            let sealed = sealed.ok_or(JournalError::ApiMisuse("a row is too long to seal"))?;
            vault.insert(id, &sealed);
            batch.rows.push((id.to_vec(), Some(sealed)));
            Ok(())
        })?;
        vault.expect_same_rows(old)?;
        Ok(vault)
    }
}
