//! Which pieces of an attachment are held on the receiving side.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

/// The pieces of one attachment that are held, by where they begin.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Pieces {
    #[n(0)]
    held: BTreeMap<u32, u32>,
    #[n(1)]
    verdict: Option<bool>,
}

impl Pieces {
    /// Whether a piece may be taken: inside the attachment, and overlapping none that is held.
    /// `whole` is the announced length, or none while the message itself is still under way.
    pub(crate) fn fits(&self, offset: u32, bytes: u32, whole: Option<u32>) -> bool {
        let Some(end) = offset.checked_add(bytes).filter(|_| bytes > 0) else {
            return false;
        };
        let before = self.held.range(..=offset).next_back();
        let after = self.held.range(offset..).next();
        whole.is_none_or(|whole| end <= whole)
            && before.is_none_or(|(start, length)| start + length <= offset)
            && after.is_none_or(|(start, _)| end <= *start)
    }

    pub(crate) fn insert(&mut self, offset: u32, bytes: u32) {
        self.held.insert(offset, bytes);
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
        self.held.values().map(|bytes| u64::from(*bytes)).sum()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_neither_overlap_nor_reach_outside() {
        let mut pieces = Pieces::default();
        pieces.insert(100, 50);

        assert!(pieces.fits(0, 100, Some(200)));
        assert!(pieces.fits(150, 50, Some(200)));
        assert!(!pieces.fits(0, 101, Some(200)), "overlaps the next");
        assert!(!pieces.fits(149, 1, Some(200)), "lies inside one");
        assert!(!pieces.fits(100, 50, Some(200)), "is one");
        assert!(!pieces.fits(150, 51, Some(200)), "reaches outside");
        assert!(!pieces.fits(u32::MAX, 2, None), "wraps");
        assert!(!pieces.fits(0, 0, None), "is empty");
    }
}
