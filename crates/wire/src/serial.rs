//! Numbers: serials of messages, numbers of envelopes, directions of a line.

use std::fmt;

use minicbor::{Decode, Encode};

/// The number of a message in one direction of a line: 1, 2, 3, without gaps.
///
/// People read serials out: `NORD 0412` is the 412th message that NORD sent on this line. With
/// the direction it names a message for ever, across repeats, epochs and new pairings.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(transparent)]
pub struct Serial(#[n(0)] pub u32);

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// An absolute direction of a line: 0 from the station with the lower card fingerprint.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Direction {
    /// From the station with the lower fingerprint to the other.
    #[n(0)]
    FromLower,
    /// From the station with the higher fingerprint to the other.
    #[n(1)]
    FromHigher,
}

impl Direction {
    /// The other direction.
    #[must_use]
    pub fn reverse(self) -> Self {
        match self {
            Self::FromLower => Self::FromHigher,
            Self::FromHigher => Self::FromLower,
        }
    }

    /// The byte that stands for this direction in keys and associated data.
    pub fn byte(self) -> u8 {
        self as u8
    }
}

/// Names an envelope within one direction of a line: its epoch and its number in that epoch.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct EnvelopeId {
    /// The epoch of the sending chain.
    #[n(0)]
    pub epoch: u32,
    /// The number in the epoch, from 0.
    #[n(1)]
    pub number: u32,
}

impl fmt::Display for EnvelopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.epoch, self.number)
    }
}
