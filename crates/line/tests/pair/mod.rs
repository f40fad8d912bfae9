//! Two lines under simulated time, joined by bearers with rate, delay, loss, doubles and cuts. The
//! seal is a pass-through: frames are encoded and decoded, not sealed.
#![allow(dead_code)] // Each test binary uses its own part.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A broken test stops.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use redphone_line::{
    Arrival, BearerId, BearerKind, BearerSpec, Carries, Line, LineConfig, LineEvent, Outgoing,
    Rate, Transmit,
};
use redphone_wire::{EnvelopeId, Frame, Now, Precedence, Receipt, Utc};

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A bearer as a test wants it: no loss, both ways.
pub(crate) fn spec(kind: BearerKind, mtu: usize, bit_s: u64, overhead: usize) -> BearerSpec {
    let rate = match kind {
        BearerKind::Serial => Rate::serial(bit_s),
        BearerKind::Courier | BearerKind::Quic | BearerKind::Udp => Rate::datagrams(bit_s),
    };
    BearerSpec {
        name: format!("{kind}"),
        kind,
        mtu,
        rate,
        overhead,
        carries: Carries::Both,
        cost: 0,
        cover: None,
    }
}

pub(crate) fn lan() -> BearerSpec {
    spec(BearerKind::Udp, 1_400, 1_000_000_000, 28)
}

/// A datagram bearer of so many bits a second, with IP and UDP headers.
pub(crate) fn udp(bits: u64) -> BearerSpec {
    spec(BearerKind::Udp, 548, bits, 28)
}

/// A serial bearer, 8N1, with stuffing and its delimiter.
pub(crate) fn serial(baud: u64) -> BearerSpec {
    spec(BearerKind::Serial, 512, baud, 3)
}

/// What lies between the two ends of a bearer.
pub(crate) struct Link {
    pub(crate) id: BearerId,
    pub(crate) spec: BearerSpec,
    pub(crate) delay: Duration,
    pub(crate) jitter: Duration,
    pub(crate) loss: [f64; 2],
    pub(crate) double: f64,
    pub(crate) cut: [bool; 2],
    /// Longer frames than this vanish.
    pub(crate) path_bytes: usize,
    /// Frames that the bearer takes ahead; 0 is any number.
    pub(crate) takes: usize,
    free_at: [Duration; 2],
    /// When each frame left, and its bytes, by direction.
    pub(crate) left: [Vec<(Duration, usize)>; 2],
}

impl Link {
    pub(crate) fn bytes(&self, side: usize) -> usize {
        self.left[side].iter().map(|(_, bytes)| bytes).sum()
    }
}

/// One end.
pub(crate) struct Side {
    pub(crate) line: Line,
    pub(crate) next: u32,
    /// When each envelope was opened, and how often.
    pub(crate) opened: BTreeMap<EnvelopeId, (Duration, u32)>,
    pub(crate) envelopes: BTreeMap<EnvelopeId, Vec<u8>>,
    pub(crate) receipted: BTreeMap<EnvelopeId, Duration>,
    pub(crate) submitted: BTreeMap<EnvelopeId, Duration>,
    pub(crate) events: Vec<(Duration, LineEvent)>,
    pub(crate) copies: u32,
    pub(crate) also_came: u32,
    pub(crate) contacts: u32,
}

pub(crate) struct Pair {
    pub(crate) now: Duration,
    pub(crate) seed: u64,
    pub(crate) sides: [Side; 2],
    pub(crate) links: Vec<Link>,
    air: BTreeMap<(Duration, u64), (usize, usize, Vec<u8>)>,
    sequence: u64,
    random: u64,
}

const CONTACT: &[u8] = b"contact";
/// Sealed bytes of a usual contact frame.
const CONTACT_BYTES: usize = 67;

impl Pair {
    pub(crate) fn new(seed: u64) -> Self {
        println!("seed {seed}");
        Self {
            now: secs(1),
            seed,
            sides: [Side::new(), Side::new()],
            links: Vec::new(),
            air: BTreeMap::new(),
            sequence: 0,
            random: seed,
        }
    }

    /// A pair with one bearer that has carried receipts each way.
    pub(crate) fn warm(seed: u64, spec: BearerSpec, delay: Duration, loss: f64) -> Self {
        let mut pair = Self::new(seed);
        pair.link(spec, delay, loss);
        for round in 0..12 {
            for side in 0..2 {
                pair.submit(side, 205, Precedence::Immediate);
            }
            pair.run_until_receipted(secs(3_600 * (round + 1)));
        }
        pair.run(secs(60));
        pair
    }

    pub(crate) fn now(&self) -> Now {
        Now {
            monotonic: self.now,
            utc: Utc(1_792_000_000_000 + self.now.as_millis() as u64),
        }
    }

    pub(crate) fn link(&mut self, spec: BearerSpec, delay: Duration, loss: f64) -> BearerId {
        let id = BearerId(self.links.len() as u16 + 1);
        let now = self.now();
        for (side, carries) in [spec.carries, other_end(spec.carries)]
            .into_iter()
            .enumerate()
        {
            let mut spec = spec.clone();
            spec.carries = carries;
            self.sides[side].line.add_bearer(now, id, spec, None);
        }
        self.links.push(Link {
            id,
            takes: usize::from(spec.kind == BearerKind::Serial),
            spec,
            delay,
            jitter: Duration::ZERO,
            loss: [loss; 2],
            double: 0.0,
            cut: [false; 2],
            path_bytes: usize::MAX,
            free_at: [Duration::ZERO; 2],
            left: [Vec::new(), Vec::new()],
        });
        id
    }

    pub(crate) fn submit(
        &mut self,
        side: usize,
        bytes: usize,
        precedence: Precedence,
    ) -> EnvelopeId {
        self.submit_chunk(side, bytes, precedence, None)
    }

    pub(crate) fn submit_chunk(
        &mut self,
        side: usize,
        bytes: usize,
        precedence: Precedence,
        attachment_bytes: Option<u64>,
    ) -> EnvelopeId {
        let id = EnvelopeId {
            epoch: 3,
            number: self.sides[side].next,
        };
        self.sides[side].next += 1;
        let envelope: Vec<u8> = (0..bytes).map(|_| self.draw() as u8).collect();
        let outgoing = Outgoing {
            id,
            mark: envelope.first().copied().unwrap_or(0),
            envelope: Arc::from(envelope.clone()),
            precedence,
            attachment_bytes,
            again: false,
        };
        let now = self.now();
        let sender = &mut self.sides[side];
        sender.line.submit(now, outgoing);
        sender.submitted.insert(id, self.now);
        sender.envelopes.insert(id, envelope);
        id
    }

    /// Runs until everything is receipted or so much time has passed; says whether it is.
    pub(crate) fn run_until_receipted(&mut self, most: Duration) -> bool {
        let end = self.now + most;
        while self.sides.iter().any(|side| side.line.unreceipted() > 0) {
            if !self.step(end) {
                return false;
            }
        }
        true
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.step(end) {}
    }

    /// Does what is due now and moves on to the next instant; false at the end.
    fn step(&mut self, end: Duration) -> bool {
        self.pump();
        let now = self.now();
        let timeouts: Vec<_> = self
            .sides
            .iter()
            .filter_map(|side| side.line.poll_timeout(now))
            .collect();
        // One that is due, yet nothing came of it, would make the daemon spin.
        assert!(
            timeouts.iter().all(|at| *at > self.now),
            "seed {}",
            self.seed
        );
        let arrival = self.air.keys().next().map(|(at, _)| *at);
        let room = self.next_room();
        let instants = timeouts.into_iter().chain(arrival).chain(room);
        let next = instants.min().unwrap_or(end);
        if next >= end {
            self.now = end;
            return false;
        }
        self.now = next;
        while let Some(entry) = self
            .air
            .first_entry()
            .filter(|entry| entry.key().0 <= self.now)
        {
            let (link, to, bytes) = entry.remove();
            self.arrive(link, to, &bytes);
        }
        true
    }

    fn pump(&mut self) {
        let now = self.now();
        for side in 0..2 {
            self.sides[side].line.handle_timeout(now);
            while let Some(event) = self.sides[side].line.poll_event() {
                self.sides[side].events.push((self.now, event));
            }
            for link in 0..self.links.len() {
                let id = self.links[link].id;
                let mut frames = 0;
                while self.has_room(link, side)
                    && let Some(transmit) = self.sides[side].line.poll_transmit(now, id)
                {
                    self.depart(link, side, transmit);
                    frames += 1;
                    assert!(frames < 100_000, "a bearer takes frames without end");
                }
                let room = self.has_room(link, side);
                self.sides[side].line.set_room(id, room);
            }
        }
    }

    pub(crate) fn frame(&self, side: usize, link: BearerId, transmit: Transmit) -> Vec<u8> {
        let frame = match transmit {
            Transmit::Contact => return CONTACT.to_vec(),
            Transmit::Cover { padding } => Frame::Cover { padding },
            Transmit::Receipt {
                received,
                heard: _,
                echo: _,
                ..
            } if received.highest().is_none() => Frame::Cover { padding: 0 },
            Transmit::Receipt {
                epoch,
                received,
                heard,
                echo,
            } => Frame::Receipt(Receipt {
                epoch,
                received,
                heard,
                echo,
                proof: [7; 8],
            }),
            Transmit::Symbols { symbols, .. } => Frame::Symbols(symbols),
        };
        let size = self.sides[side].line.frame_bytes(link);
        let frame = match size {
            Some(size) => frame.padded_to(size - 16).expect("frames fit their cover"),
            None => frame,
        };
        let mut bytes = frame.to_bytes();
        bytes.extend([0xee; 16]);
        bytes
    }

    fn has_room(&self, link: usize, side: usize) -> bool {
        let link = &self.links[link];
        link.takes == 0 || link.free_at[side] <= self.now
    }

    /// When a bearer that takes one frame at a time has room again.
    fn next_room(&self) -> Option<Duration> {
        let serial = self.links.iter().filter(|link| link.takes > 0);
        let free = serial.flat_map(|link| link.free_at);
        free.filter(|at| *at > self.now).min()
    }

    fn depart(&mut self, link: usize, from: usize, transmit: Transmit) {
        let bytes = self.frame(from, self.links[link].id, transmit);
        let is_contact = bytes == CONTACT;
        let cover = self.sides[from].line.frame_bytes(self.links[link].id);
        let size = match cover {
            _ if !is_contact => bytes.len(),
            Some(size) => size,
            None => CONTACT_BYTES,
        };
        if is_contact {
            let bearer = self.links[link].id;
            self.sides[from].line.handle_contact_sealed(bearer, size);
        }
        let draws = [self.chance(), self.chance(), self.chance(), self.chance()];
        let link_state = &mut self.links[link];
        assert!(size <= link_state.spec.mtu, "a frame of {size} bytes");
        let start = link_state.free_at[from].max(self.now);
        let air = link_state.spec.air_time(size);
        link_state.free_at[from] = start + air;
        link_state.left[from].push((start, size));
        let too_long = size > link_state.path_bytes;
        if too_long || link_state.cut[from] || draws[0] < link_state.loss[from] {
            return;
        }
        let copies = if draws[1] < link_state.double { 2 } else { 1 };
        for copy in 0..copies {
            let jitter = link_state.jitter.mul_f64(draws[2 + copy]);
            let at = start + air + link_state.delay + jitter;
            self.sequence += 1;
            self.air
                .insert((at, self.sequence), (link, 1 - from, bytes.clone()));
        }
    }

    pub(crate) fn arrive(&mut self, link: usize, to: usize, bytes: &[u8]) {
        let bearer = self.links[link].id;
        let now = self.now();
        let side = &mut self.sides[to];
        side.line.heard(now, bearer);
        if bytes == CONTACT {
            side.contacts += 1;
            side.line.handle_contact(now, bearer, true);
            return;
        }
        let plain = &bytes[..bytes.len() - 16];
        match Frame::from_bytes(plain).expect("our own frame").unpadded() {
            Frame::Cover { .. } | Frame::Padded { .. } => {}
            Frame::Receipt(receipt) => {
                for id in side.line.handle_receipt(now, bearer, &receipt) {
                    let twice = side.receipted.insert(id, self.now);
                    assert_eq!(twice, None, "receipted twice");
                }
            }
            Frame::Symbols(symbols) => match side.line.handle_symbols(now, bearer, 3, &symbols) {
                Arrival::Whole { id, mark, envelope } => {
                    side.line.handle_opened(now, bearer, id, mark);
                    let opened = side.opened.entry(id).or_insert((self.now, 0));
                    opened.1 += 1;
                    assert_eq!(opened.1, 1, "opened twice");
                    assert_eq!(self.sides[1 - to].envelopes.get(&id), Some(&envelope));
                }
                Arrival::Copy {
                    first_bearer_differs,
                    ..
                } => {
                    side.copies += 1;
                    side.also_came += u32::from(first_bearer_differs);
                }
                Arrival::Partial => {}
                other @ (Arrival::OtherMark { .. } | Arrival::Refused(_)) => panic!("{other:?}"),
            },
        }
    }

    /// Starts one end anew from what it kept: what it opened, what is unreceipted, what it learned.
    pub(crate) fn restart(&mut self, side: usize, life: u32) {
        let now = self.now();
        let config = LineConfig {
            life,
            ..LineConfig::default()
        };
        let ended = std::mem::replace(&mut self.sides[side].line, Line::new(config));
        let started = &mut self.sides[side];
        started.line.restore_received(3, &ended.received(3));
        for link in &self.links {
            let mut spec = link.spec.clone();
            if side == 1 {
                spec.carries = other_end(spec.carries);
            }
            let learned = ended.learned(link.id);
            started.line.add_bearer(now, link.id, spec, learned);
        }
        for (id, envelope) in &started.envelopes {
            if !started.receipted.contains_key(id) {
                started.line.submit(
                    now,
                    Outgoing {
                        id: *id,
                        mark: envelope.first().copied().unwrap_or(0),
                        envelope: Arc::from(envelope.clone()),
                        precedence: Precedence::Routine,
                        attachment_bytes: None,
                        again: true,
                    },
                );
            }
        }
    }

    /// From submission to the peer.
    pub(crate) fn at_peer(&self, side: usize, id: EnvelopeId) -> Option<Duration> {
        let (at, _) = self.sides[1 - side].opened.get(&id)?;
        Some(*at - self.sides[side].submitted[&id])
    }

    /// From submission to its receipt.
    pub(crate) fn receipted(&self, side: usize, id: EnvelopeId) -> Option<Duration> {
        let at = self.sides[side].receipted.get(&id)?;
        Some(*at - self.sides[side].submitted[&id])
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn chance(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Side {
    fn new() -> Self {
        Self {
            line: Line::new(LineConfig::default()),
            next: 0,
            opened: BTreeMap::new(),
            envelopes: BTreeMap::new(),
            receipted: BTreeMap::new(),
            submitted: BTreeMap::new(),
            events: Vec::new(),
            copies: 0,
            also_came: 0,
            contacts: 0,
        }
    }
}

fn other_end(carries: Carries) -> Carries {
    match carries {
        Carries::Both => Carries::Both,
        Carries::In => Carries::Out,
        Carries::Out => Carries::In,
    }
}

/// Median and worst.
pub(crate) fn spread(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times[times.len() - 1])
}
