//! Keys of officers: an Ed25519 pair for each person, in a file under a passphrase.
//!
//! Owns the pair, what it signs, the check of a signature, and the two files: the key, which is
//! secret, and the officer's card, which an administrator enrols. What is signed is the desk's
//! affair; here it is 32 bytes. Officers' keys never cross the line. Rules ARM-2 and ARM-3.

mod file;

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use redphone_wire::to_bytes;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::armour::{self, ArmourError, Article};

pub use file::KeyFileError;

/// Bytes of an officer's signature.
pub const PROOF_BYTES: usize = 64;

const CARD_CONTEXT: &[u8] = b"redphone/1 officer card";

/// An officer's signing key and the name that it was made for.
pub struct OfficerKey {
    name: String,
    seed: Zeroizing<[u8; 32]>,
}

impl OfficerKey {
    /// Makes a key from 32 random bytes.
    pub fn generate(name: &str, random: [u8; 32]) -> Self {
        Self {
            name: name.to_owned(),
            seed: Zeroizing::new(random),
        }
    }

    /// The name that it was made for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key.
    pub fn public(&self) -> [u8; 32] {
        self.pair().verifying_key().to_bytes()
    }

    /// Signs a digest (RFC 8032).
    pub fn sign(&self, message: &[u8; 32]) -> [u8; PROOF_BYTES] {
        self.pair().sign(message).to_bytes()
    }

    /// The officer's card: name and public key, signed by it, so that nobody enrols another's key
    /// as his own.
    pub fn card(&self) -> String {
        let key = self.public();
        let card = OfficerCard {
            name: self.name.clone(),
            key,
            signature: self.sign(&card_digest(&self.name, &key)),
        };
        armour::to_text(Article::OfficerCard, &card)
    }

    fn pair(&self) -> SigningKey {
        SigningKey::from_bytes(&self.seed)
    }
}

impl fmt::Debug for OfficerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfficerKey({}, ..)", self.name)
    }
}

/// What an administrator enrols.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct OfficerCard {
    /// Name or title.
    #[n(0)]
    pub name: String,
    /// Public key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Signature by it.
    #[cbor(n(2), with = "minicbor::bytes")]
    signature: [u8; PROOF_BYTES],
}

impl OfficerCard {
    /// Reads a card and checks that the key signed it.
    ///
    /// # Errors
    ///
    /// [`ArmourError`] when the text holds no card, or a changed one.
    pub fn from_text(text: &str) -> Result<Self, ArmourError> {
        let card: Self = armour::from_text(Article::OfficerCard, text)?;
        let digest = card_digest(&card.name, &card.key);
        if verify(&card.key, &digest, &card.signature) {
            Ok(card)
        } else {
            Err(ArmourError::Damaged(Article::OfficerCard))
        }
    }
}

/// Whether a proof is of this message, by the owner of the key. Keys of small order and
/// signatures with a second form are refused.
pub fn verify(key: &[u8; 32], message: &[u8; 32], proof: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(key), Signature::from_slice(proof))
    else {
        return false;
    };
    key.verify_strict(message, &signature).is_ok()
}

fn card_digest(name: &str, key: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(CARD_CONTEXT)
        .chain_update(to_bytes(&(name, minicbor::bytes::ByteArray::from(*key))))
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> OfficerKey {
        OfficerKey::generate("1st watch", [byte; 32])
    }

    #[test]
    fn signature_is_of_one_key_and_one_message() {
        let proof = key(1).sign(&[9; 32]);
        assert!(verify(&key(1).public(), &[9; 32], &proof));
        assert!(!verify(&key(2).public(), &[9; 32], &proof));
        assert!(!verify(&key(1).public(), &[8; 32], &proof));
        for place in [0, 31, 32, 63] {
            let mut changed = proof;
            changed[place] ^= 1;
            assert!(!verify(&key(1).public(), &[9; 32], &changed), "{place}");
        }
        for length in [0, 63] {
            assert!(!verify(&key(1).public(), &[9; 32], &proof[..length]));
        }
    }

    #[test]
    fn key_of_small_order_verifies_nothing() {
        // The identity: with it a signature of zeros would be good for every message.
        let mut identity = [0; 32];
        identity[0] = 1;
        let mut proof = [0; PROOF_BYTES];
        proof[0] = 1;
        assert!(!verify(&identity, &[9; 32], &proof));
        assert!(!verify(&[0; 32], &[9; 32], &proof));
    }

    #[test]
    fn card_comes_back_and_another_name_or_key_in_it_is_refused() {
        let text = key(1).card();
        let card = OfficerCard::from_text(&text).unwrap();
        assert_eq!(
            (card.name.as_str(), card.key),
            ("1st watch", key(1).public())
        );

        let other_name = OfficerCard {
            name: "2nd watch".to_owned(),
            ..card.clone()
        };
        let other_key = OfficerCard {
            key: key(2).public(),
            ..card
        };
        for changed in [other_name, other_key] {
            let text = armour::to_text(Article::OfficerCard, &changed);
            let refused = OfficerCard::from_text(&text);
            assert_eq!(refused, Err(ArmourError::Damaged(Article::OfficerCard)));
        }
    }

    #[test]
    fn debug_hides_keys() {
        let shown = format!("{:?}", key(77));
        assert_eq!(shown, "OfficerKey(1st watch, ..)");
    }
}
