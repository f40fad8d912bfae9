//! The station's two clocks: one that never steps, for pacing; one on the wall, for records.
//!
//! It owns the only readings of time that the hub is given. It orders nothing and times nothing
//! by the wall clock; it only notices when that clock jumps, so that somebody is told (FAULTS F24).

use std::time::{Duration, Instant, SystemTime};

use redphone_wire::{Now, Utc};

/// Smallest step of the wall clock against the other that counts as a jump.
pub const JUMP_MIN: Duration = Duration::from_secs(2);

/// Both clocks, and what the wall clock last said.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    last: Now,
}

impl Clock {
    /// Starts both clocks.
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            last: Now {
                monotonic: Duration::ZERO,
                utc: wall(),
            },
        }
    }

    /// Both clocks at this moment, and a jump of the wall clock since the last call.
    pub fn tick(&mut self) -> (Now, Option<Jump>) {
        let now = self.now();
        let jump = jump_between(self.last, now);
        self.last = now;
        (now, jump)
    }

    /// Both clocks at this moment.
    pub fn now(&self) -> Now {
        Now {
            monotonic: self.start.elapsed(),
            utc: wall(),
        }
    }

    /// The instant of the runtime's timer for a time on the clock that never steps.
    pub fn instant(&self, monotonic: Duration) -> tokio::time::Instant {
        // A century ahead is as good as never, and cannot overflow.
        let ahead = monotonic.min(Duration::from_secs(100 * 366 * 86_400));
        tokio::time::Instant::from_std(self.start + ahead)
    }
}

/// The wall clock stepped against the clock that never does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Jump {
    /// By how many milliseconds: above zero is forward.
    pub by_ms: i64,
}

fn wall() -> Utc {
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Utc(u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX))
}

fn jump_between(last: Now, now: Now) -> Option<Jump> {
    let passed = now.monotonic.saturating_sub(last.monotonic).as_millis();
    #[cfg(feature = "planted-bugs")]
    let passed = if crate::planted::is_planted(crate::planted::Bug::PauseIsJump) {
        0
    } else {
        passed
    };
    let expected = last
        .utc
        .0
        .saturating_add(u64::try_from(passed).unwrap_or(u64::MAX));
    let by_ms = i64::try_from(i128::from(now.utc.0) - i128::from(expected)).unwrap_or(i64::MAX);
    let bound = i64::try_from(JUMP_MIN.as_millis()).unwrap_or(i64::MAX);
    (by_ms.saturating_abs() >= bound).then_some(Jump { by_ms })
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
    fn both_clocks_together_are_no_jump() {
        assert_eq!(jump_between(at(10, 1_000), at(70, 1_061)), None);
    }

    #[cfg(feature = "planted-bugs")]
    #[test]
    fn planted_pause_that_is_taken_for_a_jump_is_noticed() {
        use crate::planted::{Bug, is_noticed};
        is_noticed(Bug::PauseIsJump, both_clocks_together_are_no_jump);
    }

    #[test]
    fn a_jump_is_noticed_both_ways() {
        let forward = jump_between(at(10, 1_000), at(11, 4_601));
        assert_eq!(forward, Some(Jump { by_ms: 3_600_000 }));
        let back = jump_between(at(10, 10_000), at(10, 1_000));
        assert_eq!(back, Some(Jump { by_ms: -9_000_000 }));
    }

    #[test]
    fn an_instant_for_ever_does_not_overflow() {
        let clock = Clock::start();
        assert!(clock.instant(Duration::MAX) > clock.instant(Duration::ZERO));
    }
}
