//! The machine: one line to one peer.
//!
//! Owns its state, its bearers, and what is asked of it and told. What comes in is in `arrival`;
//! what goes out next, in `transmit`.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use redphone_wire::{Echo, EnvelopeId, Now};

use crate::carrier::Carrier;
use crate::cutting::Cut;
use crate::incoming::Incoming;
use crate::outgoing::Outbox;
use crate::receipt::Receipts;
use crate::received::Opened;
use crate::state::StateOfLine;
use crate::{
    BearerId, BearerSpec, BearerStatus, Learned, LineConfig, LineEvent, LineState, Outgoing,
};

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
    pub(crate) incoming: Incoming,
    /// The frame that completed the envelope which the hub now opens.
    pub(crate) completed: Option<(EnvelopeId, Echo, u16)>,
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
                carrier.want_contact(now.monotonic);
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
}
