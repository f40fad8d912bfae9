//! How time passes in the world, and how frames cross it.

use std::time::Duration;

use redphone_line::BearerId;
use redphone_station::FrameOutcome;

use crate::World;
use crate::model::{Broken, broken};

use super::Flight;

/// Frames that a listener on the bearers keeps, to play them again.
const CAPTURED_MAX: usize = 256;
/// Frames that one poll may hand out before the world believes that it never ends.
const FRAMES_A_POLL_MAX: usize = 100_000;

impl World {
    /// Lets time pass until an instant, event by event.
    ///
    /// # Errors
    ///
    /// [`Broken`] when an invariant broke.
    pub fn run_until(&mut self, end: Duration) -> Result<(), Broken> {
        loop {
            let next = self.next_event().unwrap_or(end).max(self.time);
            if next > end {
                self.time = end;
                return Ok(());
            }
            self.time = next;
            self.deliver()?;
            for index in [0, 1] {
                self.tick(index)?;
            }
            for index in [0, 1] {
                self.pump(index)?;
            }
        }
    }

    fn next_event(&self) -> Option<Duration> {
        let flight = self.flights.keys().next().map(|(at, _)| *at);
        let timers = self.sides.iter().filter_map(|side| {
            let hub = side.hub.as_ref()?;
            let at = hub.poll_timeout(side.now(self.time))?;
            Some(side.world_time(at).max(side.paused_until))
        });
        let links = self.links.iter().filter_map(|((from, _), link)| {
            let side = self.sides.get(*from)?;
            side.hub.as_ref()?;
            let free = link.room(self.time).err()?;
            Some(free.max(side.paused_until))
        });
        // Timers that are due already are served at the next instant, never twice at the same.
        let later = |at: Duration| at.max(self.time + Duration::from_micros(100));
        flight
            .into_iter()
            .chain(timers.chain(links).map(later))
            .min()
    }

    fn deliver(&mut self) -> Result<(), Broken> {
        while let Some(entry) = self.flights.first_entry() {
            if entry.key().0 > self.time {
                break;
            }
            let flight = entry.remove();
            let paused = self.side(flight.to).paused_until;
            if paused > self.time {
                // A paused machine's buffers keep what fits and lose the rest.
                if self.chance.permille(500) {
                    self.fly(paused, flight);
                }
                continue;
            }
            self.receive(&flight)?;
        }
        Ok(())
    }

    pub(super) fn receive(&mut self, flight: &Flight) -> Result<FrameOutcome, Broken> {
        let time = self.time;
        let side = self.side(flight.to);
        let now = side.now(time);
        let Some(hub) = side.hub.as_mut() else {
            return Ok(FrameOutcome::Refused);
        };
        let outcome = hub.handle_frame(now, flight.bearer, &flight.bytes);
        self.commit(flight.to)?;
        if outcome == FrameOutcome::Refused {
            self.refused += 1;
        }
        Ok(outcome)
    }

    fn tick(&mut self, index: usize) -> Result<(), Broken> {
        let time = self.time;
        let side = self.side(index);
        if side.paused_until > time {
            return Ok(());
        }
        let now = side.now(time);
        if let Some(hub) = side.hub.as_mut() {
            hub.handle_timeout(now);
        }
        self.commit(index).map(|_| ())
    }

    fn pump(&mut self, index: usize) -> Result<(), Broken> {
        let time = self.time;
        if self.side(index).paused_until > time {
            return Ok(());
        }
        let own = self.links.keys().filter(|(from, _)| *from == index);
        let ids: Vec<BearerId> = own.map(|(_, id)| *id).collect();
        for id in ids {
            for count in 0.. {
                let room = self.links.get(&(index, id)).map(|link| link.room(time));
                if room != Some(Ok(())) {
                    break;
                }
                if count > FRAMES_A_POLL_MAX {
                    return broken("I9", format!("side {index} never stops sending"));
                }
                let side = self.side(index);
                let now = side.now(time);
                let frame = side.hub.as_mut().and_then(|hub| hub.poll_transmit(now, id));
                let Some(frame) = frame else {
                    break;
                };
                self.send(index, id, &frame);
            }
        }
        self.commit(index).map(|_| ())
    }

    fn send(&mut self, from: usize, bearer: BearerId, frame: &[u8]) {
        let time = self.time;
        let Some(link) = self.links.get_mut(&(from, bearer)) else {
            return;
        };
        let out = link.carry(time, frame, &mut self.chance);
        for (at, bytes) in out {
            let to = 1 - from;
            self.fly(at, Flight { to, bearer, bytes });
        }
        self.captured.push_back(Flight {
            to: 1 - from,
            bearer,
            bytes: frame.to_vec(),
        });
        if self.captured.len() > CAPTURED_MAX {
            self.captured.pop_front();
        }
    }

    fn fly(&mut self, at: Duration, flight: Flight) {
        self.flights.insert((at, self.flight_next), flight);
        self.flight_next += 1;
    }

    /// A courier takes a bag from one side; it arrives so much later.
    ///
    /// # Errors
    ///
    /// [`Broken`] when an invariant broke.
    pub fn courier(&mut self, from: usize, later: Duration) -> Result<(), Broken> {
        let time = self.time;
        let bearer = BearerId(1);
        let side = self.side(from);
        let now = side.now(time);
        let frames = side
            .hub
            .as_mut()
            .map_or_else(Vec::new, |hub| hub.courier_export(now, bearer, 100_000));
        for bytes in frames {
            let to = 1 - from;
            self.fly(time + later, Flight { to, bearer, bytes });
        }
        self.commit(from).map(|_| ())
    }
}
