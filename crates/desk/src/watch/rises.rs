//! When each message that nobody acknowledges rises next. Pure timers on the monotonic clock, which
//! is an argument: a wall clock that jumps neither holds a rise back nor hurries it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use redphone_wire::{Precedence, Serial};

use super::LEVELS;
use crate::asks::Side;

type Key = (Side, Serial);

/// One message that nobody has acknowledged.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// When it was released or came, on the monotonic clock, less what may be before its start.
    due: Option<Duration>,
    level: u8,
    precedence: Precedence,
    times: [Duration; 2],
}

/// The messages of one line that nobody has acknowledged: theirs here, and ours there.
#[derive(Clone, Debug, Default)]
pub struct Rises {
    open: BTreeMap<Key, Open>,
    due: BTreeSet<(Duration, Key)>,
    /// Theirs, by precedence.
    counts: [u32; 4],
    /// Theirs, by level.
    levels: [u32; 3],
}

impl Rises {
    /// A message waits for its acknowledgement. `gone` is how long it has waited already, `level` what
    /// it has risen to.
    pub fn begin(
        &mut self,
        now: Duration,
        key: Key,
        precedence: Precedence,
        times: [Duration; 2],
        (gone, level): (Duration, u8),
    ) {
        self.end(key);
        let wait = time_of(times, level.saturating_add(1));
        let due = wait.map(|wait| now.saturating_add(wait.saturating_sub(gone)));
        let open = Open {
            due,
            level,
            precedence,
            times,
        };
        self.due.extend(due.map(|due| (due, key)));
        self.count(key, &open, true);
        self.open.insert(key, open);
    }

    /// A message is acknowledged or answered. False: it waited no longer.
    pub fn end(&mut self, key: Key) -> bool {
        let Some(open) = self.open.remove(&key) else {
            return false;
        };
        if let Some(due) = open.due {
            self.due.remove(&(due, key));
        }
        self.count(key, &open, false);
        true
    }

    /// What rises by now, so many at most, each with its new level.
    pub fn rise(&mut self, now: Duration, most: usize) -> Vec<(Key, u8)> {
        let due: Vec<(Duration, Key)> = self
            .due
            .iter()
            .take_while(|(due, _)| *due <= now)
            .take(most)
            .copied()
            .collect();
        let mut risen = Vec::new();
        for (at, key) in due {
            self.due.remove(&(at, key));
            let Some(mut open) = self.open.get(&key).copied() else {
                continue;
            };
            self.count(key, &open, false);
            let before = time_of(open.times, open.level.saturating_add(1));
            open.level = open.level.saturating_add(1);
            let next = time_of(open.times, open.level.saturating_add(1));
            open.due = next.zip(before).map(|(next, before)| {
                // A start may have found both times over: they are told one after the other.
                at.saturating_add(next.saturating_sub(before))
            });
            self.due.extend(open.due.map(|due| (due, key)));
            self.count(key, &open, true);
            self.open.insert(key, open);
            risen.push((key, open.level));
        }
        risen
    }

    /// When something rises next.
    pub fn next(&self) -> Option<Duration> {
        self.due.first().map(|(due, _)| *due)
    }

    /// How many messages of the peer nobody here has acknowledged.
    pub fn waiting(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// The most urgent of them.
    pub fn most_urgent(&self) -> Option<Precedence> {
        let counted = Precedence::ALL.into_iter().zip(self.counts);
        let mut there = counted.filter(|(_, count)| *count > 0);
        there.next().map(|(precedence, _)| precedence)
    }

    /// The highest level that one of them has risen to.
    pub fn level(&self) -> u8 {
        let counted = (0..=LEVELS).zip(self.levels);
        let there = counted.filter(|(_, count)| *count > 0);
        there.map(|(level, _)| level).max().unwrap_or(0)
    }

    /// All messages that wait, with the level that each has risen to.
    pub fn all(&self) -> impl Iterator<Item = (Key, u8)> {
        self.open.iter().map(|(key, open)| (*key, open.level))
    }

    fn count(&mut self, key: Key, open: &Open, comes: bool) {
        if key.0 == Side::Us {
            return;
        }
        let change = |count: &mut u32| {
            *count = if comes {
                count.saturating_add(1)
            } else {
                count.saturating_sub(1)
            };
        };
        self.counts.get_mut(open.precedence.rank()).map(change);
        self.levels.get_mut(usize::from(open.level)).map(change);
    }
}

/// After how long a message rises to a level; none above the highest.
fn time_of(times: [Duration; 2], level: u8) -> Option<Duration> {
    let [first, second] = times;
    match level {
        1 => Some(first),
        2 => Some(second),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::RiseTimes;
    use super::*;

    const ONE: Key = (Side::Peer, Serial(1));

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn begun(gone: u64, level: u8) -> Rises {
        let mut rises = Rises::default();
        let times = RiseTimes::default().of(Precedence::Flash);
        rises.begin(s(100), ONE, Precedence::Flash, times, (s(gone), level));
        rises
    }

    #[test]
    fn message_rises_to_the_next_officer_and_to_the_chief_and_no_further() {
        let mut rises = begun(0, 0);
        assert_eq!(rises.next(), Some(s(220)));
        assert!(rises.rise(s(219), 10).is_empty());
        assert_eq!(rises.rise(s(220), 10), [(ONE, 1)]);
        assert_eq!((rises.next(), rises.level()), (Some(s(400)), 1));
        assert_eq!(rises.rise(s(500), 10), [(ONE, 2)]);
        assert_eq!((rises.next(), rises.level()), (None, 2));
        assert_eq!(rises.waiting(), 1, "it is not acknowledged");
    }

    #[test]
    fn start_in_the_middle_goes_on_with_what_is_left_and_repeats_no_rise() {
        let mut rises = begun(150, 1);
        assert_eq!(rises.next(), Some(s(250)));
        assert_eq!(rises.rise(s(250), 10), [(ONE, 2)]);
        // The station was down for longer than both times.
        let mut late = begun(9_000, 0);
        assert_eq!(late.rise(s(100), 10), [(ONE, 1)]);
        assert_eq!(late.next(), Some(s(280)));
        assert_eq!(late.rise(s(280), 10), [(ONE, 2)]);
    }

    #[test]
    fn acknowledged_between_two_levels_it_rises_no_more() {
        let mut rises = begun(0, 0);
        rises.rise(s(300), 10);
        assert!(rises.end(ONE));
        assert!(!rises.end(ONE));
        assert_eq!((rises.next(), rises.waiting(), rises.level()), (None, 0, 0));
        assert!(rises.rise(s(9_000), 10).is_empty());
    }

    #[test]
    fn ten_thousand_rise_in_steps_that_are_bounded() {
        let mut rises = Rises::default();
        let times = RiseTimes::default().of(Precedence::Routine);
        for serial in 1..=10_000 {
            let key = (Side::Peer, Serial(serial));
            rises.begin(s(0), key, Precedence::Routine, times, (s(0), 0));
        }
        let mut steps = 0;
        while rises.next().is_some() {
            assert!(rises.rise(s(1_000_000), 1_024).len() <= 1_024);
            steps += 1;
        }
        assert_eq!((steps, rises.waiting(), rises.level()), (20, 10_000, 2));
        assert_eq!(rises.most_urgent(), Some(Precedence::Routine));
    }
}
