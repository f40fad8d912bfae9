//! What goes again: after its wait, after a silence, after a break. The pace of it is in `repair`.

use std::time::Duration;

use redphone_wire::{EnvelopeId, Now};

use crate::agenda::Stage;
use crate::carrier::Carrier;
use crate::repair::FAST;
use crate::{BearerId, Line, LineEvent};

/// Spacing of repeats on a bearer that has had no answer for a while.
const AGAIN_SPACING: Duration = Duration::from_millis(2);
/// For so long a fast bearer is hurried even if nothing was heard on it of late.
const EAGER_FOR: Duration = Duration::from_millis(500);
/// Repeats of a chunk of an attachment on a line that hears nothing ever.
const ONE_WAY_CHUNK_ROUNDS: u32 = 3;

impl Line {
    /// Everything unreceipted may go again on this bearer at once.
    pub(crate) fn wake(&mut self, now: Duration, bearer: BearerId) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::WakeForgotten) {
            return;
        }
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return;
        };
        carrier.path.forget_silence();
        carrier.path.unanswered_since = None;
        carrier.again_at = now;
        for id in carrier.agenda.wake(now) {
            let Some(sending) = self.outbox.get_mut(id) else {
                continue;
            };
            #[cfg(feature = "planted-bugs")]
            if crate::planted::is_planted(crate::planted::Bug::SymbolsFromTheFirst) {
                sending.next = 0;
            }
            let source = u32::from(sending.cut().source);
            if let Some(via) = sending.via(bearer) {
                via.due = now;
                via.stage = Stage::Again;
                via.whole_at = Some(now);
                via.burst_left = via.unanswered.clamp(1, source);
                carrier.in_flight = carrier.in_flight.saturating_sub(via.in_flight);
                via.in_flight = 0;
            }
        }
    }

    /// A bearer is back: contact, and everything may go again.
    pub(crate) fn come_back(&mut self, now: Now, bearer: BearerId) {
        self.wake(now.monotonic, bearer);
        if let Some(carrier) = self.bearers.get_mut(&bearer) {
            carrier.path.unheard_since = None;
            carrier.free_at = now.monotonic;
            carrier.probe_at = now.monotonic;
            carrier.ask_contact(now.monotonic);
        }
    }

    /// A line that hears nothing ever does not repeat a chunk of an attachment for ever, and makes
    /// room for what waits.
    pub(crate) fn end_repeats(&mut self, now: Duration, id: EnvelopeId) {
        let is_chunk = self
            .outbox
            .get(id)
            .is_some_and(|sending| sending.attachment_bytes.is_some());
        let repeated = self.outbox.get(id).is_some_and(|sending| {
            let mut vias = sending.vias.iter();
            vias.all(|via| via.rounds >= ONE_WAY_CHUNK_ROUNDS)
        });
        if is_chunk && repeated {
            self.drop_sending(id);
            self.events.push_back(LineEvent::RepeatsEnded(id));
        }
        self.start_waiting(now);
    }
}

impl Carrier {
    /// Spaces repeats out while no answer comes, however many wait.
    pub(crate) fn space_repeats(&mut self, now: Duration, air: Duration) {
        let wait = self.path.pace(air).wait(air);
        let since = self.path.unanswered_since.unwrap_or(now);
        if now.saturating_sub(since) > wait * 2 {
            self.again_at = now + AGAIN_SPACING;
        }
    }

    /// When a frame that began to leave at `start` goes again, if no receipt comes.
    pub(crate) fn next_repeat(
        &self,
        start: Duration,
        air: Duration,
        whole_at: Duration,
    ) -> (Stage, Duration) {
        let pace = self.path.pace(air);
        let waited = start.saturating_sub(whole_at);
        let hears = if self.can_hear() {
            self.path.hears(start)
        } else {
            self.path.answers(start)
        };
        let hears = hears || (waited < EAGER_FOR && self.spec.rate >= FAST);
        let interval = pace.interval(air, waited, hears);
        let stage = if interval < pace.wait(air) {
            Stage::Early
        } else {
            Stage::Again
        };
        (stage, start + interval)
    }
}
