//! Read-backs: what the reader of a message filled in on its card, and the word of its sender on it.
//!
//! Owns how often a message was read back, which items were wrong, who confirmed it, and when an
//! item is to be spoken on the order wire. The card and when two values are the same are
//! `redphone-clarity`'s; what a read-back does to asks is the book's, in `asks`. Rules READ-6 to
//! READ-10.
//!
//! Both stations hold the message, so both compare, and count alike: the acts are taken in the order
//! of their serials.
//!
//! ```text
//!   READ BACK -> compared, waits -> CORRECT    -> read back
//!                                   CORRECTION -> those items again; the third time of one: spoken
//! ```

mod decide;

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use redphone_clarity::{ReadBackEntry, ReadBackItem, Verdict, compare, items};
use redphone_wire::limits::ITEMS_MAX;
use redphone_wire::{Form, Item, Serial, Utc};

use crate::asks::Why;
use crate::limits::MISSES_SPOKEN;

pub(crate) use decide::{Carried, readings};

/// One fact about the read-backs of a message. Instants are of this station's clock.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum ReadBackFact {
    /// The message has a card.
    #[n(0)]
    Listed {
        /// How many items.
        #[n(0)]
        items: u16,
    },
    /// It was read back.
    #[n(1)]
    Came {
        /// Counts them, from 1.
        #[n(0)]
        number: u8,
        /// The message that carries it.
        #[n(1)]
        carrier: Serial,
        /// Who, as his station claims.
        #[n(2)]
        officer: String,
        /// Numbers of the items that differ or are blank.
        #[n(3)]
        wrong: Vec<u16>,
        /// When.
        #[n(4)]
        at: Utc,
    },
    /// Its sender said CORRECT.
    #[n(2)]
    Correct {
        /// Who, as his station claims.
        #[n(0)]
        officer: String,
        /// When.
        #[n(1)]
        at: Utc,
    },
    /// Its sender said CORRECTION.
    #[n(3)]
    Corrected {
        /// Who, as his station claims.
        #[n(0)]
        officer: String,
        /// The items to read back again.
        #[n(1)]
        again: Vec<u16>,
        /// Those of them that were wrong, and were corrected to what the message says.
        #[n(2)]
        missed: Vec<u16>,
        /// When.
        #[n(3)]
        at: Utc,
    },
    /// Our station sent items to the order wire.
    #[n(4)]
    Spoken {
        /// Which.
        #[n(0)]
        items: Vec<u16>,
    },
}

/// The read-backs of one message. Items are named by their numbers on the card, from 1.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct ReadBacks {
    /// How many items its card has.
    #[n(0)]
    pub items: u16,
    /// The number of the newest read-back; 0 before the first.
    #[n(1)]
    pub newest: u8,
    /// The message that carries it.
    #[n(2)]
    pub carrier: Option<Serial>,
    /// Who read it back, as his station claims.
    #[n(3)]
    pub officer: String,
    /// Items of it that differ or are blank.
    #[n(4)]
    pub wrong: BTreeSet<u16>,
    /// Whether it waits for CORRECT or CORRECTION.
    #[n(5)]
    pub waits: bool,
    /// Items that are still to be read back.
    #[n(6)]
    pub due: BTreeSet<u16>,
    /// How often an item was corrected.
    #[n(7)]
    pub misses: BTreeMap<u16, u8>,
    /// Items that our station sent to the order wire.
    #[n(8)]
    pub spoken: BTreeSet<u16>,
    /// Who confirmed it, and when.
    #[n(9)]
    pub confirmed: Option<(String, Utc)>,
}

impl ReadBacks {
    /// Changes it by a fact. Decides nothing.
    pub(crate) fn apply(&mut self, fact: &ReadBackFact) {
        match fact {
            ReadBackFact::Listed { items } => {
                self.items = *items;
                self.due = (1..=*items).collect();
            }
            ReadBackFact::Came {
                number,
                carrier,
                officer,
                wrong,
                ..
            } => {
                self.newest = *number;
                self.carrier = Some(*carrier);
                self.officer.clone_from(officer);
                self.wrong = wrong.iter().copied().collect();
                self.waits = true;
            }
            ReadBackFact::Correct { officer, at } => {
                self.waits = false;
                self.due.clear();
                self.confirmed = Some((officer.clone(), *at));
            }
            ReadBackFact::Corrected { again, missed, .. } => {
                self.waits = false;
                self.due = again.iter().copied().collect();
                for item in missed {
                    let misses = self.misses.entry(*item).or_default();
                    *misses = misses.saturating_add(1);
                }
            }
            ReadBackFact::Spoken { items } => self.spoken.extend(items),
        }
    }

    /// Items that were missed so often that they are to be spoken (rule READ-9).
    pub fn to_speak(&self) -> Vec<u16> {
        let often = self.misses.iter().filter(|(_, n)| **n >= MISSES_SPOKEN);
        often.map(|(item, _)| *item).collect()
    }

    /// Those that our station has not sent to the order wire yet.
    fn to_send(&self) -> Vec<u16> {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::SpokenAgain) {
            return self.to_speak();
        }
        let often = self.to_speak().into_iter();
        often.filter(|item| !self.spoken.contains(item)).collect()
    }

    /// The number of the next read-back, or none when all are used.
    pub fn next(&self) -> Option<u8> {
        self.newest.checked_add(1)
    }

    /// Which items differ or are blank: of those that are due, and of those that are given.
    ///
    /// # Errors
    ///
    /// [`Why::NotOnCard`] for an item that the card does not have, or that is given twice.
    pub fn wrong_items(&self, card: &[ReadBackItem], given: &[Item]) -> Result<Vec<u16>, Why> {
        let mut seen = BTreeSet::new();
        let mut entries = Vec::with_capacity(given.len());
        for one in given {
            let item = on_card(card, one.item).ok_or(Why::NotOnCard)?;
            if !seen.insert(one.item) {
                return Err(Why::NotOnCard);
            }
            entries.push(ReadBackEntry {
                field: item.field.clone(),
                index: item.index,
                kind: item.kind,
                typed: one.value.clone(),
            });
        }
        let compared = seen.union(&self.due).copied();
        let (numbers, of_card): (Vec<u16>, Vec<ReadBackItem>) = compared
            .filter_map(|number| Some((number, on_card(card, number)?.clone())))
            .unzip();
        let verdicts = compare(&of_card, &entries).into_iter();
        let wrong = numbers
            .into_iter()
            .zip(verdicts)
            .filter(|(_, (_, verdict))| *verdict != Verdict::Correct);
        Ok(wrong.map(|(number, _)| number).collect())
    }
}

/// The card of a message: its critical items, at most `ITEMS_MAX`. An answer has none.
pub fn card(form: &Form) -> Vec<ReadBackItem> {
    if matches!(form, Form::Answer(_)) {
        return Vec::new();
    }
    let mut card = items(form);
    card.truncate(ITEMS_MAX);
    card
}

/// An item by its number, from 1.
pub(crate) fn on_card(card: &[ReadBackItem], number: u16) -> Option<&ReadBackItem> {
    card.get(usize::from(number).checked_sub(1)?)
}
