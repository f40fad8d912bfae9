//! Which desks confirm that they display: each for [`SHOWN_FOR`] after its last word.

use std::collections::BTreeMap;
use std::time::Duration;

/// How long a desk counts after it confirmed.
pub(crate) const SHOWN_FOR: Duration = Duration::from_secs(15);
/// Desks of one station.
pub(crate) const DESKS_MAX: usize = 64;

/// The desks that confirmed, and until when each counts.
#[derive(Debug, Default)]
pub(crate) struct Desks {
    until: BTreeMap<String, Duration>,
}

impl Desks {
    /// A desk confirms. False when there are too many.
    pub(crate) fn confirm(&mut self, now: Duration, desk: String) -> bool {
        self.forget(now);
        if self.until.len() >= DESKS_MAX && !self.until.contains_key(&desk) {
            return false;
        }
        self.until.insert(desk, now + SHOWN_FOR);
        true
    }

    /// Forgets the desks that fell silent.
    pub(crate) fn forget(&mut self, now: Duration) {
        self.until.retain(|_, until| *until > now);
    }

    /// How many count.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.until.len()).unwrap_or(u32::MAX)
    }

    /// When the next one falls silent.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        self.until.values().min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desk_counts_for_fifteen_seconds_after_its_last_word() {
        let s = Duration::from_secs;
        let mut desks = Desks::default();
        assert!(desks.confirm(s(0), "one".to_owned()));
        assert!(desks.confirm(s(5), "two".to_owned()));
        assert!(desks.confirm(s(10), "one".to_owned()));
        assert_eq!(desks.poll_timeout(), Some(s(20)));

        desks.forget(s(20));

        assert_eq!(desks.count(), 1);
        desks.forget(s(25));
        assert_eq!((desks.count(), desks.poll_timeout()), (0, None));
    }

    #[test]
    fn desks_are_bounded_and_those_that_count_go_on_counting() {
        let mut desks = Desks::default();
        for number in 0..DESKS_MAX {
            assert!(desks.confirm(Duration::ZERO, number.to_string()));
        }
        assert!(!desks.confirm(Duration::ZERO, "one too many".to_owned()));
        assert!(desks.confirm(Duration::ZERO, "0".to_owned()));
    }
}
