//! The machine: one line to one peer. Its doors; what goes out next is in `transmit`.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use redphone_wire::limits::ENVELOPE_BYTES_MAX;
use redphone_wire::{Echo, EnvelopeId, Now, Receipt, Received, Shape, Symbols};

use crate::carrier::{CONTACT_BYTES, Carrier};
use crate::cutting::Cut;
use crate::incoming::Incoming;
use crate::outgoing::Outbox;
use crate::receipt::{Due, Receipts};
use crate::received::{Known, Opened};
use crate::state::StateOfLine;
use crate::{
    Arrival, BearerId, BearerSpec, BearerStatus, Carries, Learned, LineConfig, LineEvent,
    LineState, Outgoing, Refused,
};

/// A copy that came so often says that our receipts are lost.
const COPIES_PLENTY: u32 = 3;
/// Symbols that complete nothing are receipted at most this often, and one in so many air times.
const PARTIAL_INTERVAL_MIN: Duration = Duration::from_millis(100);
const PARTIAL_AIR_TIMES: u32 = 8;
/// Sealed bytes of a short receipt.
const RECEIPT_BYTES: usize = 36;

/// One line to one peer.
///
/// Order of calls. For every frame that the seal opened: [`Line::heard`], then
/// [`Line::handle_symbols`], [`Line::handle_receipt`] or [`Line::handle_contact`]. After `Whole`:
/// [`Line::handle_opened`] or [`Line::handle_unopenable`]. After every step, and when
/// [`Line::poll_timeout`] says so: [`Line::handle_timeout`], [`Line::poll_event`] until none, and,
/// once all is durable, [`Line::poll_transmit`] for every bearer that has room, until none. After
/// `Contact`: [`Line::handle_contact_sealed`].
#[derive(Debug)]
pub struct Line {
    pub(crate) config: LineConfig,
    pub(crate) bearers: BTreeMap<BearerId, Carrier>,
    pub(crate) outbox: Outbox,
    pub(crate) receipts: Receipts,
    pub(crate) opened: Opened,
    incoming: Incoming,
    /// The frame that completed the envelope which the hub now opens.
    completed: Option<(EnvelopeId, Echo, u16)>,
    pub(crate) contact_wanted: bool,
    /// A contact frame of the peer came in this life.
    pub(crate) contacted: bool,
    pub(crate) state: StateOfLine,
    pub(crate) events: VecDeque<LineEvent>,
}

impl Line {
    /// A line without bearers.
    pub fn new(config: LineConfig) -> Self {
        Self {
            config,
            bearers: BTreeMap::new(),
            outbox: Outbox::default(),
            receipts: Receipts::default(),
            opened: Opened::default(),
            incoming: Incoming::default(),
            completed: None,
            contact_wanted: false,
            contacted: false,
            state: StateOfLine::default(),
            events: VecDeque::new(),
        }
    }

    /// Adds a bearer, with what an earlier life learned of it. A contact frame is due on it.
    pub fn add_bearer(
        &mut self,
        now: Now,
        id: BearerId,
        spec: BearerSpec,
        learned: Option<Learned>,
    ) {
        self.remove_bearer(now, id);
        let mut carrier = Carrier::new(now.monotonic, spec, learned);
        carrier.ask_contact(now.monotonic);
        self.bearers.insert(id, carrier);
        self.offer_all(now.monotonic, id);
        self.judge(now);
    }

    /// Forgets a bearer.
    pub fn remove_bearer(&mut self, now: Now, id: BearerId) {
        if self.bearers.remove(&id).is_none() {
            return;
        }
        self.receipts.forget(id);
        for envelope in self.outbox.ids() {
            if let Some(sending) = self.outbox.get_mut(envelope) {
                sending.vias.retain(|via| via.bearer != id);
            }
        }
        self.judge(now);
    }

    /// An officer takes a bearer out, or puts it back.
    pub fn set_out(&mut self, now: Now, id: BearerId, out: bool) {
        if let Some(carrier) = self.bearers.get_mut(&id)
            && carrier.out != out
        {
            carrier.out = out;
            if !out {
                self.come_back(now, id);
            }
        }
        self.judge(now);
    }

    /// A bearer with connections of its own says whether it has one. Others always have.
    pub fn set_connected(&mut self, now: Now, id: BearerId, connected: bool) {
        if let Some(carrier) = self.bearers.get_mut(&id)
            && carrier.connected != connected
        {
            carrier.connected = connected;
            if connected {
                self.come_back(now, id);
            }
        }
        self.judge(now);
    }

    /// Whether a bearer takes frames; while it does not, [`Line::poll_timeout`] leaves it out.
    pub fn set_room(&mut self, id: BearerId, has_room: bool) {
        if let Some(carrier) = self.bearers.get_mut(&id) {
            carrier.has_room = has_room;
        }
    }

    /// Whether the peer's desk is silent, as the peer's service message tells.
    pub fn set_desk_silent(&mut self, now: Now, silent: bool) {
        self.state.desk_silent = silent;
        self.judge(now);
    }

    /// Whether a subject is suspended by declaration.
    pub fn set_suspended(&mut self, now: Now, suspended: bool) {
        self.state.suspended = suspended;
        self.judge(now);
    }

    /// While wanted, contact frames are sent until the peer's is heard: the hub holds traffic
    /// until then.
    pub fn want_contact(&mut self, now: Now, wanted: bool) {
        if wanted && !self.contact_wanted {
            for carrier in self.bearers.values_mut() {
                carrier.ask_contact(now.monotonic);
            }
        }
        self.contact_wanted = wanted;
    }

    /// A contact frame goes on every bearer, and the peer's comes back where it can: with every
    /// test of ours.
    pub fn ask_contact(&mut self, now: Now) {
        for carrier in self.bearers.values_mut() {
            if carrier.can_hear() {
                carrier.ask_contact(now.monotonic);
            } else {
                carrier.tell_contact(now.monotonic);
            }
        }
    }

    /// Hourly tests missed in a row: two take down every bearer that can only hear.
    pub fn handle_missed_tests(&mut self, now: Now, missed: u32) {
        if missed >= 2 {
            for carrier in self.bearers.values_mut() {
                carrier.tests_missed = true;
            }
            self.judge(now);
        }
    }

    /// Takes an envelope to be carried. Its record is durable, or will be with this step. One that
    /// is here already is not taken twice.
    pub fn submit(&mut self, now: Now, outgoing: Outgoing) {
        let attachment = outgoing.attachment_bytes;
        let class = crate::agenda::class(outgoing.precedence, attachment.is_some());
        let cut = self.cut_for(outgoing.envelope.len(), class, attachment);
        if self.outbox.insert(outgoing, cut, self.config.life) {
            self.start_waiting(now.monotonic);
        }
    }

    /// How many more attachment envelopes are worth sealing now.
    pub fn room(&self) -> usize {
        self.outbox.room()
    }

    /// Drops an envelope of an epoch or a line that died.
    pub fn withdraw(&mut self, now: Now, id: EnvelopeId) {
        self.drop_sending(id);
        self.start_waiting(now.monotonic);
    }

    /// An authenticated frame came by this bearer. Called before the frame is handled.
    pub fn heard(&mut self, now: Now, bearer: BearerId) {
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return;
        };
        let silent = carrier.path.is_silent(now.monotonic);
        let down = carrier.state == crate::BearerState::Down;
        carrier.path.heard(now.monotonic);
        carrier.tests_missed = false;
        if down {
            carrier.ask_contact(now.monotonic);
        }
        if silent && !carrier.woken_in_vain {
            carrier.woken_in_vain = true;
            self.wake(now.monotonic, bearer);
        }
        if down {
            self.judge(now);
        }
    }

    /// Symbols came, of the epoch whose frame key opened the frame.
    pub fn handle_symbols(
        &mut self,
        now: Now,
        bearer: BearerId,
        epoch: u32,
        symbols: &Symbols,
    ) -> Arrival {
        let cumulative = self.opened.cumulative(epoch);
        let Some(number) = symbols.number.resolve(cumulative) else {
            return Arrival::Refused(Refused::NumberTooFarAhead);
        };
        let id = EnvelopeId { epoch, number };
        let mark = symbols.mark;
        let echo = echo(number, symbols.shape);
        match self.opened.copy(id, mark, bearer) {
            Some(Known::Copy { also_by, copies }) => {
                self.receipt_for_copy(bearer, epoch, echo, copies);
                return Arrival::Copy {
                    id,
                    first_bearer_differs: also_by,
                };
            }
            Some(Known::OtherMark) => return Arrival::OtherMark { id, mark },
            None if self.opened.is_too_far(id) => {
                return Arrival::Refused(Refused::NumberTooFarAhead);
            }
            None => {}
        }
        let begun = self.incoming.has_begun(id);
        match self.collect(now.monotonic, id, symbols) {
            Ok(Some(envelope)) => {
                self.completed = Some((id, echo, self.heard_count(bearer)));
                Arrival::Whole { id, mark, envelope }
            }
            Ok(None) => {
                if begun {
                    self.receipt_for_part(now.monotonic, bearer, epoch, echo);
                }
                Arrival::Partial
            }
            Err(refused) => Arrival::Refused(refused),
        }
    }

    fn collect(
        &mut self,
        now: Duration,
        id: EnvelopeId,
        symbols: &Symbols,
    ) -> Result<Option<Vec<u8>>, Refused> {
        match symbols.shape {
            Shape::Single { .. } if symbols.bytes.len() > ENVELOPE_BYTES_MAX => {
                Err(Refused::EnvelopeTooLong)
            }
            Shape::Single { .. } => Ok(Some(symbols.bytes.clone())),
            Shape::Multi {
                first,
                source,
                count,
            } => {
                let length = symbols.bytes.len() / usize::from(count.max(1));
                let cut = Cut { source, length };
                self.incoming
                    .insert(now, id, symbols.mark, cut, first, &symbols.bytes)
            }
        }
    }

    /// The hub opened the envelope; it will be durable with this step. A receipt is due.
    pub fn handle_opened(&mut self, _now: Now, bearer: BearerId, id: EnvelopeId, mark: u8) {
        self.incoming.forget(id);
        self.opened.insert(id, mark, Some(bearer));
        let completed = self.completed.take().filter(|(of, _, _)| *of == id);
        let (echo, heard) = completed.map_or_else(
            || {
                (
                    echo(id.number, Shape::Single { repeat: 0 }),
                    self.heard_count(bearer),
                )
            },
            |(_, echo, heard)| (echo, heard),
        );
        if self.receipts_go_by(bearer) {
            self.receipts.insert(bearer, id.epoch, Due { echo, heard });
        }
        if let Some(other) = self.fastest_other(bearer) {
            let heard = self.heard_count(other);
            self.receipts.insert(other, id.epoch, Due { echo, heard });
        }
    }

    /// The seal refused the envelope. All of it is dropped and collected anew.
    pub fn handle_unopenable(&mut self, id: EnvelopeId, mark: u8) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::UnopenableKept) {
            return;
        }
        self.completed = None;
        self.incoming.forget_mark(id, mark);
    }

    /// A receipt whose proof the seal has checked. Returns what is newly receipted.
    pub fn handle_receipt(
        &mut self,
        now: Now,
        bearer: BearerId,
        receipt: &Receipt,
    ) -> Vec<EnvelopeId> {
        let at = now.monotonic;
        let newly = self.outbox.receipted(receipt.epoch, &receipt.received);
        let mut by_it = None;
        for (id, carrier) in &mut self.bearers {
            let came_by = *id == bearer;
            let one_way = carrier.can_send() && !carrier.can_hear();
            if !came_by && !one_way {
                continue;
            }
            let heard = came_by.then_some(receipt.heard);
            let echoed = carrier.path.echoed(at, receipt.echo, heard);
            if came_by || echoed.is_some() {
                carrier.woken_in_vain = false;
            }
            by_it = by_it.or(echoed.filter(|_| came_by));
        }
        for id in &newly {
            self.note_arrived(*id);
            #[cfg(feature = "planted-bugs")]
            if crate::planted::is_planted(crate::planted::Bug::ReceiptTwice) {
                break;
            }
            self.drop_sending(*id);
        }
        let answered: Vec<_> = self
            .bearers
            .iter()
            .filter(|(id, carrier)| **id == bearer || (carrier.can_send() && !carrier.can_hear()))
            .map(|(id, carrier)| (*id, carrier.path.is_silent(at)))
            .collect();
        for (id, was_silent) in answered {
            if was_silent {
                self.wake(at, id);
            }
            if let Some(carrier) = self.bearers.get_mut(&id) {
                carrier.path.answered(at);
            }
        }
        if let Some(echoed) = by_it {
            self.note_echoed(at, bearer, echoed, receipt.heard);
        }
        self.start_waiting(at);
        if self.state.is_worse_than_up(&self.bearers, bearer) {
            self.judge(now);
        }
        newly
    }

    /// A contact frame came; ours goes back unless this one answered ours. Only one that
    /// `names_us`, as we live now, is an answer: any other crossed ours, or is an old copy.
    pub fn handle_contact(&mut self, now: Now, bearer: BearerId, names_us: bool) {
        self.contacted |= names_us;
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return;
        };
        let asked_at = carrier.contact.answered_from().filter(|_| names_us);
        carrier.handle_contact(now.monotonic, names_us);
        if let Some(asked_at) = asked_at {
            self.note_answered(now.monotonic, bearer, CONTACT_BYTES, asked_at);
        }
    }

    /// Replay: all of this is opened.
    pub fn restore_received(&mut self, epoch: u32, received: &Received) {
        self.opened.insert_all(epoch, received);
    }

    /// Replay: this envelope is opened, and came with this mark.
    pub fn restore_opened(&mut self, id: EnvelopeId, mark: u8) {
        self.opened.insert(id, mark, None);
    }

    /// What of an epoch is opened.
    pub fn received(&self, epoch: u32) -> Received {
        self.opened.summary(epoch)
    }

    /// The next change for the desk.
    pub fn poll_event(&mut self) -> Option<LineEvent> {
        self.events.pop_front()
    }

    /// How long an envelope of so many bytes would occupy each bearer that sends.
    pub fn expected(&self, envelope_bytes: usize) -> Vec<(BearerId, Duration)> {
        self.bearers
            .iter()
            .filter(|(_, carrier)| carrier.can_send())
            .map(|(id, carrier)| {
                let cut = Cut::new(envelope_bytes, false, [&carrier.spec].into_iter());
                (*id, cut.air_time(&carrier.spec))
            })
            .collect()
    }

    /// What a bearer taught us, to be kept.
    pub fn learned(&self, bearer: BearerId) -> Option<Learned> {
        let carrier = self.bearers.get(&bearer)?;
        Some(carrier.path.learned())
    }

    /// All bearers as the desk shows them.
    pub fn statuses(&self) -> Vec<BearerStatus> {
        self.bearers
            .iter()
            .map(|(id, carrier)| BearerStatus {
                id: *id,
                name: carrier.spec.name.clone(),
                kind: carrier.spec.kind,
                mtu: carrier.spec.mtu,
                state: carrier.state,
                since: carrier.since,
                loss: carrier.path.loss(),
                round_trip: carrier.path.round_trip(),
                frames_sent: carrier.path.frames_sent,
                frames_heard: carrier.path.frames_heard,
                bytes_sent: carrier.path.bytes_sent,
                heard_at: carrier.path.heard_at,
                cover: carrier.cover.is_some(),
            })
            .collect()
    }

    /// The state of the line, and since when on the monotonic clock.
    pub fn state(&self) -> (LineState, Duration) {
        self.state.now()
    }

    /// Envelopes that are not receipted.
    pub fn unreceipted(&self) -> usize {
        self.outbox.len()
    }

    /// Bytes of every frame of a bearer with cover: the hub pads each to this size.
    pub fn frame_bytes(&self, bearer: BearerId) -> Option<usize> {
        let cover = self.bearers.get(&bearer)?.cover.as_ref()?;
        Some(cover.frame_bytes())
    }

    fn heard_count(&self, bearer: BearerId) -> u16 {
        let carrier = self.bearers.get(&bearer);
        carrier.map_or(0, |carrier| carrier.path.frames_heard as u16)
    }

    /// Whether a receipt may go back the way its frame came.
    fn receipts_go_by(&self, bearer: BearerId) -> bool {
        let carrier = self.bearers.get(&bearer);
        carrier.is_some_and(|carrier| carrier.is_open() && carrier.spec.carries == Carries::Both)
    }

    /// The fastest bearer that is up, unless it is this one.
    fn fastest_other(&self, bearer: BearerId) -> Option<BearerId> {
        let back = self.receipts_go_by(bearer);
        self.bearers
            .iter()
            .filter(|(id, carrier)| {
                carrier.is_up() || (!back && carrier.is_open() && **id != bearer)
            })
            .max_by_key(|(id, carrier)| (carrier.is_up(), carrier.spec.rate, **id == bearer))
            .map(|(id, _)| *id)
            .filter(|id| *id != bearer)
    }

    fn receipt_for_copy(&mut self, bearer: BearerId, epoch: u32, echo: Echo, copies: u32) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::ReceiptOnce) {
            return;
        }
        if self.receipts_go_by(bearer) {
            let heard = self.heard_count(bearer);
            self.receipts.insert(bearer, epoch, Due { echo, heard });
        } else if let Some(other) = self.fastest_other(bearer) {
            let heard = self.heard_count(other);
            self.receipts.insert(other, epoch, Due { echo, heard });
        }
        if copies < COPIES_PLENTY {
            return;
        }
        let open: Vec<_> = self
            .bearers
            .iter()
            .filter(|(_, carrier)| carrier.is_open())
            .map(|(id, _)| *id)
            .collect();
        self.receipts.rotation = self.receipts.rotation.wrapping_add(1);
        let turn = self.receipts.rotation % open.len().max(1);
        if let Some(other) = open.get(turn) {
            let heard = self.heard_count(*other);
            self.receipts.insert(*other, epoch, Due { echo, heard });
        }
    }

    /// Tells a sender that no receipt has reached for a while that its symbols do come.
    fn receipt_for_part(&mut self, now: Duration, bearer: BearerId, epoch: u32, echo: Echo) {
        let heard = self.heard_count(bearer);
        let Some(carrier) = self.bearers.get_mut(&bearer) else {
            return;
        };
        if now < carrier.partial_at || !carrier.is_open() || !carrier.is_two_way() {
            return;
        }
        let air = carrier.spec.air_time(RECEIPT_BYTES);
        carrier.partial_at = now + PARTIAL_INTERVAL_MIN.max(air * PARTIAL_AIR_TIMES);
        self.receipts.insert(bearer, epoch, Due { echo, heard });
    }
}

/// What a receipt says of the frame that it answers.
pub(crate) fn echo(number: u32, shape: Shape) -> Echo {
    let repeat = match shape {
        Shape::Single { repeat } => repeat as u8,
        Shape::Multi { first, .. } => first as u8,
    };
    Echo {
        number: number as u8,
        repeat,
    }
}
