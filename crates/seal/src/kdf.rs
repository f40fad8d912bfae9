//! Key derivation: every key of the line follows from another by [`Source`] or from several by
//! [`mix`] (rules KDF-1 to KDF-3).
//!
//! Owns the table of labels, [`Label`]. Holds no state and draws no randomness.
//!
//! ```text
//!   KDF(key, label, context..) = HKDF-Expand-SHA-256(key, part("redphone/1") || part(label) || part(context)..)
//!   part(bytes)                = length, 2 bytes, big-endian || bytes
//!   MIX(key, slots, T)         = HKDF-Extract-SHA-256(salt = key, ikm = slot.. || T)
//!   slot                       = 1 || part(bytes), or 0 || 0 || 0 when absent
//! ```

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A secret of 32 bytes, overwritten when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// What a derived key is for. One label, one use; the texts are in [`Label::text`].
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Label {
    /// Key of one layer of sealing.
    Aead,
    /// The second secret of a KEM exchange, for the side that offered.
    Back,
    /// Seed of a bearer's TLS key.
    Bearer,
    /// First chain key of an epoch.
    Chain,
    /// Eight bytes by which a wrong tape key is named.
    Check,
    /// Proof that a side derived the root of a pairing.
    Confirm,
    /// Key of contact frames.
    Contact,
    /// Expands one draw of randomness into several.
    Draw,
    /// Key of the frames of an epoch.
    Frames,
    /// What a chain keeps of one number.
    Gap,
    /// Hedged randomness.
    Hedge,
    /// A part of an identity: one of its signing keys or its KEM key.
    Identity,
    /// Names a line.
    Line,
    /// Log hash of one envelope.
    Log,
    /// Encryption subkey of a layer that has two.
    LayerCipher,
    /// Authentication subkey of a layer that has two.
    LayerTag,
    /// Key of one envelope.
    Message,
    /// What the next epoch grows from.
    Next,
    /// Proof of a contact frame that an envelope was opened.
    Reached,
    /// Receipt key of one envelope.
    Receipt,
    /// Proof of a receipt.
    Receipted,
    /// Salt of one envelope.
    Salt,
    /// Next key of a chain.
    Step,
    /// The first secret of a KEM exchange, for the side that answered.
    There,
    /// Words that two officers read to one another.
    Words,
}

impl Label {
    /// Every label.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 25] = [
        Self::Aead,
        Self::Back,
        Self::Bearer,
        Self::Chain,
        Self::Check,
        Self::Confirm,
        Self::Contact,
        Self::Draw,
        Self::Frames,
        Self::Gap,
        Self::Hedge,
        Self::Identity,
        Self::Line,
        Self::Log,
        Self::LayerCipher,
        Self::LayerTag,
        Self::Message,
        Self::Next,
        Self::Reached,
        Self::Receipt,
        Self::Receipted,
        Self::Salt,
        Self::Step,
        Self::There,
        Self::Words,
    ];

    /// The bytes that stand for the label in a derivation.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Aead => "aead",
            Self::Back => "back",
            Self::Bearer => "bearer",
            Self::Chain => "ck",
            Self::Check => "check",
            Self::Confirm => "confirm",
            Self::Contact => "contact",
            Self::Draw => "draw",
            Self::Frames => "fk",
            Self::Gap => "gap",
            Self::Hedge => "hedge",
            Self::Identity => "identity",
            Self::Line => "line",
            Self::Log => "log",
            Self::LayerCipher => "layer cipher",
            Self::LayerTag => "layer tag",
            Self::Message => "message",
            Self::Next => "next",
            Self::Reached => "reached",
            Self::Receipt => "receipt",
            Self::Receipted => "receipted",
            Self::Salt => "salt",
            Self::Step => "step",
            Self::There => "there",
            Self::Words => "words",
        }
    }
}

/// A key that others are derived from, with its HMAC set up once.
pub(crate) struct Source(Hmac<Sha256>);

impl Source {
    /// Sets up a key.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        // HMAC pads a short key with zero bytes to the block of its hash (RFC 2104).
        let mut block = Zeroizing::new([0; 64]);
        for (to, from) in block.iter_mut().zip(key) {
            *to = *from;
        }
        Self(Hmac::new(&(*block).into()))
    }

    /// Derives 32 bytes (rule KDF-1).
    pub(crate) fn derive(&self, label: Label, context: &[&[u8]]) -> Secret {
        self.derive_long::<32>(label, context)
    }

    /// Derives `N` bytes, at most 8,160 (RFC 5869).
    pub(crate) fn derive_long<const N: usize>(
        &self,
        label: Label,
        context: &[&[u8]],
    ) -> Zeroizing<[u8; N]> {
        const { assert!(N <= 255 * 32, "HKDF-Expand yields at most 255 blocks") };
        let mut out = Zeroizing::new([0; N]);
        let mut previous = Zeroizing::new([0; 32]);
        for (index, chunk) in out.chunks_mut(32).enumerate() {
            let mut hmac = self.0.clone();
            if index > 0 {
                hmac.update(&*previous);
            }
            push_part(&mut hmac, PROTOCOL);
            push_part(&mut hmac, label.text().as_bytes());
            for part in context {
                push_part(&mut hmac, part);
            }
            hmac.update(&[index as u8 + 1]);
            *previous = hmac.finalize().into_bytes().into();
            for (to, from) in chunk.iter_mut().zip(previous.iter()) {
                *to = *from;
            }
        }
        out
    }
}

/// Derives one key from another, for the caller who needs only one (rule KDF-1).
pub(crate) fn kdf(key: &[u8; 32], label: Label, context: &[&[u8]]) -> Secret {
    Source::new(key).derive(label, context)
}

/// Mixes several secrets into one, safe if any one of them is (rule KDF-2). The order of the slots
/// is fixed; an absent one still takes its place.
pub(crate) fn mix(key: &[u8; 32], slots: &[Option<&[u8]>], transcript: &[u8; 32]) -> Secret {
    let mut extract = hkdf::HkdfExtract::<Sha256>::new(Some(key));
    for slot in slots {
        let bytes = slot.unwrap_or_default();
        extract.input_ikm(&[u8::from(slot.is_some())]);
        extract.input_ikm(&part_length(bytes));
        extract.input_ikm(bytes);
    }
    extract.input_ikm(transcript);
    let (mut mixed, _) = extract.finalize();
    let secret = Zeroizing::new(mixed.into());
    zeroize::Zeroize::zeroize(mixed.as_mut_slice());
    secret
}

/// SHA-256 of parts, each with its length before it, 4 bytes (rule KDF-3).
pub(crate) fn transcript(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

const PROTOCOL: &[u8] = b"redphone/1";

fn push_part(hmac: &mut Hmac<Sha256>, part: &[u8]) {
    hmac.update(&part_length(part));
    hmac.update(part);
}

fn part_length(part: &[u8]) -> [u8; 2] {
    debug_assert!(part.len() <= usize::from(u16::MAX), "parts are short");
    u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn derivation_is_hkdf_expand_of_the_parts() {
        let key = [7; 32];
        let info = b"\0\x0aredphone/1\0\x02ck\0\x01\x01\0\0";
        let mut expected = [0; 80];
        hkdf::Hkdf::<Sha256>::from_prk(&key)
            .unwrap()
            .expand(info, &mut expected)
            .unwrap();

        let derived = Source::new(&key).derive_long::<80>(Label::Chain, &[&[1], &[]]);

        assert_eq!(*derived, expected);
        assert_eq!(
            kdf(&key, Label::Chain, &[&[1], &[]]).as_slice(),
            &expected[..32]
        );
    }

    #[test]
    fn every_label_and_every_split_of_the_context_gives_another_key() {
        let key = [7; 32];
        let texts: BTreeSet<_> = Label::ALL.iter().map(|label| label.text()).collect();
        assert_eq!(texts.len(), Label::ALL.len());

        let keys = BTreeSet::from([
            *kdf(&key, Label::Chain, &[]),
            *kdf(&key, Label::Chain, &[b""]),
            *kdf(&key, Label::Chain, &[b"ab"]),
            *kdf(&key, Label::Chain, &[b"a", b"b"]),
            *kdf(&key, Label::Frames, &[b"ab"]),
        ]);
        assert_eq!(keys.len(), 5);
    }

    #[test]
    fn every_slot_and_its_place_matters() {
        let (key, t) = ([1; 32], [2; 32]);
        let mixes = BTreeSet::from([
            *mix(&key, &[None, None], &t),
            *mix(&key, &[Some(b""), None], &t),
            *mix(&key, &[Some(b"x"), None], &t),
            *mix(&key, &[None, Some(b"x")], &t),
            *mix(&key, &[Some(b"x"), Some(b"x")], &t),
            *mix(&[9; 32], &[Some(b"x"), Some(b"x")], &t),
            *mix(&key, &[Some(b"x"), Some(b"x")], &[9; 32]),
        ]);
        assert_eq!(mixes.len(), 7);
    }

    #[test]
    fn cases_of_the_second_implementation_come_out_the_same() {
        let cases = include_str!("../../../vectors/kdf.json");
        let cases: serde_json::Value = serde_json::from_str(cases).unwrap();
        let hex = |text: &serde_json::Value| -> Vec<u8> {
            let text = text.as_str().unwrap();
            let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
            (0..text.len()).step_by(2).map(byte).collect()
        };
        let key = |case: &serde_json::Value| -> [u8; 32] { hex(&case["key"]).try_into().unwrap() };
        for case in cases["kdf"].as_array().unwrap() {
            let label = Label::ALL
                .iter()
                .find(|label| case["label"] == label.text());
            let context: Vec<_> = case["context"]
                .as_array()
                .unwrap()
                .iter()
                .map(hex)
                .collect();
            let context: Vec<&[u8]> = context.iter().map(Vec::as_slice).collect();
            let derived = Source::new(&key(case)).derive_long::<64>(*label.unwrap(), &context);
            let out = hex(&case["out"]);
            assert_eq!(derived[..out.len()], out, "{case}");
        }
        for case in cases["mix"].as_array().unwrap() {
            let slots = case["slots"].as_array().unwrap().iter();
            let slots: Vec<_> = slots
                .map(|slot| (!slot.is_null()).then(|| hex(slot)))
                .collect();
            let slots: Vec<Option<&[u8]>> = slots.iter().map(Option::as_deref).collect();
            let transcript = hex(&case["transcript"]).try_into().unwrap();
            let mixed = mix(&key(case), &slots, &transcript);
            assert_eq!(mixed.as_slice(), hex(&case["out"]), "{case}");
        }
    }
}
