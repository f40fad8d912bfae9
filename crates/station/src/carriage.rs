//! What a line carries and what it has received, as the records tell it. The line machine itself
//! is rebuilt from this after a start.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use redphone_wire::{EnvelopeId, Precedence, Received, Serial};

use crate::record::About;

/// How many opened envelopes are remembered with mark and message, for late copies.
const COPIES_REMEMBERED_MAX: usize = 8_192;

/// Epochs of the peer whose opened numbers are remembered: as many as the line keeps.
const EPOCHS_REMEMBERED_MAX: usize = 64;

/// An envelope of ours without a receipt.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Outstanding {
    /// First byte of its salt.
    #[n(0)]
    pub mark: u8,
    /// Urgency.
    #[n(1)]
    pub precedence: Precedence,
    /// What it is about.
    #[n(2)]
    pub about: About,
}

/// Something that waits until it can be sealed.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Waiting {
    /// What it is about.
    #[n(0)]
    pub about: About,
    /// Urgency.
    #[n(1)]
    pub precedence: Precedence,
    /// Its body, where it lies nowhere else.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// Numbers of one epoch that were opened.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct OpenedSet {
    /// Every number below is opened.
    #[n(0)]
    pub cumulative: u32,
    /// Opened numbers above.
    #[n(1)]
    pub beyond: BTreeSet<u32>,
}

impl OpenedSet {
    fn insert(&mut self, number: u32) {
        if number >= self.cumulative {
            self.beyond.insert(number);
        }
        while self.beyond.remove(&self.cumulative) {
            self.cumulative += 1;
        }
    }

    /// The number after the highest opened.
    fn next(&self) -> u32 {
        let highest = self.beyond.last().map(|number| number.saturating_add(1));
        highest.unwrap_or(self.cumulative)
    }

    /// As a receipt says it.
    pub fn received(&self) -> Received {
        Received::new(self.cumulative, &self.beyond)
    }
}

/// One line's carriage.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Carriage {
    /// Envelopes of ours without a receipt.
    #[n(0)]
    pub outstanding: BTreeMap<EnvelopeId, Outstanding>,
    /// What waits to be sealed, by its number.
    #[n(1)]
    pub waiting: BTreeMap<u32, Waiting>,
    /// Number of the next thing that waits.
    #[n(2)]
    pub waiting_next: u32,
    /// Opened envelopes of the peer, by epoch.
    #[n(3)]
    pub opened: BTreeMap<u32, OpenedSet>,
    /// Mark and message of the newest opened envelopes, for late copies and for clones.
    #[n(4)]
    pub newest: BTreeMap<EnvelopeId, (u8, Option<Serial>)>,
}

impl Carriage {
    pub(crate) fn seal(&mut self, id: EnvelopeId, one: Outstanding, waiting: Option<u32>) {
        self.outstanding.insert(id, one);
        if let Some(number) = waiting {
            self.waiting.remove(&number);
        }
    }

    pub(crate) fn receipt(&mut self, epoch: u32, numbers: &[u32]) {
        for number in numbers {
            self.outstanding.remove(&EnvelopeId {
                epoch,
                number: *number,
            });
        }
    }

    pub(crate) fn open(&mut self, id: EnvelopeId, mark: u8, serial: Option<Serial>) {
        self.opened.entry(id.epoch).or_default().insert(id.number);
        while self.opened.len() > EPOCHS_REMEMBERED_MAX {
            self.opened.pop_first();
        }
        self.newest.insert(id, (mark, serial));
        while self.newest.len() > COPIES_REMEMBERED_MAX {
            self.newest.pop_first();
        }
    }

    /// Steps of the peer's chain that lie before the key of an envelope.
    pub(crate) fn steps_to(&self, id: EnvelopeId) -> u32 {
        let next = self.opened.get(&id.epoch).map_or(0, OpenedSet::next);
        id.number.saturating_sub(next)
    }

    pub(crate) fn wait(&mut self, waiting: Waiting) {
        self.waiting.insert(self.waiting_next, waiting);
        self.waiting_next = self.waiting_next.wrapping_add(1);
    }

    /// A new generation: the old line's envelopes are void. Returns what they were about.
    pub(crate) fn void(&mut self) -> BTreeMap<EnvelopeId, Outstanding> {
        self.opened.clear();
        self.newest.clear();
        std::mem::take(&mut self.outstanding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opened_numbers_close_up() {
        let mut set = OpenedSet::default();
        for number in [1, 0, 3, 5, 2, 2] {
            set.insert(number);
        }
        assert_eq!(set.cumulative, 4);
        assert_eq!(set.beyond, BTreeSet::from([5]));
    }
}
