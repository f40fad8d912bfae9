//! Threads as their officers see them, and when the desk is asked for a message's place.
//!
//! Owns what is shown of references: what a message refers to, whether that is here, what no longer
//! stands, what crossed, how a form differs from the earlier one. What is decided of it is the desk's,
//! in `threads`. Rule DESK-9.

use std::collections::BTreeSet;

use redphone_api::{
    ChangeMark, ChangedLine, Difference, MessageRef, MessageSummary, Place, Refers, Refusal,
    Response, Thread,
};
use redphone_desk::asks::Side;
use redphone_desk::hold::changes::Change;
use redphone_desk::threads::{Key, LinkKind};
use redphone_desk::{PeerDesk, differences};
use redphone_journal::Storage;
use redphone_wire::{Form, Message, Now, PartyName, Serial, Utc};

use crate::hub::Hub;
use crate::view::{LIST_MAX, count};

/// Messages of one thread that are shown.
const THREAD_MESSAGES_MAX: usize = 500;
/// Messages that refer to one, looked through for the first that answers it.
const ANSWERS_LOOK_MAX: usize = 64;
/// The newest messages of each side that are looked through for threads.
const THREADS_LOOK_MAX: usize = 1_000;

impl<S: Storage> Hub<S> {
    /// Notes the place of a message that was released or came.
    pub(crate) fn place(&mut self, now: Now, peer: &PartyName, by: Side, message: &Message) {
        let hearer = if by == Side::Us { peer } else { &self.name };
        if let Some(record) = self.desk.place(peer, by, hearer, message) {
            self.note_desk(now, record);
        }
    }

    /// What is shown of a message's place.
    pub(crate) fn place_of(&self, peer: &PartyName, by: Side, serial: Serial) -> Place {
        let Some(threads) = self.desk.threads(peer) else {
            return Place::default();
        };
        let key = (by, serial);
        let refers = |kind: LinkKind, other: Key| Refers {
            kind: kind.en().to_owned(),
            message: self.key_name(peer, other),
            held: self.is_held(peer, other),
        };
        let link = threads.link(key);
        let ended = threads.ended(key);
        let crossed = threads.crossed(key);
        Place {
            refers: link.map(|link| refers(link.kind, (link.by, link.serial))),
            ended: ended.map(|(kind, later)| refers(kind, (by, later))),
            crossed: crossed
                .map(|other| self.key_name(peer, (by.other(), other)))
                .collect(),
        }
    }

    /// When a message that asks was first answered by an act; none where it asks nothing.
    pub(crate) fn answered(
        &self,
        peer: &PartyName,
        by: Side,
        serial: Serial,
    ) -> Option<Option<Utc>> {
        let book = self.desk.asks(peer)?;
        book.of_message(by, serial).next()?;
        let threads = self.desk.threads(peer)?;
        let after = threads.after((by, serial)).take(ANSWERS_LOOK_MAX);
        let answers = after.filter(|key| {
            let link = threads.link(*key);
            let answers = link.is_some_and(|link| link.kind == LinkKind::Answers);
            // A read-back is no answer: it is about the whole message, and about no ask.
            let desk = self.desk.peer(peer);
            let reply = desk.and_then(|desk| desk.reply(key.0, key.1));
            let about = reply.is_some_and(|reply| !reply.about.is_empty());
            key.0 == by.other() && answers && about
        });
        let at = answers.filter_map(|key| self.at_of(peer, key));
        Some(at.min())
    }

    /// How a form differs from the one that it refers to, where both are here.
    pub(crate) fn difference(
        &mut self,
        peer: &PartyName,
        by: Side,
        serial: Serial,
        form: Option<&Form>,
    ) -> Option<Difference> {
        let link = self.desk.threads(peer)?.link((by, serial))?;
        // These say something of another kind than what they refer to.
        let others = [LinkKind::Answers, LinkKind::Translates, LinkKind::Withdraws];
        if link.by != by || others.contains(&link.kind) {
            return None;
        }
        let earlier = self.said_in(peer, by == Side::Us, link.serial).ok()?.form?;
        let (then, _) = self.lexicon_of(peer, &earlier);
        let (lexicon, _) = self.lexicon_of(peer, form?);
        let found = differences((&earlier, then.as_deref()), (form?, lexicon.as_deref()));
        Some(Difference {
            message: self.key_name(peer, (by, link.serial)),
            en: lines(found.en),
            ru: lines(found.ru),
            wrongly_listed: found
                .wrongly_listed
                .into_iter()
                .map(|part| part.name().to_owned())
                .collect(),
        })
    }

    /// The threads, the newest first; or the one that a message is in.
    pub(crate) fn thread_list(
        &self,
        now: Now,
        of: Option<&MessageRef>,
        peer: Option<String>,
        limit: u32,
    ) -> Result<Response, Refusal> {
        if let Some(wanted) = of {
            let (peer, key) = self.find_either(wanted)?;
            let threads = self.desk.threads(&peer);
            let first = threads.map_or(key, |threads| threads.first(key));
            let threads = vec![self.thread(now, &peer, first)];
            return Ok(Response::Threads { threads });
        }
        let peers = match peer {
            Some(_) => vec![self.choose_peer(peer)?],
            None => self.peers(),
        };
        let limit = (limit as usize).min(LIST_MAX);
        let mut found: Vec<(Utc, PartyName, Key)> = Vec::new();
        for peer in peers {
            found.extend(self.newest_threads(&peer, limit));
        }
        found.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
        let newest = found.iter().take(limit);
        let threads = newest.map(|(_, peer, first)| self.thread(now, peer, *first));
        Ok(Response::Threads {
            threads: threads.collect(),
        })
    }

    /// The first messages of the threads of a line with a message among the newest ones, each with
    /// the time of its newest message, the newest first.
    fn newest_threads(&self, peer: &PartyName, most: usize) -> Vec<(Utc, PartyName, Key)> {
        let (Some(desk), Some(threads)) = (self.desk.peer(peer), self.desk.threads(peer)) else {
            return Vec::new();
        };
        let mut newest: Vec<(Utc, Key)> = newest_messages(desk).collect();
        newest.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let mut seen = BTreeSet::new();
        let firsts = newest.into_iter().filter_map(|(at, key)| {
            let first = threads.first(key);
            seen.insert(first).then(|| (at, peer.clone(), first))
        });
        firsts.take(most).collect()
    }

    fn thread(&self, now: Now, peer: &PartyName, first: Key) -> Thread {
        let threads = self.desk.threads(peer);
        let members = threads.map_or_else(
            || vec![first],
            |threads| threads.members(first, THREAD_MESSAGES_MAX),
        );
        let mut messages: Vec<(Utc, MessageSummary)> = members
            .iter()
            .filter_map(|key| Some((self.at_of(peer, *key)?, self.summary(now, peer, *key)?)))
            .collect();
        messages.sort_by_key(|(at, _)| *at);
        let asks = members
            .iter()
            .flat_map(|(by, serial)| self.asks_of(peer, *by, *serial));
        Thread {
            first: self.key_name(peer, first),
            held: self.is_held(peer, first),
            peer: peer.to_string(),
            asks_open: count(asks.filter(|ask| ask.unanswered).count()),
            messages: messages.into_iter().map(|(_, message)| message).collect(),
        }
    }

    fn summary(&self, now: Now, peer: &PartyName, (by, serial): Key) -> Option<MessageSummary> {
        Some(match by {
            Side::Us => self.outgoing_view(now, peer, serial, self.desk.outgoing(peer, serial)?),
            Side::Peer => self.incoming_view(peer, serial, self.desk.incoming(peer, serial)?),
        })
    }

    /// When a message that is here was released, or came.
    fn at_of(&self, peer: &PartyName, (by, serial): Key) -> Option<Utc> {
        match by {
            Side::Us => Some(self.desk.outgoing(peer, serial)?.released),
            Side::Peer => Some(self.desk.incoming(peer, serial)?.arrived),
        }
    }

    fn is_held(&self, peer: &PartyName, key: Key) -> bool {
        self.at_of(peer, key).is_some()
    }

    fn key_name(&self, peer: &PartyName, (by, serial): Key) -> String {
        let from = if by == Side::Us { &self.name } else { peer };
        format!("{from} {serial}")
    }

    /// A message of either side.
    fn find_either(&self, wanted: &MessageRef) -> Result<(PartyName, Key), Refusal> {
        let ours = wanted
            .from
            .as_ref()
            .is_none_or(|from| *from == self.name.as_str());
        if ours {
            let (peer, serial) = self.find_outgoing(wanted)?;
            return Ok((peer, (Side::Us, serial)));
        }
        // The first message of a thread may be missing: its thread is there all the same.
        let peer = self.choose_peer(wanted.from.clone())?;
        let key = (Side::Peer, Serial(wanted.serial));
        let threads = self.desk.threads(&peer);
        if threads.is_some_and(|threads| threads.after(key).next().is_some()) {
            return Ok((peer, key));
        }
        let (peer, serial) = self.find_incoming(wanted)?;
        Ok((peer, (Side::Peer, serial)))
    }
}

/// The newest messages of both sides, with when they were released or came.
fn newest_messages(desk: &PeerDesk) -> impl Iterator<Item = (Utc, Key)> {
    let ours = desk.out.iter().rev().take(THREADS_LOOK_MAX);
    let theirs = desk.in_.iter().rev().take(THREADS_LOOK_MAX);
    let ours = ours.map(|(serial, message)| (message.released, (Side::Us, *serial)));
    ours.chain(theirs.map(|(serial, message)| (message.arrived, (Side::Peer, *serial))))
}

/// The lines that differ.
fn lines(changes: Vec<Change>) -> Vec<ChangedLine> {
    let line = |change| match change {
        Change::Added(line) => Some((ChangeMark::Added, line)),
        Change::Kept(_) => None,
        Change::Removed(line) => Some((ChangeMark::Removed, line)),
    };
    let told = changes.into_iter().filter_map(line);
    told.map(|(mark, line)| ChangedLine { mark, line })
        .collect()
}
