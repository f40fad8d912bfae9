//! Contact frames: who lives, how far each side has come. They raise alarms, never move keys.

use minicbor::{Decode, Encode};

use crate::EnvelopeId;

/// What a station says of itself at first contact, at every start and with every test.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Contact {
    /// How often this station has started. Only grows.
    #[n(0)]
    pub life: u32,
    /// Drawn at that start, to tell clones apart.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub life_id: [u8; 8],
    /// The next envelope it will seal.
    #[n(2)]
    pub sent: EnvelopeId,
    /// The highest envelope of the other side that it opened.
    #[n(3)]
    pub received: Option<ContactMark>,
    /// Next tape number of its sending direction.
    #[n(4)]
    pub tape_out: u32,
    /// Next tape number that it expects of the other side.
    #[n(5)]
    pub tape_in: u32,
}

/// The highest envelope opened, with a proof that it was.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct ContactMark {
    /// Which.
    #[n(0)]
    pub id: EnvelopeId,
    /// Its salt, from which the sender can tell that it sealed it.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub salt: [u8; 8],
    /// HMAC under its receipt key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub proof: [u8; 8],
}
