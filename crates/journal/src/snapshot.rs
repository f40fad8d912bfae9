//! The snapshot: the state of the rooms at one record, so that replay starts behind it.
//!
//! Owns its bytes and its place in the chain. What is in it is the rooms' affair; never a key.
//! Spec: PROTOCOL.md, appendix "The journal", rule JNL-11.
//!
//! ```text
//! stored   number 8 || chain hash 32 || nonce 24 || ciphertext || tag 16
//! ad       "redphone/1 snapshot" || number 8 || chain hash 32
//! ```

use crate::cipher::{Draws, Sealer};
use crate::error::{Damage, JournalError};
use crate::record::ChainHash;
use crate::storage::{Batch, Storage};
use crate::vault::Table;

const NAME: &[u8] = b"snapshot";

/// A snapshot and the record that it stands behind.
pub(crate) struct Snapshot {
    pub(crate) number: u64,
    pub(crate) hash: ChainHash,
    pub(crate) state: Vec<u8>,
}

/// Adds a snapshot at the record `number`, where the chain has the hash `hash`, to a batch.
pub(crate) fn put(
    sealer: &Sealer,
    draws: &mut Draws,
    batch: &mut Batch,
    (number, hash): (u64, ChainHash),
    state: &[u8],
) -> Result<(), JournalError> {
    let place = place(number, &hash);
    let sealed = sealer
        .seal(draws.nonce(), &bound(&place), &place, &[state])
        .ok_or(JournalError::ApiMisuse("a snapshot is too long to seal"))?;
    batch.blobs.push((Table::Own.id(NAME), Some(sealed)));
    Ok(())
}

/// Reads the snapshot, if there is one.
pub(crate) fn read(
    sealer: &Sealer,
    storage: &mut impl Storage,
) -> Result<Option<Snapshot>, JournalError> {
    let Some(stored) = storage.blob(&Table::Own.id(NAME))? else {
        return Ok(None);
    };
    let opened = open(sealer, &stored).ok_or(JournalError::Damaged(Damage::Snapshot))?;
    Ok(Some(opened))
}

fn open(sealer: &Sealer, stored: &[u8]) -> Option<Snapshot> {
    let (number, rest) = stored.split_first_chunk::<8>()?;
    let (hash, sealed) = rest.split_first_chunk::<32>()?;
    let number = u64::from_be_bytes(*number);
    let state = sealer.open(&bound(&place(number, hash)), sealed)?;
    Some(Snapshot {
        number,
        hash: *hash,
        state: state.to_vec(),
    })
}

fn place(number: u64, hash: &ChainHash) -> Vec<u8> {
    let mut place = number.to_be_bytes().to_vec();
    place.extend_from_slice(hash);
    place
}

fn bound(place: &[u8]) -> Vec<u8> {
    let mut bound = b"redphone/1 snapshot".to_vec();
    bound.extend_from_slice(place);
    bound
}
