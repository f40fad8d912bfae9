//! How time passes for a pair, and how frames cross between its sides.

use std::time::Duration;

use redphone_line::{Arrival, BearerId, Transmit};
use redphone_wire::{Frame, Receipt};

use super::Pair;

const CONTACT: &[u8] = b"contact";
/// Sealed bytes of a usual contact frame.
const CONTACT_BYTES: usize = 67;

impl Pair {
    /// Does what is due now and moves on to the next instant; false at the end.
    pub(super) fn step(&mut self, end: Duration) -> bool {
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
}
