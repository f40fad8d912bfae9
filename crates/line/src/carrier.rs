//! One bearer at work: what may go out on it, and when.

use std::time::Duration;

use crate::agenda::{Agenda, Blocked};
use crate::contact::ContactTurn;
use crate::cover::CoverClock;
use crate::cutting::capacity;
use crate::fitting::size_of;
use crate::path::Path;
use crate::size::FrameSize;
use crate::{BearerKind, BearerSpec, BearerState, Carries, Learned};

/// Frames may be handed over this long before the bearer is free, so that it never idles.
const AHEAD: Duration = Duration::from_millis(1);

/// Sealed bytes of a contact frame, at most, with the shortest padding.
pub(crate) const CONTACT_BYTES: usize = 91;

/// One bearer at work.
#[derive(Debug)]
pub(crate) struct Carrier {
    pub(crate) spec: BearerSpec,
    pub(crate) path: Path,
    /// What is known of the lengths that its path carries; `spec.mtu` is the length in use.
    pub(crate) size: Option<FrameSize>,
    pub(crate) agenda: Agenda,
    pub(crate) contact: ContactTurn,
    pub(crate) cover: Option<CoverClock>,
    pub(crate) out: bool,
    pub(crate) connected: bool,
    /// False while the bearer takes no more frames.
    pub(crate) has_room: bool,
    /// When the last frame handed over has left.
    pub(crate) free_at: Duration,
    /// When it begins to leave, and its sealed bytes as they were counted.
    last: (Duration, usize),
    /// Repeats are spaced while no answer comes.
    pub(crate) again_at: Duration,
    /// Next try on a bearer that gets no answer.
    pub(crate) probe_at: Duration,
    /// Woken by a frame that was no receipt, and no receipt since.
    pub(crate) woken_in_vain: bool,
    /// Bytes of symbols under way and unreceipted.
    pub(crate) in_flight: usize,
    /// Receipts that FLASH passed over in a row.
    pub(crate) receipts_passed: u8,
    /// Before this, symbols that complete nothing make no receipt due.
    pub(crate) partial_at: Duration,
    /// Two hourly tests were missed since a frame was heard.
    pub(crate) tests_missed: bool,
    pub(crate) state: BearerState,
    pub(crate) since: Duration,
}

impl Carrier {
    pub(crate) fn new(now: Duration, spec: BearerSpec, learned: Option<Learned>) -> Self {
        let cover = spec.cover.map(|cover| CoverClock::new(now, cover));
        let state = match spec.kind {
            BearerKind::Courier => BearerState::Ready,
            BearerKind::Quic | BearerKind::Serial | BearerKind::Udp => BearerState::Down,
        };
        Self {
            size: size_of(&spec),
            spec,
            path: Path::new(learned),
            agenda: Agenda::default(),
            contact: ContactTurn::default(),
            cover,
            out: false,
            connected: true,
            has_room: true,
            free_at: now,
            last: (now, 0),
            again_at: now,
            probe_at: now,
            woken_in_vain: false,
            in_flight: 0,
            receipts_passed: 0,
            partial_at: now,
            tests_missed: false,
            state,
            since: now,
        }
    }

    pub(crate) fn is_courier(&self) -> bool {
        self.spec.kind == BearerKind::Courier
    }

    /// Whether it is built to carry frames of ours as they come.
    pub(crate) fn can_send(&self) -> bool {
        !self.is_courier() && self.spec.carries != Carries::In
    }

    /// Whether frames of the peer can come by it as they are made.
    pub(crate) fn can_hear(&self) -> bool {
        !self.is_courier() && self.spec.carries != Carries::Out
    }

    pub(crate) fn is_two_way(&self) -> bool {
        self.can_send() && self.can_hear()
    }

    /// Whether frames of ours may go out at all.
    pub(crate) fn is_open(&self) -> bool {
        self.can_send() && !self.out && self.connected
    }

    /// Whether it is open and known to carry.
    pub(crate) fn is_up(&self) -> bool {
        let carries = matches!(self.state, BearerState::Up | BearerState::Degraded);
        self.is_open() && carries
    }

    /// A contact frame is to go, and to come back, where one fits.
    pub(crate) fn ask_contact(&mut self, now: Duration) {
        if self.can_send() && capacity(&self.spec) >= CONTACT_BYTES {
            self.contact.ask(now);
        }
    }

    /// Traffic begins to wait for the peer's contact frame.
    pub(crate) fn want_contact(&mut self, now: Duration) {
        if self.can_send() && capacity(&self.spec) >= CONTACT_BYTES {
            let air = self.spec.air_time(CONTACT_BYTES);
            let wait = self.path.pace(air).wait(air);
            self.contact.want(now, wait);
        }
    }

    /// A contact frame is to go, once, where one fits.
    pub(crate) fn tell_contact(&mut self, now: Duration) {
        if self.can_send() && capacity(&self.spec) >= CONTACT_BYTES {
            self.contact.tell(now);
        }
    }

    /// The peer's contact frame came.
    pub(crate) fn handle_contact(&mut self, now: Duration, names_us: bool) {
        if self.can_send() && capacity(&self.spec) >= CONTACT_BYTES {
            let air = self.spec.air_time(CONTACT_BYTES);
            let wait = self.path.pace(air).wait(air);
            self.contact.handle(now, wait, names_us);
        }
    }

    /// When the next frame may be handed over.
    pub(crate) fn ready_at(&self) -> Duration {
        let free = self.free_at.saturating_sub(AHEAD);
        self.cover.as_ref().map_or(free, |cover| cover.next_at())
    }

    /// A frame of so many sealed bytes is handed over now. Returns when it begins to leave, and
    /// its air time.
    pub(crate) fn hand_over(&mut self, now: Duration, bytes: usize) -> (Duration, Duration) {
        let bytes = self.cover.as_mut().map_or(bytes, |cover| cover.sent(now));
        let air = self.spec.air_time(bytes);
        let start = self.free_at.max(now);
        self.free_at = start + air;
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::RateForgotten) {
            self.free_at = start;
        }
        self.last = (start, bytes);
        self.path.sent(bytes, air);
        (start, air)
    }

    /// The last frame handed over has other bytes than were counted.
    pub(crate) fn recount(&mut self, bytes: usize) {
        let (start, counted) = self.last;
        self.free_at = start + self.spec.air_time(bytes);
        self.last = (start, bytes);
        self.path.recount(counted, bytes);
    }

    /// What may not go on it just now.
    pub(crate) fn blocked(&self, two_way_line: bool) -> Blocked {
        let bounded = two_way_line && self.is_two_way();
        let air = self.path.last_air();
        Blocked {
            fresh: bounded && self.in_flight >= self.path.in_flight_max(&self.spec),
            again_until: self.again_at,
            early_for: self.path.pace(air).wait(air),
        }
    }
}

#[cfg(test)]
mod tests {
    use redphone_wire::{Contact, ContactMark, EnvelopeId, to_bytes};

    use super::*;
    use crate::Rate;
    use crate::cutting::TAG_BYTES;

    fn wire() -> Carrier {
        let spec = BearerSpec {
            name: "hf".to_owned(),
            kind: BearerKind::Serial,
            mtu: 256,
            rate: Rate::serial(300),
            overhead: 3,
            carries: Carries::Both,
            cost: 0,
            cover: None,
        };
        Carrier::new(Duration::ZERO, spec, None)
    }

    #[test]
    fn contact_frame_occupies_its_bearer_for_its_own_bytes() {
        let mut carrier = wire();
        carrier.hand_over(Duration::ZERO, 27);
        carrier.hand_over(Duration::ZERO, CONTACT_BYTES);
        carrier.recount(57);
        assert_eq!(carrier.free_at, Duration::from_secs(3));
        assert_eq!(carrier.path.bytes_sent, 84);
    }

    #[test]
    fn longest_contact_frame_is_as_long_as_it_says() {
        let id = EnvelopeId {
            epoch: u32::MAX,
            number: u32::MAX,
        };
        let (salt, proof) = ([0xff; 8], [0xff; 8]);
        let contact = Contact {
            life: u32::MAX,
            life_id: [0xff; 8],
            sent: id,
            received: Some(ContactMark { id, salt, proof }),
            tape_out: u32::MAX,
            tape_in: u32::MAX,
        };
        let heard = 8;
        let padding = 1;
        let sealed = TAG_BYTES + heard + to_bytes(&contact).len() + padding;
        assert_eq!(sealed, CONTACT_BYTES);
    }
}
