//! The station's key: what an operator has, and what it opens.
//!
//! Owns [`StationKey`] and the cost of guessing a passphrase. Reading it from a terminal, a file or
//! a credential is the daemon's affair. Wrapping the vault key under it is in `wrap.rs`.

use std::fmt;
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::cipher::Secret;
use crate::slot::Slot;

/// Most memory that a home may ask for to open it, in KiB (1 GiB).
pub const PASSPHRASE_MEMORY_KIB_MAX: u32 = 1_048_576;
/// Most passes that a home may ask for.
pub const PASSPHRASE_PASSES_MAX: u32 = 64;
/// Most lanes that a home may ask for.
pub const PASSPHRASE_LANES_MAX: u32 = 16;

/// What opens a home: a passphrase or the contents of a key file, and a slot if there is one.
#[derive(Clone)]
pub struct StationKey {
    unlock: Unlock,
    slot: Option<Arc<dyn Slot>>,
}

#[derive(Clone)]
enum Unlock {
    KeyFile(Secret),
    Passphrase(Zeroizing<Vec<u8>>, PassphraseCost),
}

impl StationKey {
    /// Takes a passphrase, as bytes. No normalisation: what is typed counts.
    ///
    /// # Errors
    ///
    /// [`KeyError::PassphraseEmpty`].
    pub fn from_passphrase(passphrase: &[u8]) -> Result<Self, KeyError> {
        Self::from_passphrase_with_cost(passphrase, PassphraseCost::default())
    }

    /// The same with another cost for a home that is being created. A home remembers its own.
    ///
    /// # Errors
    ///
    /// [`KeyError::PassphraseEmpty`], [`KeyError::CostOutOfBounds`].
    pub fn from_passphrase_with_cost(
        passphrase: &[u8],
        cost: PassphraseCost,
    ) -> Result<Self, KeyError> {
        if passphrase.is_empty() {
            return Err(KeyError::PassphraseEmpty);
        }
        cost.params().ok_or(KeyError::CostOutOfBounds)?;
        let unlock = Unlock::Passphrase(Zeroizing::new(passphrase.to_vec()), cost);
        Ok(Self { unlock, slot: None })
    }

    /// Takes the contents of a key file: 64 hexadecimal digits, with white space around them.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotAKeyFile`].
    pub fn from_key_file(contents: &[u8]) -> Result<Self, KeyError> {
        let digits = contents.trim_ascii();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(KeyError::NotAKeyFile);
        }
        let mut key = Zeroizing::new([0; 32]);
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().fold(0, |sum, digit| {
                let value = char::from(*digit).to_digit(16).unwrap_or(0);
                sum << 4 | u8::try_from(value).unwrap_or(0)
            });
        }
        Ok(Self {
            unlock: Unlock::KeyFile(key),
            slot: None,
        })
    }

    /// Returns the contents of a new key file.
    pub fn new_key_file(random: [u8; 32]) -> Zeroizing<String> {
        let random = Zeroizing::new(random);
        let mut text = Zeroizing::new(String::with_capacity(65));
        for byte in random.iter() {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        text.push('\n');
        text
    }

    /// Adds the slot.
    #[must_use]
    pub fn with_slot(self, slot: Arc<dyn Slot>) -> Self {
        Self {
            slot: Some(slot),
            ..self
        }
    }

    pub(crate) fn slot(&self) -> Option<Arc<dyn Slot>> {
        self.slot.clone()
    }

    /// The cost of a passphrase for a new home; `None` for a key file.
    pub(crate) fn cost(&self) -> Option<PassphraseCost> {
        match &self.unlock {
            Unlock::KeyFile(_) => None,
            Unlock::Passphrase(_, cost) => Some(*cost),
        }
    }

    /// Returns the 32 bytes that follow from the key with a home's own cost and salt, or `None` if
    /// the sort of key does not go with them.
    pub(crate) fn root(&self, cost: Option<PassphraseCost>, salt: &[u8; 32]) -> Option<Secret> {
        match (&self.unlock, cost) {
            (Unlock::KeyFile(key), None) => Some(key.clone()),
            (Unlock::Passphrase(passphrase, _), Some(cost)) => {
                let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?);
                let mut root = Zeroizing::new([0; 32]);
                argon
                    .hash_password_into(passphrase, salt, root.as_mut_slice())
                    .ok()?;
                Some(root)
            }
            (Unlock::KeyFile(_), Some(_)) | (Unlock::Passphrase(..), None) => None,
        }
    }
}

impl fmt::Debug for StationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StationKey(..)")
    }
}

/// What argon2id (RFC 9106) spends on one guess of a passphrase.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PassphraseCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl PassphraseCost {
    fn params(self) -> Option<Params> {
        let within = self.memory_kib <= PASSPHRASE_MEMORY_KIB_MAX
            && self.passes <= PASSPHRASE_PASSES_MAX
            && self.lanes <= PASSPHRASE_LANES_MAX;
        if !within {
            return None;
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok()
    }
}

/// RFC 9106, the second recommended option: 64 MiB, 3 passes; one lane instead of four.
impl Default for PassphraseCost {
    fn default() -> Self {
        Self {
            memory_kib: 65_536,
            passes: 3,
            lanes: 1,
        }
    }
}

/// Why something is no station key. The operator has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyError {
    /// The cost of the passphrase is outside what a home may ask for.
    CostOutOfBounds,
    /// A key file is 64 hexadecimal digits.
    NotAKeyFile,
    /// A passphrase is not empty.
    PassphraseEmpty,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CostOutOfBounds => "the cost of the passphrase is out of bounds",
            Self::NotAKeyFile => "this is no key file: it must hold 64 hexadecimal digits",
            Self::PassphraseEmpty => "the passphrase is empty",
        })
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_keys() {
        let key = StationKey::from_passphrase(b"correct horse").unwrap();
        assert_eq!(format!("{key:?}"), "StationKey(..)");
    }

    #[test]
    fn new_key_file_is_read_back() {
        let text = StationKey::new_key_file([0xa5; 32]);
        assert_eq!(text.len(), 65);
        let key = StationKey::from_key_file(text.as_bytes()).unwrap();
        assert_eq!(*key.root(None, &[0; 32]).unwrap(), [0xa5; 32]);
    }

    #[test]
    fn what_is_no_key_file_is_refused() {
        for contents in [
            b"".as_slice(),
            b"secret",
            &[b'0'; 63],
            &[b'g'; 64],
            &[b'0'; 65],
        ] {
            let refused = StationKey::from_key_file(contents);
            assert_eq!(refused.err(), Some(KeyError::NotAKeyFile));
        }
    }

    #[test]
    fn cost_beyond_the_bounds_is_refused() {
        let cost = PassphraseCost {
            memory_kib: u32::MAX,
            ..PassphraseCost::default()
        };
        let refused = StationKey::from_passphrase_with_cost(b"x", cost);
        assert_eq!(refused.err(), Some(KeyError::CostOutOfBounds));
    }
}
