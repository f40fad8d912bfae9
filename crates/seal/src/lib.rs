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
mod card;
mod cipher;
mod identity;
mod kdf;
mod kem;
mod pairing;
mod tape;
pub mod words;

pub use card::{CardError, CardPart, fingerprint, verify_card};
pub use cipher::Cipher;
pub use identity::{Identity, IdentityError};
pub use pairing::{BadMeans, Means, Pairing, PairingError, Tape, Terms, answer};
pub use tape::{ReelError, check_reel, make_reel, tape_check};
