//! Read-backs on their way through the hub: what an officer filled in, his word on what was filled
//! in there, and the order wire when an item is missed too often.
//!
//! Owns what an officer is told before his read-back or his word on one goes. What counts is decided
//! at the desk, the card is `redphone-clarity`'s, and what is shown of it is `view`. Rules READ-6 to
//! READ-10.

mod filled;

use redphone_api::{EventKind, MessageRef, NewAct, Refusal};
use redphone_desk::asks::Side;
use redphone_desk::{BodyName, MISSES_SPOKEN, ReadBackFact, Record, card};
use redphone_journal::Storage;
use redphone_wire::{Act, Form, Message, Now, PartyName, Precedence, Serial, from_bytes};

use crate::hub::Hub;
use crate::refusals::{not_found, policy};

pub(crate) use self::filled::alone;
use self::filled::{confirmed, corrected, filled, named};

/// Items that one line of the order wire, or one refusal, names.
const NAMED_MAX: usize = 8;

/// A message, its side, and what is said of its read-back.
pub(crate) type Reading = (PartyName, Side, Serial, Act);

impl<S: Storage> Hub<S> {
    /// Notes that a message has a card.
    pub(crate) fn list_card(&mut self, now: Now, peer: &PartyName, by: Side, message: &Message) {
        if let Some(listed) = self.desk.list_card(peer, by, message) {
            self.note_desk(now, listed);
        }
    }

    /// What the message says that an answer reads back, or says a word on the read-back of.
    pub(crate) fn form_read_back(
        &mut self,
        peer: &PartyName,
        by: Side,
        message: &Message,
    ) -> Option<Form> {
        let Some(Form::Answer(answer)) = &message.form else {
            return None;
        };
        let reads = |act: &Act| matches!(act, Act::ReadBack { .. } | Act::Correction { .. });
        let confirms = |act: &Act| matches!(act, Act::Correct { .. });
        if !answer.acts.iter().any(|act| reads(act) || confirms(act)) {
            return None;
        }
        let ours = (by == Side::Us) == answer.ours;
        self.form_of(peer, ours, answer.message)
    }

    /// What a message says in fields, while its text is held.
    pub(crate) fn form_of(&mut self, peer: &PartyName, ours: bool, serial: Serial) -> Option<Form> {
        let body = self.body(&BodyName::message(peer, ours, serial));
        let message = from_bytes::<Message>(&body.ok().flatten()?).ok()?;
        message.form
    }

    /// What an officer says that is about a read-back; none where it is about asks.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others are about asks, or of a version that is not known"
    )]
    pub(crate) fn reading(
        &mut self,
        message: &MessageRef,
        acts: &[NewAct],
        note: &str,
    ) -> Result<Option<Reading>, Refusal> {
        let is_reading = |act: &NewAct| {
            matches!(
                act,
                NewAct::ReadBack { .. } | NewAct::Correct { .. } | NewAct::Correction { .. }
            )
        };
        if !acts.iter().any(is_reading) {
            return Ok(None);
        }
        let [act] = acts else {
            return Err(alone());
        };
        if !note.trim().is_empty() {
            return Err(alone());
        }
        let (peer, asker, serial) = self.find_read_back(message, act)?;
        let name = self.message_name(&peer, asker, serial);
        let held = self.desk.peer(&peer);
        let held = held.and_then(|desk| desk.readbacks(asker, serial)).cloned();
        let form = self.form_of(&peer, asker == Side::Us, serial);
        let (Some(held), Some(form)) = (held, form) else {
            return Err(policy(
                format!("{name} has nothing to read back: it is prose, or an answer."),
                "Acknowledge it by name: `redphone acknowledge`.",
            ));
        };
        let card = card(&form);
        let said = match act {
            NewAct::ReadBack { items } => filled(&name, &held, &card, items)?,
            NewAct::Correct { allow } => confirmed(&name, &held, &card, allow)?,
            NewAct::Correction { allow } => corrected(&name, &held, &card, allow)?,
            _ => return Ok(None),
        };
        Ok(Some((peer, asker, serial, said)))
    }

    /// The message that is read back. The sender may name it, or what came with the read-back.
    fn find_read_back(
        &self,
        wanted: &MessageRef,
        act: &NewAct,
    ) -> Result<(PartyName, Side, Serial), Refusal> {
        let from = wanted.from.as_ref();
        let ours = from.is_none_or(|from| *from == self.name.as_str());
        if let (true, NewAct::ReadBack { .. }) = (ours, act) {
            return Err(policy(
                "Our own message is read back by the other side.",
                "See what came back with `redphone readback`.",
            ));
        }
        if ours {
            let (peer, serial) = self.find_outgoing(wanted)?;
            return Ok((peer, Side::Us, serial));
        }
        let (peer, serial) = self.find_incoming(wanted)?;
        if matches!(act, NewAct::ReadBack { .. }) {
            return Ok((peer, Side::Peer, serial));
        }
        let of = self.desk.peer(&peer).and_then(|desk| {
            let mut ours = desk.all_readbacks().filter(|(of, ..)| *of == Side::Us);
            ours.find(|(_, _, held)| held.carrier == Some(serial))
        });
        let Some((_, read, _)) = of else {
            return Err(not_found(
                format!("{peer} {serial} is not the newest read-back of a message of ours."),
                "See what waits for a word with `redphone readback`.",
            ));
        };
        Ok((peer, Side::Us, read))
    }

    /// What follows from a fact about a read-back: those who listen are told, and the order wire is
    /// opened. Both go into the append of the fact.
    pub(crate) fn act_on_reading(&mut self, now: Now, record: &Record) {
        let Record::ReadBack {
            peer,
            asker,
            serial,
            fact,
        } = record
        else {
            return;
        };
        let ours = *asker == Side::Us;
        let said = match fact {
            ReadBackFact::Listed { .. } => return,
            ReadBackFact::Came { number, wrong, .. } => match wrong.len() {
                0 => format!("Read-back {number}: every item is the same."),
                wrong => format!("Read-back {number}: {wrong} items differ."),
            },
            ReadBackFact::Correct { .. } => "READ BACK: its sender said CORRECT.".to_owned(),
            ReadBackFact::Corrected { again, .. } => {
                format!(
                    "CORRECTION: {} items are to be read back again.",
                    again.len()
                )
            }
            ReadBackFact::Spoken { items } => {
                self.speak(now, peer, *serial, items);
                "Items that were misread too often went to the order wire.".to_owned()
            }
        };
        self.tell(now.utc, EventKind::Ask, peer, Some((ours, *serial)), said);
    }

    /// Opens the order wire on items of a message of ours: their numbers and places, no value.
    fn speak(&mut self, now: Now, peer: &PartyName, serial: Serial, items: &[u16]) {
        let card = self.form_of(peer, true, serial).map(|form| card(&form));
        let card = card.unwrap_or_default();
        let named: Vec<String> = items
            .iter()
            .take(NAMED_MAX)
            .map(|number| named(&card, *number))
            .collect();
        let name = format!("{} {serial}", self.name);
        let named = named.join("; ");
        let text = format!(
            "Station: {name} was misread {MISSES_SPOKEN} times in {named}. Say it here in other \
             words, then read it back again. / Станция: пункт {name} неверно понят \
             {MISSES_SPOKEN} раза. Скажите его здесь другими словами и повторите снова."
        );
        if let Ok((record, line)) = self.desk.order_wire(now.utc, peer, "", &text) {
            self.put_on_wire(now, peer, record, &line);
        }
    }

    /// The urgency of an answer to a message.
    pub(crate) fn precedence_of(&self, peer: &PartyName, of: Side, serial: Serial) -> Precedence {
        let precedence = match of {
            Side::Us => self.desk.outgoing(peer, serial).map(|one| one.precedence),
            Side::Peer => self.desk.incoming(peer, serial).map(|one| one.precedence),
        };
        precedence.unwrap_or(Precedence::Priority)
    }
}
