//! The head: which record is the newest, and the journal's own keys.
//!
//! Owns the cell that names the newest record, so that a cut tail is noticed, and the row of the
//! vault from which the keys of records, snapshots and heads follow. Those never rotate: records
//! are never written again. Spec: PROTOCOL.md, appendix "The journal", rule JNL-4.
//!
//! ```text
//! cell     number 8 || chain hash 32 || HMAC-SHA-256(head key, number || chain hash) 32
//! row      record secret 32 || journal id 16
//! ```

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::cipher::{self, Draws, Sealer, Secret};
use crate::error::{Damage, JournalError};
use crate::record::{self, ChainHash};
use crate::storage::{Batch, Storage};
use crate::vault::Table;

/// Name of the cell among the settings.
pub(crate) const CELL: &str = "head";

/// Id of the row, within the journal's own table.
pub(crate) const ROW: &[u8] = b"records";

/// The number of a record and the hash of the chain there.
pub(crate) type Head = (u64, ChainHash);

/// Keys that stay for the life of the journal.
pub(crate) struct RecordKeys {
    pub(crate) records: Sealer,
    pub(crate) snapshot: Sealer,
    pub(crate) hedge: Secret,
    pub(crate) genesis: ChainHash,
    head: Hmac<Sha256>,
}

impl RecordKeys {
    /// Draws new ones; returns them with the row that holds them.
    pub(crate) fn generate(draws: &mut Draws) -> (Self, Zeroizing<Vec<u8>>) {
        let secret = draws.secret();
        let spare = draws.secret();
        let id = spare.first_chunk().copied().unwrap_or_default();
        let mut row = Zeroizing::new(secret.to_vec());
        row.extend_from_slice(&id);
        (Self::new(&secret, &id), row)
    }

    /// Reads them from their row.
    pub(crate) fn from_row(row: &[u8]) -> Result<Self, JournalError> {
        let damaged = || JournalError::Damaged(Damage::Row(Table::Own.id(ROW)));
        let (secret, id) = row.split_first_chunk::<32>().ok_or_else(damaged)?;
        let id = id.try_into().map_err(|_| damaged())?;
        Ok(Self::new(secret, &id))
    }

    fn new(secret: &[u8; 32], id: &[u8; 16]) -> Self {
        let key = |label| cipher::derive(secret, label, &[]);
        Self {
            records: Sealer::new(&key("journal records")),
            snapshot: Sealer::new(&key("journal snapshot")),
            hedge: key("journal hedge"),
            genesis: record::genesis(id),
            head: cipher::hmac(&key("journal head")),
        }
    }

    /// Adds the cell that names the newest record to a batch.
    pub(crate) fn put_head(&self, batch: &mut Batch, head: &Head) {
        let mut cell = head.0.to_be_bytes().to_vec();
        cell.extend_from_slice(&head.1);
        let mac = self.head.clone().chain_update(&cell).finalize();
        cell.extend_from_slice(&mac.into_bytes());
        batch.meta.push((CELL.to_owned(), Some(cell)));
    }

    /// Reads the cell.
    pub(crate) fn read_head(&self, storage: &mut impl Storage) -> Result<Head, JournalError> {
        let cell = storage.meta(CELL)?;
        let head = cell.and_then(|cell| self.check_head(&cell));
        head.ok_or(JournalError::Damaged(Damage::Head))
    }

    fn check_head(&self, cell: &[u8]) -> Option<Head> {
        let (text, mac) = cell.split_last_chunk::<32>()?;
        let expected = self.head.clone().chain_update(text);
        expected.verify_slice(mac).ok()?;
        let (number, hash) = text.split_first_chunk::<8>()?;
        Some((u64::from_be_bytes(*number), hash.try_into().ok()?))
    }
}
