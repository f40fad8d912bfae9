//! Whole replies: what the acts of one message do, one after the other, and what they leave open.
//!
//! Owns how the asks of COUNTERs are counted and what is kept of a reply. Each act by itself is
//! decided as everywhere. Rules ASK-4, ASK-13 and ASK-14.

use minicbor::{Decode, Encode};
use redphone_wire::limits::ASKS_MAX;
use redphone_wire::{Act, ActWord, Ask, Serial, Utc};

use super::held::{HeldAsk, harmless};
use super::record::{AskKey, AskRecord, Said, Side};
use super::refusal::{Refusal, Why};
use super::state::AskState;
use super::{ASKS_HELD_MAX, Asks};

/// What came of what a message said about asks. Bounded by the acts and asks of a message.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Reply {
    /// What it was about; empty where it only asks.
    #[n(0)]
    pub about: Vec<About>,
    /// What was not taken, with the number of the act in the message, from 1; 0 for its asks.
    #[n(1)]
    pub refused: Vec<(u8, Refusal)>,
    /// How many acts were taken.
    #[n(2)]
    pub acts: u8,
}

/// What a reply came to for one message that asks.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct About {
    /// Who asked.
    #[n(0)]
    pub asker: Side,
    /// The message that asks.
    #[n(1)]
    pub serial: Serial,
    /// The asks that were unanswered after it.
    #[n(2)]
    pub left_open: Vec<LeftOpen>,
}

/// An ask that a reply left unanswered.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub struct LeftOpen {
    /// Its number.
    #[n(0)]
    pub number: u8,
    /// Where it then stood.
    #[n(1)]
    pub state: AskState,
    /// The last act on it in the reply; none where the reply has none that was taken.
    #[n(2)]
    pub said: Option<ActWord>,
}

impl Asks {
    /// Decides what the acts of one message do, in their order; `own` is that message, which the
    /// asks of its COUNTERs belong to. An act that is refused, here or by `refused` before, moves
    /// nothing and is in the reply.
    pub fn reply(
        &self,
        now: Utc,
        said: Said,
        own: Serial,
        acts: &[Act],
        refused: &[(u8, Why)],
    ) -> (Vec<AskRecord>, Reply) {
        let mut after = self.of_message_alone(said.asker, said.serial);
        let mut reply = Reply::default();
        let mut records = Vec::new();
        let room = ASKS_HELD_MAX.saturating_sub(self.unsettled(said.by));
        let mut counter = Counted::new(acts, self.of_message(said.by, own).next().is_some(), room);
        for (position, act) in (1_u8..).zip(acts) {
            let before = refused.iter().find(|(of, _)| *of == position);
            let why_not = before
                .map(|(_, why)| *why)
                .or_else(|| counter.check(act).err());
            let taken = match why_not {
                None => after.handle_act(now, said, act),
                Some(why) => Err(Refusal {
                    by: said.by,
                    act: Some(act.word()),
                    why,
                }),
            };
            match taken {
                Ok(moved) => {
                    for record in &moved {
                        after.apply(record);
                    }
                    records.extend(moved);
                    reply.acts = reply.acts.saturating_add(1);
                    records.extend(counter.listed(now, said.by, own, act));
                }
                Err(refusal) => reply.refused.push((position, refusal)),
            }
        }
        // A read-back, and the word on it, answer nothing and leave nothing open.
        if acts.iter().any(|act| act.ask().is_some()) {
            reply.about.push(after.about(said, acts, &reply.refused));
        }
        (records, reply)
    }

    /// Decides what prose does that names a message: nothing moves, and what is unanswered is
    /// flagged (rule ASK-4). None: that message asks nothing that is held here.
    pub fn reply_in_prose(
        &self,
        now: Utc,
        by: Side,
        serial: Serial,
    ) -> Option<(Vec<AskRecord>, About)> {
        let asker = by.other();
        let said = Said { by, asker, serial };
        let after = self.of_message_alone(asker, serial);
        let asks = after.held.values().any(|held| held.state.is_unanswered());
        asks.then(|| {
            let records = self.handle_prose(now, asker, serial);
            (records, after.about(said, &[], &[]))
        })
    }

    fn about(&self, said: Said, acts: &[Act], refused: &[(u8, Refusal)]) -> About {
        let word_on = |number| {
            let taken = (1_u8..).zip(acts).filter(|(position, act)| {
                let was_refused = refused.iter().any(|(of, _)| of == position);
                act.ask() == Some(number) && !was_refused
            });
            taken.last().map(|(_, act)| act.word())
        };
        let unanswered = self
            .held
            .iter()
            .filter(|(_, held)| held.state.is_unanswered());
        let left = unanswered.map(|(key, held)| LeftOpen {
            number: key.number,
            state: held.state,
            said: word_on(key.number),
        });
        About {
            asker: said.asker,
            serial: said.serial,
            left_open: left.collect(),
        }
    }

    /// The book of one message's asks.
    pub(super) fn of_message_alone(&self, asker: Side, serial: Serial) -> Self {
        let held = self.of_message(asker, serial);
        Self {
            held: held
                .map(|(key, held): (&AskKey, &HeldAsk)| (*key, held.clone()))
                .collect(),
        }
    }
}

/// The asks of a message's COUNTERs: one count over the whole message (rule ASK-13).
struct Counted {
    why_not: Option<Why>,
    room: usize,
}

impl Counted {
    fn new(acts: &[Act], is_listed: bool, room: usize) -> Self {
        let all = || acts.iter().flat_map(Act::own_asks);
        let in_order = (1_u8..)
            .zip(all())
            .all(|(number, ask)| number == ask.number);
        let why_not = if !in_order || all().count() > ASKS_MAX {
            Some(Why::Unnumbered)
        } else {
            is_listed.then_some(Why::Known)
        };
        Self { why_not, room }
    }

    /// Whether the asks of an act can be listed.
    fn check(&self, act: &Act) -> Result<(), Why> {
        let asks = act.own_asks().len();
        match self.why_not {
            Some(why) if asks > 0 => Err(why),
            _ if asks > self.room => Err(Why::Full),
            _ => Ok(()),
        }
    }

    /// Lists the asks of an act that was taken.
    fn listed(&mut self, at: Utc, asker: Side, serial: Serial, act: &Act) -> Vec<AskRecord> {
        let asks = act.own_asks();
        self.room = self.room.saturating_sub(asks.len());
        let listed = |ask: &Ask| AskRecord::Listed {
            key: AskKey {
                asker,
                serial,
                number: ask.number,
            },
            ask: harmless(ask),
            readback_by: ask.answer_by,
            at,
        };
        asks.iter().map(listed).collect()
    }
}
