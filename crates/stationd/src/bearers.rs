//! The station's bearers: started from the configuration, started again when they fall, and told
//! apart by number.
//!
//! It owns the pipes and what each bearer last said of itself. It does not look into frames. A QUIC
//! bearer needs the keys of its line, so it starts when the line is paired, and anew when it is
//! paired anew. Bearers outlive the hub: after a fault the next hub takes them over as they are.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use redphone_bearers::quic::{self, QuicConfig, QuicKeys};
use redphone_bearers::serial::{self, SerialConfig};
use redphone_bearers::udp::{self, UdpConfig};
use redphone_bearers::{BearerEvent, Pipe, StartError};
use redphone_journal::Storage;
use redphone_line::{BearerId, BearerKind};
use redphone_station::{BearerKeys, Hub};
use redphone_wire::Now;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::config::{BearerConfig, Medium};

/// Pauses before a bearer that did not start is started again: doubled from the first to the last.
const START_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// All bearers of a station, in the order of the configuration.
#[derive(Debug)]
pub(crate) struct Bearers {
    slots: Vec<Slot>,
    events: mpsc::Sender<BearerEvent>,
}

/// One bearer, whether or not it runs.
pub(crate) struct Slot {
    pub(crate) id: BearerId,
    pub(crate) config: BearerConfig,
    pub(crate) pipe: Option<Pipe>,
    /// What a QUIC bearer was last started with, to notice a new pairing.
    keys: Option<Zeroizing<[u8; 32]>>,
    connected: bool,
    detail: String,
    tries: u32,
    start_at: Option<Duration>,
}

impl Bearers {
    /// Numbers the bearers. None runs yet.
    pub(crate) fn new(configs: Vec<BearerConfig>, events: mpsc::Sender<BearerEvent>) -> Self {
        let slots = (1_u16..).zip(configs).map(|(number, config)| Slot {
            id: BearerId(number),
            // A courier is there as soon as somebody carries a bag.
            connected: config.spec.kind == BearerKind::Courier,
            detail: String::new(),
            pipe: None,
            keys: None,
            tries: 0,
            start_at: (config.spec.kind != BearerKind::Courier).then_some(Duration::ZERO),
            config,
        });
        Self {
            slots: slots.collect(),
            events,
        }
    }

    /// Gives a hub that was just opened all bearers, as they are.
    pub(crate) fn attach<S: Storage>(&self, hub: &mut Hub<S>, now: Now) {
        for slot in &self.slots {
            let config = &slot.config;
            hub.add_bearer(now, &config.peer, slot.id, config.spec.clone());
            if config.spec.kind != BearerKind::Courier {
                hub.handle_connected(now, slot.id, slot.connected, slot.detail.clone());
            }
        }
    }

    /// Starts what is due to start.
    pub(crate) fn handle_timeout<S: Storage>(&mut self, hub: &mut Hub<S>, now: Now) {
        for slot in &mut self.slots {
            if slot.start_at.is_some_and(|at| at <= now.monotonic) {
                slot.start(hub, now, &self.events);
            }
        }
    }

    /// When something is next due to start.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        self.slots.iter().filter_map(|slot| slot.start_at).min()
    }

    /// A line may have been paired: QUIC bearers whose keys came or changed start.
    pub(crate) fn handle_keys<S: Storage>(&mut self, hub: &mut Hub<S>, now: Now) {
        for slot in &mut self.slots {
            if slot.config.spec.kind != BearerKind::Quic {
                continue;
            }
            let keys = hub.bearer_keys(&slot.config.peer);
            if keys.map(|keys| keys.reset) != slot.keys {
                slot.pipe = None;
                slot.start(hub, now, &self.events);
            }
        }
    }

    /// What a bearer says of itself, for the hub.
    pub(crate) fn handle_state<S: Storage>(
        &mut self,
        hub: &mut Hub<S>,
        now: Now,
        id: BearerId,
        connected: bool,
        detail: String,
    ) {
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.id == id) else {
            return;
        };
        if connected != slot.connected {
            tracing::info!(bearer = id.0, connected, "a bearer changed");
        }
        slot.say(hub, now, connected, detail);
    }

    /// The peer's frames come from another address: follow it there.
    ///
    /// Only a frame with `news` may move a bearer, for a listener who repeats frames has none; and
    /// any authentic one where no address is known.
    pub(crate) fn handle_moved(&self, id: BearerId, from: SocketAddr, news: bool) {
        let Some(pipe) = self.slot(id).and_then(|slot| slot.pipe.as_ref()) else {
            return;
        };
        if pipe.peer() != Some(from) && (news || pipe.peer().is_none()) {
            pipe.set_peer(from);
        }
    }

    /// The bearer with this number.
    pub(crate) fn slot(&self, id: BearerId) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.id == id)
    }

    /// All bearers.
    pub(crate) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The couriers that a name means: that one, or all.
    pub(crate) fn couriers(&self, name: Option<&str>) -> Vec<BearerId> {
        self.slots
            .iter()
            .filter(|slot| slot.config.spec.kind == BearerKind::Courier)
            .filter(|slot| name.is_none_or(|name| slot.config.spec.name == name))
            .map(|slot| slot.id)
            .collect()
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({}, {})", self.id.0, self.config.spec.name)
    }
}

impl Slot {
    fn start<S: Storage>(
        &mut self,
        hub: &mut Hub<S>,
        now: Now,
        events: &mpsc::Sender<BearerEvent>,
    ) {
        let keys = match self.config.spec.kind {
            BearerKind::Quic => hub.bearer_keys(&self.config.peer),
            BearerKind::Courier | BearerKind::Serial | BearerKind::Udp => None,
        };
        self.keys = keys.as_ref().map(|keys| keys.reset.clone());
        match self.open(keys.as_ref(), events) {
            Ok(Some((pipe, detail))) => {
                self.pipe = Some(pipe);
                self.tries = 0;
                self.start_at = None;
                tracing::info!(bearer = self.id.0, "a bearer started");
                self.say(hub, now, false, detail);
            }
            Ok(None) => {
                self.start_at = None;
                self.say(
                    hub,
                    now,
                    false,
                    "waits for the line to be paired".to_owned(),
                );
            }
            Err(error) => {
                let (first, last) = START_AGAIN;
                let pause = first.saturating_mul(1 << self.tries.min(16)).min(last);
                self.tries = self.tries.saturating_add(1);
                // For everything else only another configuration or other keys help.
                let may_pass = matches!(error, StartError::Machine { .. });
                self.start_at = may_pass.then_some(now.monotonic + pause);
                let why = chain(&error);
                tracing::warn!(bearer = self.id.0, %why, "a bearer did not start");
                self.say(hub, now, false, why);
            }
        }
    }

    /// Starts the bearer's task; nothing for one that has to wait for keys, or needs no task.
    fn open(
        &self,
        keys: Option<&BearerKeys>,
        events: &mpsc::Sender<BearerEvent>,
    ) -> Result<Option<(Pipe, String)>, StartError> {
        let spec = &self.config.spec;
        let events = events.clone();
        let on = |address: SocketAddr| format!("on {address}");
        match &self.config.medium {
            Medium::Courier { .. } => Ok(None),
            Medium::Quic { bind, address } => {
                let Some(keys) = keys else {
                    return Ok(None);
                };
                let config = QuicConfig {
                    bind: *bind,
                    peer: *address,
                    dial: keys.lower,
                    keys: QuicKeys {
                        ours: keys.ours.clone(),
                        theirs: keys.theirs.clone(),
                        reset: keys.reset.clone(),
                    },
                };
                let (pipe, bound) = quic::start(self.id, spec, config, events)?;
                Ok(Some((pipe, on(bound))))
            }
            Medium::Serial { port, baud } => {
                let config = SerialConfig {
                    path: port.clone(),
                    baud: *baud,
                };
                let pipe = serial::start(self.id, spec, config, events)?;
                Ok(Some((pipe, port.display().to_string())))
            }
            Medium::Udp { bind, address } => {
                let config = UdpConfig {
                    bind: *bind,
                    peer: *address,
                };
                let (pipe, bound) = udp::start(self.id, spec, config, events)?;
                Ok(Some((pipe, on(bound))))
            }
        }
    }

    fn say<S: Storage>(&mut self, hub: &mut Hub<S>, now: Now, connected: bool, detail: String) {
        self.connected = connected;
        self.detail.clone_from(&detail);
        hub.handle_connected(now, self.id, connected, detail);
    }
}

/// An error and its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words = format!("{words}: {inner}");
        source = inner.source();
    }
    words
}
