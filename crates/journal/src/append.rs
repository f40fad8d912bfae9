//! One append: the records of a step are chained, the last one vouches for the vault, and the batch
//! is made durable before anything in memory changes. Spec: PROTOCOL.md, appendix "The journal".

use redphone_wire::Utc;

use crate::cipher::Draws;
use crate::digest::VaultDigest;
use crate::error::JournalError;
use crate::head::Head;
use crate::journal::Journal;
use crate::record;
use crate::snapshot;
use crate::step::Step;
use crate::storage::{Batch, Storage};
use crate::vault::Changed;

impl<S: Storage> Journal<S> {
    /// Makes one step durable, all of it or none. An empty step writes nothing.
    ///
    /// # Errors
    ///
    /// `ApiMisuse` writes nothing and leaves the journal as it was. After any other error the
    /// journal is poisoned.
    pub fn append(&mut self, now: Utc, step: Step, random: [u8; 32]) -> Result<(), JournalError> {
        self.ready()?;
        step.check_bounds()?;
        if step.is_empty() {
            return Ok(());
        }
        let appended = self.append_checked(now, &step, random);
        self.poison_on(appended)
    }

    fn append_checked(
        &mut self,
        now: Utc,
        step: &Step,
        random: [u8; 32],
    ) -> Result<(), JournalError> {
        let mut draws = Draws::new(random, &self.keys.hedge, &self.head.1, &step.hash(now));
        let mut batch = Batch::default();
        let mut change = self.vault.change(self.closing_number(step.records.len())?);
        let storage = &mut self.storage;
        step.put(&mut change, storage, &mut draws, &mut batch)?;
        let changed = change.done();
        let head = self.close(&mut batch, &mut draws, now, &step.records, changed.digest())?;
        if let Some(state) = &step.snapshot {
            snapshot::put(&self.keys.snapshot, &mut draws, &mut batch, head, state)?;
        }
        self.commit(&batch, changed, head)
    }

    /// Returns the number that the last record of a step will have.
    pub(crate) fn closing_number(&self, records: usize) -> Result<u64, JournalError> {
        let added = u64::try_from(records.max(1)).ok();
        added
            .and_then(|added| self.head.0.checked_add(added))
            .ok_or(JournalError::ApiMisuse("record numbers are used up"))
    }

    /// Adds the records of a step to a batch, the last one vouching for the vault, and the new
    /// head. A step without records gets one of the journal's own.
    pub(crate) fn close(
        &self,
        batch: &mut Batch,
        draws: &mut Draws,
        now: Utc,
        records: &[Vec<u8>],
        digest: VaultDigest,
    ) -> Result<Head, JournalError> {
        let closing = self.closing_number(records.len())?;
        let mut head = self.head;
        let mut rooms = records.iter();
        while head.0 < closing {
            let number = head.0 + 1;
            let stored = record::seal(
                &self.keys.records,
                draws,
                number,
                &head.1,
                now,
                rooms.next().map(Vec::as_slice),
                (number == closing).then_some(digest),
            );
            let stored = stored.ok_or(JournalError::ApiMisuse("a record is too long to seal"))?;
            head = (number, record::chain(&head.1, number, &stored));
            batch.records.push((number, stored));
        }
        self.keys.put_head(batch, &head);
        Ok(head)
    }

    /// Makes a batch durable, and only then believes it.
    pub(crate) fn commit(
        &mut self,
        batch: &Batch,
        changed: Changed,
        head: Head,
    ) -> Result<(), JournalError> {
        self.storage.append(batch)?;
        self.vault.apply(changed);
        self.head = head;
        Ok(())
    }
}
