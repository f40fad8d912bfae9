//! Serials of the peer that are known of and not here.
//!
//! Kept as runs, so that a jump costs no more than a step.

use redphone_wire::Serial;

use super::PeerDesk;

impl PeerDesk {
    /// The highest serial of theirs that is known of, here or announced; 0 before the first.
    pub(crate) fn known(&self) -> u32 {
        self.announced.max(self.highest_in())
    }

    /// Serials below the highest known that are not here, ascending, at most `most`.
    pub fn missing(&self, most: usize) -> Vec<Serial> {
        let runs = self.absent.iter();
        runs.flat_map(|(first, last)| *first..=*last)
            .map(Serial)
            .take(most)
            .collect()
    }

    /// The lowest serial that is known of and not here.
    pub(crate) fn first_missing(&self) -> Option<Serial> {
        self.absent.keys().next().copied().map(Serial)
    }

    /// Whether a serial is known of and not here.
    pub fn is_missing(&self, serial: Serial) -> bool {
        let run = self.absent.range(..=serial.0).next_back();
        run.is_some_and(|(_, last)| serial.0 <= *last)
    }

    /// Takes note that serials up to this one exist. Called before the desk holds it.
    pub(super) fn know_of(&mut self, highest: u32) {
        let known = self.known();
        if highest > known {
            let first = known.saturating_add(1);
            let joins = self.absent.range(..first).next_back();
            let start = joins.filter(|(_, last)| **last == known).map(|(at, _)| *at);
            self.absent.insert(start.unwrap_or(first), highest);
        }
    }

    /// A serial came, or is held no longer over there.
    pub(super) fn no_longer_missing(&mut self, serial: u32) {
        let run = self.absent.range(..=serial).next_back();
        let Some((first, last)) = run.map(|(first, last)| (*first, *last)) else {
            return;
        };
        if serial > last {
            return;
        }
        self.absent.remove(&first);
        if first < serial {
            self.absent.insert(first, serial - 1);
        }
        if serial < last {
            self.absent.insert(serial + 1, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn missing_serials_are_those_known_of_and_not_here() {
        let mut desk = PeerDesk::default();
        let mut held = BTreeSet::new();
        let mut highest = 0;
        // Every order of coming: a step of a linear generator over 1..=97.
        for step in [1_u32, 5, 34, 96] {
            for count in 1..=60_u32 {
                let serial = count * step % 97;
                desk.know_of(serial);
                desk.no_longer_missing(serial);
                desk.announced = desk.announced.max(serial);
                held.insert(serial);
                highest = highest.max(serial);
                let expected: Vec<Serial> = (1..=highest)
                    .filter(|serial| !held.contains(serial))
                    .map(Serial)
                    .collect();
                assert_eq!(desk.missing(usize::MAX), expected, "{step} {count}");
                assert!(expected.iter().all(|serial| desk.is_missing(*serial)));
                assert!(!desk.is_missing(Serial(serial)));
            }
        }
    }

    #[test]
    fn serials_that_do_not_exist_yet_cost_nothing() {
        let mut desk = PeerDesk::default();
        desk.know_of(u32::MAX);
        assert_eq!(desk.absent.len(), 1);
        assert_eq!(desk.missing(3), [1, 2, 3].map(Serial));
    }
}
