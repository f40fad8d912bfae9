//! Who a station is: its signing pair and its KEM pair, all from one secret of 32 bytes.
//!
//! Owns the long-lived keys of an identity file, and makes the station's card from them. They
//! found lines and sign cards and documents that are on record; no message, receipt or log is ever
//! signed, so a leaked one proves nothing. Where the file lies is the daemon's affair.
//! Rules CARD-1 and CARD-2.

use std::fmt;

use ed25519_dalek::Signer;
use minicbor::{Decode, Encode};
use ml_dsa::MlDsa65;
use redphone_wire::{Card, CardBody, Environment, Fingerprint, PartyName};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::card::{CARD_LABEL, fingerprint, signed_bytes};
use crate::kdf::{Label, Secret, kdf};
use crate::kem;

/// A station's long-lived keys, and the card that shows their public halves.
pub struct Identity {
    seed: Secret,
    card: Card,
    fingerprint: Fingerprint,
}

impl Identity {
    /// Makes a new identity. The card's fingerprint follows from all three arguments.
    ///
    /// # Errors
    ///
    /// [`IdentityError::Unsignable`] if ML-DSA finds no signature, which no seed is known to do.
    pub fn generate(
        name: PartyName,
        environment: Environment,
        random: [u8; 32],
    ) -> Result<Self, IdentityError> {
        let seed = kdf(&random, Label::Draw, &[b"identity"]);
        Self::from_parts(name, environment, seed)
    }

    /// Reads what [`Identity::to_secret`] wrote.
    ///
    /// # Errors
    ///
    /// [`IdentityError::Malformed`] when the bytes are not an identity file.
    pub fn from_secret(bytes: &[u8]) -> Result<Self, IdentityError> {
        let file: File = redphone_wire::from_bytes(bytes).map_err(|_| IdentityError::Malformed)?;
        if file.version != FILE_VERSION {
            return Err(IdentityError::Malformed);
        }
        let seed = Zeroizing::new(file.seed);
        Self::from_parts(file.name.clone(), file.environment, seed)
    }

    fn from_parts(
        name: PartyName,
        environment: Environment,
        seed: Secret,
    ) -> Result<Self, IdentityError> {
        let ed25519 = ed25519(&seed);
        let ml_dsa = ml_dsa(&seed);
        let body = CardBody {
            name,
            environment,
            ed25519: ed25519.verifying_key().to_bytes(),
            ml_dsa: ml_dsa.expanded_key().verifying_key().encode().to_vec(),
            x_wing: kem::public_key(&kem_secret(&seed)),
        };
        let signed = signed_bytes(&body);
        let ml_dsa_signature = ml_dsa
            .expanded_key()
            .sign_deterministic(&signed, CARD_LABEL)
            .map_err(|_| IdentityError::Unsignable)?;
        Ok(Self {
            fingerprint: fingerprint(&body),
            card: Card {
                body,
                ed25519_signature: ed25519.sign(&signed).to_bytes(),
                ml_dsa_signature: ml_dsa_signature.encode().to_vec(),
            },
            seed,
        })
    }

    /// The identity file: small and secret.
    pub fn to_secret(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(redphone_wire::to_bytes(&File {
            version: FILE_VERSION,
            name: self.card.body.name.clone(),
            environment: self.card.body.environment,
            seed: *self.seed,
        }))
    }

    /// The card, to be given to every peer.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The card's fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Opens a ciphertext to the card's X-Wing key.
    pub(crate) fn decapsulate(&self, ciphertext: &[u8]) -> Option<Secret> {
        kem::decapsulate(&kem_secret(&self.seed), ciphertext)
    }
}

/// Shows the card's name and environment only.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = &self.card.body;
        write!(f, "Identity({} {}, ..)", body.name, body.environment)
    }
}

/// Why there is no identity. The operator has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum IdentityError {
    /// The bytes are not an identity file of this version.
    Malformed,
    /// ML-DSA found no signature for the card.
    Unsignable,
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "this is not an identity file, or it is damaged; restore it",
            Self::Unsignable => "the card could not be signed; make another identity",
        })
    }
}

impl std::error::Error for IdentityError {}

/// The identity file.
#[derive(Decode, Encode, Zeroize, ZeroizeOnDrop)]
struct File {
    #[n(0)]
    version: u8,
    #[n(1)]
    #[zeroize(skip)]
    name: PartyName,
    #[n(2)]
    #[zeroize(skip)]
    environment: Environment,
    #[cbor(n(3), with = "minicbor::bytes")]
    seed: [u8; 32],
}

fn ed25519(seed: &[u8; 32]) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&kdf(seed, Label::Identity, &[b"ed25519"]))
}

fn ml_dsa(seed: &[u8; 32]) -> ml_dsa::SigningKey<MlDsa65> {
    let seed = kdf(seed, Label::Identity, &[b"ml-dsa-65"]);
    ml_dsa::SigningKey::from_seed(&(*seed).into())
}

fn kem_secret(seed: &[u8; 32]) -> Secret {
    kdf(seed, Label::Identity, &[b"x-wing"])
}

const FILE_VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::verify_card;

    #[test]
    fn file_brings_the_same_identity_back_and_is_small() {
        let identity = nord([1; 32]);
        let file = identity.to_secret();

        let back = Identity::from_secret(&file).unwrap();

        assert_eq!(back.card(), identity.card());
        assert!(file.len() < 64);
    }

    #[test]
    fn damaged_file_is_refused() {
        let file = nord([1; 32]).to_secret();
        for length in 0..file.len() {
            let error = Identity::from_secret(&file[..length]).err();
            assert_eq!(error, Some(IdentityError::Malformed));
        }
        let mut newer = file.to_vec();
        newer[1] = 2;
        assert_eq!(
            Identity::from_secret(&newer).err(),
            Some(IdentityError::Malformed)
        );
    }

    #[test]
    fn card_verifies_and_names_its_fingerprint() {
        let identity = nord([1; 32]);
        assert_eq!(verify_card(identity.card()), Ok(identity.fingerprint()));
    }

    #[test]
    fn other_randomness_makes_other_keys() {
        let (one, other) = (nord([1; 32]), nord([2; 32]));
        assert_ne!(one.card().body.ed25519, other.card().body.ed25519);
        assert_ne!(one.card().body.ml_dsa, other.card().body.ml_dsa);
        assert_ne!(one.card().body.x_wing, other.card().body.x_wing);
    }

    #[test]
    fn debug_hides_keys() {
        assert_eq!(
            format!("{:?}", nord([1; 32])),
            "Identity(NORD EXERCISE, ..)"
        );
    }

    fn nord(random: [u8; 32]) -> Identity {
        let name = "NORD".parse().unwrap();
        Identity::generate(name, Environment::Exercise, random).unwrap()
    }
}
