//! How a form stands to an earlier message of the same side.

use minicbor::{Decode, Encode};

use super::PartName;
use crate::Serial;

/// What the earlier message is to this one.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Reference {
    /// There is none.
    #[n(0)]
    New,
    /// There is one.
    #[n(1)]
    To {
        /// How they stand to each other.
        #[n(0)]
        kind: ReferenceKind,
        /// The earlier message, of the same sender.
        #[n(1)]
        message: Serial,
        /// The parts that differ from it; the others are unchanged. Ascending, no part twice.
        #[n(2)]
        changes: Vec<PartName>,
    },
}

/// How a form stands to an earlier one.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum ReferenceKind {
    /// It says what was not clear. Nothing else changes.
    #[n(0)]
    Clarifies,
    /// The earlier one stands, and this one adds weight.
    #[n(1)]
    Reinforces,
    /// This one takes its place; its open asks end.
    #[n(2)]
    Supersedes,
    /// The earlier one no longer stands.
    #[n(3)]
    Withdraws,
}

impl ReferenceKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Clarifies,
        Self::Reinforces,
        Self::Supersedes,
        Self::Withdraws,
    ];

    /// The word in files and at the operator's border; also the English one.
    pub fn en(self) -> &'static str {
        match self {
            Self::Clarifies => "clarifies",
            Self::Reinforces => "reinforces",
            Self::Supersedes => "supersedes",
            Self::Withdraws => "withdraws",
        }
    }

    /// In Russian.
    pub fn ru(self) -> &'static str {
        match self {
            Self::Clarifies => "разъясняет",
            Self::Reinforces => "подкрепляет",
            Self::Supersedes => "заменяет",
            Self::Withdraws => "отзывает",
        }
    }
}
