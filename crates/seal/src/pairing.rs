//! Pairing: two cards and couriered tapes become the root of a line (rules PAIR-1 to PAIR-9).
//!
//! Owns the three letters, the transcript and the root. The station with the lower fingerprint
//! begins, always. A pairing takes both tapes, or the three KEM secrets of the cards, or all five,
//! and nothing else; the root is safe if any one secret is. Whose card it is was settled before,
//! by words read aloud. Marking tapes as used, and storing letters so that they are repeated byte
//! for byte, are the station's affairs. An error uses up nothing.
//!
//! ```text
//!   lower: Pairing::begin --letter 1-->  higher: answer
//!   lower: Pairing::finish <--letter 2--
//!          confirmed       --letter 3--> higher: Cipher::confirm
//!
//!   T    = SHA-256 of both card bodies, letter 1, letter 2 with its confirm zeroed;
//!          each letter names an attempt of its own sender, so each side adds to T
//!   root = MIX(0, tape of 0, tape of 1, secret to higher, secret to lower, secret to ephemeral; T)
//! ```

mod check;
mod error;
mod pending;
mod root;
#[cfg(test)]
mod tests;

use redphone_wire::{
    Card, Direction, Letter1, Letter2, Letter3, Suites, TapeKey, TapeUse, to_bytes,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::card::fingerprint;
use crate::cipher::{Cipher, Founding};
use crate::identity::Identity;
use crate::kdf::{Label, Secret, Source};
use crate::kem;
use crate::tape::tape_check;

use check::{Cards, check_letter1};
use root::{KemSecrets, confirm, root};

pub use error::{BadMeans, Means, PairingError};
pub use pending::Pairing;

/// What an officer agreed to with the other side, and the tapes for it.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The generation that a first letter names; for the answerer, the lowest he accepts.
    pub generation: u32,
    /// Suites of direction 0.
    pub suites_from_lower: Suites,
    /// Suites of direction 1.
    pub suites_from_higher: Suites,
    /// Tape of direction 0. The answerer puts in the tape that the first letter names, if it is
    /// installed and not used; else the next one, so that the error can tell which.
    pub tape_lower: Option<Tape>,
    /// Tape of direction 1.
    pub tape_higher: Option<Tape>,
    /// Whether the cards' KEM keys are used.
    pub cards: bool,
}

/// A key of a tape, and the reel that it is of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tape {
    /// The reel's id.
    pub reel: [u8; 8],
    /// The key.
    pub key: TapeKey,
}

impl Terms {
    /// What is mixed in.
    ///
    /// # Errors
    ///
    /// [`PairingError::NotAllowed`] for one tape alone, or nothing at all.
    pub fn means(&self) -> Result<Means, PairingError> {
        Means::of(
            self.tape_lower.is_some(),
            self.tape_higher.is_some(),
            self.cards,
        )
        .ok_or(PairingError::NotAllowed)
    }
}

impl Pairing {
    /// Begins a pairing, on the side with the lower fingerprint.
    ///
    /// # Errors
    ///
    /// [`PairingError`] when the cards or the terms do not allow it.
    pub fn begin(
        identity: &Identity,
        peer: &Card,
        terms: Terms,
        random: [u8; 32],
    ) -> Result<(Self, Letter1), PairingError> {
        let cards = Cards::new(identity, peer)?;
        if cards.own != Direction::FromLower {
            return Err(PairingError::OtherSideBegins);
        }
        terms.means()?;
        if terms.generation == 0 {
            return Err(PairingError::NotAllowed);
        }
        let source = Source::new(&random);
        let mut letter1 = Letter1 {
            attempt: *source.derive_long(Label::Draw, &[b"attempt"]),
            generation: terms.generation,
            lower: fingerprint(cards.lower),
            higher: fingerprint(cards.higher),
            suites_from_lower: terms.suites_from_lower,
            suites_from_higher: terms.suites_from_higher,
            tape_lower: terms.tape_lower.as_ref().map(tape_use),
            tape_higher: terms.tape_higher.as_ref().map(tape_use),
            to_higher: Vec::new(),
            ephemeral: Vec::new(),
        };
        let mut kem_secrets = None;
        if terms.cards {
            let coins = source.derive(Label::Draw, &[b"to higher"]);
            let (ciphertext, to_higher) = kem::encapsulate(&cards.higher.x_wing, &coins)
                .ok_or(PairingError::LetterMalformed)?;
            let ephemeral = source.derive(Label::Draw, &[b"ephemeral"]);
            letter1.to_higher = ciphertext;
            letter1.ephemeral = kem::public_key(&ephemeral);
            kem_secrets = Some((ephemeral, to_higher));
        }
        let pairing = Self::new(letter1.clone(), cards.higher.clone(), terms, kem_secrets);
        Ok((pairing, letter1))
    }

    /// Finishes the pairing with the answer. The line is confirmed on this side.
    ///
    /// # Errors
    ///
    /// [`PairingError`] when the letter answers another one or its proof does not fit. The pairing
    /// stays as it is and waits for the right letter.
    pub fn finish(
        &self,
        identity: &Identity,
        letter2: &Letter2,
    ) -> Result<(Letter3, Cipher), PairingError> {
        let letter1 = self.letter1();
        if identity.fingerprint() != letter1.lower {
            return Err(PairingError::OtherCard { ours: true });
        }
        if letter2.letter1 != digest(letter1) {
            return Err(PairingError::OtherAttempt);
        }
        let kem = match self.kem_secrets() {
            Some((ephemeral, to_higher)) => Some(KemSecrets {
                to_higher: to_higher.clone(),
                to_lower: identity
                    .decapsulate(&letter2.to_lower)
                    .ok_or(PairingError::LetterMalformed)?,
                to_ephemeral: kem::decapsulate(ephemeral, &letter2.to_ephemeral)
                    .ok_or(PairingError::LetterMalformed)?,
            }),
            None if letter2.to_lower.is_empty() && letter2.to_ephemeral.is_empty() => None,
            None => return Err(PairingError::LetterMalformed),
        };
        let cards = Cards {
            lower: &identity.card().body,
            higher: self.peer(),
            own: Direction::FromLower,
        };
        let root = root(&cards, letter1, letter2, self.tapes(), kem.as_ref());
        if !bool::from(confirm(&root, Direction::FromHigher).ct_eq(&letter2.confirm)) {
            return Err(PairingError::Confirm);
        }
        let letter3 = Letter3 {
            attempt: letter2.attempt,
            confirm: confirm(&root, Direction::FromLower),
        };
        Ok((letter3, found(root, letter1, Direction::FromLower, None)))
    }
}

/// Answers a first letter, on the side with the higher fingerprint. The line is unconfirmed until
/// the third letter, or an envelope, is opened by [`Cipher`].
///
/// # Errors
///
/// [`PairingError`] when the letter does not fit the cards, the terms or the tapes.
pub fn answer(
    identity: &Identity,
    peer: &Card,
    letter1: &Letter1,
    terms: &Terms,
    random: [u8; 32],
) -> Result<(Letter2, Cipher), PairingError> {
    let cards = Cards::new(identity, peer)?;
    if cards.own != Direction::FromHigher {
        return Err(PairingError::OtherSideAnswers);
    }
    check_letter1(&cards, letter1, terms)?;
    let source = Source::new(&random);
    let mut letter2 = Letter2 {
        // The answerer's own, so that two answers to one letter never found the same keys.
        attempt: *source.derive_long(Label::Draw, &[b"attempt"]),
        letter1: digest(letter1),
        to_lower: Vec::new(),
        to_ephemeral: Vec::new(),
        confirm: [0; 32],
    };
    let mut kem = None;
    if terms.cards {
        let encapsulate = |key: &[u8], purpose: &[u8]| {
            let coins = source.derive(Label::Draw, &[purpose]);
            kem::encapsulate(key, &coins).ok_or(PairingError::LetterMalformed)
        };
        let (ciphertext_lower, to_lower) = encapsulate(&cards.lower.x_wing, b"to lower")?;
        let (ciphertext, to_ephemeral) = encapsulate(&letter1.ephemeral, b"to ephemeral")?;
        letter2.to_lower = ciphertext_lower;
        letter2.to_ephemeral = ciphertext;
        kem = Some(KemSecrets {
            to_higher: identity
                .decapsulate(&letter1.to_higher)
                .ok_or(PairingError::LetterMalformed)?,
            to_lower,
            to_ephemeral,
        });
    }
    let tapes = [&terms.tape_lower, &terms.tape_higher].map(|tape| tape.as_ref().map(|t| &t.key));
    let root = root(&cards, letter1, &letter2, tapes, kem.as_ref());
    letter2.confirm = confirm(&root, Direction::FromHigher);
    let needed = confirm(&root, Direction::FromLower);
    let cipher = found(root, letter1, Direction::FromHigher, Some(needed));
    Ok((letter2, cipher))
}

fn tape_use(tape: &Tape) -> TapeUse {
    TapeUse {
        reel: tape.reel,
        number: tape.key.number,
        check: tape_check(&tape.key),
    }
}

fn digest(letter1: &Letter1) -> [u8; 32] {
    Sha256::digest(to_bytes(letter1)).into()
}

fn found(
    root: Secret,
    letter1: &Letter1,
    sending: Direction,
    confirm_needed: Option<[u8; 32]>,
) -> Cipher {
    let (suites_out, suites_in) = match sending {
        Direction::FromLower => (letter1.suites_from_lower, letter1.suites_from_higher),
        Direction::FromHigher => (letter1.suites_from_higher, letter1.suites_from_lower),
    };
    Cipher::found(Founding {
        root,
        sending,
        generation: letter1.generation,
        suites_out,
        suites_in,
        confirm_needed,
        tapes_used: [letter1.tape_lower, letter1.tape_higher].map(|tape| tape.map(|t| t.number)),
    })
}
