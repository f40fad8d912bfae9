//! Calling cards: is this card what it says, and what is its fingerprint?
//!
//! Owns the check of both signatures, by which a card proves that its maker holds its signing
//! keys, and the lengths and forms of its keys. It does not say whose card it is: that is for
//! words read aloud. Rule CARD-3.

use std::fmt;

use ml_dsa::MlDsa65;
use redphone_wire::{Card, CardBody, Fingerprint, to_bytes};
use sha2::{Digest, Sha256};

use crate::kem;

/// Says that a card is whole: both signatures verify and all its keys are keys.
///
/// # Errors
///
/// [`CardError`] names the part that is wrong. The maker of the card has to act.
pub fn verify_card(card: &Card) -> Result<Fingerprint, CardError> {
    let body = &card.body;
    let ed25519 = ed25519_dalek::VerifyingKey::from_bytes(&body.ed25519)
        .ok()
        .filter(|key| !key.is_weak())
        .ok_or(CardError::BadKey(CardPart::Ed25519))?;
    let ml_dsa = body
        .ml_dsa
        .as_slice()
        .try_into()
        .map(ml_dsa::VerifyingKey::<MlDsa65>::decode)
        .map_err(|_| CardError::BadKey(CardPart::MlDsa))?;
    if !kem::is_key(&body.x_wing) {
        return Err(CardError::BadKey(CardPart::XWing));
    }
    let signed = signed_bytes(body);
    let ed25519_signature = ed25519_dalek::Signature::from_bytes(&card.ed25519_signature);
    ed25519
        .verify_strict(&signed, &ed25519_signature)
        .map_err(|_| CardError::BadSignature(CardPart::Ed25519))?;
    let verified = card
        .ml_dsa_signature
        .as_slice()
        .try_into()
        .ok()
        .and_then(ml_dsa::Signature::<MlDsa65>::decode)
        .is_some_and(|signature| ml_dsa.verify_with_context(&signed, CARD_LABEL, &signature));
    if !verified {
        return Err(CardError::BadSignature(CardPart::MlDsa));
    }
    Ok(fingerprint(body))
}

/// SHA-256 of the card's canonical body.
pub fn fingerprint(body: &CardBody) -> Fingerprint {
    Fingerprint(Sha256::digest(to_bytes(body)).into())
}

/// What both signatures of a card cover: a label, then its canonical body.
pub(crate) fn signed_bytes(body: &CardBody) -> Vec<u8> {
    [CARD_LABEL, &to_bytes(body)].concat()
}

/// Stands before a card's body when it is signed, and is the context of ML-DSA (FIPS 204): nothing
/// else that these keys sign begins so.
pub(crate) const CARD_LABEL: &[u8] = b"redphone card 1";

/// A part of a card.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CardPart {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ML-DSA-65 (FIPS 204).
    MlDsa,
    /// X-Wing, which signs nothing.
    XWing,
}

impl fmt::Display for CardPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ed25519 => "Ed25519",
            Self::MlDsa => "ML-DSA-65",
            Self::XWing => "X-Wing",
        })
    }
}

/// Why a card is refused. Its maker has to act: it was damaged on the way, or is forged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CardError {
    /// This key is none.
    BadKey(CardPart),
    /// This signature does not verify.
    BadSignature(CardPart),
}

impl fmt::Display for CardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadKey(part) => write!(f, "the card's {part} key is not a key")?,
            Self::BadSignature(part) => write!(f, "the card's {part} signature is not right")?,
        }
        f.write_str("; ask its owner for the card again")
    }
}

impl std::error::Error for CardError {}

#[cfg(test)]
mod tests {
    use redphone_wire::Environment;

    use super::*;
    use crate::identity::Identity;

    #[test]
    fn one_flipped_bit_anywhere_is_refused() {
        let card = card([1; 32]);
        // Every field, and bits spread over the long ones.
        let flips: [fn(&mut Card, usize); 5] = [
            |card, bit| flip(&mut card.body.ed25519, bit),
            |card, bit| flip(&mut card.body.ml_dsa, bit),
            |card, bit| flip(&mut card.body.x_wing, bit),
            |card, bit| flip(&mut card.ed25519_signature, bit),
            |card, bit| flip(&mut card.ml_dsa_signature, bit),
        ];
        for flip in flips {
            for bit in [0, 7, 100, 254, 255] {
                let mut bad = card.clone();
                flip(&mut bad, bit);
                assert!(verify_card(&bad).is_err());
            }
        }
        let mut renamed = card.clone();
        renamed.body.name = "SUD".parse().unwrap();
        let refused = CardError::BadSignature(CardPart::Ed25519);
        assert_eq!(verify_card(&renamed), Err(refused));
        let mut live = card;
        live.body.environment = Environment::Live;
        assert_eq!(verify_card(&live), Err(refused));
    }

    #[test]
    fn both_signatures_are_needed() {
        let (card, other) = (card([1; 32]), card([2; 32]));
        let mut no_ed25519 = card.clone();
        no_ed25519.ed25519_signature = other.ed25519_signature;
        let mut no_ml_dsa = card;
        no_ml_dsa.ml_dsa_signature = other.ml_dsa_signature;

        let refused = CardError::BadSignature(CardPart::Ed25519);
        assert_eq!(verify_card(&no_ed25519), Err(refused));
        let refused = CardError::BadSignature(CardPart::MlDsa);
        assert_eq!(verify_card(&no_ml_dsa), Err(refused));
    }

    #[test]
    fn every_length_but_the_exact_one_is_refused() {
        let card = card([1; 32]);
        let lengthen: [fn(&mut Card); 6] = [
            |card| card.body.ml_dsa.push(0),
            |card| card.body.x_wing.push(0),
            |card| card.ml_dsa_signature.push(0),
            |card| card.body.ml_dsa.truncate(1_951),
            |card| card.body.x_wing.clear(),
            |card| card.ml_dsa_signature.clear(),
        ];
        for change in lengthen {
            let mut bad = card.clone();
            change(&mut bad);
            assert!(verify_card(&bad).is_err());
        }
    }

    #[test]
    fn key_of_low_order_is_named() {
        let mut bad = card([1; 32]);
        bad.body.ed25519 = [0; 32];
        bad.body.ed25519[0] = 1; // the neutral element, under which anybody can sign

        assert_eq!(verify_card(&bad), Err(CardError::BadKey(CardPart::Ed25519)));
    }

    fn card(random: [u8; 32]) -> Card {
        let name = "NORD".parse().unwrap();
        let identity = Identity::generate(name, Environment::Exercise, random).unwrap();
        identity.card().clone()
    }

    fn flip(bytes: &mut [u8], bit: usize) {
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
}
