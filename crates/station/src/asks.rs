//! Asks and answers on their way through the hub: listed, moved, waited for, lapsed.
//!
//! Owns when the desk is asked what a message says about asks, and what is told of it to those who
//! listen. What moves an ask is the desk's; what our officers ask for is `answers`. Rules ASK-14 to
//! ASK-16.

use std::time::Duration;

use redphone_api::EventKind;
use redphone_desk::asks::{AskMoved, AskRecord, AskState, Flag, Reply, Side};
use redphone_desk::{BodyName, Record, Spoken};
use redphone_journal::Storage;
use redphone_wire::{Message, Now, PartyName, Serial, from_bytes};

use crate::hub::Hub;

impl<S: Storage> Hub<S> {
    /// A message of ours was released. What it asks and answers was looked at before.
    pub(crate) fn heed_ours(&mut self, now: Now, peer: &PartyName, message: &Message) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::OwnAnswerUnheard) {
            return;
        }
        if let Ok(listed) = self.desk.list_asks(now.utc, peer, Side::Us, message) {
            self.note_asks(now, peer, listed);
        }
        self.list_card(now, peer, Side::Us, message);
        let about = self.form_read_back(peer, Side::Us, message);
        let spoken = Spoken {
            by: Side::Us,
            hearer: peer,
            message,
            about: about.as_ref(),
        };
        if let Some(replied) = self.desk.reply(now.utc, peer, spoken) {
            self.note_asks(now, peer, replied.records);
        }
    }

    /// A message of the peer came whole.
    pub(crate) fn heed_theirs(&mut self, now: Now, peer: &PartyName, message: &Message) {
        let serial = message.serial;
        match self.desk.list_asks(now.utc, peer, Side::Peer, message) {
            Ok(listed) => {
                self.note_asks(now, peer, listed);
                self.asks_received(now, peer, Side::Peer, serial);
            }
            Err(refusal) => {
                let reply = Reply {
                    refused: vec![(0, refusal)],
                    ..Reply::default()
                };
                self.note_reply(now, peer, serial, reply);
            }
        }
        self.list_card(now, peer, Side::Peer, message);
        let spoken = Spoken {
            by: Side::Peer,
            hearer: &self.name,
            message,
            about: None,
        };
        let waits = self.desk.wait_for_earlier(now.utc, peer, spoken);
        #[cfg(feature = "planted-bugs")]
        let waits =
            waits.filter(|_| !crate::planted::is_planted(crate::planted::Bug::ActsAsTheyCome));
        match waits {
            Some(waits) => self.note_desk(now, waits),
            None => self.reply_of_peer(now, peer, message),
        }
        self.take_replies(now, peer);
    }

    /// Lets the peer's messages count that waited for those before them.
    pub(crate) fn take_replies(&mut self, now: Now, peer: &PartyName) {
        while let Some(serial) = self.desk.reply_due(now.utc, peer) {
            let body = self.body(&BodyName::message(peer, false, serial));
            let message = body.ok().flatten();
            let message = message.and_then(|bytes| from_bytes::<Message>(&bytes).ok());
            if let Some(message) = message {
                self.reply_of_peer(now, peer, &message);
            }
            if self
                .desk
                .peer(peer)
                .is_some_and(|desk| desk.reply_waits(serial))
            {
                // It names nothing that is here, or its text is no longer held.
                self.note_reply(now, peer, serial, Reply::default());
            }
        }
    }

    /// The station of the asked side holds a message: what it asks is delivered.
    pub(crate) fn asks_received(
        &mut self,
        now: Now,
        peer: &PartyName,
        asker: Side,
        serial: Serial,
    ) {
        let moved = self.desk.asks_received(now.utc, peer, asker, serial);
        for record in moved {
            self.note_desk(now, record);
        }
    }

    /// Times of asks that are over, and replies that have waited for long enough.
    pub(crate) fn asks_timeout(&mut self, now: Now, peer: &PartyName) {
        self.take_replies(now, peer);
        let moved = self.desk.asks_timeout(now.utc, peer);
        self.note_asks(now, peer, moved);
    }

    /// The monotonic instant at which [`Hub::asks_timeout`] next has something to do. The times of
    /// asks are of the wall clock; a jump of it is seen at the next turn.
    pub(crate) fn asks_poll_timeout(&self, now: Now, peer: &PartyName) -> Option<Duration> {
        let asks = self.desk.asks(peer)?.poll_timeout();
        let due = asks
            .into_iter()
            .chain(self.desk.reply_timeout(peer))
            .min()?;
        let ahead = Duration::from_millis(due.0.saturating_sub(now.utc.0));
        Some(now.monotonic.saturating_add(ahead))
    }

    fn reply_of_peer(&mut self, now: Now, peer: &PartyName, message: &Message) {
        let about = self.form_read_back(peer, Side::Peer, message);
        let spoken = Spoken {
            by: Side::Peer,
            hearer: &self.name,
            message,
            about: about.as_ref(),
        };
        let Some(replied) = self.desk.reply(now.utc, peer, spoken) else {
            return;
        };
        self.note_asks(now, peer, replied.records);
        // The asks of COUNTERs, which are asks of this message.
        self.asks_received(now, peer, Side::Peer, message.serial);
        let refused = replied.reply.refused.len();
        if refused > 0 {
            let said =
                format!("Acts of {peer} that were not taken: {refused}. Read it to see why.");
            let message = Some((false, message.serial));
            self.tell(now.utc, EventKind::Ask, peer, message, said);
        }
    }

    fn note_reply(&mut self, now: Now, peer: &PartyName, serial: Serial, reply: Reply) {
        let record = Record::Replied {
            peer: peer.clone(),
            by: Side::Peer,
            serial,
            reply,
        };
        self.note_desk(now, record);
    }

    /// Notes facts about asks, and tells what moved.
    fn note_asks(&mut self, now: Now, peer: &PartyName, records: Vec<Record>) {
        for record in records {
            let told = if let Record::Ask {
                fact: AskRecord::Moved(moved),
                ..
            } = &record
            {
                self.moved_words(peer, moved)
            } else {
                None
            };
            let reading = matches!(record, Record::ReadBack { .. }).then(|| record.clone());
            self.note_desk(now, record);
            if let Some(reading) = reading {
                self.act_on_reading(now, &reading);
            }
            if let Some((message, said)) = told {
                self.tell(now.utc, EventKind::Ask, peer, Some(message), said);
            }
        }
    }

    /// The message of an ask and what happened to the ask, if that is worth telling.
    fn moved_words(&self, peer: &PartyName, moved: &AskMoved) -> Option<((bool, Serial), String)> {
        let what = if moved.to == AskState::Lapsed && moved.from != AskState::Lapsed {
            "lapsed"
        } else if moved.to != moved.from {
            moved.to.en()
        } else if moved.flags.has(Flag::Evaded) {
            "evaded: prose answers nothing"
        } else {
            return None;
        };
        let ours = moved.key.asker == Side::Us;
        let (serial, number) = (moved.key.serial, moved.key.number);
        let asker = if ours { &self.name } else { peer };
        let said = format!("Ask {number} of {asker} {serial} {what}.");
        Some(((ours, serial), said))
    }
}
