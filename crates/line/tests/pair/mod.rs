//! Two lines under simulated time, joined by bearers with rate, delay, loss, doubles and cuts. The
//! seal is a pass-through: frames are encoded and decoded, not sealed.
#![allow(dead_code)] // Each test binary uses its own part.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A broken test stops.

mod bearers;
mod passage;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use redphone_line::{BearerId, BearerKind, BearerSpec, Line, LineConfig, LineEvent, Outgoing};
use redphone_wire::{EnvelopeId, Now, Precedence, Utc};

pub(crate) use bearers::*;

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

/// Median and worst.
pub(crate) fn spread(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times[times.len() - 1])
}
