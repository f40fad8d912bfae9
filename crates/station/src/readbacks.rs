//! Read-backs on their way through the hub: what an officer filled in, his word on what was filled
//! in there, and the order wire when an item is missed too often.
//!
//! Owns what an officer is told before his read-back or his word on one goes. What counts is decided
//! at the desk, the card is `redphone-clarity`'s, and what is shown of it is `view`. Rules READ-6 to
//! READ-10.

use std::collections::BTreeSet;

use redphone_api::{EventKind, MessageRef, NewAct, NewItem, Refusal, RefusalKind};
use redphone_clarity::{ReadBackItem, read};
use redphone_desk::asks::Side;
use redphone_desk::{BodyName, MISSES_SPOKEN, ReadBackFact, ReadBacks, Record, card};
use redphone_journal::Storage;
use redphone_wire::limits::ITEM_BYTES_MAX;
use redphone_wire::{Act, Form, Item, Message, Now, PartyName, Precedence, Serial, from_bytes};

use crate::hub::Hub;
use crate::refusals::{not_found, policy, usage};

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

/// A place on a card in words: `ask.1.act_by` is `ask 1, act by`.
pub(crate) fn place(field: &str) -> String {
    let place = field.replacen("ask.", "ask ", 1);
    place.replace('.', ", ").replace('_', " ")
}

/// `item 3 (ask 1, act by)`.
fn named(card: &[ReadBackItem], number: u16) -> String {
    let item = usize::from(number)
        .checked_sub(1)
        .and_then(|at| card.get(at));
    match item {
        Some(item) => format!("item {number} ({})", place(&item.field)),
        None => format!("item {number}"),
    }
}

fn all_named(card: &[ReadBackItem], numbers: impl Iterator<Item = u16>) -> String {
    let numbers: Vec<u16> = numbers.collect();
    let first = numbers.iter().take(NAMED_MAX);
    let mut words: Vec<String> = first.map(|number| named(card, *number)).collect();
    if numbers.len() > NAMED_MAX {
        words.push(format!("and {} more", numbers.len() - NAMED_MAX));
    }
    words.join(", ")
}

/// The card as the reader filled it in: every item that is due, each a value of its kind.
fn filled(
    name: &str,
    held: &ReadBacks,
    card: &[ReadBackItem],
    given: &[NewItem],
) -> Result<Act, Refusal> {
    if held.confirmed.is_some() {
        return Err(policy(
            format!("{name} was read back and confirmed."),
            "Nothing more has to be read back.",
        ));
    }
    let Some(readback) = held.next() else {
        return Err(policy(
            format!("{name} was read back too often."),
            "Speak about it on the order wire.",
        ));
    };
    let mut seen = BTreeSet::new();
    let mut items = Vec::with_capacity(given.len());
    for one in given {
        let item = usize::from(one.item)
            .checked_sub(1)
            .and_then(|at| card.get(at));
        let Some(item) = item.filter(|_| seen.insert(one.item)) else {
            return Err(usage(
                format!(
                    "The card of {name} has no item {}, or it is there twice.",
                    one.item
                ),
                format!(
                    "Print the card with `redphone readback {} --card`.",
                    named_ref(name)
                ),
            ));
        };
        let value = one.value.trim();
        if value.len() > ITEM_BYTES_MAX || read(item.kind, value).is_none() {
            return Err(unclear(
                format!("{} cannot be read.", capital(&named(card, one.item))),
                format!("Fill in {}. Nothing was sent.", item.kind.hint()),
            ));
        }
        items.push(Item {
            item: one.item,
            value: value.to_owned(),
        });
    }
    let blank: Vec<u16> = held.due.difference(&seen).copied().collect();
    if !blank.is_empty() {
        let blank = all_named(card, blank.into_iter());
        return Err(unclear(
            format!("Blank on the card of {name}: {blank}."),
            "Fill in every item that is due. If you do not know one, read the message again.",
        ));
    }
    Ok(Act::ReadBack { readback, items })
}

/// The items that differ and that the sender did not let pass.
fn differing(
    name: &str,
    held: &ReadBacks,
    card: &[ReadBackItem],
    allow: &[u16],
) -> Result<Vec<u16>, Refusal> {
    if !held.waits {
        return Err(policy(
            format!("No read-back of {name} waits for a word."),
            "See where read-backs stand with `redphone readback`.",
        ));
    }
    if let Some(right) = allow.iter().find(|number| !held.wrong.contains(number)) {
        return Err(usage(
            format!("{} does not differ.", capital(&named(card, *right))),
            "Name with --allow only items that are shown as different.",
        ));
    }
    let differ = held.wrong.iter().copied();
    Ok(differ.filter(|number| !allow.contains(number)).collect())
}

fn confirmed(
    name: &str,
    held: &ReadBacks,
    card: &[ReadBackItem],
    allow: &[u16],
) -> Result<Act, Refusal> {
    let differ = differing(name, held, card, allow)?;
    if differ.is_empty() {
        return Ok(Act::Correct {
            readback: held.newest,
        });
    }
    Err(unclear(
        format!(
            "The read-back of {name} differs in {}.",
            all_named(card, differ.into_iter())
        ),
        "Correct it with `redphone readback correct`. If an item is the same after all, name it \
         with --allow. Nothing was sent.",
    ))
}

fn corrected(
    name: &str,
    held: &ReadBacks,
    card: &[ReadBackItem],
    allow: &[u16],
) -> Result<Act, Refusal> {
    let differ = differing(name, held, card, allow)?;
    let right = |number: u16| {
        let item = usize::from(number)
            .checked_sub(1)
            .and_then(|at| card.get(at));
        item.map(|item| Item {
            item: number,
            value: item.value.to_string(),
        })
    };
    let items: Vec<Item> = differ.into_iter().filter_map(right).collect();
    if items.is_empty() {
        return Err(policy(
            format!("Nothing in the read-back of {name} differs."),
            "Confirm it with `redphone readback confirm`. To say something else, supersede the \
             message.",
        ));
    }
    Ok(Act::Correction {
        readback: held.newest,
        items,
    })
}

fn alone() -> Refusal {
    usage(
        "A read-back, and a word on one, stand alone in their message.",
        "Send acts on asks and notes with another answer.",
    )
}

fn unclear(what: String, to_do: impl Into<String>) -> Refusal {
    Refusal::operator(RefusalKind::Clarity, what, to_do)
}

/// `NORD 0001` as an argument.
fn named_ref(name: &str) -> String {
    name.replace(' ', "-")
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
