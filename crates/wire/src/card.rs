//! Calling cards: a party's public keys, signed by themselves.

use std::fmt;

use minicbor::{Decode, Encode};

use crate::PartyName;

/// LIVE or EXERCISE. In every card, so in every key: one can never open the other's traffic.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(index_only)]
pub enum Environment {
    /// The real line.
    #[n(0)]
    Live,
    /// An exercise.
    #[n(1)]
    Exercise,
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Live => "LIVE",
            Self::Exercise => "EXERCISE",
        })
    }
}

/// What a card says. Its SHA-256 is the card's fingerprint.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct CardBody {
    /// The party.
    #[n(0)]
    pub name: PartyName,
    /// LIVE or EXERCISE.
    #[n(1)]
    pub environment: Environment,
    /// Ed25519 verifying key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub ed25519: [u8; 32],
    /// ML-DSA-65 verifying key, 1,952 bytes.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub ml_dsa: Vec<u8>,
    /// X-Wing encapsulation key, 1,216 bytes.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub x_wing: Vec<u8>,
}

/// A card: its body, signed with both of its own signing keys.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Card {
    /// What it says.
    #[n(0)]
    pub body: CardBody,
    /// Ed25519 signature over the body's canonical bytes.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub ed25519_signature: [u8; 64],
    /// ML-DSA-65 signature over the same, 3,309 bytes.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub ml_dsa_signature: Vec<u8>,
}

/// SHA-256 of a card's body.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(transparent)]
pub struct Fingerprint(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);
