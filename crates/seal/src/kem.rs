//! X-Wing (draft-connolly-cfrg-xwing-kem): X25519 and ML-KEM-768 as one, safe if either is.
//!
//! Owns exact lengths, the check of keys and the refusal of X25519 points of low order. Draws no
//! randomness: it comes in and is expanded by the KDF, a fresh encapsulation for every use. What
//! the shared secrets are for is decided by pairing and refresh. Rules PAIR-6 and REF-3.

use x_wing::{
    DecapsulationKeyRejectNonContrib, Decapsulator, EncapsulationKey, KeyExport, TryDecapsulate,
};
use zeroize::Zeroizing;

use crate::kdf::{Label, Secret, Source};

/// The encapsulation key of a 32-byte decapsulation key, 1,216 bytes.
pub(crate) fn public_key(secret: &[u8; 32]) -> Vec<u8> {
    let key = DecapsulationKeyRejectNonContrib::from(*secret);
    key.encapsulation_key().to_bytes().to_vec()
}

/// Whether bytes are an encapsulation key: the right length, every coefficient in range.
pub(crate) fn is_key(bytes: &[u8]) -> bool {
    EncapsulationKey::try_from(bytes).is_ok()
}

/// Makes a fresh secret and its ciphertext to a key. `None`: not a key.
pub(crate) fn encapsulate(key: &[u8], random: &[u8; 32]) -> Option<(Vec<u8>, Secret)> {
    let key = EncapsulationKey::try_from(key).ok()?;
    let coins: Zeroizing<[u8; x_wing::ENCAPSULATION_RANDOMNESS_SIZE]> =
        Source::new(random).derive_long(Label::Draw, &[b"x-wing"]);
    let (ciphertext, shared) = key.encapsulate_deterministic(&(*coins).into());
    Some((ciphertext.to_vec(), Zeroizing::new(shared.into())))
}

/// Opens a ciphertext. `None`: of the wrong length, or its X25519 part contributes nothing.
pub(crate) fn decapsulate(secret: &[u8; 32], ciphertext: &[u8]) -> Option<Secret> {
    let key = DecapsulationKeyRejectNonContrib::from(*secret);
    let shared = key.try_decapsulate(&ciphertext.try_into().ok()?).ok()?;
    Some(Zeroizing::new(shared.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_hold_the_same_secret() {
        let (ciphertext, ours) = encapsulate(&public_key(&[1; 32]), &[2; 32]).unwrap();

        assert_eq!(ciphertext.len(), 1_120);
        assert_eq!(decapsulate(&[1; 32], &ciphertext), Some(ours));
    }

    #[test]
    fn other_randomness_is_another_secret() {
        let key = public_key(&[1; 32]);
        assert_ne!(encapsulate(&key, &[2; 32]), encapsulate(&key, &[3; 32]));
    }

    #[test]
    fn wrong_lengths_and_coefficients_out_of_range_are_refused() {
        let key = public_key(&[1; 32]);
        let (ciphertext, _) = encapsulate(&key, &[2; 32]).unwrap();
        let mut out_of_range = key.clone();
        out_of_range[..2].copy_from_slice(&[0xff, 0xff]);

        assert!(is_key(&key));
        for bad in [&key[1..], &[&key[..], &[0]].concat(), &out_of_range, &[]] {
            assert!(!is_key(bad));
            assert_eq!(encapsulate(bad, &[2; 32]), None);
        }
        assert_eq!(decapsulate(&[1; 32], &ciphertext[1..]), None);
    }

    #[test]
    fn point_of_low_order_is_refused() {
        let (mut ciphertext, _) = encapsulate(&public_key(&[1; 32]), &[2; 32]).unwrap();
        ciphertext[1_088..].fill(0);

        assert_eq!(decapsulate(&[1; 32], &ciphertext), None);
    }
}
