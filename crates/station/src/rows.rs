//! Rows of the vault: what each is called, and the form of those that the hub itself writes.
//!
//! Owns the ids, by their first letter: `s` the station itself, `c` keys of a line, `e` envelopes that
//! wait for receipts, `p` pairings between their letters, `t` tapes that wait for a pairing. What is in
//! the rows of a line's keys and of a pairing is the seal's.

use redphone_seal::{Hedge, Identity};
use redphone_wire::{EnvelopeId, PartyName, TapeKey, from_bytes, to_bytes};
use zeroize::Zeroizing;

use crate::error::{HubError, bad};

/// Row of the identity: the key that its card vouches for.
pub(crate) const IDENTITY_ROW: &[u8] = b"s/identity";
/// Row of the secret that hedges randomness.
pub(crate) const HEDGE_ROW: &[u8] = b"s/hedge";
/// Rows of the vault that belong to a line: keys, sealed envelopes, pairings under way, tapes.
const LINE_ROWS: [&[u8]; 4] = [b"c/", b"e/", b"p/", b"t/"];

/// A row of the vault: its id and its secret.
pub(crate) type Row = (Vec<u8>, Zeroizing<Vec<u8>>);

/// The row of an envelope that waits for its receipt.
pub(crate) fn envelope_row(name: &PartyName, generation: u32, id: EnvelopeId) -> Vec<u8> {
    format!("e/{name}/{generation}/{}/{}", id.epoch, id.number).into_bytes()
}

/// Row ids of one generation of a line begin with this.
pub(crate) fn cipher_prefix(name: &PartyName, generation: u32) -> Vec<u8> {
    format!("c/{name}/{generation}/").into_bytes()
}

/// Row id of a tape key that waits for a pairing.
pub(crate) fn tape_row(name: &PartyName, ours: bool, number: u32) -> Vec<u8> {
    let side = if ours { 'o' } else { 'i' };
    format!("t/{name}/{side}/{number}").into_bytes()
}

/// Row id of a pairing between its letters.
pub(crate) fn pairing_row(name: &PartyName) -> Vec<u8> {
    format!("p/{name}").into_bytes()
}

/// Whether a row belongs to a line.
pub(crate) fn is_of_line(row: &[u8]) -> bool {
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::LineKeysKept) {
        return false;
    }
    LINE_ROWS.iter().any(|prefix| row.starts_with(prefix))
}

/// A tape key as its row holds it.
pub(crate) fn to_tape_row(reel: [u8; 8], key: &TapeKey) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(reel.to_vec());
    bytes.extend_from_slice(&Zeroizing::new(to_bytes(key)));
    bytes
}

/// Reads what [`to_tape_row`] wrote: the reel, and the key.
pub(crate) fn from_tape_row(bytes: &[u8]) -> Result<([u8; 8], TapeKey), HubError> {
    let (reel, key) = bytes.split_first_chunk().ok_or_else(|| bad("a tape"))?;
    let key = from_bytes(key).map_err(|_| bad("a tape"))?;
    Ok((*reel, key))
}

/// Takes the rows of the station itself out, and gives back the others.
pub(crate) fn station_rows(rows: Vec<Row>) -> Result<(Identity, Hedge, Vec<Row>), HubError> {
    let mut identity = None;
    let mut hedge = None;
    let mut others = Vec::new();
    for (id, value) in rows {
        match id.as_slice() {
            IDENTITY_ROW => identity = Identity::from_secret(&value).ok(),
            HEDGE_ROW => {
                let secret: Option<[u8; 32]> = value.as_slice().try_into().ok();
                hedge = secret.map(|secret| Hedge::new(&Zeroizing::new(secret)));
            }
            _ => others.push((id, value)),
        }
    }
    let identity = identity.ok_or_else(|| bad("the station's identity"))?;
    let hedge = hedge.ok_or_else(|| bad("the secret that hedges randomness"))?;
    Ok((identity, hedge, others))
}
