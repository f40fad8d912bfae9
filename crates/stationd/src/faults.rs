//! What the station says, and when it tries again, after its storage or its randomness failed.
//!
//! It owns the sentences of a station that refuses and the pauses between its tries. A failed
//! append is never repeated: the hub and its storage are dropped, and opened anew from what is
//! durable (FAULTS F13 to F18). Whatever was asked for in that append is answered as unknown.

use std::fmt;
use std::time::Duration;

use redphone_api::{Actor, Refusal, RefusalKind};
use redphone_journal::{JournalError, StorageError};
use redphone_station::{Fault, HubError};

/// Pause before a full disk is tried again.
const FULL_AGAIN: Duration = Duration::from_secs(5);
/// Pauses before a disk that failed is opened again: doubled from the first to the last.
const FAILED_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Why a hub could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The hub opened, and its first append failed.
    Fault(Fault),
    /// The hub refused what is in the storage.
    Hub(HubError),
    /// The storage did not open.
    Storage(StorageError),
}

impl OpenError {
    /// Whether it may mend without a person at the keyboard: no room, or a disk that failed.
    pub(crate) fn may_pass(&self) -> bool {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::OpensForEver) {
            return true;
        }
        match self.storage_error() {
            Some(StorageError::Full | StorageError::Io(_)) => true,
            Some(_) | None => matches!(self, Self::Fault(_) | Self::Hub(HubError::Randomness)),
        }
    }

    fn storage_error(&self) -> Option<&StorageError> {
        match self {
            Self::Storage(error) => Some(error),
            Self::Hub(HubError::Journal(
                JournalError::Storage(error) | JournalError::Poisoned(error),
            )) => Some(error),
            Self::Fault(_) | Self::Hub(_) => None,
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.storage_error()) {
            (_, Some(error)) => write!(f, "The station's storage failed: {error}"),
            (Self::Fault(fault), None) => fault.fmt(f),
            (Self::Hub(error), None) => error.fmt(f),
            (Self::Storage(error), None) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<HubError> for OpenError {
    fn from(error: HubError) -> Self {
        Self::Hub(error)
    }
}

impl From<StorageError> for OpenError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// What a station that refuses says to every request.
pub(crate) fn refusing(because: &str) -> Refusal {
    Refusal {
        kind: RefusalKind::Stopped,
        actor: Actor::Administrator,
        what: "The station refuses: what it accepts now could be lost.".to_owned(),
        to_do: format!("{because} It tries again by itself."),
        findings: Vec::new(),
    }
}

/// The answer to what was in hand when an append failed.
pub(crate) fn in_hand(fault: &Fault) -> Refusal {
    Refusal {
        kind: RefusalKind::Stopped,
        actor: Actor::Administrator,
        what: "The append failed. Whether this was accepted is not known until the station has \
               opened its storage anew."
            .to_owned(),
        to_do: format!("{fault} Look at the outbox before you ask again."),
        findings: Vec::new(),
    }
}

/// The pause before the next try to open the storage.
pub(crate) fn pause(full: bool, tries: u32) -> Duration {
    if full {
        return FULL_AGAIN;
    }
    let (first, last) = FAILED_AGAIN;
    first.saturating_mul(1 << tries.min(16)).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_disk_is_tried_every_five_seconds_and_a_failed_one_ever_more_rarely() {
        assert_eq!(pause(true, 9), Duration::from_secs(5));
        let pauses: Vec<u64> = (0..8).map(|tries| pause(false, tries).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn only_what_may_mend_by_itself_is_tried_again_at_start() {
        assert!(OpenError::from(StorageError::Full).may_pass());
        let journal = JournalError::Storage(StorageError::Io("EIO".to_owned()));
        assert!(OpenError::from(HubError::from(journal)).may_pass());
        assert!(!OpenError::from(HubError::from(JournalError::WrongKey)).may_pass());
        assert!(!OpenError::from(StorageError::Damaged("x".to_owned())).may_pass());
        let unknown = HubError::Inconsistent("record 7".to_owned());
        assert!(!OpenError::from(unknown).may_pass());
    }

    #[cfg(feature = "planted-bugs")]
    #[test]
    fn planted_start_without_end_is_noticed() {
        use crate::planted::{Bug, is_noticed};
        is_noticed(
            Bug::OpensForEver,
            only_what_may_mend_by_itself_is_tried_again_at_start,
        );
    }

    #[test]
    fn wrong_key_has_its_own_sentence() {
        let said = OpenError::from(HubError::from(JournalError::WrongKey)).to_string();
        assert!(
            said.contains("passphrase or key file does not open this home"),
            "{said}"
        );
    }
}
