//! The station's key: what an operator has, which opens the vault.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// What argon2id (RFC 9106) spends on one guess of a passphrase.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PassphraseCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for PassphraseCost {
    fn default() -> Self {
        Self {
            memory_kib: 65_536,
            passes: 3,
            lanes: 1,
        }
    }
}

/// Secret and counter, as kept outside the home.
#[derive(Clone, Eq, PartialEq)]
pub struct SlotState {
    /// Which rotation it belongs to.
    pub counter: u64,
    /// What the vault key is wrapped under, together with the station's key.
    pub secret: Zeroizing<[u8; 32]>,
}

/// A place outside the home that remembers how far the vault has come.
pub trait Slot: Send + Sync {
    /// Returns what is there: nothing, one state, or two in the middle of a rotation.
    ///
    /// # Errors
    ///
    /// Words for the operator.
    fn read(&self) -> Result<Vec<SlotState>, String>;

    /// Replaces all that is there by these (one or two), durably, and overwrites what was there.
    ///
    /// # Errors
    ///
    /// Words for the operator.
    fn write(&self, states: &[SlotState]) -> Result<(), String>;
}

/// What opens a home: a passphrase or the contents of a key file, and a slot if there is one.
#[derive(Clone)]
pub struct StationKey {
    secret: Secret,
    slot: Option<Arc<dyn Slot>>,
}

#[derive(Clone)]
enum Secret {
    KeyFile(Zeroizing<[u8; 32]>),
    Passphrase(Zeroizing<Vec<u8>>, PassphraseCost),
}

/// Why something is no station key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyError {
    /// A key file is 64 hexadecimal digits.
    NotAKeyFile,
    /// A passphrase is not empty.
    PassphraseEmpty,
}

impl StationKey {
    /// A key from a passphrase.
    ///
    /// # Errors
    ///
    /// [`KeyError::PassphraseEmpty`].
    pub fn from_passphrase(passphrase: &[u8]) -> Result<Self, KeyError> {
        Self::from_passphrase_with_cost(passphrase, PassphraseCost::default())
    }

    /// The same with another cost for a home that is being created; a home remembers its cost.
    ///
    /// # Errors
    ///
    /// [`KeyError::PassphraseEmpty`].
    pub fn from_passphrase_with_cost(
        passphrase: &[u8],
        cost: PassphraseCost,
    ) -> Result<Self, KeyError> {
        if passphrase.is_empty() {
            return Err(KeyError::PassphraseEmpty);
        }
        let secret = Secret::Passphrase(Zeroizing::new(passphrase.to_vec()), cost);
        Ok(Self { secret, slot: None })
    }

    /// A key from the contents of a key file: 64 hexadecimal digits and white space around them.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotAKeyFile`].
    pub fn from_key_file(contents: &[u8]) -> Result<Self, KeyError> {
        let digits = contents.trim_ascii();
        if digits.len() != 64 {
            return Err(KeyError::NotAKeyFile);
        }
        let mut key = Zeroizing::new([0; 32]);
        for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
            let text = std::str::from_utf8(pair).map_err(|_| KeyError::NotAKeyFile)?;
            *byte = u8::from_str_radix(text, 16).map_err(|_| KeyError::NotAKeyFile)?;
        }
        Ok(Self {
            secret: Secret::KeyFile(key),
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
    pub fn with_slot(self, slot: Arc<dyn Slot>) -> Self {
        Self {
            slot: Some(slot),
            ..self
        }
    }
}

impl fmt::Debug for StationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StationKey(..)")
    }
}
