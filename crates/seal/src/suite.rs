//! The layers of sealing: one AEAD, or a cascade of two (rules SUITE-1 to SUITE-5).
//!
//! Owns the four suites and how their keys follow from the key of an envelope. A key seals one
//! envelope only, so every nonce and every first counter block is zero. Knows neither chains nor
//! envelopes.
//!
//! ```text
//!   key(layer)     = KDF(mk, "aead", suite, layer)       layer 0 = inner, 1 = outer, one byte each
//!   ad(layer)      = ad || inner suite || outer suite, or 0 || layer
//!   suites 1 and 2 = the AEAD of the standard under key(layer), nonce 0
//!   suites 3 and 4 = CTR(KDF(key, "layer cipher"), counter block from 0, big-endian, 16 bytes)
//!                    || CMAC(KDF(key, "layer tag"), length of ad, 8 bytes || ad || ciphertext)
//! ```

use aes_gcm_siv::Aes256GcmSiv;
use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use cmac::{Cmac, Mac};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use kuznyechik::Kuznyechik;
use redphone_wire::{Suite, Suites};
use sm4::Sm4;

use crate::kdf::{Label, Secret, Source, kdf};

/// Bytes that one layer adds.
pub(crate) const TAG_BYTES: usize = 16;

/// Bytes that all layers of a direction add.
pub(crate) fn overhead(suites: Suites) -> usize {
    suites.layers().count() * TAG_BYTES
}

/// Seals a body under all layers, inner first. `None` when it is too long for a cipher, which no
/// body within its limit is.
pub(crate) fn seal(suites: Suites, mk: &Source, ad: &[u8], mut body: Vec<u8>) -> Option<Vec<u8>> {
    body.reserve_exact(overhead(suites));
    for (layer, suite) in (0..).zip(suites.layers()) {
        let ad = layer_ad(suites, layer, ad);
        let key = layer_key(mk, suite, layer);
        match suite {
            Suite::ChaCha20Poly1305 => {
                let cipher = ChaCha20Poly1305::new((&*key).into());
                cipher
                    .encrypt_in_place(&[0; 12].into(), &ad, &mut body)
                    .ok()?;
            }
            Suite::Aes256GcmSiv => {
                let cipher = Aes256GcmSiv::new((&*key).into());
                cipher
                    .encrypt_in_place(&[0; 12].into(), &ad, &mut body)
                    .ok()?;
            }
            Suite::Kuznyechik | Suite::Sm4 => {
                apply_stream(suite, &key, &mut body)?;
                let tag = tag(suite, &key, &ad, &body);
                body.extend_from_slice(&tag);
            }
        }
    }
    Some(body)
}

/// Opens all layers, outer first. `None` when any tag does not fit: nothing is then learned of
/// the body.
pub(crate) fn open(suites: Suites, mk: &Source, ad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let mut body = sealed.to_vec();
    let layers: Vec<(u8, Suite)> = (0..).zip(suites.layers()).collect();
    for (layer, suite) in layers.into_iter().rev() {
        let ad = layer_ad(suites, layer, ad);
        let key = layer_key(mk, suite, layer);
        match suite {
            Suite::ChaCha20Poly1305 => {
                let cipher = ChaCha20Poly1305::new((&*key).into());
                cipher
                    .decrypt_in_place(&[0; 12].into(), &ad, &mut body)
                    .ok()?;
            }
            Suite::Aes256GcmSiv => {
                let cipher = Aes256GcmSiv::new((&*key).into());
                cipher
                    .decrypt_in_place(&[0; 12].into(), &ad, &mut body)
                    .ok()?;
            }
            Suite::Kuznyechik | Suite::Sm4 => {
                let found = body.split_off(body.len().checked_sub(TAG_BYTES)?);
                let wanted = tag(suite, &key, &ad, &body);
                if !bool::from(subtle::ConstantTimeEq::ct_eq(&wanted[..], &found[..])) {
                    return None;
                }
                apply_stream(suite, &key, &mut body)?;
            }
        }
    }
    Some(body)
}

fn layer_key(mk: &Source, suite: Suite, layer: u8) -> Secret {
    mk.derive(Label::Aead, &[&[suite.byte()], &[layer]])
}

fn layer_ad(suites: Suites, layer: u8, ad: &[u8]) -> Vec<u8> {
    let mut named = [0; 2];
    for (byte, suite) in named.iter_mut().zip(suites.layers()) {
        *byte = suite.byte();
    }
    [ad, &named, &[layer]].concat()
}

fn apply_stream(suite: Suite, key: &[u8; 32], body: &mut [u8]) -> Option<()> {
    let key = kdf(key, Label::LayerCipher, &[]);
    let first_block = [0; 16].into();
    if suite == Suite::Sm4 {
        let mut stream = Ctr128BE::<Sm4>::new(&half(&key).into(), &first_block);
        stream.try_apply_keystream(body).ok()
    } else {
        let mut stream = Ctr128BE::<Kuznyechik>::new((&*key).into(), &first_block);
        stream.try_apply_keystream(body).ok()
    }
}

fn tag(suite: Suite, key: &[u8; 32], ad: &[u8], ciphertext: &[u8]) -> [u8; TAG_BYTES] {
    let key = kdf(key, Label::LayerTag, &[]);
    let length = (ad.len() as u64).to_be_bytes();
    let parts = [&length[..], ad, ciphertext];
    if suite == Suite::Sm4 {
        let mut mac = Cmac::<Sm4>::new(&half(&key).into());
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    } else {
        let mut mac = Cmac::<Kuznyechik>::new((&*key).into());
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

/// SM4 has a key of 128 bits: the first half of what was derived.
fn half(key: &Secret) -> [u8; 16] {
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(key.iter()) {
        *to = *from;
    }
    half
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all_suites() -> Vec<Suites> {
        let outers = || [None].into_iter().chain(Suite::ALL.map(Some));
        Suite::ALL
            .into_iter()
            .flat_map(|inner| outers().filter_map(move |outer| Suites::new(inner, outer)))
            .collect()
    }

    #[test]
    fn every_suite_and_cascade_opens_what_it_sealed() {
        assert_eq!(all_suites().len(), 15);
        for suites in all_suites() {
            for length in [0, 1, 15, 16, 17, 1_000] {
                let body = vec![0xa5; length];
                let mk = Source::new(&[7; 32]);

                let sealed = seal(suites, &mk, b"ad", body.clone()).unwrap();

                assert_eq!(sealed.len(), length + overhead(suites), "{suites}");
                assert_eq!(open(suites, &mk, b"ad", &sealed), Some(body), "{suites}");
            }
        }
    }

    #[test]
    fn every_changed_byte_is_refused_under_every_suite() {
        for suites in all_suites() {
            let mk = Source::new(&[7; 32]);
            let sealed = seal(suites, &mk, b"ad", vec![0xa5; 40]).unwrap();
            for index in 0..sealed.len() {
                let mut changed = sealed.clone();
                changed[index] ^= 1;
                assert_eq!(open(suites, &mk, b"ad", &changed), None, "{suites} {index}");
            }
            for length in 0..sealed.len() {
                assert_eq!(open(suites, &mk, b"ad", &sealed[..length]), None);
            }
            assert_eq!(open(suites, &mk, b"AD", &sealed), None, "{suites}");
        }
    }

    #[test]
    fn no_suite_opens_what_another_sealed() {
        for sealing in all_suites() {
            let mk = Source::new(&[7; 32]);
            let sealed = seal(sealing, &mk, b"ad", vec![0; 40]).unwrap();
            for opening in all_suites() {
                let opened = open(opening, &mk, b"ad", &sealed);
                assert_eq!(opened.is_some(), opening == sealing, "{sealing} {opening}");
            }
        }
    }

    #[test]
    fn every_suite_and_layer_has_a_key_of_its_own() {
        let mk = Source::new(&[7; 32]);
        let keys: BTreeSet<[u8; 32]> = Suite::ALL
            .into_iter()
            .flat_map(|suite| [0, 1].map(|layer| *layer_key(&mk, suite, layer)))
            .collect();
        assert_eq!(keys.len(), 8);
    }
}
