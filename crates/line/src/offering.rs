//! Which bearers an envelope is offered to, when, and how it is cut for them.

use std::time::Duration;

use redphone_wire::{EnvelopeId, Precedence};

use crate::agenda::{Stage, class};
use crate::carrier::Carrier;
use crate::cutting::Cut;
use crate::sending::{Sending, Via};
use crate::{BearerId, Line, LineConfig, LineEvent};

/// A slower bearer joins in after so many times what the best one should need.
const JOIN_PATIENCE: u32 = 2;
const JOIN_MARGIN: Duration = Duration::from_millis(50);

impl Line {
    /// Starts envelopes that wait, as far as the bounds allow.
    pub(crate) fn start_waiting(&mut self, now: Duration) {
        let one_way = !self.has_way_back() && !self.bearers.is_empty();
        while let Some(id) = self.start_next(one_way) {
            self.offer_to_all(now, id);
        }
    }

    /// The next envelope to start. On a line that hears nothing ever, one that went out whole makes
    /// room for it.
    fn start_next(&mut self, one_way: bool) -> Option<EnvelopeId> {
        let (bearers, config) = (&self.bearers, &self.config);
        let some_may = |sending: &Sending| {
            bearers
                .values()
                .any(|carrier| takes(config, carrier, sending))
        };
        let started = self.outbox.start_next(some_may);
        if started.is_some() || !one_way {
            return started;
        }
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::OneWayFull) {
            return None;
        }
        let oldest = self.outbox.oldest_in_the_way()?;
        self.drop_sending(oldest);
        self.events.push_back(LineEvent::RepeatsEnded(oldest));
        let (bearers, config) = (&self.bearers, &self.config);
        self.outbox.start_next(|sending| {
            bearers
                .values()
                .any(|carrier| takes(config, carrier, sending))
        })
    }

    /// Puts an envelope on the agenda of every bearer that may carry it.
    fn offer_to_all(&mut self, now: Duration, id: EnvelopeId) {
        let best = self
            .outbox
            .get(id)
            .and_then(|sending| self.best_time(sending));
        let bearers: Vec<_> = self.bearers.keys().copied().collect();
        #[cfg(feature = "planted-bugs")]
        let bearers: Vec<_> = if crate::planted::is_planted(crate::planted::Bug::OneBearer) {
            bearers.into_iter().take(1).collect()
        } else {
            bearers
        };
        for bearer in bearers {
            self.offer(now, id, bearer, best);
        }
    }

    /// How long the best bearer that is up should need for an envelope and its receipt.
    fn best_time(&self, sending: &Sending) -> Option<Duration> {
        self.bearers
            .values()
            .filter(|carrier| carrier.is_up() && takes(&self.config, carrier, sending))
            .map(|carrier| carrier.time_for(sending.cut()))
            .min()
    }

    fn offer(&mut self, now: Duration, id: EnvelopeId, bearer: BearerId, best: Option<Duration>) {
        let (Some(carrier), Some(sending)) = (self.bearers.get(&bearer), self.outbox.get(id))
        else {
            return;
        };
        if !takes(&self.config, carrier, sending) {
            return;
        }
        let urgent = sending.class < class(Precedence::Priority, false);
        let due = match best {
            // A slower bearer is spared what the best should have done by then.
            Some(best) if !urgent && carrier.symbol_time(sending.cut()) > best * JOIN_PATIENCE => {
                now + best * JOIN_PATIENCE + JOIN_MARGIN
            }
            _ => now,
        };
        let turn = sending.turn(id, Stage::Fresh);
        if let Some(carrier) = self.bearers.get_mut(&bearer) {
            carrier.agenda.insert(turn, due);
        }
        if let Some(sending) = self.outbox.get_mut(id) {
            sending.vias.push(Via::new(bearer, due));
        }
    }

    /// A bearer is new: everything may go on it; what is too long for it is cut anew.
    pub(crate) fn offer_all(&mut self, now: Duration, bearer: BearerId) {
        for id in self.outbox.ids() {
            if self.is_too_long(id, bearer) {
                self.recut(now, id);
            } else if self.outbox.is_under_way(id) {
                self.offer(now, id, bearer, None);
            }
        }
        self.start_waiting(now);
    }

    /// A bearer carries shorter frames only: what is too long for it is cut anew.
    pub(crate) fn recut_for(&mut self, now: Duration, bearer: BearerId) {
        for id in self.outbox.ids() {
            if self.is_too_long(id, bearer) {
                self.recut(now, id);
            }
        }
        self.start_waiting(now);
    }

    /// Whether an envelope may go on a bearer, and not even one symbol of its cut fits a frame.
    fn is_too_long(&self, id: EnvelopeId, bearer: BearerId) -> bool {
        let (Some(carrier), Some(sending)) = (self.bearers.get(&bearer), self.outbox.get(id))
        else {
            return false;
        };
        takes(&self.config, carrier, sending)
            && sending.cut().symbols_per_frame(&carrier.spec, true) == 0
    }

    fn recut(&mut self, now: Duration, id: EnvelopeId) {
        let Some(sending) = self.outbox.get(id) else {
            return;
        };
        let bytes = sending.envelope.len();
        let cut = self.cut_for(bytes, sending.class, sending.attachment_bytes);
        self.leave_agendas(id);
        self.outbox.recut(id, cut);
        if self.outbox.is_under_way(id) {
            self.offer_to_all(now, id);
        }
    }

    /// How an envelope is cut for the bearers that may carry it.
    pub(crate) fn cut_for(&self, bytes: usize, class: usize, attachment: Option<u64>) -> Cut {
        let bearers = self
            .bearers
            .values()
            .filter(|carrier| may_carry(&self.config, carrier, class, attachment))
            .map(|carrier| &carrier.spec);
        Cut::new(bytes, attachment.is_some(), bearers)
    }

    /// Cancels everything queued for an envelope.
    pub(crate) fn drop_sending(&mut self, id: EnvelopeId) {
        self.leave_agendas(id);
        self.outbox.remove(id);
    }

    fn leave_agendas(&mut self, id: EnvelopeId) {
        let Some(sending) = self.outbox.get_mut(id) else {
            return;
        };
        let vias = std::mem::take(&mut sending.vias);
        for via in vias {
            let turn = sending.turn(id, via.stage);
            if let Some(carrier) = self.bearers.get_mut(&via.bearer) {
                carrier.agenda.remove(turn, via.due);
                if via.stage != Stage::Fresh {
                    carrier.in_flight = carrier.in_flight.saturating_sub(via.in_flight);
                }
            }
        }
    }
}

/// Whether an envelope that is not receipted may go on a bearer at all.
pub(crate) fn takes(config: &LineConfig, carrier: &Carrier, sending: &Sending) -> bool {
    may_carry(config, carrier, sending.class, sending.attachment_bytes)
}

/// Whether an envelope may go on a bearer at all: ROUTINE attachments skip those that they would
/// hold for too long.
fn may_carry(config: &LineConfig, carrier: &Carrier, of: usize, attachment: Option<u64>) -> bool {
    if !carrier.can_send() {
        return false;
    }
    let Some(bytes) = attachment.filter(|_| of >= class(Precedence::Routine, false)) else {
        return true;
    };
    carrier.spec.rate.time(bytes) <= config.routine_attachment_air_time_max
}

impl Carrier {
    /// How long an envelope and its receipt take on it.
    fn time_for(&self, cut: Cut) -> Duration {
        let air = cut.air_time(&self.spec);
        air + self.path.pace(air).round_trip
    }

    /// How long one frame of an envelope takes on it.
    fn symbol_time(&self, cut: Cut) -> Duration {
        let frames =
            usize::from(cut.source).div_ceil(cut.symbols_per_frame(&self.spec, true).max(1));
        cut.air_time(&self.spec) / u32::try_from(frames).unwrap_or(u32::MAX).max(1)
    }
}
