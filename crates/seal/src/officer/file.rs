//! The file of an officer's key: argon2id (RFC 9106) of a passphrase, then XChaCha20-Poly1305
//! (draft-irtf-cfrg-xchacha), as the station's own vault key is wrapped.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use minicbor::{Decode, Encode};
use redphone_wire::limits::KEYED_NAME_BYTES_MAX;
use redphone_wire::to_bytes;
use zeroize::Zeroizing;

use super::OfficerKey;
use crate::armour::{self, ArmourError, Article};

/// Most memory that a key file may ask for to open it, in KiB (256 MiB).
const PASSPHRASE_MEMORY_KIB_MAX: u32 = 262_144;
/// Most passes that a key file may ask for.
const PASSES_MAX: u32 = 16;
/// Memory of a new file, in KiB: RFC 9106, the second recommended option, with one lane.
const MEMORY_KIB: u32 = 65_536;
const PASSES: u32 = 3;
const FORMAT: u8 = 1;

/// All of the file but the sealed key: it is bound to the seal.
#[derive(Clone, Debug, Decode, Encode)]
struct Header {
    #[n(0)]
    format: u8,
    #[n(1)]
    name: String,
    #[n(2)]
    memory_kib: u32,
    #[n(3)]
    passes: u32,
    #[cbor(n(4), with = "minicbor::bytes")]
    salt: [u8; 32],
    #[cbor(n(5), with = "minicbor::bytes")]
    nonce: [u8; 24],
}

#[derive(Decode, Encode)]
struct File {
    #[n(0)]
    header: Header,
    #[cbor(n(1), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

impl OfficerKey {
    /// The key as a file under a passphrase, with a salt and a nonce from random bytes.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::PassphraseEmpty`].
    pub fn to_file(
        &self,
        passphrase: &[u8],
        salt: [u8; 32],
        nonce: [u8; 24],
    ) -> Result<Zeroizing<String>, KeyFileError> {
        let header = Header {
            format: FORMAT,
            name: self.name.clone(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt,
            nonce,
        };
        let payload = Payload {
            msg: self.seed.as_slice(),
            aad: &to_bytes(&header),
        };
        let cipher = cipher(&header, passphrase)?;
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| KeyFileError::NotOpened)?;
        let text = armour::to_text(Article::OfficerKey, &File { header, sealed });
        Ok(Zeroizing::new(text))
    }

    /// The name in a key file, before it is opened: whose passphrase is asked for.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Armour`] when the text holds no key of an officer.
    pub fn name_in_file(text: &str) -> Result<String, KeyFileError> {
        read(text).map(|file| file.header.name)
    }

    /// Opens a key file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`], each with its own sentence.
    pub fn from_file(text: &str, passphrase: &[u8]) -> Result<Self, KeyFileError> {
        let File { header, sealed } = read(text)?;
        let payload = Payload {
            msg: &sealed,
            aad: &to_bytes(&header),
        };
        let opened = cipher(&header, passphrase)?
            .decrypt(&XNonce::from(header.nonce), payload)
            .map_err(|_| KeyFileError::NotOpened)?;
        let opened = Zeroizing::new(opened);
        let seed: [u8; 32] = opened
            .as_slice()
            .try_into()
            .map_err(|_| KeyFileError::NotOpened)?;
        Ok(Self {
            name: header.name,
            seed: Zeroizing::new(seed),
        })
    }
}

fn read(text: &str) -> Result<File, KeyFileError> {
    let damaged = KeyFileError::Armour(ArmourError::Damaged(Article::OfficerKey));
    let file: File = armour::from_text(Article::OfficerKey, text).map_err(KeyFileError::Armour)?;
    let header = &file.header;
    let bounded = header.memory_kib <= PASSPHRASE_MEMORY_KIB_MAX && header.passes <= PASSES_MAX;
    if header.format != FORMAT || !bounded || header.name.len() > KEYED_NAME_BYTES_MAX {
        return Err(damaged);
    }
    Ok(file)
}

fn cipher(header: &Header, passphrase: &[u8]) -> Result<XChaCha20Poly1305, KeyFileError> {
    if passphrase.is_empty() {
        return Err(KeyFileError::PassphraseEmpty);
    }
    let params = Params::new(header.memory_kib, header.passes, 1, Some(32));
    let params = params.map_err(|_| KeyFileError::NotOpened)?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = Zeroizing::new([0; 32]);
    argon
        .hash_password_into(passphrase, &header.salt, key.as_mut_slice())
        .map_err(|_| KeyFileError::NotOpened)?;
    Ok(XChaCha20Poly1305::new((&*key).into()))
}

/// Why a key file is not opened. The officer has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The text holds no key of an officer.
    Armour(ArmourError),
    /// The passphrase is wrong, or the file was changed.
    NotOpened,
    /// A passphrase is not empty.
    PassphraseEmpty,
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Armour(why) => why.fmt(f),
            Self::NotOpened => f.write_str("the passphrase is wrong, or the file was changed"),
            Self::PassphraseEmpty => f.write_str("the passphrase is empty"),
        }
    }
}

impl std::error::Error for KeyFileError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_file_opens_with_its_passphrase_alone_and_shows_no_key() {
        let key = OfficerKey::generate("1st watch", [7; 32]);
        let text = key.to_file(b"six random words", [1; 32], [2; 24]).unwrap();
        assert!(text.starts_with("-----BEGIN REDPHONE OFFICER KEY-----"));
        assert_eq!(OfficerKey::name_in_file(&text).unwrap(), "1st watch");

        let again = OfficerKey::from_file(&text, b"six random words").unwrap();
        assert_eq!(again.public(), key.public());
        let wrong = OfficerKey::from_file(&text, b"six random word");
        assert_eq!(wrong.map(|_| ()), Err(KeyFileError::NotOpened));
        let empty = OfficerKey::from_file(&text, b"");
        assert_eq!(empty.map(|_| ()), Err(KeyFileError::PassphraseEmpty));
    }

    #[test]
    fn other_name_over_a_sealed_key_does_not_open() {
        let key = OfficerKey::generate("1st watch", [7; 32]);
        let text = key.to_file(b"six random words", [1; 32], [2; 24]).unwrap();
        let mut file = read(&text).unwrap();
        file.header.name = "2nd watch".to_owned();
        let text = armour::to_text(Article::OfficerKey, &file);
        let refused = OfficerKey::from_file(&text, b"six random words");
        assert_eq!(refused.map(|_| ()), Err(KeyFileError::NotOpened));
    }

    #[test]
    fn file_that_asks_for_too_much_is_refused_before_it_is_opened() {
        let key = OfficerKey::generate("1st watch", [7; 32]);
        let text = key.to_file(b"six random words", [1; 32], [2; 24]).unwrap();
        for change in 0..4 {
            let mut file = read(&text).unwrap();
            match change {
                0 => file.header.memory_kib = PASSPHRASE_MEMORY_KIB_MAX + 1,
                1 => file.header.passes = PASSES_MAX + 1,
                2 => file.header.format = 2,
                _ => file.header.name = "x".repeat(KEYED_NAME_BYTES_MAX + 1),
            }
            let text = armour::to_text(Article::OfficerKey, &file);
            let refused = OfficerKey::name_in_file(&text);
            let damaged = ArmourError::Damaged(Article::OfficerKey);
            assert_eq!(refused, Err(KeyFileError::Armour(damaged)), "{change}");
        }
    }

    #[test]
    fn card_and_key_are_told_apart() {
        let key = OfficerKey::generate("1st watch", [7; 32]);
        let refused = OfficerKey::name_in_file(&key.card());
        let wrong = ArmourError::OtherArticle {
            found: Article::OfficerCard,
            expected: Article::OfficerKey,
        };
        assert_eq!(refused, Err(KeyFileError::Armour(wrong)));
    }
}
