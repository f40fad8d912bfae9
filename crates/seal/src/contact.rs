//! Contact: who lives on each side, how far each has come, and what that gives away about restored
//! and copied stations (rules CONTACT-1 to CONTACT-8).
//!
//! ```text
//!   proof = first 8 bytes of KDF(rk of the highest opened, "reached", e, n)
//! ```
//!
//! A contact frame that was recorded can be sent again. So only one that names our present life id
//! as heard counts as the first contact after a start; alarms need no freshness.
//!
//! Owns lives, marks and holds. Contact frames raise alarms and hold sealing; they never move a
//! key. What a hold means for people is decided by the desk.

mod frame;
mod judge;
mod standing;

use std::fmt;

use redphone_wire::{
    Coded, Contact, ContactMark, EnvelopeId, Kind, Message, Precedence, from_bytes,
};
use subtle::ConstantTimeEq;

pub use frame::ContactFrame;
pub(crate) use standing::Standing;

use crate::epoch::{Tip, first};
use crate::kdf::{Label, Secret, kdf};
use crate::rows::Row;
use crate::{Cipher, SealError};

/// Why nothing, or nothing but FLASH, may be sealed. The worst one is shown.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Hold {
    /// After a start that nothing outside the machine vouches for: FLASH goes, the rest waits for
    /// the first contact.
    FirstContact,
    /// The peer names marks that we cannot check: FLASH goes, officers decide on the rest.
    Unprovable,
    /// The pairing is not confirmed by the peer.
    Unconfirmed,
    /// The peer's station was restored to an earlier state: officers decide.
    PeerRestored,
    /// Two stations say that they are the peer: officers decide.
    PeerCloned,
    /// This station was restored to an earlier state or copied: only a new pairing helps.
    WeAreRestored,
}

/// Whether the running hashes of both sides agree.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogVerdict {
    /// Both sides hold the same envelopes up to there.
    Agree,
    /// They do not: something was altered, left out or put in, on one side.
    Differ,
    /// It is too long ago to be compared.
    CannotTell,
}

/// What a contact frame gives away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ContactVerdict {
    /// All fits.
    Normal,
    /// From an earlier moment of a life that we know: a copy, or late.
    Old,
    /// Two stations live as the peer: alarm on both sides, envelopes of the other are refused.
    PeerCloned,
    /// The peer runs from an earlier state: alarm on both sides.
    PeerRestored,
    /// The peer used tape keys from this number on that are not installed here.
    TapeMissing {
        /// The first missing number.
        number: u32,
    },
    /// The peer names marks ahead of ours that we cannot check.
    Unprovable,
    /// We run from an earlier state, and the peer proves it.
    WeAreRestored,
}

impl Cipher {
    /// Begins a life: every start of the station, before any frame leaves. From the second life on
    /// only FLASH is sealed until the first contact, or until [`Cipher::trust_start`].
    pub fn start_life(&mut self, random: [u8; 32]) {
        self.standing.awaits_contact = self.life.number > 0;
        self.life = self.life.next(&random);
        self.mark(Row::Standing);
    }

    /// Something outside the machine vouches that the vault is the newest, or the line is one-way
    /// and its messages go out marked as unconfirmed since the restart.
    pub fn trust_start(&mut self) {
        self.standing.awaits_contact = false;
        self.mark(Row::Standing);
    }

    /// What we say of ourselves.
    pub fn contact(&self) -> Contact {
        let newest = self.in_epochs.iter().rev();
        let received = newest.into_iter().find_map(|(epoch, held)| {
            let tip = held.tip.as_ref()?;
            let id = EnvelopeId {
                epoch: *epoch,
                number: tip.number,
            };
            Some(ContactMark {
                id,
                salt: tip.salt,
                proof: proof(&tip.receipt, id),
            })
        });
        Contact {
            life: self.life.number,
            life_id: self.life.id,
            sent: self.next_id(),
            received,
            tape_out: self.tape_next(self.sending),
            tape_in: self.tape_next(self.sending.reverse()),
        }
    }

    /// Judges an opened contact frame. Alarms hold sealing; no key moves (rules CONTACT-1 to
    /// CONTACT-6). The worst finding is returned.
    pub fn handle_contact(&mut self, frame: &ContactFrame) -> ContactVerdict {
        let contact = &frame.contact;
        if let Some(mark) = &contact.received {
            let about_us = self.judge_mark(mark);
            if about_us == ContactVerdict::WeAreRestored {
                self.alarm(Hold::WeAreRestored);
                return about_us;
            }
            if about_us == ContactVerdict::Unprovable {
                self.alarm(Hold::Unprovable);
                return about_us;
            }
        }
        let about_peer = self.judge_life(contact);
        if about_peer == ContactVerdict::PeerCloned {
            self.alarm(Hold::PeerCloned);
            return about_peer;
        }
        if about_peer == ContactVerdict::PeerRestored {
            self.note_marks(contact);
            self.alarm(Hold::PeerRestored);
            return about_peer;
        }
        if about_peer != ContactVerdict::Normal {
            return about_peer;
        }
        self.note_marks(contact);
        if frame.heard == self.life.id && self.standing.awaits_contact {
            self.standing.awaits_contact = false;
            self.mark(Row::Standing);
        }
        match self.missing_tape(contact) {
            Some(number) => ContactVerdict::TapeMissing { number },
            None => ContactVerdict::Normal,
        }
    }

    /// Judges a good frame that carries another mark for a number that we opened: the sender was
    /// restored or copied (rule CONTACT-7).
    pub fn handle_refused_mark(&mut self, id: EnvelopeId, mark: u8) -> ContactVerdict {
        let Some(held) = self.in_epochs.get(&id.epoch) else {
            return ContactVerdict::Old;
        };
        let ahead = held
            .chain
            .as_ref()
            .is_some_and(|chain| id.number >= chain.next);
        let same = |tip: &Tip| tip.number == id.number && tip.salt.first() == Some(&mark);
        let is_opened = !ahead && !self.gaps.contains_key(&id) && !held.is_given_up(id.number);
        if !is_opened || held.tip.as_ref().is_some_and(same) {
            return ContactVerdict::Normal;
        }
        self.alarm(Hold::PeerCloned);
        ContactVerdict::PeerCloned
    }

    /// Officers on both sides decided to go on. Returns whether nothing is held any more: that we
    /// were restored is mended by a new pairing only (rule CONTACT-8).
    pub fn lift_hold(&mut self) -> bool {
        if self.standing.alarm != Some(Hold::WeAreRestored) {
            self.standing.alarm = None;
            self.mark(Row::Standing);
        }
        self.hold().is_none()
    }

    /// The vault is older than what lies outside the machine vouches for: nothing is sealed again
    /// on this line.
    pub fn we_are_restored(&mut self) {
        self.alarm(Hold::WeAreRestored);
    }

    /// Compares the running hash that the peer tells of what we sent (rule SEAL-12).
    pub fn check_log(&self, at: Option<EnvelopeId>, log: [u8; 16]) -> LogVerdict {
        let Some(at) = at else {
            return if log == [0; 16] {
                LogVerdict::Agree
            } else {
                LogVerdict::Differ
            };
        };
        let mut history = self.log_history.values();
        match history.find(|(id, _)| *id == at) {
            Some((_, ours)) if *ours == log => LogVerdict::Agree,
            Some(_) => LogVerdict::Differ,
            None if at >= self.next_id() => LogVerdict::Differ,
            None => LogVerdict::CannotTell,
        }
    }

    /// Why nothing, or nothing but FLASH, may be sealed.
    pub fn hold(&self) -> Option<Hold> {
        let unconfirmed = self.confirm.is_some() && !self.sends_unconfirmed;
        [
            self.standing.alarm,
            unconfirmed.then_some(Hold::Unconfirmed),
            self.standing.awaits_contact.then_some(Hold::FirstContact),
        ]
        .into_iter()
        .flatten()
        .max()
    }

    /// Refuses what the hold forbids (rule CONTACT-5).
    pub(crate) fn check_hold(&self, kind: Kind, message: &[u8]) -> Result<(), SealError> {
        match self.hold() {
            None => Ok(()),
            Some(Hold::FirstContact | Hold::Unprovable) if is_flash(kind, message) => Ok(()),
            Some(hold) => Err(SealError::Held(hold)),
        }
    }
}

impl Cipher {
    fn next_id(&self) -> EnvelopeId {
        let epoch = self.out_current;
        let out = self.out_epochs.get(&epoch);
        let chain = out.and_then(|out| out.chain.as_ref());
        EnvelopeId {
            epoch,
            number: chain.map_or(u32::MAX, |chain| chain.next),
        }
    }

    fn alarm(&mut self, hold: Hold) {
        if self.standing.alarm < Some(hold) {
            self.standing.alarm = Some(hold);
            self.mark(Row::Standing);
        }
    }
}

fn proof(receipt_key: &Secret, id: EnvelopeId) -> [u8; 8] {
    let context = [&id.epoch.to_be_bytes()[..], &id.number.to_be_bytes()];
    first(&kdf(receipt_key, Label::Reached, &context))
}

fn fits(receipt_key: &Secret, mark: &ContactMark) -> bool {
    proof(receipt_key, mark.id).ct_eq(&mark.proof).into()
}

/// Whether this is a FLASH message: what goes when all else is held.
pub(crate) fn is_flash(kind: Kind, message: &[u8]) -> bool {
    match kind {
        Kind::Coded(_) => Coded::from_bytes(message).is_ok_and(|coded| coded.flash),
        Kind::Message => from_bytes::<Message>(message)
            .is_ok_and(|message| message.precedence == Precedence::Flash),
        Kind::Acknowledgement
        | Kind::Attachment
        | Kind::OrderWire
        | Kind::Refresh
        | Kind::Service
        | Kind::Test => false,
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FirstContact => "no contact since the start",
            Self::Unprovable => "the peer names marks that cannot be checked",
            Self::Unconfirmed => "the pairing is not confirmed",
            Self::PeerRestored => "the peer was restored to an earlier state",
            Self::PeerCloned => "two stations say that they are the peer",
            Self::WeAreRestored => "this station was restored to an earlier state",
        })
    }
}
