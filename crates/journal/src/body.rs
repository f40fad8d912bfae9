//! Bodies: what people wrote, each under a key of its own.
//!
//! Owns the bytes of a stored body. The key is a row of the vault; when it is erased, and the vault
//! key has been rotated since, no copy of the body anywhere opens, and the chain still verifies.
//! Spec: PROTOCOL.md, appendix "The journal", rule JNL-10.
//!
//! ```text
//! stored   nonce 24 || ciphertext || tag 16           ad = "redphone/1 body" || id
//! ```

use zeroize::Zeroizing;

use crate::cipher::{Draws, Sealer};
use crate::error::{Damage, JournalError};
use crate::storage::{Batch, Storage};
use crate::vault::{Change, Table, VaultKeys};

/// Adds a body to a batch (or its destruction, for `None`), with the row of its key.
pub(crate) fn put(
    change: &mut Change<'_>,
    storage: &mut impl Storage,
    draws: &mut Draws,
    batch: &mut Batch,
    id: &[u8],
    body: Option<&[u8]>,
) -> Result<(), JournalError> {
    let row = Table::Bodies.id(id);
    let Some(body) = body else {
        change.put(storage, draws, batch, row.clone(), None)?;
        batch.blobs.push((row, None));
        return Ok(());
    };
    let key = draws.secret();
    let sealed = Sealer::new(&key)
        .seal(draws.nonce(), &bound(id), &[], &[body])
        .ok_or(JournalError::ApiMisuse("a body is too long to seal"))?;
    change.put(storage, draws, batch, row.clone(), Some(key.as_slice()))?;
    batch.blobs.push((row, Some(sealed)));
    Ok(())
}

/// Reads a body. `None` if neither it nor its key is there.
pub(crate) fn read(
    keys: &VaultKeys,
    storage: &mut impl Storage,
    id: &[u8],
) -> Result<Option<Vec<u8>>, JournalError> {
    let row = Table::Bodies.id(id);
    let damaged = || JournalError::Damaged(Damage::Body(id.to_vec()));
    match (storage.row(&row)?, storage.blob(&row)?) {
        (None, None) => Ok(None),
        // They are written and erased together: one alone means that the other was lost.
        (None, Some(_)) | (Some(_), None) => Err(damaged()),
        (Some(key), Some(sealed)) => {
            let key = keys.open(&row, &key).ok_or_else(damaged)?;
            let key: Zeroizing<[u8; 32]> =
                Zeroizing::new(key.as_slice().try_into().map_err(|_| damaged())?);
            let body = Sealer::new(&key).open(&bound(id), &sealed);
            #[cfg(feature = "planted-bugs")]
            if crate::planted::is_planted(crate::planted::Bug::DamageIsAbsence) {
                return Ok(body.map(|body| body.to_vec()));
            }
            let body = body.ok_or_else(damaged)?;
            Ok(Some(body.to_vec()))
        }
    }
}

fn bound(id: &[u8]) -> Vec<u8> {
    let mut bound = b"redphone/1 body".to_vec();
    bound.extend_from_slice(id);
    bound
}
