//! The machine: one line to one peer.

use std::collections::VecDeque;
use std::time::Duration;

use redphone_wire::{EnvelopeId, Now, Receipt, Received, Symbols};

use crate::{
    Arrival, BearerId, BearerSpec, BearerStatus, Learned, LineConfig, LineEvent, LineState,
    Outgoing, Transmit,
};

/// One line to one peer.
///
/// Order of calls. For every frame that the seal opened: [`Line::heard`], then
/// [`Line::handle_symbols`], [`Line::handle_receipt`] or [`Line::handle_contact`]. After `Whole`:
/// [`Line::handle_opened`] or [`Line::handle_unopenable`]. After every step, and when
/// [`Line::poll_timeout`] says so: [`Line::handle_timeout`], [`Line::poll_event`] until none, and,
/// once all is durable, [`Line::poll_transmit`] for every bearer that has room, until none.
#[derive(Debug)]
pub struct Line {
    config: LineConfig,
    events: VecDeque<LineEvent>,
}

impl Line {
    /// A line without bearers.
    pub fn new(config: LineConfig) -> Self {
        let events = VecDeque::new();
        Self { config, events }
    }

    /// Adds a bearer, with what an earlier life learned of it.
    pub fn add_bearer(
        &mut self,
        _now: Now,
        _id: BearerId,
        _spec: BearerSpec,
        _learned: Option<Learned>,
    ) {
    }

    /// Forgets a bearer.
    pub fn remove_bearer(&mut self, _now: Now, _id: BearerId) {}

    /// An officer takes a bearer out, or puts it back.
    pub fn set_out(&mut self, _now: Now, _id: BearerId, _out: bool) {}

    /// A bearer with connections of its own says whether it has one. Others always have.
    pub fn set_connected(&mut self, _now: Now, _id: BearerId, _connected: bool) {}

    /// Whether the peer's desk is silent, as the peer's service message tells.
    pub fn set_desk_silent(&mut self, _now: Now, _silent: bool) {}

    /// Whether a subject is suspended by declaration.
    pub fn set_suspended(&mut self, _now: Now, _suspended: bool) {}

    /// While wanted, contact frames are sent until the peer's is heard: the hub holds traffic
    /// until then.
    pub fn want_contact(&mut self, _now: Now, _wanted: bool) {}

    /// Hourly tests missed in a row.
    pub fn handle_missed_tests(&mut self, _now: Now, _missed: u32) {}

    /// Takes an envelope to be carried. Its record is durable, or will be with this step.
    pub fn submit(&mut self, _now: Now, _outgoing: Outgoing) {}

    /// How many more attachment envelopes are worth sealing now.
    pub fn room(&self) -> usize {
        usize::from(self.config.life == u32::MAX)
    }

    /// Drops an envelope of an epoch or a line that died.
    pub fn withdraw(&mut self, _now: Now, _id: EnvelopeId) {}

    /// An authenticated frame came by this bearer. Called before the frame is handled.
    pub fn heard(&mut self, _now: Now, _bearer: BearerId) {}

    /// Symbols came, of the epoch whose frame key opened the frame.
    pub fn handle_symbols(
        &mut self,
        _now: Now,
        _bearer: BearerId,
        _epoch: u32,
        _symbols: &Symbols,
    ) -> Arrival {
        Arrival::Partial
    }

    /// The hub opened the envelope; it will be durable with this step. A receipt is due.
    pub fn handle_opened(&mut self, _now: Now, _bearer: BearerId, _id: EnvelopeId, _mark: u8) {}

    /// The seal refused the envelope. All of it is dropped and collected anew.
    pub fn handle_unopenable(&mut self, _id: EnvelopeId, _mark: u8) {}

    /// A receipt whose proof the seal has checked. Returns what is newly receipted.
    pub fn handle_receipt(
        &mut self,
        _now: Now,
        _bearer: BearerId,
        _receipt: &Receipt,
    ) -> Vec<EnvelopeId> {
        Vec::new()
    }

    /// A contact frame came; ours goes back unless this one answered ours.
    pub fn handle_contact(&mut self, _now: Now, _bearer: BearerId) {}

    /// Replay: all of this is opened.
    pub fn restore_received(&mut self, _epoch: u32, _received: &Received) {}

    /// Replay: this envelope is opened, and came with this mark.
    pub fn restore_opened(&mut self, _id: EnvelopeId, _mark: u8) {}

    /// What of an epoch is opened.
    pub fn received(&self, _epoch: u32) -> Received {
        Received::default()
    }

    /// The next frame for this bearer.
    pub fn poll_transmit(&mut self, _now: Now, _bearer: BearerId) -> Option<Transmit> {
        None
    }

    /// Bytes of every frame of a bearer with cover: the hub pads each to this size.
    pub fn frame_bytes(&self, _bearer: BearerId) -> Option<usize> {
        None
    }

    /// The monotonic instant at which the machine next has something to do.
    pub fn poll_timeout(&self, _now: Now) -> Option<Duration> {
        None
    }

    /// Lets time pass: states change.
    pub fn handle_timeout(&mut self, _now: Now) {}

    /// The next change for the desk.
    pub fn poll_event(&mut self) -> Option<LineEvent> {
        self.events.pop_front()
    }

    /// A bag for a courier: a contact frame, a receipt of every epoch, then all that is not
    /// receipted, the most urgent first, in at most so many bytes of frames.
    pub fn courier_frames(
        &mut self,
        _now: Now,
        _bearer: BearerId,
        _bytes_max: usize,
    ) -> Vec<Transmit> {
        Vec::new()
    }

    /// How long an envelope of so many bytes would occupy each bearer that sends.
    pub fn expected(&self, _envelope_bytes: usize) -> Vec<(BearerId, Duration)> {
        Vec::new()
    }

    /// What a bearer taught us, to be kept.
    pub fn learned(&self, _bearer: BearerId) -> Option<Learned> {
        None
    }

    /// All bearers as the desk shows them.
    pub fn statuses(&self) -> Vec<BearerStatus> {
        Vec::new()
    }

    /// The state of the line, and since when on the monotonic clock.
    pub fn state(&self) -> (LineState, Duration) {
        (LineState::Down, Duration::ZERO)
    }

    /// Envelopes that are not receipted.
    pub fn unreceipted(&self) -> usize {
        0
    }
}
