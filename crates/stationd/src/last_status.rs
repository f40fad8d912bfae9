//! The station's last durable status, for askers that come while the hub is busy (FAULTS F20).
//!
//! It owns one copy of the status, made behind a commit, and the sentence that says how old it is.
//! It never shows what is not durable yet, and it is shown only while the hub itself does not
//! answer: a commit on a slow disk holds up the hub's thread, not the eyes of the operator.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redphone_api::Status;

/// The copy is made at most so often: it costs the hub's thread some microseconds.
const MADE_EVERY: Duration = Duration::from_secs(1);

/// The newest copy.
#[derive(Debug, Default)]
pub(crate) struct LastStatus(Mutex<Option<Made>>);

#[derive(Debug)]
struct Made {
    status: Status,
    at: Instant,
}

impl LastStatus {
    /// Whether a copy is to be made behind this commit.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        let made = self.made();
        let age = made
            .as_ref()
            .map(|made| now.saturating_duration_since(made.at));
        age.is_none_or(|age| age >= MADE_EVERY)
    }

    /// Keeps a copy. All that it shows is durable.
    pub(crate) fn keep(&self, status: Status, at: Instant) {
        *self.made() = Some(Made { status, at });
    }

    /// The copy, with its age as an alarm; none before the first commit.
    pub(crate) fn aged(&self, now: Instant) -> Option<Status> {
        let made = self.made();
        let Made { status, at } = made.as_ref()?;
        let age_s = now.saturating_duration_since(*at).as_secs_f64();
        let mut status = status.clone();
        status.alarms.push(format!(
            "The station is busy with its disk: this is how it was {age_s:.1} s ago. Look at the \
             speed of the disk."
        ));
        Some(status)
    }

    fn made(&self) -> MutexGuard<'_, Option<Made>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use redphone_api::StorageStatus;

    use super::*;

    fn status() -> Status {
        Status {
            station: "NORD".to_owned(),
            environment: "EXERCISE".to_owned(),
            version: String::new(),
            utc: 0,
            life: 1,
            lines: Vec::new(),
            storage: StorageStatus {
                accepting: true,
                fault: String::new(),
                records: 7,
                head: String::new(),
            },
            desks: 0,
            alarms: Vec::new(),
        }
    }

    #[test]
    fn copy_says_how_old_it_is() {
        let last = LastStatus::default();
        let at = Instant::now();
        assert_eq!(last.aged(at), None);
        last.keep(status(), at);
        let aged = last.aged(at + Duration::from_millis(2_300)).unwrap();
        assert_eq!(aged.storage.records, 7);
        assert!(aged.alarms[0].contains("2.3 s ago"), "{:?}", aged.alarms);
    }

    #[test]
    fn copy_is_made_once_a_second_at_most() {
        let last = LastStatus::default();
        let at = Instant::now();
        assert!(last.is_due(at));
        last.keep(status(), at);
        assert!(!last.is_due(at + MADE_EVERY / 2));
        assert!(last.is_due(at + MADE_EVERY));
    }
}
