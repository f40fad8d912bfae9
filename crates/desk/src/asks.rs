//! Asks and answers: what each side asked of the other, and what came of it.
//!
//! Owns the book of one peer's asks and ours to them, and decides what moves an ask: an act on its
//! number, or a time that passed. Prose moves nothing. Does not own messages, who may say which act,
//! or how a read-back is compared. Rules ASK-3 to ASK-13; the whole life is a table, [`cell`].
//!
//! As everywhere at the desk, a decision looks at the book and returns records; [`Asks::apply`] is
//! the only way to change it. Both stations keep such a book, and hand it the peer's acts in the
//! order of their serials: then both read alike.
//!
//! ```text
//!   list, handle_act, handle_prose, supersede, handle_timeout (&self)
//!       -> AskRecord -> journal, durable -> apply (&mut self)
//! ```
//!
//! ```
//! use redphone_desk::asks::{AskKey, AskState, Asks, Flag, Said, Side};
//! use redphone_wire::{Act, Ask, Serial, Utc, UtcSeconds, Verb};
//!
//! let (now, hour) = (Utc(1_793_461_512_000), UtcSeconds(1_793_465_112));
//! let ask = Ask {
//!     number: 1,
//!     to: "SUD".to_owned(),
//!     verb: Verb::Preserve,
//!     object: "the log of 28 October".to_owned(),
//!     act_by: hour,
//!     answer_by: hour,
//! };
//! let mut asks = Asks::default();
//! let serial = Serial(7);
//! for record in asks.list(now, Side::Us, serial, &[ask.clone()], hour)? {
//!     asks.apply(&record);
//! }
//!
//! // "Noted" in prose closes nothing; it is only noted that it did not.
//! for record in asks.handle_prose(now, Side::Us, serial) {
//!     asks.apply(&record);
//! }
//! let said = Said { by: Side::Peer, asker: Side::Us, serial };
//! let (who, object) = ("SUD watch".to_owned(), ask.object);
//! let commit = Act::Commit { ask: 1, who, verb: Verb::Preserve, object, by: hour };
//! assert_eq!(asks.left_open(now, said, &[]), [1]);
//! for record in asks.handle_act(now, said, &commit)? {
//!     asks.apply(&record);
//! }
//! let key = AskKey { asker: Side::Us, serial, number: 1 };
//! let held = asks.ask(key).ok_or("gone")?;
//! assert_eq!(held.state, AskState::Committed);
//! assert!(held.flags.has(Flag::Evaded));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod board;
mod held;
mod record;
mod refusal;
mod reply;
mod state;
mod table;

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use redphone_wire::limits::ASKS_MAX;
use redphone_wire::{Act, Ask, Serial, Utc, UtcSeconds};

pub use crate::limits::ASKS_HELD_MAX;
pub use board::{Board, BoardCounts, DUE_WITHIN_S};
pub use held::HeldAsk;
pub use record::{AskKey, AskMoved, AskRecord, Said, Side, Terms};
pub use refusal::{Refusal, Why};
pub use reply::{About, LeftOpen, Reply};
pub use state::{AskState, Clock, Event, Flag, Flags};
pub use table::{Cell, cell};

use held::harmless;

/// The asks of one line, both ways.
///
/// Order of calls: decisions return records; the caller makes them durable and applies each. When
/// [`Asks::poll_timeout`] says that a time has come, [`Asks::handle_timeout`] has records.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Asks {
    #[n(0)]
    held: BTreeMap<AskKey, HeldAsk>,
}

impl Asks {
    /// Changes the book by a fact. The only way to change it.
    pub fn apply(&mut self, record: &AskRecord) {
        match record {
            AskRecord::Listed {
                key,
                ask,
                readback_by,
                at,
            } => {
                self.make_room(key.asker);
                let held = HeldAsk::new(ask.clone(), *readback_by, *at);
                self.held.entry(*key).or_insert(held);
            }
            AskRecord::Moved(moved) => {
                if let Some(held) = self.held.get_mut(&moved.key) {
                    held.apply(moved);
                }
            }
        }
    }

    /// Lists the asks of a message that was released, by us or by the peer. They are *sent*; a
    /// receipt makes them *delivered*, at the peer's book at once.
    ///
    /// `readback_by` is when they open even if nobody read the message back; it is no later than
    /// the time to answer.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] when the asks break a bound, are here already, or the book is full.
    pub fn list(
        &self,
        now: Utc,
        asker: Side,
        serial: Serial,
        asks: &[Ask],
        readback_by: UtcSeconds,
    ) -> Result<Vec<AskRecord>, Refusal> {
        let refuse = |why| Refusal {
            by: asker,
            act: None,
            why,
        };
        if let Some(field) = asks.iter().find_map(Ask::out_of_bounds) {
            return Err(refuse(Why::OutOfBounds(field)));
        }
        let in_order = (1_u8..).zip(asks).all(|(number, ask)| number == ask.number);
        if !in_order || asks.len() > ASKS_MAX {
            return Err(refuse(Why::Unnumbered));
        }
        if self.of_message(asker, serial).next().is_some() {
            return Err(refuse(Why::Known));
        }
        if self.unsettled(asker) + asks.len() > ASKS_HELD_MAX {
            return Err(refuse(Why::Full));
        }
        let listed = |ask: &Ask| AskRecord::Listed {
            key: AskKey {
                asker,
                serial,
                number: ask.number,
            },
            ask: harmless(ask),
            readback_by: readback_by.min(ask.answer_by),
            at: now,
        };
        Ok(asks.iter().map(listed).collect())
    }

    /// Decides what an act does. Times that are over come first. No records: it said nothing new.
    ///
    /// An act about a whole message is taken by each of its asks that takes it.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] when the act does not fit; nothing is to be changed.
    pub fn handle_act(&self, now: Utc, said: Said, act: &Act) -> Result<Vec<AskRecord>, Refusal> {
        let refuse = |why| Refusal {
            by: said.by,
            act: Some(act.word()),
            why,
        };
        if let Some(field) = act.out_of_bounds() {
            return Err(refuse(Why::OutOfBounds(field)));
        }
        check_speaker(said, act).map_err(refuse)?;
        let Said { asker, serial, .. } = said;
        if let Some(number) = act.ask() {
            let key = AskKey {
                asker,
                serial,
                number,
            };
            let held = self.held.get(&key).ok_or(refuse(Why::UnknownAsk))?;
            return said_of(held, key, now, act).map_err(refuse);
        }
        let mut records = Vec::new();
        let mut refused = None;
        for (key, held) in self.of_message(asker, serial) {
            match said_of(held, *key, now, act) {
                Ok(moved) => records.extend(moved),
                Err(why) => refused = refused.or(Some(why)),
            }
        }
        match refused {
            Some(why) if records.is_empty() => Err(refuse(why)),
            _ => Ok(records),
        }
    }

    /// A message was replied to without an act: nothing moves, and what is unanswered is flagged as
    /// evaded (rule ASK-4).
    pub fn handle_prose(&self, now: Utc, asker: Side, serial: Serial) -> Vec<AskRecord> {
        self.happens(now, asker, serial, Event::Prose)
    }

    /// A later message of the asker takes the place of a message, with all its asks that are not
    /// final.
    pub fn supersede(&self, now: Utc, asker: Side, serial: Serial) -> Vec<AskRecord> {
        self.happens(now, asker, serial, Event::Supersede)
    }

    /// Returns when [`Asks::handle_timeout`] next has something to do.
    pub fn poll_timeout(&self) -> Option<Utc> {
        let deadlines = self.held.values().filter_map(HeldAsk::deadline);
        let passed = deadlines.filter_map(|(deadline, _)| deadline.0.checked_add(1));
        passed.min().map(|second| UtcSeconds(second).into())
    }

    /// Returns what the times that are over do. None of them closes an ask (rule ASK-10).
    pub fn handle_timeout(&self, now: Utc) -> Vec<AskRecord> {
        let due = self.held.iter().filter(|(_, held)| held.is_due(now));
        let moved = due.flat_map(|(key, held)| held.clone().expire(*key, now));
        moved.map(AskRecord::Moved).collect()
    }

    /// Returns the numbers of the asks that a reply with these acts would leave unanswered, so that
    /// its writer is told before it is sent.
    pub fn left_open(&self, now: Utc, said: Said, acts: &[Act]) -> Vec<u8> {
        let mut after = self.of_message_alone(said.asker, said.serial);
        for act in acts {
            for record in after.handle_act(now, said, act).unwrap_or_default() {
                after.apply(&record);
            }
        }
        let unanswered = |(_, held): &(&AskKey, &HeldAsk)| held.state.is_unanswered();
        let left = after.held.iter().filter(unanswered);
        left.map(|(key, _)| key.number).collect()
    }

    /// One ask.
    pub fn ask(&self, key: AskKey) -> Option<&HeldAsk> {
        self.held.get(&key)
    }

    /// All asks that are held, ours first, by serial and number.
    pub fn iter(&self) -> impl Iterator<Item = (&AskKey, &HeldAsk)> {
        self.held.iter()
    }

    /// The asks of one message, by number.
    pub fn of_message(
        &self,
        asker: Side,
        serial: Serial,
    ) -> impl Iterator<Item = (&AskKey, &HeldAsk)> {
        let key = |number| AskKey {
            asker,
            serial,
            number,
        };
        self.held.range(key(0)..=key(u8::MAX))
    }

    /// How many asks of a side are not final.
    fn unsettled(&self, asker: Side) -> usize {
        let of_side = self.held.iter().filter(|(key, _)| key.asker == asker);
        of_side.filter(|(_, held)| !held.state.is_final()).count()
    }

    fn happens(&self, now: Utc, asker: Side, serial: Serial, event: Event) -> Vec<AskRecord> {
        let moves = |(key, held): (&AskKey, &HeldAsk)| {
            let mut held = held.clone();
            let mut moved = held.expire(*key, now);
            moved.extend(held.event(*key, now, event));
            moved
        };
        let moved = self.of_message(asker, serial).flat_map(moves);
        moved.map(AskRecord::Moved).collect()
    }

    /// Drops final asks of a side, the oldest first, so that one more has room (rule ASK-13).
    fn make_room(&mut self, asker: Side) {
        let of_side = |(key, _): &(&AskKey, &HeldAsk)| key.asker == asker;
        while self.held.iter().filter(of_side).count() >= ASKS_HELD_MAX {
            let mut of_side = self.held.iter().filter(of_side);
            let Some((key, _)) = of_side.find(|(_, held)| held.state.is_final()) else {
                return;
            };
            let key = *key;
            self.held.remove(&key);
        }
    }
}

/// Acts of the asker are the asker's, and the others are not (rule ASK-6).
fn check_speaker(said: Said, act: &Act) -> Result<(), Why> {
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::AnySideSpeaks) {
        return Ok(());
    }
    match (act.word().speaker().is_asker(), said.by == said.asker) {
        (true, false) => Err(Why::OnlyAsker),
        (false, true) => Err(Why::OnlyAsked),
        (true, true) | (false, false) => Ok(()),
    }
}

/// What the clock, then an act, then the end of its read-back do to an ask.
fn said_of(held: &HeldAsk, key: AskKey, now: Utc, act: &Act) -> Result<Vec<AskRecord>, Why> {
    let mut held = held.clone();
    let mut records = held.expire(key, now);
    if let Some(moved) = held.act(key, now, act)? {
        held.apply(&moved);
        records.push(moved);
    }
    records.extend(held.event(key, now, Event::ReadBackDone));
    Ok(records.into_iter().map(AskRecord::Moved).collect())
}
