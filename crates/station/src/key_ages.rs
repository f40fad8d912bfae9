//! When each direction of a line last got new keys. The two have chains of their own, so that one
//! may be kept from its refreshes while the other goes on (FAULTS F45).
//!
//! Owns what a record of a refresh means for either direction. How an age is told from two clocks is
//! in `age`; what follows from it, in `refresh`.

use std::time::Duration;

use minicbor::{Decode, Encode};
use redphone_wire::{Now, Utc};

use crate::age::Age;

/// The newest epoch of one direction.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub(crate) struct Moved {
    #[n(0)]
    epoch: u32,
    #[n(1)]
    at: Utc,
}

/// The newest epochs of both directions, as they are kept.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub(crate) struct Kept {
    #[n(0)]
    out: Option<Moved>,
    #[n(1)]
    in_: Option<Moved>,
}

impl Kept {
    /// Both directions at once, at epochs that are not known.
    pub(crate) fn of_both(at: Option<Utc>) -> Self {
        let epoch = u32::MAX;
        let moved = at.map(|at| Moved { epoch, at });
        Self {
            out: moved,
            in_: moved,
        }
    }
}

/// The ages of the keys of a line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeyAges {
    kept: Kept,
    ages: [Age; 2],
}

/// The directions of a line, as this side sees them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// What we send.
    Out,
    /// What the peer sends.
    In,
}

impl KeyAges {
    /// After a start, from what was kept: what passed before it is by the wall clock.
    pub(crate) fn before_start(now: Now, kept: Kept) -> Self {
        let age = |moved: Option<Moved>| {
            moved.map_or_else(Age::default, |moved| Age::before_start(now, moved.at))
        };
        let ages = [age(kept.out), age(kept.in_)];
        Self { kept, ages }
    }

    /// The line was paired: the next record is of new keys for both.
    pub(crate) fn paired(&mut self) {
        self.kept = Kept::default();
    }

    /// A refresh is on record. The direction is new whose epoch it was not.
    pub(crate) fn refreshed(&mut self, now: Now, out: u32, in_: u32, at: Utc) {
        let [out_age, in_age] = &mut self.ages;
        for (kept, age, epoch) in [
            (&mut self.kept.out, out_age, out),
            (&mut self.kept.in_, in_age, in_),
        ] {
            let is_new = kept.is_none_or(|kept| kept.epoch != epoch);
            #[cfg(feature = "planted-bugs")]
            let is_new = is_new || crate::planted::is_planted(crate::planted::Bug::AgeOfBothWays);
            if is_new {
                *kept = Some(Moved { epoch, at });
                *age = Age::begun(now);
            }
        }
    }

    /// What to keep.
    pub(crate) fn kept(&self) -> Kept {
        self.kept
    }

    /// When a direction last got new keys, by the wall clock of that time.
    pub(crate) fn at(&self, way: Way) -> Option<Utc> {
        let moved = match way {
            Way::Out => self.kept.out,
            Way::In => self.kept.in_,
        };
        moved.map(|moved| moved.at)
    }

    /// How long ago a direction got new keys; none if it never did.
    pub(crate) fn age(&self, now: Now, way: Way) -> Option<Duration> {
        let at = self.at(way)?;
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::AgeByWallClock) {
            return Some(Duration::from_millis(now.utc.0.saturating_sub(at.0)));
        }
        #[cfg(not(feature = "planted-bugs"))]
        let _ = at;
        let [out, in_] = self.ages;
        Some(match way {
            Way::Out => out.at(now),
            Way::In => in_.at(now),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Now {
        Now {
            monotonic: Duration::from_secs(seconds),
            utc: Utc(seconds * 1_000),
        }
    }

    #[test]
    fn each_direction_ages_by_itself() {
        let mut ages = KeyAges::default();
        assert_eq!(ages.age(at(5), Way::Out), None);
        ages.refreshed(at(10), 0, 0, at(10).utc);
        ages.refreshed(at(20), 1, 0, at(20).utc);
        assert_eq!(ages.age(at(30), Way::Out), Some(Duration::from_secs(10)));
        assert_eq!(ages.age(at(30), Way::In), Some(Duration::from_secs(20)));
        let started = KeyAges::before_start(at(30), ages.kept());
        assert_eq!(started.age(at(31), Way::Out), Some(Duration::from_secs(11)));
        assert_eq!(started.at(Way::In), Some(at(10).utc));
    }

    #[test]
    fn pairing_renews_both_though_the_epochs_begin_at_zero_again() {
        let mut ages = KeyAges::default();
        ages.refreshed(at(10), 0, 0, at(10).utc);
        ages.paired();
        ages.refreshed(at(99), 0, 0, at(99).utc);
        assert_eq!(ages.age(at(100), Way::Out), Some(Duration::from_secs(1)));
        assert_eq!(ages.age(at(100), Way::In), Some(Duration::from_secs(1)));
    }
}
