//! The few uses of cryptography that the journal's parts share.
//!
//! Owns the key derivation (the `KDF` of PROTOCOL.md), the sealing of stored values
//! (XChaCha20-Poly1305, draft-irtf-cfrg-xchacha) and the expansion of one random draw into as many
//! nonces and keys as a step needs. It does not know what it seals.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::Hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

/// A 32-byte secret that is overwritten when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

pub(crate) const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// Bytes that sealing adds: the nonce in front and the tag behind.
pub(crate) const SEALED_EXTRA_BYTES: usize = NONCE_BYTES + TAG_BYTES;

/// Derives a key: HKDF-Expand-SHA-256 (RFC 5869) over parts that each have their length before
/// them, as in PROTOCOL.md.
pub(crate) fn derive(key: &[u8; 32], label: &str, context: &[&[u8]]) -> Secret {
    // A 32-byte key is never too short for the extractor's output.
    let expander = Hkdf::<Sha256>::from_prk(key)
        .unwrap_or_else(|_| Hkdf::<Sha256>::new(Some(key.as_slice()), &[]));
    expand(&expander, label, context)
}

/// Extracts a key from secret material (RFC 5869).
pub(crate) fn extract(salt: &[u8; 32], material: &[&[u8]]) -> Secret {
    let mut all = Zeroizing::new(Vec::new());
    for part in material {
        all.extend_from_slice(part);
    }
    let (key, _) = Hkdf::<Sha256>::extract(Some(salt.as_slice()), &all);
    Zeroizing::new(key.into())
}

/// HMAC-SHA-256 under a 32-byte key.
pub(crate) fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    // `new` takes a whole block: RFC 2104 pads a short key with zeros.
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::<Sha256>::new((&*block).into())
}

fn expand<const N: usize>(
    expander: &Hkdf<Sha256>,
    label: &str,
    context: &[&[u8]],
) -> Zeroizing<[u8; N]> {
    let mut info = Vec::with_capacity(64);
    for part in [b"redphone/1".as_slice(), label.as_bytes()]
        .iter()
        .chain(context)
    {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        info.extend_from_slice(&length.to_be_bytes());
        info.extend_from_slice(part);
    }
    let mut out = Zeroizing::new([0; N]);
    // The only error is an output of more than 255 hashes; N is 24 or 32.
    let fits = expander.expand(&info, out.as_mut_slice());
    debug_assert!(fits.is_ok(), "outputs are short");
    out
}

/// One random draw, expanded. No two calls give the same bytes. A repeated draw gives other bytes
/// at another head of the chain and for other contents: a restored machine whose randomness repeats
/// uses no nonce twice for two texts.
pub(crate) struct Draws {
    expander: Hkdf<Sha256>,
    taken: u64,
}

impl Draws {
    pub(crate) fn new(
        random: [u8; 32],
        hedge: &[u8; 32],
        head: &[u8; 32],
        contents: &[u8; 32],
    ) -> Self {
        let random = Zeroizing::new(random);
        let key = extract(head, &[random.as_slice(), hedge, contents]);
        let expander = Hkdf::<Sha256>::from_prk(key.as_slice())
            .unwrap_or_else(|_| Hkdf::<Sha256>::new(Some(head.as_slice()), key.as_slice()));
        Self { expander, taken: 0 }
    }

    pub(crate) fn nonce(&mut self) -> [u8; NONCE_BYTES] {
        *self.next("journal nonce")
    }

    pub(crate) fn secret(&mut self) -> Secret {
        self.next("journal secret")
    }

    fn next<const N: usize>(&mut self, label: &str) -> Zeroizing<[u8; N]> {
        self.taken += 1;
        expand(&self.expander, label, &[&self.taken.to_be_bytes()])
    }
}

/// Seals and opens stored values under one key.
#[derive(Clone)]
pub(crate) struct Sealer(XChaCha20Poly1305);

impl Sealer {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// Returns `header || nonce || ciphertext || tag` of the parts joined; the header is in clear.
    /// Returns `None` if the text is longer than the cipher takes (256 GiB).
    pub(crate) fn seal(
        &self,
        nonce: [u8; NONCE_BYTES],
        bound: &[u8],
        header: &[u8],
        parts: &[&[u8]],
    ) -> Option<Vec<u8>> {
        let text_bytes: usize = parts.iter().map(|part| part.len()).sum();
        let mut out = Vec::with_capacity(header.len() + SEALED_EXTRA_BYTES + text_bytes);
        out.extend_from_slice(header);
        out.extend_from_slice(&nonce);
        for part in parts {
            out.extend_from_slice(part);
        }
        let text = out.get_mut(header.len() + NONCE_BYTES..)?;
        let nonce = XNonce::from(nonce);
        let tag = self
            .0
            .encrypt_inout_detached(&nonce, bound, text.into())
            .ok()?;
        out.extend_from_slice(&tag);
        Some(out)
    }

    /// Opens `nonce || ciphertext || tag`. Returns `None` if it is not what was sealed.
    pub(crate) fn open(&self, bound: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let (text, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
        let mut text = Zeroizing::new(text.to_vec());
        let opened = self.0.decrypt_inout_detached(
            &XNonce::from(*nonce),
            bound,
            text.as_mut_slice().into(),
            &Tag::from(*tag),
        );
        opened.ok().map(|()| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_of_a_sealed_value_is_noticed() {
        let sealer = Sealer::new(&[7; 32]);
        let sealed = sealer
            .seal([9; 24], b"id", b"", &[b"to", b"gether"])
            .unwrap();
        assert_eq!(sealer.open(b"id", &sealed).unwrap().as_slice(), b"together");
        for bit in 0..sealed.len() * 8 {
            let mut damaged = sealed.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(sealer.open(b"id", &damaged).is_none(), "bit {bit}");
        }
        assert!(sealer.open(b"ie", &sealed).is_none());
        assert!(sealer.open(b"id", &[]).is_none());
    }

    #[test]
    fn one_draw_never_gives_the_same_bytes_twice() {
        let mut draws = Draws::new([1; 32], &[2; 32], &[3; 32], &[4; 32]);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..1_000 {
            assert!(seen.insert(draws.nonce().to_vec()));
            assert!(seen.insert(draws.secret().to_vec()));
        }
    }

    #[test]
    fn repeated_draw_at_another_head_or_for_other_contents_gives_other_bytes() {
        let first = Draws::new([1; 32], &[2; 32], &[3; 32], &[4; 32]).nonce();
        assert_ne!(
            first,
            Draws::new([1; 32], &[2; 32], &[9; 32], &[4; 32]).nonce()
        );
        assert_ne!(
            first,
            Draws::new([1; 32], &[2; 32], &[3; 32], &[9; 32]).nonce()
        );
    }
}
