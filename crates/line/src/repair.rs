//! When to repeat: the pace follows loss, round trip and air time of each bearer. No fixed time-out
//! that a slow line would break (rules LINE-10 to LINE-13).

use std::time::Duration;

use crate::Rate;

/// Shortest time between two copies of one envelope on a bearer.
pub(crate) const COPY_INTERVAL_MIN: Duration = Duration::from_millis(8);
/// Loss of a bearer that nobody has measured.
const LOSS_UNKNOWN: f64 = 0.05;
const COPIES_MAX: u32 = 8;
/// Of a bearer that hears no receipts, one frame is tried per this time if it is fast.
const PROBE_INTERVAL: Duration = Duration::from_millis(250);
/// A bearer is fast from here on.
pub(crate) const FAST: Rate = Rate::datagrams(80_000);
/// Spacing of repeats on a line that hears nothing ever.
const ONE_WAY_INTERVAL_MIN: Duration = Duration::from_secs(1);
const ONE_WAY_INTERVAL_MAX: Duration = Duration::from_secs(3_600);

/// What the pace depends on. The round trip excludes the air time of the frame itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) round_trip: Duration,
    pub(crate) deviation: Duration,
    pub(crate) loss: Option<f64>,
}

impl Pace {
    /// From the start of a frame until its receipt should be here.
    pub(crate) fn wait(&self, air: Duration) -> Duration {
        self.round_trip + self.deviation * 4 + air * 2 + COPY_INTERVAL_MIN
    }

    /// Copies per round trip so that nine of ten come through and back within one.
    pub(crate) fn copies(&self) -> u32 {
        let loss = self.loss.unwrap_or(LOSS_UNKNOWN).clamp(0.0, 0.99);
        let both_ways = (1.0 - loss) * (1.0 - loss);
        if both_ways >= 0.9 {
            return 1;
        }
        let copies = 0.1_f64.ln() / (1.0 - both_ways).ln();
        (copies.ceil() as u32).clamp(1, COPIES_MAX)
    }

    /// From the start of one copy to the start of the next. After each round trip without a
    /// receipt twice as many go, as long as the bearer `hears`.
    pub(crate) fn interval(&self, air: Duration, waited: Duration, hears: bool) -> Duration {
        let wait = self.wait(air);
        let rounds = if hears {
            waited.as_nanos() / wait.as_nanos().max(1)
        } else {
            0
        };
        let doublings = u32::try_from(rounds.min(3)).unwrap_or(3);
        let copies = (self.copies() << doublings).min(COPIES_MAX);
        if copies == 1 {
            return wait;
        }
        ((air + self.round_trip) / copies)
            .max(air)
            .max(COPY_INTERVAL_MIN)
    }

    /// Symbols that a cut envelope needs at first so that it will probably be whole.
    pub(crate) fn quota(&self, source: u16) -> u32 {
        let source = u32::from(source);
        if source == 1 {
            return 1;
        }
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::QuotaForgotten) {
            return source * 2;
        }
        let loss = self.loss.unwrap_or(0.0).clamp(0.0, 0.5);
        if loss < 0.01 {
            return source;
        }
        let lost = f64::from(source) * loss / (1.0 - loss);
        (source + (lost + lost.sqrt()).ceil() as u32).min(source * 2 + 2)
    }

    /// Symbols of a cut envelope that go in one repeat.
    pub(crate) fn burst(&self, source: u16, rounds: u32) -> u32 {
        if source == 1 {
            return 1;
        }
        let loss = self.loss.unwrap_or(LOSS_UNKNOWN).clamp(0.0, 0.5);
        let share = f64::from(source) * loss / f64::from(self.copies());
        let first = (share.ceil() as u32).max(1);
        (first << rounds.min(12)).min(u32::from(source))
    }

    /// How long a bearer may get no answer before it is only probed.
    pub(crate) fn silence(&self, air: Duration, least: Duration) -> Duration {
        ((self.round_trip + self.deviation + air * 2) * 6).max(least)
    }
}

/// Time between two probes of a bearer that gets no answer.
pub(crate) fn probe_interval(rate: Rate, air: Duration) -> Duration {
    if !rate.is_paced() || rate >= FAST {
        PROBE_INTERVAL
    } else {
        PROBE_INTERVAL.max(air * 3)
    }
}

/// Time to the next repeat on a line that hears nothing ever: each twice the one before.
pub(crate) fn one_way_interval(air: Duration, rounds: u32) -> Duration {
    let first = ONE_WAY_INTERVAL_MIN.max(air.saturating_mul(8));
    first
        .saturating_mul(1 << rounds.min(20))
        .min(ONE_WAY_INTERVAL_MAX.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(round_trip_ms: u64, loss: f64) -> Pace {
        Pace {
            round_trip: Duration::from_millis(round_trip_ms),
            deviation: Duration::from_millis(1),
            loss: Some(loss),
        }
    }

    #[test]
    fn copies_follow_the_loss_of_both_ways() {
        let copies = |loss| pace(40, loss).copies();
        assert_eq!(
            [0.0, 0.02, 0.06, 0.2, 0.3, 0.5, 1.0].map(copies),
            [1, 1, 2, 3, 4, 8, 8]
        );
    }

    #[test]
    fn clean_bearer_waits_for_a_whole_round_trip() {
        let air = Duration::from_millis(3);
        let interval = pace(600, 0.02).interval(air, Duration::ZERO, true);
        assert!(interval > Duration::from_millis(600));
    }

    #[test]
    fn round_trips_without_receipt_double_the_copies_of_a_bearer_that_hears() {
        let air = Duration::from_micros(20);
        let pace = pace(600, 0.02);
        let later = Duration::from_secs(3);
        assert!(pace.interval(air, later, true) <= Duration::from_millis(76));
        assert!(pace.interval(air, later, false) > Duration::from_millis(600));
    }

    #[test]
    fn slow_bearer_is_never_asked_for_more_than_it_carries() {
        let air = Duration::from_secs(31);
        assert!(pace(6_000, 0.5).interval(air, air * 20, true) >= air);
    }

    #[test]
    fn one_way_repeats_grow_rarer_and_never_end() {
        let air = Duration::from_millis(10);
        assert_eq!(one_way_interval(air, 0), Duration::from_secs(1));
        assert_eq!(one_way_interval(air, 3), Duration::from_secs(8));
        assert_eq!(one_way_interval(air, 99), ONE_WAY_INTERVAL_MAX);
    }
}
