//! What goes out next, on which bearer, and when to ask again.
//!
//! FLASH first, then receipts, then a contact frame if traffic waits for it, then the others by
//! the bearer's agenda, then a contact frame that can wait, then cover.

use std::time::Duration;

use redphone_wire::limits::BITMAP_BYTES_MAX;
use redphone_wire::{EnvelopeId, Now, Number, Precedence, Received, Shape, Symbols};

use crate::agenda::{Stage, Turn, class, is_flash};
use crate::carrier::{CONTACT_BYTES, Carrier};
use crate::cutting::TAG_BYTES;
use crate::line::echo;
use crate::outgoing::{Sending, Via};
use crate::repair::{FAST, one_way_interval, probe_interval};
use crate::{BearerId, Line, LineEvent, Transmit};

/// Envelopes that a poll may put off before it gives up until the next.
const PUT_OFF_MAX: usize = 64;
/// Receipts that FLASH may pass over in a row.
const RECEIPTS_PASSED_MAX: u8 = 2;
/// Spacing of repeats on a bearer that has had no answer for a while.
const AGAIN_SPACING: Duration = Duration::from_millis(2);
/// For so long a fast bearer is hurried even if nothing was heard on it of late.
const EAGER_FOR: Duration = Duration::from_millis(500);
/// A bearer that costs more looks again after this whether a cheaper one is up.
const DEAR_WAIT: Duration = Duration::from_secs(2);
/// Repeats of a chunk of an attachment on a line that hears nothing ever.
const ONE_WAY_CHUNK_ROUNDS: u32 = 3;

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

    /// Sends symbols of the envelope whose turn it is, or puts it off.
    fn send_turn(&mut self, now: Duration, bearer: BearerId, turn: Turn) -> Option<Transmit> {
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

    /// A line that hears nothing ever does not repeat a chunk of an attachment for ever, and makes
    /// room for what waits.
    fn end_repeats(&mut self, now: Duration, id: EnvelopeId) {
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

    /// Whether a bearer costs more than another that is up.
    fn is_dear(&self, bearer: BearerId) -> bool {
        let Some(cost) = self.bearers.get(&bearer).map(|carrier| carrier.spec.cost) else {
            return false;
        };
        let mut others = self.bearers.values();
        cost > 0
            && others.any(|other| other.is_up() && other.is_two_way() && other.spec.cost < cost)
    }

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
}

/// What one frame of symbols was.
#[derive(Clone, Copy, Debug)]
struct Sent {
    count: u32,
    flash: bool,
    quota: u32,
}

impl Carrier {
    /// Spaces repeats out while no answer comes, however many wait.
    fn space_repeats(&mut self, now: Duration, air: Duration) {
        let wait = self.path.pace(air).wait(air);
        let since = self.path.unanswered_since.unwrap_or(now);
        if now.saturating_sub(since) > wait * 2 {
            self.again_at = now + AGAIN_SPACING;
        }
    }

    /// When a frame that began to leave at `start` goes again, if no receipt comes.
    fn next_repeat(&self, start: Duration, air: Duration, whole_at: Duration) -> (Stage, Duration) {
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

/// Sealed bytes of a receipt.
pub(crate) fn receipt_bytes(epoch: u32, received: &Received) -> usize {
    let varint = |value: u32| (32 - value.leading_zeros()).div_ceil(7).max(1) as usize;
    let bitmap = received.bitmap.len().min(BITMAP_BYTES_MAX);
    1 + varint(epoch) + varint(received.cumulative) + 1 + bitmap + 12 + TAG_BYTES
}
