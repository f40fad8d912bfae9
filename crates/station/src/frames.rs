//! Frames in: tag first, else drop; then the line, then the envelope, then what it holds.
//!
//! Owns that order, and how much work a peer's envelopes may cost. Receipts are `receipts`, the
//! bodies of envelopes are `opened`.

use redphone_journal::Storage;
use redphone_line::{Arrival, BearerId, BearerKind};
use redphone_seal::{Cipher, ContactFrame, ContactVerdict, OpenedFrame, SealError};
use redphone_wire::limits::WINDOW;
use redphone_wire::{EnvelopeId, Frame, Now, PartyName, Symbols};

use crate::budget::CHAIN_STEPS;
use crate::hub::Hub;

/// What became of a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FrameOutcome {
    /// Authentic, and a copy of what is here already.
    AlsoCame,
    /// Not ours, damaged or forged: dropped, nothing moved.
    Refused,
    /// Authentic.
    Took {
        /// Whether it said what no frame had said before: it opened an envelope, receipted one, or
        /// its contact was news. A listener who repeats frames achieves none of these.
        news: bool,
        /// Whether an envelope became whole.
        whole: bool,
    },
}

impl FrameOutcome {
    /// Authentic, and no more.
    pub(crate) const HEARD: Self = Self::Took {
        news: false,
        whole: false,
    };
}

impl<S: Storage> Hub<S> {
    /// Takes a frame from a bearer. Bytes that the tag does not bear out change nothing but a
    /// counter.
    pub fn handle_frame(&mut self, now: Now, bearer: BearerId, bytes: &[u8]) -> FrameOutcome {
        if self.fault.is_some() {
            return FrameOutcome::Refused;
        }
        let Some(from) = self.bearers.get(&bearer) else {
            return FrameOutcome::Refused;
        };
        let name = from.peer.clone();
        let late = from.spec.kind == BearerKind::Courier;
        let Some(peer) = self.peers.get_mut(&name) else {
            return FrameOutcome::Refused;
        };
        // A bag may be months old: every epoch that is held is tried.
        let open = |cipher: &mut Cipher| {
            if late {
                cipher.open_late_frame(bytes)
            } else {
                cipher.open_frame(bytes)
            }
        };
        let mut opened = peer.cipher.as_mut().and_then(open);
        if opened.is_none() && peer.waiting.is_some() {
            opened = peer.waiting.as_mut().and_then(open);
            if opened.is_some() {
                self.promote(now, &name);
            }
        }
        let Some(opened) = opened else {
            if let Some(peer) = self.peers.get_mut(&name) {
                peer.refused_frames = peer.refused_frames.saturating_add(1);
            }
            #[cfg(feature = "planted-bugs")]
            if crate::planted::is_planted(crate::planted::Bug::RefusedFramesNoted) {
                let what = "a frame was refused".to_owned();
                let peer = Some(name);
                self.note(now, crate::record::Record::Alarm { peer, what });
            }
            return FrameOutcome::Refused;
        };
        if let Some(peer) = self.peers.get_mut(&name) {
            peer.line.heard(now, bearer);
        }
        match opened {
            OpenedFrame::Contact(contact) => self.handle_contact(now, &name, bearer, &contact),
            OpenedFrame::Traffic { epoch, frame } => match frame.unpadded() {
                Frame::Cover { .. } | Frame::Padded { .. } => FrameOutcome::HEARD,
                Frame::Receipt(receipt) => self.handle_receipt(now, &name, bearer, &receipt),
                Frame::Symbols(symbols) => self.handle_symbols(now, &name, bearer, epoch, &symbols),
            },
        }
    }

    fn handle_symbols(
        &mut self,
        now: Now,
        name: &PartyName,
        bearer: BearerId,
        epoch: u32,
        symbols: &Symbols,
    ) -> FrameOutcome {
        let Some(peer) = self.peers.get_mut(name) else {
            return FrameOutcome::Refused;
        };
        match peer.line.handle_symbols(now, bearer, epoch, symbols) {
            Arrival::Partial => FrameOutcome::HEARD,
            Arrival::Refused(why) => {
                self.misbehaved(now, name, "LINE", why.to_string());
                FrameOutcome::HEARD
            }
            Arrival::Copy {
                id,
                first_bearer_differs,
            } => {
                if first_bearer_differs {
                    self.also_came(now, name, bearer, id);
                }
                FrameOutcome::AlsoCame
            }
            Arrival::OtherMark { id, mark } => {
                self.other_mark(now, name, id, mark);
                FrameOutcome::HEARD
            }
            Arrival::Whole { id, mark, envelope } => {
                let news = self.open_envelope(now, name, bearer, id, mark, &envelope);
                FrameOutcome::Took { news, whole: true }
            }
        }
    }

    /// Opens an envelope; whether it was opened and is new.
    fn open_envelope(
        &mut self,
        now: Now,
        name: &PartyName,
        bearer: BearerId,
        id: EnvelopeId,
        mark: u8,
        envelope: &[u8],
    ) -> bool {
        let Some(peer) = self.peers.get_mut(name) else {
            return false;
        };
        let steps = peer.carriage.steps_to(id);
        let left = peer.budgets.chain_steps.left(now.monotonic, CHAIN_STEPS);
        if steps > left {
            peer.line.handle_unopenable(id, mark);
            let what = "numbers jump ahead so often that opening them takes too much work";
            self.misbehaved(now, name, "SEAL-10", what.to_owned());
            return false;
        }
        let Some(cipher) = peer.cipher.as_mut() else {
            return false;
        };
        let confirmed = cipher.is_confirmed();
        let opened = cipher.open(id, envelope);
        if steps > WINDOW || opened.is_err() {
            let spent = &mut peer.budgets.chain_steps;
            spent.take(now.monotonic, CHAIN_STEPS, steps);
        }
        let news = match &opened {
            Ok(_) | Err(SealError::NewerKind { .. }) => true,
            Err(SealError::AlreadyOpened(_)) => false,
            Err(error) => error.is_opened(),
        };
        match opened {
            Ok(opened) => {
                peer.line.handle_opened(now, bearer, id, mark);
                if !confirmed {
                    self.confirmed(now, name);
                }
                self.given_up(now, name, &opened.given_up);
                self.handle_body(now, name, bearer, (id, mark), opened.kind, &opened.message);
            }
            Err(SealError::AlreadyOpened(_)) => peer.line.handle_opened(now, bearer, id, mark),
            Err(SealError::NewerKind { kind, message }) => {
                peer.line.handle_opened(now, bearer, id, mark);
                self.handle_unknown_kind(now, name, (id, mark), kind, message);
            }
            Err(error) if error.is_opened() => {
                peer.line.handle_opened(now, bearer, id, mark);
                self.misbehaved(now, name, "SEAL", error.to_string());
                self.note_opened(now, name, (id, mark), 0, None);
            }
            Err(SealError::CloneRefused(_)) => {
                peer.line.handle_unopenable(id, mark);
                self.alarm(now, name, crate::says::cloned(name));
            }
            Err(_) => peer.line.handle_unopenable(id, mark),
        }
        news
    }

    fn other_mark(&mut self, now: Now, name: &PartyName, id: EnvelopeId, mark: u8) {
        let Some(cipher) = self.peers.get_mut(name).and_then(|p| p.cipher.as_mut()) else {
            return;
        };
        let verdict = cipher.handle_refused_mark(id, mark);
        self.judge(now, name, verdict);
    }

    fn handle_contact(
        &mut self,
        now: Now,
        name: &PartyName,
        bearer: BearerId,
        contact: &ContactFrame,
    ) -> FrameOutcome {
        let Some(peer) = self.peers.get_mut(name) else {
            return FrameOutcome::Refused;
        };
        let Some(cipher) = peer.cipher.as_mut() else {
            return FrameOutcome::Refused;
        };
        let names_us = contact.heard == cipher.life().1;
        peer.line.handle_contact(now, bearer, names_us);
        let news = cipher.is_news(contact);
        let verdict = cipher.handle_contact(contact);
        self.judge(now, name, verdict);
        let news = news && verdict == ContactVerdict::Normal;
        #[cfg(feature = "planted-bugs")]
        let news = news || crate::planted::is_planted(crate::planted::Bug::RepeatsAreNews);
        FrameOutcome::Took { news, whole: false }
    }
}
