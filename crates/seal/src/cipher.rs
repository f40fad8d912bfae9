//! The cipher state of one line.

use redphone_wire::{Direction, Suites};

use crate::kdf::Secret;

/// What a pairing hands over to found a line. Consumed with its root, which is erased.
pub(crate) struct Founding {
    /// What the pairing mixed: all keys of the line follow from it.
    pub(crate) root: Secret,
    /// The direction that this side sends in.
    pub(crate) sending: Direction,
    /// Generation of the line: grows with every pairing of two cards.
    pub(crate) generation: u32,
    /// Suites of the direction that this side sends in.
    pub(crate) suites_out: Suites,
    /// Suites of the other direction.
    pub(crate) suites_in: Suites,
    /// The confirm of the third letter, when this side has still to see it.
    pub(crate) confirm_needed: Option<[u8; 32]>,
    /// Numbers of the tape keys that the pairing used, of direction 0 and direction 1.
    pub(crate) tapes_used: [Option<u32>; 2],
}

/// The cipher state of one line, both directions, all live epochs.
pub struct Cipher {
    line: [u8; 32],
}

impl Cipher {
    /// Derives the first keys of a line (rule PAIR-6) and erases the root.
    pub(crate) fn found(founding: Founding) -> Self {
        let line = *crate::kdf::kdf(&founding.root, crate::kdf::Label::Line, &[]);
        Self { line }
    }

    /// Names the line: derived from its root, not secret.
    pub fn line(&self) -> [u8; 32] {
        self.line
    }
}
