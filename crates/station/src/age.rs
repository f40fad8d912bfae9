//! How old the keys of a line are, by the clock that never steps.
//!
//! It owns the one place where the wall clock of an earlier run counts: what passed before the start
//! is nowhere else. It counts for less than a day, so that a clock that is wrong at the start wakes
//! nobody before the next refresh was due (FAULTS F23, F24).

use std::time::Duration;

use redphone_wire::{Now, Utc};

/// What the wall clock may say of the time before the start, at most. A line that carries refreshes
/// has had one two hours later.
const BEFORE_START_MAX: Duration = Duration::from_secs(22 * 3_600);

/// An age, as it was at one reading of the monotonic clock.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Age {
    was: Duration,
    on: Duration,
}

impl Age {
    /// It begins now.
    pub(crate) fn begun(now: Now) -> Self {
        Self {
            was: Duration::ZERO,
            on: now.monotonic,
        }
    }

    /// At a start: it began at a time of the wall clock.
    pub(crate) fn before_start(now: Now, began: Utc) -> Self {
        let by_wall = Duration::from_millis(now.utc.0.saturating_sub(began.0));
        Self {
            was: by_wall.min(BEFORE_START_MAX),
            on: now.monotonic,
        }
    }

    /// How old it is.
    pub(crate) fn at(self, now: Now) -> Duration {
        self.was + now.monotonic.saturating_sub(self.on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(monotonic_s: u64, utc_s: u64) -> Now {
        Now {
            monotonic: Duration::from_secs(monotonic_s),
            utc: Utc(utc_s * 1_000),
        }
    }

    #[test]
    fn jump_of_the_wall_clock_ages_nothing() {
        let age = Age::begun(at(10, 1_000));
        assert_eq!(age.at(at(70, 9_000_000)), Duration::from_secs(60));
        assert_eq!(age.at(at(70, 0)), Duration::from_secs(60));
    }

    #[test]
    fn wall_clock_that_is_wrong_at_a_start_counts_for_less_than_a_day() {
        let hour = Age::before_start(at(0, 5_000), Utc(1_400_000));
        assert_eq!(hour.at(at(60, 0)), Duration::from_secs(3_660));
        let year = Age::before_start(at(0, 365 * 86_400), Utc(0));
        assert_eq!(year.at(at(0, 0)), BEFORE_START_MAX);
        let behind = Age::before_start(at(0, 0), Utc(1_000));
        assert_eq!(behind.at(at(0, 0)), Duration::ZERO);
    }
}
