//! Which envelopes of the peer are opened: what makes "exactly once" (rules LINE-14 and LINE-15).
//!
//! Numbers are never forgotten below the cumulative one. Marks and bearers of the newest are kept,
//! to tell a late copy from another envelope under a used number.

use std::collections::{BTreeMap, BTreeSet};

use redphone_wire::limits::JUMP_MAX;
use redphone_wire::{EnvelopeId, Received};

use crate::BearerId;

/// Epochs whose numbers are kept.
const EPOCHS_MAX: usize = 64;
/// Envelopes whose mark and bearers are kept.
const MARKS_MAX: usize = 4_096;

/// How one envelope came.
#[derive(Debug)]
struct Came {
    mark: u8,
    by: Vec<BearerId>,
    copies: u32,
}

/// Everything opened.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    epochs: BTreeMap<u32, Epoch>,
    came: BTreeMap<EnvelopeId, Came>,
}

#[derive(Debug, Default)]
struct Epoch {
    cumulative: u32,
    beyond: BTreeSet<u32>,
}

impl Epoch {
    fn insert(&mut self, number: u32) {
        if number < self.cumulative {
            return;
        }
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::GapForgotten) {
            self.cumulative = number.saturating_add(1);
            return;
        }
        self.beyond.insert(number);
        while self.beyond.remove(&self.cumulative) {
            self.cumulative = self.cumulative.saturating_add(1);
        }
    }
}

/// What a copy of an opened envelope is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Known {
    /// The same envelope again.
    Copy {
        /// First time by this bearer, and it is not the one that completed it.
        also_by: bool,
        /// How often it came since it was opened.
        copies: u32,
    },
    /// Another envelope under its number.
    OtherMark,
}

impl Opened {
    /// Notes an opened envelope, and the bearer that completed it unless it is replayed.
    pub(crate) fn insert(&mut self, id: EnvelopeId, mark: u8, bearer: Option<BearerId>) {
        self.epoch(id.epoch).insert(id.number);
        let by = bearer.into_iter().collect();
        let copies = 0;
        self.came.entry(id).or_insert(Came { mark, by, copies });
        if self.came.len() > MARKS_MAX {
            self.came.pop_first();
        }
    }

    /// Notes everything that a replayed summary says is held.
    pub(crate) fn insert_all(&mut self, epoch: u32, received: &Received) {
        let held = self.epoch(epoch);
        held.cumulative = held.cumulative.max(received.cumulative);
        held.beyond = held.beyond.split_off(&held.cumulative);
        if let Some(highest) = received.highest() {
            for number in received.cumulative..=highest {
                if received.contains(number) {
                    held.insert(number);
                }
            }
        }
    }

    fn epoch(&mut self, epoch: u32) -> &mut Epoch {
        if self.epochs.len() >= EPOCHS_MAX && !self.epochs.contains_key(&epoch) {
            self.epochs.pop_first();
        }
        self.epochs.entry(epoch).or_default()
    }

    /// What symbols of this envelope are, if it is opened. Counts them.
    pub(crate) fn copy(&mut self, id: EnvelopeId, mark: u8, bearer: BearerId) -> Option<Known> {
        if !self.contains(id) {
            return None;
        }
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::CopiesOpened) {
            return None;
        }
        let Some(came) = self.came.get_mut(&id) else {
            // Too old for its mark to be known: the seal has erased its key as well.
            let also_by = false;
            return Some(Known::Copy { also_by, copies: 1 });
        };
        if came.mark != mark {
            return Some(Known::OtherMark);
        }
        let also_by = !came.by.contains(&bearer);
        #[cfg(feature = "planted-bugs")]
        let also_by = also_by && !crate::planted::is_planted(crate::planted::Bug::CopiesUnnoted);
        if also_by {
            came.by.push(bearer);
        }
        came.copies = came.copies.saturating_add(1);
        let copies = came.copies;
        Some(Known::Copy { also_by, copies })
    }

    pub(crate) fn contains(&self, id: EnvelopeId) -> bool {
        self.epochs
            .get(&id.epoch)
            .is_some_and(|epoch| id.number < epoch.cumulative || epoch.beyond.contains(&id.number))
    }

    pub(crate) fn cumulative(&self, epoch: u32) -> u32 {
        self.epochs.get(&epoch).map_or(0, |epoch| epoch.cumulative)
    }

    /// Whether a number is further ahead than any honest sender goes.
    pub(crate) fn is_too_far(&self, id: EnvelopeId) -> bool {
        let held = self.epochs.get(&id.epoch);
        let highest = held.map_or(0, |epoch| {
            epoch.beyond.last().copied().unwrap_or(epoch.cumulative)
        });
        id.number > highest.saturating_add(JUMP_MAX)
    }

    /// The summary that a receipt carries.
    pub(crate) fn summary(&self, epoch: u32) -> Received {
        self.epochs
            .get(&epoch)
            .map(|epoch| Received::new(epoch.cumulative, &epoch.beyond))
            .unwrap_or_default()
    }

    /// Epochs of which anything is held.
    pub(crate) fn epochs(&self) -> impl Iterator<Item = u32> {
        self.epochs.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> EnvelopeId {
        EnvelopeId { epoch: 1, number }
    }

    #[test]
    fn cumulative_moves_over_what_came_early() {
        let mut opened = Opened::default();
        for number in [0, 2, 1, 5] {
            opened.insert(id(number), 9, None);
        }
        assert_eq!(opened.cumulative(1), 3);
        let summary = opened.summary(1);
        assert!(summary.contains(5) && !summary.contains(4));
        assert!(!opened.contains(EnvelopeId {
            epoch: 2,
            number: 0
        }));
    }

    #[test]
    fn copy_by_another_bearer_is_noted_once() {
        let mut opened = Opened::default();
        opened.insert(id(0), 9, Some(BearerId(1)));
        let mut also = |bearer| match opened.copy(id(0), 9, BearerId(bearer)) {
            Some(Known::Copy { also_by, .. }) => also_by,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            [1, 2, 2, 3, 3].map(&mut also),
            [false, true, false, true, false]
        );
        assert_eq!(opened.copy(id(0), 8, BearerId(1)), Some(Known::OtherMark));
    }

    #[test]
    fn summary_restores_what_it_says_and_no_more() {
        let mut first = Opened::default();
        for number in [0, 1, 4, 700] {
            first.insert(id(number), 9, None);
        }
        let mut second = Opened::default();
        second.insert_all(1, &first.summary(1));
        assert_eq!(second.summary(1), first.summary(1));
    }

    #[test]
    fn marks_kept_are_bounded_and_numbers_are_not_forgotten() {
        let mut opened = Opened::default();
        for number in 0..10_000 {
            opened.insert(id(number), 9, Some(BearerId(1)));
        }
        assert_eq!(opened.came.len(), MARKS_MAX);
        assert!(matches!(
            opened.copy(id(0), 9, BearerId(2)),
            Some(Known::Copy { also_by: false, .. })
        ));
    }
}
