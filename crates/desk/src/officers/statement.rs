//! What an officer's key signs: one digest for one act, and for no other (rule REL-3).

use minicbor::Encode;
use redphone_wire::{Environment, PartyName, to_bytes};
use sha2::{Digest, Sha256};

use super::role::{Action, Role};

const CONTEXT: &[u8] = b"redphone/1 officer";

/// One act of one officer at one station.
#[derive(Clone, Copy, Debug, Encode)]
pub struct Statement<'a> {
    /// The station.
    #[n(0)]
    pub station: &'a PartyName,
    /// LIVE or EXERCISE.
    #[n(1)]
    pub environment: Environment,
    /// The officer's name.
    #[n(2)]
    pub officer: &'a str,
    /// As what he acts.
    #[n(3)]
    pub role: Role,
    /// What he does.
    #[n(4)]
    pub action: Action,
    /// Digest of what it is done to: `Terms` of a draft, a change of the roll, or an [`Order`].
    #[cbor(n(5), with = "minicbor::bytes")]
    pub what: [u8; 32],
}

impl Statement<'_> {
    /// The 32 bytes that are signed: SHA-256 over the context and the canonical bytes.
    pub fn digest(&self) -> [u8; 32] {
        digest_of(CONTEXT, self)
    }
}

/// What is signed for a request that is neither about a draft nor about the roll.
#[derive(Clone, Debug, Encode)]
pub struct Order<'a> {
    /// The number of this order: none of an officer comes twice.
    #[n(0)]
    pub number: u64,
    /// The request, byte for byte.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub request: &'a [u8],
}

impl Order<'_> {
    /// The digest that a statement names.
    pub fn digest(&self) -> [u8; 32] {
        digest_of(b"redphone/1 order", self)
    }
}

/// SHA-256 over a context and a value's canonical bytes.
pub fn digest_of<T: Encode<()>>(context: &[u8], value: &T) -> [u8; 32] {
    Sha256::new()
        .chain_update(context)
        .chain_update(to_bytes(value))
        .finalize()
        .into()
}
