//! Keys, pairing, ratchet and sealing: the only crossing between red (plain) and black (sealed).
//!
//! ```text
//!   cards, tapes --pairing--> root --KDF--> chains, frame keys, contact keys     ([`Cipher`])
//!   message --seal--> envelope        symbols of it --seal_frame--> frame
//! ```
//!
//! A [`Cipher`] is the whole cipher state of one line. It draws no randomness and asks no clock:
//! both are arguments. Its secrets leave it only as rows for the vault.

#![forbid(unsafe_code)]

pub mod armour;
mod body;
mod card;
mod chain;
mod cipher;
mod codec;
mod compress;
mod contact;
mod envelope;
mod epoch;
mod error;
mod forge;
mod frame;
mod hedge;
mod identity;
mod kdf;
mod kem;
pub mod officer;
mod opening;
mod pairing;
#[cfg(feature = "planted-bugs")]
pub mod planted;
mod receipt;
mod receiving;
mod refresh;
mod rows;
mod suite;
mod tape;
#[cfg(test)]
mod testing;
pub mod words;

pub use card::{CardError, CardPart, fingerprint, verify_card};
pub use cipher::Cipher;
pub use compress::Effort;
pub use contact::{ContactFrame, ContactVerdict, Hold, LogVerdict};
pub use envelope::{Sealed, envelope_overhead};
pub use error::{RefreshObstacle, Rule, SealError};
pub use forge::{Said, Saying, Transcript, forge, verify_transcript};
pub use frame::OpenedFrame;
pub use hedge::{Hedge, RandomnessFailed};
pub use identity::{Identity, IdentityError};
pub use opening::{GivenUp, Opened};
pub use pairing::{BadMeans, Means, Pairing, PairingError, Tape, Terms, answer};
pub use rows::RowChange;
pub use tape::{ReelError, check_reel, make_reel, tape_check};
