//! What the marks of a contact frame say about either side (rules CONTACT-2 to CONTACT-6).

use redphone_wire::{Contact, ContactMark};

use super::{ContactFrame, ContactVerdict, fits};
use crate::Cipher;
use crate::envelope::receipt_key;
use crate::rows::Row;

impl Cipher {
    /// Whether a contact frame says what none did before: a newer life, or marks of the newest that
    /// have grown. One that came before says nothing new, whoever sends it again.
    pub fn is_news(&self, frame: &ContactFrame) -> bool {
        let (contact, standing) = (&frame.contact, &self.standing);
        let Some((newest, id)) = standing.lives.last_key_value() else {
            return true;
        };
        if contact.life != *newest || contact.life_id != *id {
            return contact.life > *newest;
        }
        let received = contact.received.as_ref().map(|mark| mark.id);
        Some(contact.sent) > standing.peer_sent || received > standing.peer_received
    }

    /// What a mark of the peer says about us: it names the highest envelope of ours that it opened.
    pub(super) fn judge_mark(&self, mark: &ContactMark) -> ContactVerdict {
        if mark.id < self.next_id() {
            // We may still be able to tell whether it was this state that sealed it.
            let sent = self.sent.get(&mark.id);
            let forked = sent.is_some_and(|sent| !fits(&sent.receipt, mark));
            return if forked {
                ContactVerdict::WeAreRestored
            } else {
                ContactVerdict::Normal
            };
        }
        let chain = if mark.id.epoch == self.out_current {
            self.out_epochs
                .get(&mark.id.epoch)
                .and_then(|out| out.chain.clone())
        } else {
            self.exchange.waiting_chain(mark.id.epoch)
        };
        let walk = chain.and_then(|chain| chain.walk(mark.id.number));
        let sealed_by_us = walk.is_some_and(|walk| {
            let receipt = receipt_key(&walk.gap_key, &mark.salt);
            fits(&receipt, mark)
        });
        if sealed_by_us {
            ContactVerdict::WeAreRestored
        } else {
            ContactVerdict::Unprovable
        }
    }

    /// What the peer's life and marks say about the peer.
    pub(super) fn judge_life(&mut self, contact: &Contact) -> ContactVerdict {
        let newest = self.standing.lives.last_key_value().map(|(life, _)| *life);
        let first_seen = self.standing.lives.get(&contact.life);
        #[cfg(feature = "planted-bugs")]
        let first_seen =
            first_seen.filter(|_| !crate::planted::is_planted(crate::planted::Bug::CopyUnnoticed));
        if let Some(id) = first_seen {
            if *id != contact.life_id {
                self.refuse_life(contact.life_id);
                return ContactVerdict::PeerCloned;
            }
        } else {
            self.standing.lives.insert(contact.life, contact.life_id);
            while self.standing.lives.len() > LIVES_MAX {
                self.standing.lives.pop_first();
            }
            self.mark(Row::Standing);
        }
        match newest {
            Some(newest) if contact.life < newest => ContactVerdict::Old,
            Some(newest) if contact.life > newest && self.is_behind(contact) => {
                ContactVerdict::PeerRestored
            }
            _ if self.is_behind(contact) => ContactVerdict::Old,
            _ => ContactVerdict::Normal,
        }
    }

    /// Whether the peer has forgotten something that it told or sent before. What it sent and
    /// receipted lately may be of the very life that the contact is of, and has overtaken it: only
    /// what earlier contacts and envelopes of known lives say counts.
    fn is_behind(&self, contact: &Contact) -> bool {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::RestoredUnnoticed) {
            return false;
        }
        let standing = &self.standing;
        let received = contact.received.as_ref().map(|mark| mark.id);
        Some(contact.sent) < standing.peer_sent.max(standing.opened_known)
            || received < standing.peer_received
            || contact.tape_out < standing.peer_tapes.0
            || contact.tape_in < standing.peer_tapes.1
    }

    /// Marks only grow.
    pub(super) fn note_marks(&mut self, contact: &Contact) {
        let standing = &mut self.standing;
        let received = contact.received.as_ref().map(|mark| mark.id);
        let (tape_out, tape_in) = standing.peer_tapes;
        let marks = (
            standing.peer_sent.max(Some(contact.sent)),
            standing.peer_received.max(received),
            (tape_out.max(contact.tape_out), tape_in.max(contact.tape_in)),
            contact.life_id,
        );
        let before = (
            standing.peer_sent,
            standing.peer_received,
            standing.peer_tapes,
            standing.heard,
        );
        if marks != before {
            (
                standing.peer_sent,
                standing.peer_received,
                standing.peer_tapes,
                standing.heard,
            ) = marks;
            self.mark(Row::Standing);
        }
    }

    /// Envelopes of a copy of the peer are refused from here on, by the tag of its life.
    fn refuse_life(&mut self, id: [u8; 8]) {
        let [first, second, ..] = id;
        let tag = [first, second];
        let known = self.standing.lives.values();
        let mut accepted = known.map(|[first, second, ..]| [*first, *second]);
        let told_apart = !accepted.any(|known| known == tag);
        let standing = &mut self.standing;
        if told_apart && standing.refused.len() < REFUSED_MAX && !standing.refused.contains(&tag) {
            standing.refused.push(tag);
            self.mark(Row::Standing);
        }
    }

    /// The first tape key that the peer has used to come to an epoch that is not at hand, and that
    /// is not installed here.
    pub(super) fn missing_tape(&self, contact: &Contact) -> Option<u32> {
        let epoch = contact.sent.epoch;
        if self.in_epochs.contains_key(&epoch) || self.ahead.contains_key(&epoch) {
            return None;
        }
        let direction = self.sending.reverse();
        let lowest = self.exchange.installed(direction).next();
        let last_used = contact.tape_out.checked_sub(1)?;
        // Before any key was used, only the reel says where the numbers begin.
        let first = match self.tape_next(direction) {
            0 => lowest.unwrap_or(last_used).min(last_used),
            next => next,
        };
        let installed = self.exchange.installed(direction);
        (first..=last_used)
            .zip(installed.map(Some).chain(std::iter::repeat(None)))
            .find(|(wanted, there)| Some(*wanted) != *there)
            .map(|(wanted, _)| wanted)
    }
}

/// Lives of the peer that are remembered.
const LIVES_MAX: usize = 64;
/// Copies of the peer whose envelopes are told apart.
const REFUSED_MAX: usize = 8;
