//! One envelope's turn on one bearer: which of its symbols go in the frame, and what is noted of it.
//!
//! Whose turn it is, `agenda` knows; when what went out goes again, `repeat`.

use std::time::Duration;

use redphone_wire::{Number, Precedence, Shape, Symbols};

use crate::agenda::{Stage, Turn, class};
use crate::arrival::echo;
use crate::carrier::Carrier;
use crate::cutting::TAG_BYTES;
use crate::repair::{one_way_interval, probe_interval};
use crate::sending::{Sending, Via};
use crate::{BearerId, Line, Transmit};

/// A bearer that costs more looks again after this whether a cheaper one is up.
const DEAR_WAIT: Duration = Duration::from_secs(2);

impl Line {
    /// Sends symbols of the envelope whose turn it is, or puts it off.
    pub(crate) fn send_turn(
        &mut self,
        now: Duration,
        bearer: BearerId,
        turn: Turn,
    ) -> Option<Transmit> {
        let two_way = self.has_way_back();
        let dear = turn.class >= class(Precedence::Routine, false) && self.is_dear(bearer);
        let number = self.outbox.number(turn.id);
        let carrier = self.bearers.get_mut(&bearer)?;
        let probing = two_way && carrier.path.is_silent(now);
        let sending = self.outbox.get_mut(turn.id)?;
        let cut = sending.cut();
        let per_frame = cut.symbols_per_frame(&carrier.spec, sending.is_flash());
        let pace = carrier.path.pace(cut.air_time(&carrier.spec));
        let quota = if two_way {
            pace.quota(cut.source)
        } else {
            one_way_quota(cut.source)
        };
        let left = left_of(sending, bearer, turn.stage, quota);
        let flash = sending.is_flash();
        let via = sending.via(bearer)?;
        if per_frame == 0 {
            carrier.agenda.remove(turn, via.due);
            sending.vias.retain(|via| via.bearer != bearer);
            return None;
        }
        if dear && !probing {
            move_turn(carrier, turn, via, turn.stage, now + DEAR_WAIT);
            return None;
        }
        if turn.stage == Stage::Fresh && left == 0 && !probing {
            let wait = pace.wait(Duration::ZERO);
            let last = via.last_at.unwrap_or(now);
            via.whole_at = Some(now);
            move_turn(
                carrier,
                turn,
                via,
                Stage::Again,
                (last + wait).max(now + DEAR_WAIT.min(wait)),
            );
            return None;
        }
        if turn.stage != Stage::Fresh && via.burst_left == 0 {
            via.burst_left = pace.burst(cut.source, via.rounds).max(1);
            carrier.in_flight = carrier.in_flight.saturating_sub(via.in_flight);
            via.in_flight = 0;
        }
        let left = if turn.stage == Stage::Fresh {
            left
        } else {
            via.burst_left
        };
        let count = u32::try_from(per_frame).unwrap_or(1).min(left.max(1));
        let (symbols, count) = sending.take(number, count);
        sending.out = sending.out.saturating_add(count);
        let sent = Sent {
            count,
            flash,
            quota,
        };
        Some(self.account(now, bearer, turn, symbols, sent))
    }

    /// Notes what just went out and when it goes again.
    fn account(
        &mut self,
        now: Duration,
        bearer: BearerId,
        turn: Turn,
        symbols: Symbols,
        sent: Sent,
    ) -> Transmit {
        let two_way = self.has_way_back();
        let bytes = symbols_bytes(&symbols);
        let echo = echo(turn.id.number, symbols.shape);
        let transmit = Transmit::Symbols {
            epoch: turn.id.epoch,
            symbols,
        };
        let waits = self.receipts.is_due(bearer);
        let (Some(carrier), Some(sending)) =
            (self.bearers.get_mut(&bearer), self.outbox.get_mut(turn.id))
        else {
            return transmit;
        };
        let (start, air) = carrier.hand_over(now, bytes);
        carrier.path.sent_symbols(start, air, echo);
        carrier.count_length(now, start, bytes);
        carrier.receipts_passed = carrier
            .receipts_passed
            .saturating_add(u8::from(waits && sent.flash));
        carrier.probe_at = now + probe_interval(carrier.spec.rate, air);
        // One that is partly sent goes on: it counts from when all of it went out.
        carrier.in_flight += if turn.stage == Stage::Fresh { 0 } else { bytes };
        let blocked = carrier.blocked(two_way);
        carrier.agenda.went(now, turn.class, blocked);
        let cut = sending.cut();
        let whole_air = cut.air_time(&carrier.spec);
        let answered = carrier.path.answered_at;
        if let Some(via) = sending.via(bearer) {
            via.note_sent(start, sent.count, bytes, answered);
        }
        if left_of(sending, bearer, turn.stage, sent.quota) > 0 {
            return transmit;
        }
        let Some(via) = sending.via(bearer) else {
            return transmit;
        };
        if turn.stage == Stage::Fresh {
            carrier.in_flight += via.in_flight;
        } else {
            via.burst_left = via.burst_left.saturating_sub(sent.count);
            if via.burst_left > 0 {
                return transmit;
            }
            via.rounds += 1;
            carrier.space_repeats(now, air);
        }
        let whole_at = *via.whole_at.get_or_insert(start);
        let (stage, due) = if two_way {
            carrier.next_repeat(start, air, whole_at)
        } else {
            let wait = one_way_interval(whole_air, via.rounds);
            (Stage::Again, start + wait)
        };
        move_turn(carrier, turn, via, stage, due);
        if !two_way {
            self.end_repeats(now, turn.id);
        }
        transmit
    }

    /// Whether a bearer costs more than another that is up.
    fn is_dear(&self, bearer: BearerId) -> bool {
        let Some(cost) = self.bearers.get(&bearer).map(|carrier| carrier.spec.cost) else {
            return false;
        };
        let mut others = self.bearers.values();
        cost > 0
            && others.any(|other| other.is_up() && other.is_two_way() && other.spec.cost < cost)
    }
}

/// What one frame of symbols was.
#[derive(Clone, Copy, Debug)]
struct Sent {
    count: u32,
    flash: bool,
    quota: u32,
}

impl Via {
    fn note_sent(&mut self, at: Duration, count: u32, bytes: usize, answered: Option<Duration>) {
        if answered > self.last_at {
            self.unanswered = 0;
        }
        self.unanswered = self.unanswered.saturating_add(count);
        self.sent = self.sent.saturating_add(count);
        self.longest = self.longest.max(bytes);
        self.in_flight += bytes;
        self.last_at = Some(at);
    }
}

/// Symbols still needed before repeats begin. Of FLASH every bearer sends all that is needed.
fn left_of(sending: &mut Sending, bearer: BearerId, stage: Stage, quota: u32) -> u32 {
    if stage != Stage::Fresh {
        return 0;
    }
    let each = sending.is_flash() || sending.cut().is_single();
    let out = sending.out;
    let sent = sending.via(bearer).map_or(0, |via| via.sent);
    quota.saturating_sub(if each { sent } else { out })
}

/// Moves an envelope to another place on a bearer's agenda.
fn move_turn(carrier: &mut Carrier, turn: Turn, via: &mut Via, stage: Stage, due: Duration) {
    carrier.agenda.remove(turn, via.due);
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::SentOnce) {
        return;
    }
    via.stage = stage;
    via.due = due;
    carrier.agenda.insert(Turn { stage, ..turn }, due);
}

fn one_way_quota(source: u16) -> u32 {
    let source = u32::from(source);
    if source == 1 {
        1
    } else {
        source + source / 4 + 1
    }
}

/// Sealed bytes of a frame of symbols.
fn symbols_bytes(symbols: &Symbols) -> usize {
    let short = matches!(symbols.number, Number::Low(_));
    let header = match (symbols.shape, short) {
        (Shape::Single { .. }, true) => 4,
        (Shape::Single { .. }, false) => 8,
        (Shape::Multi { count: 1, .. }, true) => 6,
        (Shape::Multi { count: 1, .. }, false) => 9,
        (Shape::Multi { .. }, true) => 7,
        (Shape::Multi { .. }, false) => 10,
    };
    header + symbols.bytes.len() + TAG_BYTES
}
