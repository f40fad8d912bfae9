//! What messages say about asks: which they list, which they answer, which they only talk about.
//!
//! Owns when a message's asks are listed and when its acts count. Asks are listed as soon as their
//! message is here; acts of the peer count in the order of its serials, so a reply waits for what
//! is missing before it, within bounds. What an act does to an ask is the book's, in `asks`, and what
//! it does to a read-back is `readback`'s. Rules ASK-4, ASK-14 to ASK-16.
//!
//! ```text
//!   list_asks -> records     in_order? -> reply -> records     else wait_for_earlier -> record
//!                                                              reply_due -> reply, by and by
//! ```

use redphone_wire::{Act, Form, Message, PartyName, Precedence, ReferenceKind, Serial, Utc};
use redphone_wire::{Reference, UtcSeconds};

use crate::asks::{Asks, Refusal, Reply, Said, Side, Why};
use crate::limits::{MENTIONS_MAX, REPLIES_WAITING_MAX, REPLY_WAITS_S_MAX};
use crate::readback::{Carried, ReadBackFact, card, readings};
use crate::{Desk, Record};

/// What a message says about asks of earlier messages.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Saying<'m> {
    /// Acts on the asks of a message.
    Acts(Said, &'m [Act]),
    /// A message of its own side no longer stands.
    Ends(Serial),
    /// Prose that names messages of the other side.
    Prose(Vec<Serial>),
}

/// Two sides and their names: whose message it is, and what the other is called in texts.
#[derive(Clone, Copy, Debug)]
pub struct Spoken<'m> {
    /// Who says it.
    pub by: Side,
    /// The name of the side that hears it.
    pub hearer: &'m PartyName,
    /// What is said.
    pub message: &'m Message,
    /// What the message says that it reads back or corrects; none where that is not held.
    pub about: Option<&'m Form>,
}

impl Desk {
    /// Lists the asks of a message that was released, by us or by the peer. None where it has none.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when the book does not take them.
    pub fn list_asks(
        &self,
        now: Utc,
        peer: &PartyName,
        by: Side,
        message: &Message,
    ) -> Result<Vec<Record>, Refusal> {
        let asks = message.form.as_ref().map_or(&[][..], Form::asks);
        let seconds = readback_within_s(message.precedence);
        let readback_by = UtcSeconds(now.seconds().0.saturating_add(seconds));
        let empty = Asks::default();
        let book = self.asks(peer).unwrap_or(&empty);
        let listed = book.list(now, by, message.serial, asks, readback_by)?;
        Ok(of_book(peer, listed).collect())
    }

    /// The station of the side that was asked holds a message: its asks are *delivered*.
    pub fn asks_received(
        &self,
        now: Utc,
        peer: &PartyName,
        asker: Side,
        serial: Serial,
    ) -> Vec<Record> {
        let by = asker.other();
        let said = Said { by, asker, serial };
        let moved = self
            .asks(peer)
            .and_then(|book| book.handle_act(now, said, &Act::Received).ok());
        of_book(peer, moved.unwrap_or_default()).collect()
    }

    /// Decides what a message does to earlier asks. None: it says nothing about any.
    ///
    /// The last record is what came of it, to be kept with the message.
    pub fn reply(&self, now: Utc, peer: &PartyName, spoken: Spoken<'_>) -> Option<Replied> {
        let saying = saying(spoken)?;
        let (by, serial) = (spoken.by, spoken.message.serial);
        let empty = Asks::default();
        let book = self.asks(peer).unwrap_or(&empty);
        let mut readings = Vec::new();
        let (moved, reply) = match saying {
            Saying::Acts(said, acts) => {
                let (facts, refused) = self.readings(now, peer, spoken, said, acts);
                readings = facts;
                book.reply(now, said, serial, acts, &refused)
            }
            Saying::Ends(earlier) => (book.supersede(now, by, earlier), Reply::default()),
            Saying::Prose(named) => {
                let named = named
                    .into_iter()
                    .filter_map(|serial| book.reply_in_prose(now, by, serial));
                let (moved, about): (Vec<_>, Vec<_>) = named.unzip();
                if about.is_empty() {
                    return None;
                }
                let reply = Reply {
                    about,
                    ..Reply::default()
                };
                (moved.concat(), reply)
            }
        };
        let kept = Record::Replied {
            peer: peer.clone(),
            by,
            serial,
            reply: reply.clone(),
        };
        let moved = of_book(peer, moved);
        let records = readings.into_iter().chain(moved).chain([kept]).collect();
        Some(Replied { records, reply })
    }

    /// What acts do to the read-backs of the message that they are about.
    fn readings(
        &self,
        now: Utc,
        peer: &PartyName,
        spoken: Spoken<'_>,
        said: Said,
        acts: &[Act],
    ) -> (Vec<Record>, Vec<(u8, Why)>) {
        let Said { asker, serial, .. } = said;
        let held = self.peer(peer);
        let held = held.and_then(|desk| desk.readbacks(asker, serial));
        let carried = Carried {
            serial: spoken.message.serial,
            officer: &spoken.message.releaser,
            at: now,
        };
        let (facts, refused) = readings(held, spoken.about, said, carried, acts);
        let record = |fact| Record::ReadBack {
            peer: peer.clone(),
            asker,
            serial,
            fact,
        };
        (facts.into_iter().map(record).collect(), refused)
    }

    /// Notes that a message of either side has a card. None where it has nothing to read back.
    pub fn list_card(&self, peer: &PartyName, by: Side, message: &Message) -> Option<Record> {
        let items = card(message.form.as_ref()?).len();
        (items > 0).then(|| Record::ReadBack {
            peer: peer.clone(),
            asker: by,
            serial: message.serial,
            fact: ReadBackFact::Listed {
                items: u16::try_from(items).unwrap_or(u16::MAX),
            },
        })
    }

    /// Whether a message of the peer has to wait for earlier ones before what it says counts. None
    /// where it says nothing about asks, or nothing is missing before it.
    pub fn wait_for_earlier(
        &self,
        now: Utc,
        peer: &PartyName,
        spoken: Spoken<'_>,
    ) -> Option<Record> {
        let serial = spoken.message.serial;
        let first_missing = self.peer(peer)?.first_missing()?;
        let waits = first_missing < serial && saying(spoken).is_some();
        waits.then(|| Record::ReplyWaits {
            peer: peer.clone(),
            serial,
            at: now,
        })
    }

    /// The next message of the peer whose words count by now: nothing is missing before it, it has
    /// waited for as long as it may, or too many wait.
    pub fn reply_due(&self, now: Utc, peer: &PartyName) -> Option<Serial> {
        let desk = self.peer(peer)?;
        let (serial, since) = desk.replies_waiting.first_key_value()?;
        let in_order = desk.first_missing().is_none_or(|missing| missing > *serial);
        let too_many = desk.replies_waiting.len() > REPLIES_WAITING_MAX;
        let too_long = now.0 >= since.0.saturating_add(REPLY_WAITS_S_MAX * 1_000);
        (in_order || too_many || too_long).then_some(*serial)
    }

    /// When a reply of the peer has waited for long enough.
    pub fn reply_timeout(&self, peer: &PartyName) -> Option<Utc> {
        let (_, since) = self.peer(peer)?.replies_waiting.first_key_value()?;
        Some(Utc(since.0.saturating_add(REPLY_WAITS_S_MAX * 1_000)))
    }

    /// What the times that are over do to the asks of a line.
    pub fn asks_timeout(&self, now: Utc, peer: &PartyName) -> Vec<Record> {
        let moved = self.asks(peer).map(|book| book.handle_timeout(now));
        of_book(peer, moved.unwrap_or_default()).collect()
    }

    /// The asks of a line, both ways.
    pub fn asks(&self, peer: &PartyName) -> Option<&Asks> {
        self.peer(peer).map(|desk| &desk.asks)
    }
}

/// What a message did to earlier asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Replied {
    /// To be made durable and applied, in this order.
    pub records: Vec<Record>,
    /// What came of it.
    pub reply: Reply,
}

fn of_book(peer: &PartyName, moved: Vec<crate::asks::AskRecord>) -> impl Iterator<Item = Record> {
    let record = |fact| Record::Ask {
        peer: peer.clone(),
        fact,
    };
    moved.into_iter().map(record)
}

/// Seconds after which asks open even if nobody read their message back.
fn readback_within_s(precedence: Precedence) -> u32 {
    match precedence {
        Precedence::Flash => 600,
        Precedence::Immediate => 1_800,
        Precedence::Priority => 7_200,
        Precedence::Routine => 21_600,
    }
}

fn saying(spoken: Spoken<'_>) -> Option<Saying<'_>> {
    let Spoken {
        by,
        hearer,
        message,
        ..
    } = spoken;
    let Some(form) = &message.form else {
        let named = named(&message.text, hearer);
        return (!named.is_empty()).then_some(Saying::Prose(named));
    };
    if let Form::Answer(answer) = form {
        let asker = if answer.ours { by } else { by.other() };
        let serial = answer.message;
        if !answer.acts.is_empty() {
            return Some(Saying::Acts(Said { by, asker, serial }, &answer.acts));
        }
        return (!answer.ours).then(|| Saying::Prose(vec![serial]));
    }
    let Some(Reference::To {
        kind,
        message: earlier,
        ..
    }) = form.reference()
    else {
        return None;
    };
    let ends = matches!(kind, ReferenceKind::Supersedes | ReferenceKind::Withdraws);
    (ends && *earlier < message.serial).then_some(Saying::Ends(*earlier))
}

/// The messages of a side that a text names, as `NORD 0412` or `NORD-0412`; each once.
pub(crate) fn named(text: &str, party: &PartyName) -> Vec<Serial> {
    let is_party = |word: &str| party.as_str().eq_ignore_ascii_case(word);
    let mut named = Vec::new();
    let mut follows = false;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        let number = match bare.rsplit_once('-') {
            Some((name, number)) if is_party(name) => Some(number),
            _ => follows.then_some(bare),
        };
        follows = is_party(word.trim_start_matches(|letter: char| !letter.is_alphanumeric()));
        let serial = number.and_then(|number| number.parse().ok()).map(Serial);
        if let Some(serial) = serial
            && !named.contains(&serial)
            && named.len() < MENTIONS_MAX
        {
            named.push(serial);
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_names_messages_of_the_other_side_and_no_others() {
        let nord: PartyName = "NORD".parse().unwrap();
        let serials = |text: &str| named(text, &nord).into_iter().map(|serial| serial.0);
        for (text, expected) in [
            ("We take note of NORD 0412.", vec![412]),
            ("NORD-0412, nord 7 and (NORD-0412)", vec![412, 7]),
            ("SUD 0412; NORDIC 0412; NORD; 0412", vec![]),
            ("НОРД 0412, NORD 99999999999", vec![]),
            ("NORD 1 NORD 2 NORD 3 NORD 4 NORD 5", vec![1, 2, 3, 4]),
        ] {
            assert_eq!(serials(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
