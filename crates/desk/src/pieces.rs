//! Which pieces of an attachment are held on the receiving side, and which are taken in.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use redphone_wire::limits::{ATTACHMENT_BYTES_MAX, CHUNK_BYTES_MIN};
use redphone_wire::{AttachmentChunk, PartyName};

use crate::error::{DeskError, PeerMisbehaved};
use crate::limits::{HELD_BYTES_MAX, PIECES_MAX, UNANNOUNCED_BYTES_MAX, UNANNOUNCED_MAX};
use crate::{Desk, Record};

/// The pieces of one attachment that are held, by where they begin.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Pieces {
    #[n(0)]
    held: BTreeMap<u32, u32>,
    #[n(1)]
    verdict: Option<bool>,
    /// Sum of what is held.
    #[n(2)]
    bytes: u64,
}

impl Pieces {
    /// Whether a piece may be taken: inside the attachment, overlapping none that is held, and no
    /// shorter than `CHUNK_BYTES_MIN` unless it ends the attachment. `whole` is the announced
    /// length, or none while the message itself is still under way.
    pub(crate) fn fits(&self, offset: u32, bytes: u32, whole: Option<u32>) -> bool {
        let Some(end) = offset.checked_add(bytes).filter(|_| bytes > 0) else {
            return false;
        };
        let before = self.held.range(..=offset).next_back();
        let after = self.held.range(offset..).next();
        let most = u32::try_from(ATTACHMENT_BYTES_MAX).unwrap_or(u32::MAX);
        let is_last = whole.is_none_or(|whole| end == whole) && after.is_none();
        let is_long = bytes as usize >= CHUNK_BYTES_MIN;
        // What follows a short piece would make many short ones of an unannounced attachment.
        let follows_short = before.is_some_and(|(_, length)| (*length as usize) < CHUNK_BYTES_MIN);
        (is_long || is_last)
            && !follows_short
            && self.held.len() < PIECES_MAX
            && end <= whole.unwrap_or(most)
            && before.is_none_or(|(start, length)| start + length <= offset)
            && after.is_none_or(|(start, _)| end <= *start)
    }

    pub(crate) fn insert(&mut self, offset: u32, bytes: u32) {
        if self.held.insert(offset, bytes).is_none() {
            self.bytes = self.bytes.saturating_add(u64::from(bytes));
        }
    }

    pub(crate) fn judge(&mut self, good: bool) {
        self.verdict = Some(good);
    }

    /// Whether this very piece is held.
    pub fn holds(&self, offset: u32, bytes: u32) -> bool {
        self.held.get(&offset) == Some(&bytes)
    }

    /// Bytes held.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where the pieces begin, ascending.
    pub fn offsets(&self) -> impl Iterator<Item = u32> {
        self.held.keys().copied()
    }

    /// What comparing the whole with its digest showed; none before it is whole.
    pub fn verdict(&self) -> Option<bool> {
        self.verdict
    }
}

impl Desk {
    /// Takes a piece of an attachment in. None: that piece is here already.
    ///
    /// # Errors
    ///
    /// [`DeskError::PeerMisbehaved`] when it does not fit what was announced, or there is no room.
    pub fn handle_piece(
        &self,
        peer: &PartyName,
        piece: &AttachmentChunk,
    ) -> Result<Option<Record>, DeskError> {
        let refused = PeerMisbehaved::Piece {
            serial: piece.serial,
        };
        let bytes = u32::try_from(piece.bytes.len()).unwrap_or(u32::MAX);
        let held = self.pieces(peer, piece.serial, piece.index);
        if held.is_some_and(|held| held.holds(piece.offset, bytes)) {
            return Ok(None);
        }
        let announced = match self.incoming(peer, piece.serial) {
            Some(message) => Some(
                message
                    .attachments
                    .get(usize::from(piece.index))
                    .ok_or_else(|| refused.clone())?
                    .bytes,
            ),
            None => None,
        };
        let none = Pieces::default();
        if !held.unwrap_or(&none).fits(piece.offset, bytes, announced) {
            return Err(refused.into());
        }
        if !self.has_room(peer, piece, announced.is_some()) {
            return Err(refused.into());
        }
        Ok(Some(Record::PieceReceived {
            peer: peer.clone(),
            serial: piece.serial,
            index: piece.index,
            offset: piece.offset,
            bytes,
        }))
    }

    fn has_room(&self, peer: &PartyName, piece: &AttachmentChunk, announced: bool) -> bool {
        let Some(desk) = self.peers.get(peer) else {
            return true;
        };
        let bytes = u64::try_from(piece.bytes.len()).unwrap_or(u64::MAX);
        if announced {
            return desk.held_bytes.saturating_add(bytes) <= HELD_BYTES_MAX;
        }
        let (others, held) = desk.unannounced(piece.serial, piece.index);
        desk.held_bytes.saturating_add(bytes) <= HELD_BYTES_MAX
            && others < UNANNOUNCED_MAX
            && held.saturating_add(bytes) <= UNANNOUNCED_BYTES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_neither_overlap_nor_reach_outside() {
        let mut pieces = Pieces::default();
        pieces.insert(2_000, 1_500);

        assert!(pieces.fits(0, 2_000, Some(9_000)));
        assert!(pieces.fits(3_500, 1_500, Some(9_000)));
        assert!(!pieces.fits(0, 2_001, Some(9_000)), "overlaps the next");
        assert!(!pieces.fits(3_499, 1_024, Some(9_000)), "lies inside one");
        assert!(!pieces.fits(2_000, 1_500, Some(9_000)), "is one");
        assert!(!pieces.fits(3_500, 5_501, Some(9_000)), "reaches outside");
        assert!(!pieces.fits(u32::MAX, 2_000, None), "wraps");
        assert!(!pieces.fits(0, 0, None), "is empty");
        assert!(
            !pieces.fits(8 * 1_048_576, 2_000, None),
            "longer than any attachment"
        );
    }

    #[test]
    fn only_the_last_piece_is_short() {
        let mut pieces = Pieces::default();
        assert!(!pieces.fits(0, 1, Some(9_000)), "short, and more follows");
        assert!(pieces.fits(8_999, 1, Some(9_000)), "ends the attachment");

        pieces.insert(4_000, 10);
        assert!(!pieces.fits(4_010, 2_000, None), "follows a short one");
        assert!(!pieces.fits(100, 10, None), "short, and another follows");
        assert!(pieces.fits(0, 2_000, None));
        assert_eq!(pieces.bytes(), 10);
    }
}
