//! What goes out next, on which bearer, and when to ask again.
//!
//! FLASH first, then receipts, then a contact frame if traffic waits for it, then the others by
//! the bearer's agenda, then a contact frame that can wait, then cover.

use std::time::Duration;

use redphone_wire::limits::BITMAP_BYTES_MAX;
use redphone_wire::{Now, Received};

use crate::agenda::{Turn, is_flash};
use crate::carrier::{CONTACT_BYTES, Carrier};
use crate::cutting::TAG_BYTES;
use crate::{BearerId, Line, Transmit};

/// Envelopes that a poll may put off before it gives up until the next.
const PUT_OFF_MAX: usize = 64;
/// Receipts that FLASH may pass over in a row.
const RECEIPTS_PASSED_MAX: u8 = 2;

impl Line {
    /// The next frame for this bearer. Once polled it counts as sent.
    pub fn poll_transmit(&mut self, now: Now, bearer: BearerId) -> Option<Transmit> {
        let at = now.monotonic;
        let carrier = self.bearers.get(&bearer)?;
        if !carrier.is_open() || carrier.ready_at() > at {
            return None;
        }
        if let Some(transmit) = self.next_frame(at, bearer) {
            return Some(transmit);
        }
        let carrier = self.bearers.get_mut(&bearer)?;
        let frame_bytes = carrier.cover.as_ref()?.frame_bytes();
        carrier.hand_over(at, frame_bytes);
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::CoverStops) {
            return None;
        }
        Some(Transmit::Cover {
            padding: frame_bytes.saturating_sub(TAG_BYTES + 1),
        })
    }

    /// The contact frame that was just polled has so many sealed bytes. Until this is said it is
    /// taken for the longest.
    pub fn handle_contact_sealed(&mut self, bearer: BearerId, bytes: usize) {
        if let Some(carrier) = self.bearers.get_mut(&bearer)
            && carrier.cover.is_none()
        {
            carrier.recount(bytes);
        }
    }

    /// The monotonic instant at which the machine next has something to do.
    pub fn poll_timeout(&self, now: Now) -> Option<Duration> {
        let at = now.monotonic;
        let two_way = self.has_way_back();
        self.bearers
            .iter()
            .flat_map(|(id, carrier)| {
                let send = self.next_send(at, *id, carrier, two_way);
                send.into_iter().chain(carrier.judge_next(at))
            })
            .min()
    }

    /// As [`Line::poll_timeout`] while nothing can be sealed: what is due to leave waits for keys,
    /// only the states of bearers move.
    pub fn poll_timeout_without_keys(&self, now: Now) -> Option<Duration> {
        let judged = |carrier: &Carrier| carrier.judge_next(now.monotonic);
        self.bearers.values().filter_map(judged).min()
    }

    fn next_send(
        &self,
        now: Duration,
        id: BearerId,
        carrier: &Carrier,
        two_way: bool,
    ) -> Option<Duration> {
        if !carrier.is_open() || !carrier.has_room {
            return None;
        }
        if carrier.cover.is_some() {
            return Some(carrier.ready_at());
        }
        let receipt = self.receipts.is_due(id).then_some(Duration::ZERO);
        let waits = two_way && !carrier.agenda.is_empty();
        let probe = carrier.path.silent_from().filter(|_| waits);
        let probe = probe.map(|from| from.max(carrier.probe_at));
        let agenda = if waits && carrier.path.is_silent(now) {
            None
        } else {
            carrier.agenda.next(carrier.blocked(two_way))
        };
        let contact = carrier.contact.next_at();
        let instants = [receipt, probe, agenda, contact];
        let earliest = instants.into_iter().flatten().min()?;
        Some(earliest.max(carrier.ready_at()))
    }

    /// Whether the peer can answer at all.
    pub(crate) fn has_way_back(&self) -> bool {
        self.bearers.values().any(Carrier::can_hear)
    }

    fn next_frame(&mut self, now: Duration, bearer: BearerId) -> Option<Transmit> {
        for _ in 0..PUT_OFF_MAX {
            let turn = self.turn(now, bearer);
            let flash = turn.is_some_and(|turn| is_flash(turn.class));
            let carrier = self.bearers.get_mut(&bearer)?;
            if !flash || carrier.receipts_passed >= RECEIPTS_PASSED_MAX {
                if let Some(receipt) = self.next_receipt(now, bearer) {
                    return Some(receipt);
                }
                let urgent = self.contact_wanted || !self.contacted;
                if !flash && (urgent || turn.is_none()) && self.send_contact(now, bearer) {
                    return Some(Transmit::Contact);
                }
            }
            let turn = turn?;
            if let Some(longer) = self.try_longer(now, bearer, turn) {
                return Some(longer);
            }
            if let Some(transmit) = self.send_turn(now, bearer, turn) {
                return Some(transmit);
            }
        }
        None
    }

    /// Whose turn it is on this bearer. On one that gets no answers only probes go.
    fn turn(&self, now: Duration, bearer: BearerId) -> Option<Turn> {
        let carrier = self.bearers.get(&bearer)?;
        let two_way = self.has_way_back();
        if two_way && carrier.path.is_silent(now) {
            return carrier.agenda.probe().filter(|_| carrier.probe_at <= now);
        }
        carrier.agenda.turn(now, carrier.blocked(two_way))
    }

    fn next_receipt(&mut self, now: Duration, bearer: BearerId) -> Option<Transmit> {
        let (epoch, due) = self.receipts.take(bearer)?;
        let received = self.opened.summary(epoch);
        let bytes = receipt_bytes(epoch, &received);
        let carrier = self.bearers.get_mut(&bearer)?;
        carrier.receipts_passed = 0;
        carrier.hand_over(now, bytes);
        Some(Transmit::Receipt {
            epoch,
            received,
            heard: due.heard,
            echo: due.echo,
        })
    }

    fn send_contact(&mut self, now: Duration, bearer: BearerId) -> bool {
        let wanted = self.contact_wanted;
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return false;
        };
        if carrier.contact.next_at().is_none_or(|due| due > now) {
            return false;
        }
        let (start, air) = carrier.hand_over(now, CONTACT_BYTES);
        let wait = carrier.path.pace(air).wait(air);
        carrier.contact.sent(start, wait, wanted);
        carrier.path.sent_contact(start);
        true
    }
}

/// Sealed bytes of a receipt.
pub(crate) fn receipt_bytes(epoch: u32, received: &Received) -> usize {
    let varint = |value: u32| (32 - value.leading_zeros()).div_ceil(7).max(1) as usize;
    let bitmap = received.bitmap.len().min(BITMAP_BYTES_MAX);
    1 + varint(epoch) + varint(received.cumulative) + 1 + bitmap + 12 + TAG_BYTES
}
