//! A step: everything that one append makes durable at once.
//!
//! Owns its shape and its bounds. It does not know what the parts mean.

use redphone_wire::Utc;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::body;
use crate::cipher::Draws;
use crate::error::JournalError;
use crate::storage::{Batch, Storage, Write};
use crate::vault::{Change, Table};

/// Most records in one step.
pub const STEP_RECORDS_MAX: usize = 65_536;
/// Longest record of a room.
pub const RECORD_BYTES_MAX: usize = 1 << 20;
/// Longest id of a row or a body.
pub const ROW_ID_BYTES_MAX: usize = 512;
/// Longest row of the vault.
pub const ROW_BYTES_MAX: usize = 1 << 20;
/// Longest body.
pub const BODY_BYTES_MAX: usize = 16 << 20;
/// Longest snapshot.
pub const SNAPSHOT_BYTES_MAX: usize = 512 << 20;

/// The id of a vault row and its new value; `None` erases it.
pub type SecretWrite = (Vec<u8>, Option<Zeroizing<Vec<u8>>>);

/// Everything that one append makes durable at once.
#[derive(Clone, Default)]
pub struct Step {
    /// Facts, in order. Never a key.
    pub records: Vec<Vec<u8>>,
    /// Rows of the vault to write (`Some`) or to erase (`None`). Of two with one id the last stays.
    pub rows: Vec<SecretWrite>,
    /// Bodies to keep (`Some`), each under a key of its own, or to destroy (`None`).
    pub bodies: Vec<Write>,
    /// The state of the rooms after this step. From then on replay starts behind it.
    pub snapshot: Option<Vec<u8>>,
}

impl Step {
    /// Says whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
            && self.rows.is_empty()
            && self.bodies.is_empty()
            && self.snapshot.is_none()
    }

    pub(crate) fn check_bounds(&self) -> Result<(), JournalError> {
        let ids = self.rows.iter().map(|(id, _)| id);
        let mut ids = ids.chain(self.bodies.iter().map(|(id, _)| id));
        let too_long = [
            (
                self.records.len() > STEP_RECORDS_MAX,
                "a step has too many records",
            ),
            (
                longest(self.records.iter()) > RECORD_BYTES_MAX,
                "a record is too long",
            ),
            (
                ids.any(|id| id.len() > ROW_ID_BYTES_MAX),
                "an id is too long",
            ),
            (
                longest(self.rows.iter().filter_map(|(_, row)| row.as_deref())) > ROW_BYTES_MAX,
                "a row is too long",
            ),
            (
                longest(self.bodies.iter().filter_map(|(_, body)| body.as_ref())) > BODY_BYTES_MAX,
                "a body is too long",
            ),
            (
                longest(self.snapshot.iter()) > SNAPSHOT_BYTES_MAX,
                "a snapshot is too long",
            ),
        ];
        match too_long.into_iter().find(|(broken, _)| *broken) {
            Some((_, what)) => Err(JournalError::ApiMisuse(what)),
            None => Ok(()),
        }
    }

    /// Returns a hash of all that is in it and of its time.
    pub(crate) fn hash(&self, now: Utc) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(now.0.to_be_bytes());
        let mut part = |bytes: Option<&[u8]>| {
            let length = bytes.map_or(u64::MAX, |bytes| {
                u64::try_from(bytes.len()).unwrap_or(u64::MAX)
            });
            hash.update(length.to_be_bytes());
            hash.update(bytes.unwrap_or_default());
        };
        for record in &self.records {
            part(Some(record));
        }
        part(None);
        for (id, value) in &self.rows {
            part(Some(id));
            part(value.as_ref().map(|value| value.as_slice()));
        }
        part(None);
        for (id, body) in &self.bodies {
            part(Some(id));
            part(body.as_deref());
        }
        part(None);
        part(self.snapshot.as_deref());
        hash.finalize().into()
    }

    /// Adds its rows and bodies to a change of the vault and a batch.
    pub(crate) fn put(
        &self,
        change: &mut Change<'_>,
        storage: &mut impl Storage,
        draws: &mut Draws,
        batch: &mut Batch,
    ) -> Result<(), JournalError> {
        for (id, value) in &self.rows {
            let value = value.as_ref().map(|value| value.as_slice());
            change.put(storage, draws, batch, Table::Rooms.id(id), value)?;
        }
        for (id, body) in &self.bodies {
            body::put(change, storage, draws, batch, id, body.as_deref())?;
        }
        Ok(())
    }
}

fn longest<'a>(values: impl Iterator<Item = &'a Vec<u8>>) -> usize {
    values.map(Vec::len).max().unwrap_or(0)
}
