//! One simulated station: a hub over a disk that outlives it, and clocks that may be wrong.

use std::collections::BTreeSet;
use std::time::Duration;

use redphone_api::{Event, EventKind, MessageRef, Refusal, Request, Response};
use redphone_journal::{Disk, FaultyStorage, MemoryStorage, StationKey};
use redphone_line::{BearerId, BearerSpec};
use redphone_station::{Founding, Hub};
use redphone_wire::{Environment, Now, PartyName, Utc};

use crate::Chance;
use crate::model::{Broken, Model, broken};

/// The wall clock at the beginning of every simulation: 26 October 2026, 10:05 UTC.
const BEGIN_UTC_MS: u64 = 1_793_009_100_000;

/// A simulated station.
pub struct Side {
    /// Which: 0 or 1.
    pub index: usize,
    /// Its name.
    pub name: PartyName,
    /// Its disk.
    pub disk: Disk,
    /// The running hub; none while it is down.
    pub hub: Option<Hub<FaultyStorage>>,
    /// How wrong its wall clock is, in milliseconds.
    pub clock_error_ms: i64,
    /// A planted bug: it starts with readings of the monotonic clock of an earlier boot.
    pub stamps_of_another_boot: bool,
    /// A planted bug: it paces itself by the wall clock.
    pub paced_by_wall: bool,
    /// Alarms that it raised, but for what nobody acknowledged.
    pub alarms: Vec<String>,
    /// Until when it is stopped, as a paused machine is.
    pub paused_until: Duration,
    booted_at: Duration,
    chance: Chance,
    peer: PartyName,
    bearers: Vec<(BearerId, BearerSpec)>,
}

fn key() -> StationKey {
    let text = "5e".repeat(32);
    match StationKey::from_key_file(text.as_bytes()) {
        Ok(key) => key,
        Err(error) => unreachable!("a key file of 64 digits is one: {error:?}"),
    }
}

impl Side {
    /// Founds a station on an empty disk and starts it.
    ///
    /// # Errors
    ///
    /// [`Broken`] when it cannot be founded or opened.
    pub fn found(
        index: usize,
        bearers: Vec<(BearerId, BearerSpec)>,
        mut chance: Chance,
    ) -> Result<Self, Broken> {
        let names = ["NORD", "SUD"];
        let parse = |at: usize| names.get(at).and_then(|name| name.parse().ok());
        let (Some(name), Some(peer)) = (parse(index), parse(1 - index.min(1))) else {
            return broken("I7", "a side has no name".to_owned());
        };
        let disk = Disk::new();
        let mut side = Self {
            index,
            name,
            disk,
            hub: None,
            clock_error_ms: 0,
            stamps_of_another_boot: false,
            paced_by_wall: false,
            alarms: Vec::new(),
            paused_until: Duration::ZERO,
            booted_at: Duration::ZERO,
            chance: chance.fork(),
            peer,
            bearers,
        };
        let founding = Founding {
            name: side.name.clone(),
            environment: Environment::Live,
        };
        let storage = side.disk.open();
        let entropy = side.entropy();
        let now = side.now(Duration::ZERO);
        if let Err(error) = Hub::create(storage, &key(), &founding, now, entropy) {
            return broken("I7", format!("founding failed: {error}"));
        }
        side.start(Duration::ZERO)?;
        Ok(side)
    }

    fn entropy(&mut self) -> redphone_station::Entropy {
        let mut chance = self.chance.fork();
        Box::new(move |bytes| {
            chance.fill(bytes);
            true
        })
    }

    /// Both clocks of this station at a moment of the world. The monotonic one begins at its start.
    pub fn now(&self, at: Duration) -> Now {
        let utc = BEGIN_UTC_MS + u64::try_from(at.as_millis()).unwrap_or(0);
        let utc = Utc(utc.saturating_add_signed(self.clock_error_ms));
        let monotonic = if self.paced_by_wall {
            Duration::from_millis(utc.0.saturating_sub(BEGIN_UTC_MS))
        } else {
            at
        };
        Now {
            monotonic: monotonic.saturating_sub(self.booted_at),
            utc,
        }
    }

    /// The moment of the world at a reading of this station's monotonic clock.
    pub fn world_time(&self, monotonic: Duration) -> Duration {
        self.booted_at + monotonic
    }

    /// Starts it from what its disk holds. Says whether it opened.
    ///
    /// # Errors
    ///
    /// [`Broken`] when the hub opens and cannot make its own start durable.
    pub fn start(&mut self, at: Duration) -> Result<bool, Broken> {
        self.booted_at = at;
        let entropy = self.entropy();
        let mut now = self.now(at);
        if self.stamps_of_another_boot {
            now.monotonic += Duration::from_secs(100_000);
        }
        let Ok(mut hub) = Hub::open(self.disk.open(), &key(), now, entropy) else {
            return Ok(false);
        };
        for (id, spec) in &self.bearers {
            hub.add_bearer(now, &self.peer, *id, spec.clone());
        }
        hub.witness();
        self.hub = Some(hub);
        Ok(self.commit(at, &mut Vec::new()))
    }

    /// The process dies. What it had not made durable is gone.
    pub fn crash(&mut self) {
        self.hub = None;
        self.disk.cut_power();
    }

    /// Makes the step durable. Returns false, and the station is down, when it cannot.
    pub fn commit(&mut self, at: Duration, events: &mut Vec<Event>) -> bool {
        let now = self.now(at);
        let Some(hub) = self.hub.as_mut() else {
            return false;
        };
        match hub.commit(now) {
            Ok(fresh) => {
                for event in &fresh {
                    if event.kind == EventKind::Alarm && !is_unacknowledged(&event.said) {
                        self.alarms.push(event.said.clone());
                    }
                }
                events.extend(fresh);
                true
            }
            Err(_) => {
                self.hub = None;
                false
            }
        }
    }

    /// Asks the station, as an officer would.
    pub fn ask(&mut self, at: Duration, request: Request) -> Option<Result<Response, Refusal>> {
        let now = self.now(at);
        self.hub
            .as_mut()
            .map(|hub| hub.handle_request(now, request))
    }

    /// The text of a message here.
    pub fn text(&mut self, at: Duration, from: &PartyName, serial: u32) -> Option<String> {
        let message = MessageRef {
            from: Some(from.to_string()),
            to: None,
            serial,
        };
        match self.ask(at, Request::Read { message })? {
            Ok(Response::Message(message)) => Some(message.text),
            _ => None,
        }
    }

    /// After a start: what the disk really holds is the truth about the last, unfinished step.
    ///
    /// # Errors
    ///
    /// [`Broken`] when it holds what was never released.
    pub fn tell(&mut self, at: Duration, model: &mut Model) -> Result<(), Broken> {
        let (own, peer) = (self.name.clone(), self.peer.clone());
        for serial in self.outgoing() {
            if !model.is_released(self.index, serial)
                && let Some(text) = self.text(at, &own, serial)
            {
                model.release(self.index, serial, text)?;
            }
        }
        for serial in self.incoming() {
            if !model.is_held(1 - self.index, serial)
                && let Some(text) = self.text(at, &peer, serial)
            {
                model.hold(1 - self.index, serial, &text)?;
            }
        }
        Ok(())
    }

    /// Serials of ours.
    pub fn outgoing(&self) -> BTreeSet<u32> {
        let desk = self
            .hub
            .as_ref()
            .and_then(|hub| hub.desk().peer(&self.peer));
        desk.map_or_else(BTreeSet::new, |desk| desk.out.keys().map(|s| s.0).collect())
    }

    /// Serials of the other side that are here.
    pub fn incoming(&self) -> BTreeSet<u32> {
        let desk = self
            .hub
            .as_ref()
            .and_then(|hub| hub.desk().peer(&self.peer));
        desk.map_or_else(BTreeSet::new, |desk| desk.in_.keys().map(|s| s.0).collect())
    }

    /// The other side's name.
    pub fn peer(&self) -> &PartyName {
        &self.peer
    }

    /// A copy of the disk, as a backup or a clone would be.
    pub fn copy(&self) -> MemoryStorage {
        self.disk.contents()
    }

    /// Puts an old copy in the place of the disk.
    pub fn set_back(&mut self, copy: MemoryStorage) {
        self.hub = None;
        self.disk = Disk::holding(copy);
    }
}

/// Nobody sits at a simulated desk: a message that rises because nobody acknowledged it is in
/// order.
fn is_unacknowledged(said: &str) -> bool {
    said.starts_with("Nobody here has acknowledged") || said.starts_with("No acknowledgement of")
}
