//! Pairing letters: made once, stored, and repeated byte for byte (rules PAIR-1 to PAIR-9).

use minicbor::{Decode, Encode};

use crate::{Fingerprint, Suites};

/// A tape key that a pairing uses, and the check by which a wrong one is named.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub struct TapeUse {
    /// The reel.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub reel: [u8; 8],
    /// The key's number.
    #[n(1)]
    pub number: u32,
    /// First 8 bytes of a key derivation from the key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub check: [u8; 8],
}

/// From the lower fingerprint to the higher.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Letter1 {
    /// Names the attempt.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub attempt: [u8; 16],
    /// Generation of the line: 1 for the first pairing of two cards.
    #[n(1)]
    pub generation: u32,
    /// Fingerprint of the card of the lower side.
    #[n(2)]
    pub lower: Fingerprint,
    /// Fingerprint of the card of the higher side.
    #[n(3)]
    pub higher: Fingerprint,
    /// Suites of direction 0.
    #[n(4)]
    pub suites_from_lower: Suites,
    /// Suites of direction 1.
    #[n(5)]
    pub suites_from_higher: Suites,
    /// Tape key of direction 0.
    #[n(6)]
    pub tape_lower: Option<TapeUse>,
    /// Tape key of direction 1.
    #[n(7)]
    pub tape_higher: Option<TapeUse>,
    /// Ciphertext to the higher side's card, 1,120 bytes; empty in a pairing by tapes alone.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub to_higher: Vec<u8>,
    /// Ephemeral X-Wing key, 1,216 bytes; empty in a pairing by tapes alone.
    #[cbor(n(9), with = "minicbor::bytes")]
    pub ephemeral: Vec<u8>,
}

/// The answer.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Letter2 {
    /// Names the attempt.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub attempt: [u8; 16],
    /// SHA-256 of the first letter, which repeats all its lists.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub letter1: [u8; 32],
    /// Ciphertext to the lower side's card, 1,120 bytes; empty in a pairing by tapes alone.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub to_lower: Vec<u8>,
    /// Ciphertext to the ephemeral key, 1,120 bytes; empty in a pairing by tapes alone.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub to_ephemeral: Vec<u8>,
    /// Proof that the higher side derived the same root.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub confirm: [u8; 32],
}

/// The confirmation.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Letter3 {
    /// Names the attempt.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub attempt: [u8; 16],
    /// Proof that the lower side derived the same root.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub confirm: [u8; 32],
}
