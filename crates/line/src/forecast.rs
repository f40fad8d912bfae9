//! When an envelope that is not here yet should be through: what has to leave before it, then itself.
//!
//! Owns the estimate of one moment. Nothing is counted as lost, and what comes later and is more
//! urgent is not known. Rule FORM-8.

use std::time::Duration;

use redphone_wire::{Now, Precedence};

use crate::agenda::class;
use crate::carrier::Carrier;
use crate::cutting::Cut;
use crate::offering::takes;
use crate::sending::Sending;
use crate::{BearerId, Line};

impl Line {
    /// How long until an envelope of so many bytes should be through on each bearer that is up:
    /// what leaves it already, what waits at the same or a higher precedence, itself, and half the
    /// round trip. Empty while no bearer is up.
    pub fn forecast(
        &self,
        now: Now,
        envelope_bytes: usize,
        precedence: Precedence,
    ) -> Vec<(BearerId, Duration)> {
        let ours = class(precedence, false);
        let up = self.bearers.iter().filter(|(_, carrier)| carrier.is_up());
        up.map(|(id, carrier)| {
            let before = self.outbox.all().filter(|sending| sending.class <= ours);
            let ahead: Duration = before.map(|sending| self.left(sending, *id, carrier)).sum();
            let leaving = carrier.free_at.saturating_sub(now.monotonic);
            let cut = Cut::new(envelope_bytes, false, [&carrier.spec].into_iter());
            let way = carrier.path.round_trip().unwrap_or_default() / 2;
            (*id, leaving + ahead + cut.air_time(&carrier.spec) + way)
        })
        .collect()
    }

    /// How long what is left of an envelope occupies a bearer.
    fn left(&self, sending: &Sending, bearer: BearerId, carrier: &Carrier) -> Duration {
        if !takes(&self.config, carrier, sending) {
            return Duration::ZERO;
        }
        let whole = sending.cut().air_time(&carrier.spec);
        if !sending.under_way {
            return whole;
        }
        let Some(via) = sending.vias.iter().find(|via| via.bearer == bearer) else {
            return Duration::ZERO;
        };
        let source = u32::from(sending.cut().source).max(1);
        let left = match via.whole_at {
            Some(_) => 0,
            None => source.saturating_sub(via.sent),
        };
        whole.saturating_mul(left) / source
    }
}
