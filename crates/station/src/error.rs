//! Why a hub cannot open, and why it stopped.

use std::fmt;

use redphone_journal::JournalError;

/// Why a hub could not be opened. The administrator has to act.
#[derive(Debug)]
#[non_exhaustive]
pub enum HubError {
    /// The journal could not be opened.
    Journal(JournalError),
    /// A record or a row that verifies does not make sense: it was written by a newer version, or
    /// by a bug of ours.
    Inconsistent(String),
    /// The operating system's random source failed.
    Randomness,
}

impl fmt::Display for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(error) => error.fmt(f),
            Self::Inconsistent(what) => write!(
                f,
                "The journal verifies, but this version cannot follow it: {what}. Use the version \
                 that wrote it, or restore a backup."
            ),
            Self::Randomness => f.write_str(
                "The operating system gives no random bytes, or the same ones again. Nothing is \
                 sealed until it does: restart the machine, or move the station to another one.",
            ),
        }
    }
}

impl std::error::Error for HubError {}

impl From<JournalError> for HubError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

/// A row or a snapshot that is not there, or not in its form.
pub(crate) fn bad(what: &str) -> HubError {
    HubError::Inconsistent(format!("{what} is missing or not in its form"))
}

/// A record of a newer version.
pub(crate) fn not_followed(number: u64) -> HubError {
    HubError::Inconsistent(format!(
        "record {number} is of a kind that it does not know"
    ))
}

/// Why a hub stopped. It refuses everything until it is opened again.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The disk is full. Nothing that was accepted is lost.
    DiskFull,
    /// The disk failed, or what it holds is damaged.
    Storage(String),
    /// The random source failed.
    Randomness,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DiskFull => f.write_str(
                "The disk is full; nothing that was accepted is lost. Free space on it: the \
                 station goes on by itself.",
            ),
            Self::Storage(what) => write!(
                f,
                "The station's disk cannot be trusted ({what}); nothing that was accepted is lost. \
                 Check the disk: the station opens it anew by itself, and refuses until it can."
            ),
            Self::Randomness => HubError::Randomness.fmt(f),
        }
    }
}

impl std::error::Error for Fault {}
