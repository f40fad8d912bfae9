//! Frames are made to fit the path of a bearer: what is counted of their lengths, and what happens
//! when the length in use changes (rule LINE-21). The counting itself is in `size`.

use std::time::Duration;

use redphone_wire::EnvelopeId;
use redphone_wire::limits::FRAME_BYTES_MAX;

use crate::agenda::{Turn, is_flash};
use crate::carrier::Carrier;
use crate::cutting::TAG_BYTES;
use crate::path::Echoed;
use crate::size::FrameSize;
use crate::{BearerId, BearerKind, BearerSpec, Carries, Line, Transmit};

/// The counting for a bearer that is one of datagrams, with answers, whose frames may differ in
/// length.
pub(crate) fn size_of(spec: &BearerSpec) -> Option<FrameSize> {
    let datagrams = matches!(spec.kind, BearerKind::Quic | BearerKind::Udp);
    let may_differ = datagrams && spec.carries == Carries::Both && spec.cover.is_none();
    may_differ.then(|| FrameSize::new(spec.mtu.min(FRAME_BYTES_MAX)))
}

impl Line {
    /// An envelope is receipted. When it went by one bearer only, its frames arrive there.
    pub(crate) fn note_arrived(&mut self, id: EnvelopeId) {
        let Some(sending) = self.outbox.get(id) else {
            return;
        };
        let mut vias = sending.vias.iter().filter(|via| via.sent > 0);
        let (Some(via), None) = (vias.next(), vias.next()) else {
            return;
        };
        if let Some(carrier) = self.bearers.get_mut(&via.bearer)
            && let Some(size) = &mut carrier.size
        {
            size.arrived(via.longest);
        }
    }

    /// A frame of this bearer was answered by it, with the count of frames that the peer had heard.
    pub(crate) fn note_echoed(
        &mut self,
        now: Duration,
        bearer: BearerId,
        echoed: Echoed,
        heard: u16,
    ) {
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return;
        };
        if let Some(size) = &mut carrier.size
            && size.counted(now, echoed.count, heard)
        {
            carrier.spec.mtu = size.bytes();
        }
        self.note_answered(now, bearer, echoed.bytes, echoed.sent_at);
    }

    /// A frame of so many bytes that went at `sent_at` was answered. When longer ones vanish, what
    /// is too long for the bearer is cut anew and goes at once.
    pub(crate) fn note_answered(
        &mut self,
        now: Duration,
        bearer: BearerId,
        bytes: usize,
        sent_at: Duration,
    ) {
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return;
        };
        let patience = carrier.path.patience();
        let Some(size) = &mut carrier.size else {
            return;
        };
        if !size.answered(now, patience, bytes, sent_at) {
            return;
        }
        carrier.spec.mtu = size.bytes();
        carrier.path.unanswered_since = None;
        self.recut_for(now, bearer);
    }

    /// A longer frame that says nothing, before what is not FLASH, when one is to be tried.
    pub(crate) fn try_longer(
        &mut self,
        now: Duration,
        bearer: BearerId,
        turn: Turn,
    ) -> Option<Transmit> {
        let carrier = self.bearers.get_mut(&bearer)?;
        if is_flash(turn.class) || carrier.path.is_silent(now) {
            return None;
        }
        let bytes = carrier.size.as_ref()?.trial(now, &carrier.spec)?;
        carrier.hand_over(now, bytes);
        let count = carrier.path.frames_sent as u16;
        carrier.size.as_mut()?.tried(count);
        Some(Transmit::Cover {
            padding: bytes.saturating_sub(TAG_BYTES + 1),
        })
    }
}

impl Carrier {
    /// The frame just handed over wants a receipt. A bearer that gets none for long frames is asked
    /// whether it carries short ones.
    pub(crate) fn count_length(&mut self, now: Duration, start: Duration, bytes: usize) {
        let silent = self.path.is_silent(now);
        let patience = self.path.patience();
        let Some(size) = &mut self.size else {
            return;
        };
        size.sent(start, bytes);
        if silent && size.asks_contact(now, patience) {
            self.ask_contact(now);
        }
    }
}
