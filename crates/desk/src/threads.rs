//! Threads: which message refers to which, which no longer stands, which ones crossed.
//!
//! Owns the place of a message among the others, decided once, when it is released or comes. What
//! it refers to may be missing here: that is said when it is shown, and mends itself when the
//! message comes. What asks do is in `replies`. Rule DESK-9.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use minicbor::{Decode, Encode};
use redphone_wire::{Act, Form, Message, PartyName, Reference, ReferenceKind, Serial, Utc};

use crate::asks::Side;
use crate::limits::{CROSSED_LOOK_MAX, CROSSED_MAX, THREAD_STEPS_MAX};
use crate::replies::named;
use crate::{Desk, Outgoing, Record};

/// A message of a line: whose, and its serial.
pub type Key = (Side, Serial);

/// How a message stands to the one that it refers to.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum LinkKind {
    /// It has acts on the asks of the other.
    #[n(0)]
    Answers,
    /// It says what was not clear there.
    #[n(1)]
    Clarifies,
    /// Its prose names the other.
    #[n(2)]
    Names,
    /// It adds weight to the other.
    #[n(3)]
    Reinforces,
    /// It takes the place of the other.
    #[n(4)]
    Supersedes,
    /// It says a free text of the other in the other language.
    #[n(6)]
    Translates,
    /// The other no longer stands.
    #[n(5)]
    Withdraws,
}

impl LinkKind {
    /// The word for it: `reinforces`.
    pub fn en(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Clarifies => ReferenceKind::Clarifies.en(),
            Self::Names => "names",
            Self::Reinforces => ReferenceKind::Reinforces.en(),
            Self::Supersedes => ReferenceKind::Supersedes.en(),
            Self::Translates => "translates",
            Self::Withdraws => ReferenceKind::Withdraws.en(),
        }
    }

    fn ends(self) -> bool {
        matches!(self, Self::Supersedes | Self::Withdraws)
    }
}

impl From<ReferenceKind> for LinkKind {
    fn from(kind: ReferenceKind) -> Self {
        match kind {
            ReferenceKind::Clarifies => Self::Clarifies,
            ReferenceKind::Reinforces => Self::Reinforces,
            ReferenceKind::Supersedes => Self::Supersedes,
            ReferenceKind::Withdraws => Self::Withdraws,
        }
    }
}

/// What a message refers to.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Link {
    /// How.
    #[n(0)]
    pub kind: LinkKind,
    /// Whose message the other is.
    #[n(1)]
    pub by: Side,
    /// Its serial.
    #[n(2)]
    pub serial: Serial,
}

/// The threads of one line.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Threads {
    /// What each message refers to.
    #[n(0)]
    links: BTreeMap<Key, Link>,
    /// The same the other way round: what is referred to, and by which.
    #[n(1)]
    after: BTreeSet<(Key, Key)>,
    /// Messages that no longer stand: how that came, and by which message of their own side.
    #[n(2)]
    ended: BTreeMap<Key, (LinkKind, Serial)>,
    /// Messages of the peer, and ours that each crossed.
    #[n(3)]
    crossed: BTreeSet<(Serial, Serial)>,
    /// The same the other way round.
    #[n(4)]
    crossed_by: BTreeSet<(Serial, Serial)>,
}

impl Threads {
    /// What a message refers to.
    pub fn link(&self, key: Key) -> Option<Link> {
        self.links.get(&key).copied()
    }

    /// Why a message no longer stands, and which message of its own side says so.
    pub fn ended(&self, key: Key) -> Option<(LinkKind, Serial)> {
        self.ended.get(&key).copied()
    }

    /// Messages that refer to this one, in the order of sides and serials.
    pub fn after(&self, key: Key) -> impl Iterator<Item = Key> {
        let last = (Side::Peer, Serial(u32::MAX));
        let range = (key, (Side::Us, Serial(0)))..=(key, last);
        self.after.range(range).map(|(_, later)| *later)
    }

    /// Translations of free texts of this message, by either side.
    pub fn translations(&self, key: Key) -> impl Iterator<Item = Key> {
        let translates = |link: &Link| link.kind == LinkKind::Translates;
        let after = self.after(key);
        after.filter(move |later| self.links.get(later).is_some_and(translates))
    }

    /// Messages of the other side that crossed this one.
    pub fn crossed(&self, (by, serial): Key) -> impl Iterator<Item = Serial> {
        let pairs = match by {
            Side::Peer => &self.crossed,
            Side::Us => &self.crossed_by,
        };
        let range = (serial, Serial(0))..=(serial, Serial(u32::MAX));
        pairs.range(range).map(|(_, other)| *other)
    }

    /// The first message of a thread, here or not. A ring of messages that name each other begins
    /// where it was entered.
    pub fn first(&self, key: Key) -> Key {
        let mut seen = BTreeSet::from([key]);
        let mut first = key;
        while let Some(link) = self.links.get(&first) {
            let earlier = (link.by, link.serial);
            if seen.len() >= THREAD_STEPS_MAX || !seen.insert(earlier) {
                break;
            }
            first = earlier;
        }
        first
    }

    /// The messages of the thread that begins with this one, so many at most, that one included.
    pub fn members(&self, first: Key, most: usize) -> Vec<Key> {
        let mut seen = BTreeSet::from([first]);
        let mut waiting = VecDeque::from([first]);
        while let Some(key) = waiting.pop_front() {
            for later in self.after(key) {
                if seen.len() >= most {
                    return seen.into_iter().collect();
                }
                if seen.insert(later) {
                    waiting.push_back(later);
                }
            }
        }
        seen.into_iter().collect()
    }

    pub(crate) fn apply(&mut self, key: Key, link: Option<Link>, crossed: &[Serial]) {
        if let Some(link) = link {
            let earlier = (link.by, link.serial);
            self.links.insert(key, link);
            self.after.insert((earlier, key));
            if link.kind.ends() {
                self.ended.insert(earlier, (link.kind, key.1));
            }
        }
        for other in crossed {
            self.crossed.insert((key.1, *other));
            self.crossed_by.insert((*other, key.1));
        }
    }
}

impl Desk {
    /// The place of a message among the others. None: it refers to nothing and crossed nothing.
    ///
    /// A message of ours crossed one of the peer's where each was released before its writer could
    /// have had the other: ours before theirs was here, and theirs, by their clock, before their
    /// station is known to have held ours. Both are told in whole seconds.
    pub fn place(
        &self,
        peer: &PartyName,
        by: Side,
        hearer: &PartyName,
        message: &Message,
    ) -> Option<Record> {
        let link = link(by, hearer, message);
        let crossed = match by {
            Side::Peer => self.crossed(peer, message, link),
            Side::Us => Vec::new(),
        };
        (link.is_some() || !crossed.is_empty()).then(|| Record::Placed {
            peer: peer.clone(),
            by,
            serial: message.serial,
            link,
            crossed,
        })
    }

    /// The threads of a line.
    pub fn threads(&self, peer: &PartyName) -> Option<&Threads> {
        self.peer(peer).map(|desk| &desk.threads)
    }

    /// Our newest messages that a message of the peer crossed.
    fn crossed(&self, peer: &PartyName, message: &Message, link: Option<Link>) -> Vec<Serial> {
        let released = Utc::from(message.released).seconds();
        let known = link.filter(|link| link.by == Side::Us);
        let had_it = |serial: Serial, ours: &Outgoing| {
            let there = ours.known_there().map(Utc::seconds);
            known.is_some_and(|link| serial <= link.serial)
                || there.is_some_and(|there| there <= released)
        };
        let ours = self
            .peer(peer)
            .into_iter()
            .flat_map(|desk| desk.out.iter().rev());
        let crossed = ours
            .take(CROSSED_LOOK_MAX)
            .filter(|(serial, ours)| !had_it(**serial, ours))
            .map(|(serial, _)| *serial);
        crossed.take(CROSSED_MAX).collect()
    }
}

/// What a message refers to. What is not before it, it cannot refer to.
fn link(by: Side, hearer: &PartyName, message: &Message) -> Option<Link> {
    let Some(form) = &message.form else {
        let serial = named(&message.text, hearer).into_iter().next()?;
        return Some(Link {
            kind: LinkKind::Names,
            by: by.other(),
            serial,
        });
    };
    let link = match (form, form.reference()) {
        (Form::Answer(answer), _) => Link {
            kind: answers(&answer.acts),
            by: if answer.ours { by } else { by.other() },
            serial: answer.message,
        },
        (Form::Translation(translation), _) => Link {
            kind: LinkKind::Translates,
            by: if translation.ours { by } else { by.other() },
            serial: translation.message,
        },
        (_, Some(Reference::To { kind, message, .. })) => Link {
            kind: (*kind).into(),
            by,
            serial: *message,
        },
        _ => return None,
    };
    (link.by != by || link.serial < message.serial).then_some(link)
}

/// A reply without an act answers nothing.
fn answers(acts: &[Act]) -> LinkKind {
    if acts.is_empty() {
        LinkKind::Names
    } else {
        LinkKind::Answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(serial: u32) -> Key {
        (Side::Us, Serial(serial))
    }

    fn theirs(serial: u32) -> Key {
        (Side::Peer, Serial(serial))
    }

    fn linked(pairs: &[(Key, LinkKind, Key)]) -> Threads {
        let mut threads = Threads::default();
        for (key, kind, (by, serial)) in pairs {
            let link = Link {
                kind: *kind,
                by: *by,
                serial: *serial,
            };
            threads.apply(*key, Some(link), &[]);
        }
        threads
    }

    #[test]
    fn thread_begins_with_what_nothing_is_before_also_where_that_is_missing() {
        let threads = linked(&[
            (theirs(2), LinkKind::Reinforces, theirs(1)),
            (ours(1), LinkKind::Answers, theirs(2)),
            (theirs(4), LinkKind::Withdraws, theirs(2)),
        ]);
        for key in [theirs(1), theirs(2), ours(1), theirs(4)] {
            assert_eq!(threads.first(key), theirs(1));
        }
        assert_eq!(threads.first(ours(9)), ours(9));
        let members = threads.members(theirs(1), 100);
        assert_eq!(members, [ours(1), theirs(1), theirs(2), theirs(4)]);
        assert_eq!(threads.members(theirs(1), 2).len(), 2);
        let ended = (LinkKind::Withdraws, Serial(4));
        assert_eq!(threads.ended(theirs(2)), Some(ended));
        assert_eq!(threads.ended(theirs(1)), None);
    }

    #[test]
    fn messages_that_name_each_other_in_a_ring_end_no_search() {
        let threads = linked(&[
            (ours(5), LinkKind::Names, theirs(7)),
            (theirs(7), LinkKind::Names, ours(5)),
        ]);
        assert_eq!(threads.first(ours(5)), theirs(7));
        assert_eq!(threads.members(ours(5), 100), [ours(5), theirs(7)]);
    }

    #[test]
    fn chain_without_end_is_followed_for_a_bounded_number_of_steps() {
        let chain: Vec<_> = (2..300)
            .map(|n| (ours(n), LinkKind::Clarifies, ours(n - 1)))
            .collect();
        let threads = linked(&chain);
        let first = threads.first(ours(299));
        assert_eq!(first, ours(299 - THREAD_STEPS_MAX as u32 + 1));
    }
}
