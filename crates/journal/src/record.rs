//! One record: sealed, numbered and chained to the one before it.
//!
//! Owns the bytes of a stored record and the hash of the chain. It does not know what a room wrote
//! in it. Spec: PROTOCOL.md, appendix "The journal", rules JNL-1 to JNL-4.
//!
//! ```text
//! stored   nonce 24 || ciphertext || tag 16           ad = "redphone/1 record" || number 8
//! text     flags 1 || utc 8 || link 8 || [digest 32, if the record closes a step] || room's bytes
//! chain    hash(0) = SHA-256("redphone/1 journal" || journal id)
//!          hash(i) = SHA-256(hash(i-1) || number 8 || stored)         link = first 8 of hash(i-1)
//! ```

use redphone_wire::Utc;
use sha2::{Digest, Sha256};

use crate::cipher::{Draws, Sealer};
use crate::digest::VaultDigest;
use crate::error::RecordFault;

/// The hash of the chain at a record.
pub(crate) type ChainHash = [u8; 32];

/// The room wrote something in it. Without this flag it is the journal's own.
const FLAG_ROOM: u8 = 1;
/// It is the last of its step and vouches for the vault.
const FLAG_CLOSES: u8 = 2;
const FLAGS_ALL: u8 = FLAG_ROOM | FLAG_CLOSES;

/// A record that has been opened.
pub(crate) struct Record {
    pub(crate) utc: Utc,
    /// First 8 bytes of the chain hash before it.
    pub(crate) link: [u8; 8],
    /// Set on the last record of a step.
    pub(crate) digest: Option<VaultDigest>,
    /// What the room wrote; `None` if the record is the journal's own.
    pub(crate) room: Option<Vec<u8>>,
}

/// Returns the hash before the first record.
pub(crate) fn genesis(journal_id: &[u8; 16]) -> ChainHash {
    let mut hash = Sha256::new_with_prefix(b"redphone/1 journal");
    hash.update(journal_id);
    hash.finalize().into()
}

/// Returns the hash at a record from the hash before it.
pub(crate) fn chain(before: &ChainHash, number: u64, stored: &[u8]) -> ChainHash {
    let mut hash = Sha256::new_with_prefix(before);
    hash.update(number.to_be_bytes());
    hash.update(stored);
    hash.finalize().into()
}

/// Seals the record that follows the hash `before`.
pub(crate) fn seal(
    sealer: &Sealer,
    draws: &mut Draws,
    number: u64,
    before: &ChainHash,
    utc: Utc,
    room: Option<&[u8]>,
    closes: Option<VaultDigest>,
) -> Option<Vec<u8>> {
    let flags =
        if room.is_some() { FLAG_ROOM } else { 0 } | if closes.is_some() { FLAG_CLOSES } else { 0 };
    let digest = closes.map(VaultDigest::to_bytes);
    sealer.seal(
        draws.nonce(),
        &bound(number),
        &[],
        &[
            &[flags],
            &utc.0.to_be_bytes(),
            &link(before),
            digest.as_ref().map_or(&[], |digest| digest.as_slice()),
            room.unwrap_or(&[]),
        ],
    )
}

/// Opens a stored record by itself, without its place in the chain.
pub(crate) fn open(sealer: &Sealer, number: u64, stored: &[u8]) -> Result<Record, RecordFault> {
    let text = sealer
        .open(&bound(number), stored)
        .ok_or(RecordFault::Damaged)?;
    parse(&text).ok_or(RecordFault::Damaged)
}

/// Opens the record that must follow the hash `before`; returns it with the hash at it.
pub(crate) fn open_next(
    sealer: &Sealer,
    number: u64,
    before: &ChainHash,
    stored: &[u8],
) -> Result<(Record, ChainHash), RecordFault> {
    let record = open(sealer, number, stored)?;
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::ChainUnchecked) {
        return Ok((record, chain(before, number, stored)));
    }
    if record.link != link(before) {
        return Err(RecordFault::OutOfChain);
    }
    Ok((record, chain(before, number, stored)))
}

/// Returns the link that the record behind the hash `before` carries.
pub(crate) fn link(before: &ChainHash) -> [u8; 8] {
    let mut link = [0; 8];
    for (to, from) in link.iter_mut().zip(before) {
        *to = *from;
    }
    link
}

fn parse(text: &[u8]) -> Option<Record> {
    let (&[flags], rest) = text.split_first_chunk::<1>()?;
    let (utc, rest) = rest.split_first_chunk::<8>()?;
    let (link, rest) = rest.split_first_chunk::<8>()?;
    if flags & !FLAGS_ALL != 0 {
        return None;
    }
    let (digest, rest) = if flags & FLAG_CLOSES == 0 {
        (None, rest)
    } else {
        let (digest, rest) = rest.split_first_chunk::<32>()?;
        (Some(VaultDigest::from_bytes(*digest)), rest)
    };
    Some(Record {
        utc: Utc(u64::from_be_bytes(*utc)),
        link: *link,
        digest,
        room: (flags & FLAG_ROOM != 0).then(|| rest.to_vec()),
    })
}

fn bound(number: u64) -> Vec<u8> {
    let mut bound = b"redphone/1 record".to_vec();
    bound.extend_from_slice(&number.to_be_bytes());
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_opens_only_under_its_number_and_behind_its_predecessor() {
        let sealer = Sealer::new(&[1; 32]);
        let mut draws = Draws::new([2; 32], &[3; 32], &[4; 32], &[5; 32]);
        let before = genesis(&[5; 16]);
        let stored = seal(&sealer, &mut draws, 7, &before, Utc(8), Some(b"fact"), None).unwrap();

        let (record, hash) = open_next(&sealer, 7, &before, &stored).unwrap();
        assert_eq!(record.room.as_deref(), Some(b"fact".as_slice()));
        assert_eq!(record.utc, Utc(8));
        assert_eq!(hash, chain(&before, 7, &stored));

        let elsewhere = open_next(&sealer, 8, &before, &stored);
        assert!(matches!(elsewhere, Err(RecordFault::Damaged)));
        let behind_another = open_next(&sealer, 7, &[0; 32], &stored);
        assert!(matches!(behind_another, Err(RecordFault::OutOfChain)));
    }

    #[test]
    fn closing_record_carries_the_digest_and_the_rooms_bytes() {
        let sealer = Sealer::new(&[1; 32]);
        let mut draws = Draws::new([2; 32], &[3; 32], &[4; 32], &[5; 32]);
        let digest = VaultDigest::from_bytes([6; 32]);
        let stored = seal(&sealer, &mut draws, 1, &[0; 32], Utc(0), None, Some(digest)).unwrap();

        let record = open(&sealer, 1, &stored).unwrap();
        assert!(record.digest == Some(digest));
        assert_eq!(record.room, None);
    }
}
