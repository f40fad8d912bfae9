//! Precedence: how urgent, not how important (ACP 121, section 3).

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};

/// The four precedences, the most urgent first.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Precedence {
    /// Z: within ten minutes. Goes before everything, at once, on every bearer.
    #[n(0)]
    Flash,
    /// O: within thirty minutes.
    #[n(1)]
    Immediate,
    /// P: within three hours.
    #[n(2)]
    Priority,
    /// R: within six hours.
    #[n(3)]
    Routine,
}

impl Precedence {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Flash, Self::Immediate, Self::Priority, Self::Routine];

    /// Position in [`Precedence::ALL`]; 0 is the most urgent.
    pub fn rank(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Precedence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Flash => "FLASH",
            Self::Immediate => "IMMEDIATE",
            Self::Priority => "PRIORITY",
            Self::Routine => "ROUTINE",
        })
    }
}

impl FromStr for Precedence {
    type Err = UnknownPrecedence;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|precedence| precedence.to_string().eq_ignore_ascii_case(word))
            .ok_or(UnknownPrecedence)
    }
}

/// A word that is none of the four precedences.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnknownPrecedence;

impl fmt::Display for UnknownPrecedence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a precedence is flash, immediate, priority or routine")
    }
}

impl std::error::Error for UnknownPrecedence {}
