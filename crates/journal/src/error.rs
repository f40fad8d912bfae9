//! Why the journal did not do what it was asked.
//!
//! Owns [`JournalError`] and the words for the parts of a journal that can be damaged.

use std::fmt;

use crate::storage::StorageError;

/// Why a call on the journal failed. Variants say who has to act.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum JournalError {
    /// Our own caller broke the order of calls or a bound. Nothing was written.
    ApiMisuse(&'static str),
    /// A part of what is stored is not what was written. The operator restores, or pairs anew.
    Damaged(Damage),
    /// There is no journal in this storage. The operator runs `redphone init`.
    Empty,
    /// There is a journal in this storage already. The operator picks another home.
    Exists,
    /// A newer redphone wrote it. The operator installs that version.
    Newer,
    /// An append failed before; nothing may be read or written until the journal is opened anew.
    Poisoned(StorageError),
    /// The slot has moved on since this storage was written: it is an old copy. The officers of
    /// both sides pair anew (docs/OPERATING.md, restored stations).
    Restored {
        /// The counter in the slot.
        slot: u64,
        /// The counter in the storage.
        storage: u64,
    },
    /// The slot is older than this storage, or another one. The operator looks for the right slot.
    SlotBehind {
        /// The counter in the storage.
        storage: u64,
    },
    /// The slot could not be read or written. The operator looks at where it is kept.
    SlotFailed(String),
    /// The home needs its slot, and none was given. The operator configures it.
    SlotMissing,
    /// The storage failed.
    Storage(StorageError),
    /// The passphrase or the key file does not open this home. The operator tries the right one.
    WrongKey,
    /// The home is locked with the other sort of key.
    WrongKeyKind {
        /// Whether the home wants a passphrase (else a key file).
        wants_passphrase: bool,
    },
}

/// Which part is damaged.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Damage {
    /// A body, by its id.
    Body(Vec<u8>),
    /// The cell that names the newest record.
    Head,
    /// The cell that holds the wrapped vault key.
    Key,
    /// A record, by its number.
    Record(u64, RecordFault),
    /// A row of the vault, by its id in the storage.
    Row(Vec<u8>),
    /// The snapshot.
    Snapshot,
    /// The structure of the storage itself, in its own words.
    Storage(String),
    /// The vault as found is not the one that the newest record vouches for.
    Vault {
        /// The number of that record.
        record: u64,
    },
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecordFault {
    /// Its bytes are not those that were written.
    Damaged,
    /// It is not there.
    Missing,
    /// It is a true record, but not the one that followed its predecessor.
    OutOfChain,
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Damaged => "is damaged",
            Self::Missing => "is missing",
            Self::OutOfChain => "is out of the chain",
        })
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(id) => write!(f, "body {} is damaged", Shown(id)),
            Self::Head => f.write_str("the mark of the newest record is damaged"),
            Self::Key => f.write_str("the wrapped vault key is damaged"),
            Self::Record(number, fault) => write!(f, "record {number} {fault}"),
            Self::Row(id) => write!(f, "vault row {} is damaged", Shown(id)),
            Self::Snapshot => f.write_str("the snapshot is damaged"),
            Self::Storage(what) => write!(f, "the storage is damaged: {what}"),
            Self::Vault { record } => write!(
                f,
                "the vault is not the one that record {record} vouches for: parts are from another time"
            ),
        }
    }
}

impl std::error::Error for Damage {}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApiMisuse(what) => write!(f, "the journal was misused: {what}"),
            Self::Damaged(_) => f.write_str("the journal is damaged"),
            Self::Empty => f.write_str("there is no journal in this home. Run `redphone init`."),
            Self::Exists => f.write_str("there is a journal in this home already."),
            Self::Newer => {
                f.write_str("a newer redphone wrote this journal. Install that version.")
            }
            Self::Poisoned(_) => f.write_str(
                "the journal could not be written; it must be opened anew before anything else",
            ),
            Self::Restored { slot, storage } => write!(
                f,
                "this home is an old copy: the slot is at {slot}, the home at {storage}. Nothing \
                 will be sealed. Pair every line again."
            ),
            Self::SlotBehind { storage } => write!(
                f,
                "the slot is not the one of this home, or an old copy of it; the home is at \
                 {storage}. Find the right slot."
            ),
            Self::SlotFailed(what) => write!(f, "the slot failed: {what}"),
            Self::SlotMissing => {
                f.write_str("this home needs its slot. Name it in the configuration.")
            }
            Self::Storage(_) => f.write_str("the journal's storage failed"),
            Self::WrongKey => f.write_str("the passphrase or key file does not open this home."),
            Self::WrongKeyKind {
                wants_passphrase: true,
            } => f.write_str("this home is locked with a passphrase, not with a key file."),
            Self::WrongKeyKind {
                wants_passphrase: false,
            } => f.write_str("this home is locked with a key file, not with a passphrase."),
        }
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Storage(source) | Self::Poisoned(source) => Some(source),
            Self::Damaged(source) => Some(source),
            Self::ApiMisuse(_)
            | Self::Empty
            | Self::Exists
            | Self::Newer
            | Self::Restored { .. }
            | Self::SlotBehind { .. }
            | Self::SlotFailed(_)
            | Self::SlotMissing
            | Self::WrongKey
            | Self::WrongKeyKind { .. } => None,
        }
    }
}

impl From<StorageError> for JournalError {
    fn from(source: StorageError) -> Self {
        Self::Storage(source)
    }
}

/// An id as an operator may read it: printable ASCII as it is, the rest in hex.
struct Shown<'a>(&'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            if byte.is_ascii_graphic() {
                write!(f, "{}", char::from(*byte))?;
            } else {
                write!(f, "\\{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// Why a replay stopped.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ReplayError<E> {
    /// The journal is at fault.
    Journal(JournalError),
    /// The room refused the record with this number.
    Room(u64, E),
}

impl<E: fmt::Display> fmt::Display for ReplayError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(error) => error.fmt(f),
            Self::Room(number, error) => write!(f, "record {number} was refused: {error}"),
        }
    }
}

impl<E: std::error::Error> std::error::Error for ReplayError<E> {}
