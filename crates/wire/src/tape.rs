//! Key tapes: couriered secrets, one reel for each sending direction (the 1963 annex, section 4).

use std::fmt;

use minicbor::{Decode, Encode};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{Environment, PartyName};

/// One key of a reel. Used once, in number order, then erased.
#[derive(Clone, Decode, Encode, Eq, PartialEq, Zeroize, ZeroizeOnDrop)]
pub struct TapeKey {
    /// Its number, for ever unique among the tapes of its direction.
    #[n(0)]
    pub number: u32,
    /// The key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub key: [u8; 32],
}

impl fmt::Debug for TapeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TapeKey({}, ..)", self.number)
    }
}

/// A reel of tape: what the courier carries. Both stations install the same reel.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Reel {
    /// Drawn when the reel was made; tells reels apart.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 8],
    /// LIVE or EXERCISE.
    #[n(1)]
    pub environment: Environment,
    /// Who made it and sends with it.
    #[n(2)]
    pub from: PartyName,
    /// Who receives.
    #[n(3)]
    pub to: PartyName,
    /// The keys, numbers ascending without gaps, at most `REEL_KEYS_MAX`.
    #[n(4)]
    pub keys: Vec<TapeKey>,
}
