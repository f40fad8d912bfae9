//! The corridor: the one place where the rooms meet.
//!
//! Owns what the station is made of, its bearers, its randomness, and what is told to those who
//! listen. How a step becomes durable is `commit`; each way through the rooms has its own file.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use redphone_api::{Event, EventKind};
use redphone_desk::Desk;
use redphone_journal::{Journal, Storage};
use redphone_line::{BearerId, BearerSpec};
use redphone_seal::{Hedge, Identity};
use redphone_wire::{EnvelopeId, Environment, Now, PartyName, Serial, Utc};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::agreed::Books;
use crate::commit::Pending;
use crate::drafts::Recalls;
use crate::error::Fault;
use crate::officers::Chancery;
use crate::peer::Peer;
use crate::watch::WatchRoom;
/// The operating system's random bytes, as an argument: fills the slice, or says that it cannot.
pub type Entropy = Box<dyn FnMut(&mut [u8]) -> bool + Send>;

/// What a station is founded with.
#[derive(Clone, Debug)]
pub struct Founding {
    /// Its name.
    pub name: PartyName,
    /// LIVE or EXERCISE.
    pub environment: Environment,
}

/// Keys of the QUIC bearers of one line. Both sides can make both, so a recorded handshake proves
/// nothing to third parties.
pub struct BearerKeys {
    /// Ed25519 seed of our side.
    pub ours: Zeroizing<[u8; 32]>,
    /// Ed25519 seed of theirs; its public half is pinned.
    pub theirs: Zeroizing<[u8; 32]>,
    /// Key of stateless resets and connection ids, the same at every start.
    pub reset: Zeroizing<[u8; 32]>,
    /// True on the side with the lower fingerprint, which dials.
    pub lower: bool,
}

/// One bearer of the station and the line that it carries.
pub(crate) struct Bearer {
    pub(crate) peer: PartyName,
    pub(crate) spec: BearerSpec,
    pub(crate) detail: String,
    /// What a bearer with connections of its own last said; none for others.
    pub(crate) connected: Option<bool>,
}

/// The hub of one station.
pub struct Hub<S: Storage> {
    pub(crate) journal: Journal<S>,
    pub(crate) hedge: Hedge,
    pub(crate) entropy: Entropy,
    pub(crate) identity: Identity,
    pub(crate) name: PartyName,
    pub(crate) environment: Environment,
    pub(crate) life: u32,
    pub(crate) desk: Desk,
    pub(crate) peers: BTreeMap<PartyName, Peer>,
    pub(crate) bearers: BTreeMap<BearerId, Bearer>,
    /// Bearers taken out by an officer, by name, with the reason.
    pub(crate) out: BTreeMap<String, String>,
    pub(crate) pending: Pending,
    pub(crate) chancery: Chancery,
    /// When drafts that can still be recalled leave.
    pub(crate) recalls: Recalls,
    pub(crate) events: VecDeque<Event>,
    pub(crate) event_next: u64,
    pub(crate) alarms: BTreeSet<String>,
    pub(crate) desks: u32,
    pub(crate) snapshot_at: u64,
    /// When the vault last got a new key, on the monotonic clock.
    pub(crate) rotated_at: Duration,
    /// Whether something happened after which it should get one.
    pub(crate) rotation_wanted: bool,
    pub(crate) watch: WatchRoom,
    pub(crate) fault: Option<Fault>,
    /// What was sealed, for those who check that no key is used twice.
    pub(crate) witness: Option<Vec<Witnessed>>,
    /// Lexicons and code books that were read from their files.
    pub(crate) books: Books,
}

/// A sealed envelope, as a witness sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Witnessed {
    /// The peer.
    pub peer: PartyName,
    /// Generation of the line.
    pub generation: u32,
    /// Epoch and number.
    pub id: EnvelopeId,
    /// Its bytes.
    pub envelope: Vec<u8>,
}

impl<S: Storage> Hub<S> {
    /// Our own name.
    pub fn name(&self) -> &PartyName {
        &self.name
    }

    /// LIVE or EXERCISE.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The peers whose cards are trusted.
    pub fn peers(&self) -> Vec<PartyName> {
        self.peers.keys().cloned().collect()
    }

    /// Whether a line to this peer has keys.
    pub fn is_paired(&self, peer: &PartyName) -> bool {
        self.peers
            .get(peer)
            .is_some_and(|peer| peer.cipher.is_some())
    }

    /// Keys of the QUIC bearers of a line, if it is paired.
    pub fn bearer_keys(&self, peer: &PartyName) -> Option<BearerKeys> {
        let cipher = self.peers.get(peer)?.cipher.as_ref()?;
        let sending = cipher.sending();
        let ours = cipher.bearer_seed(sending);
        let reset = Sha256::new()
            .chain_update(b"redphone/1 quic reset")
            .chain_update(ours.as_slice())
            .finalize();
        Some(BearerKeys {
            ours,
            theirs: cipher.bearer_seed(sending.reverse()),
            reset: Zeroizing::new(reset.into()),
            lower: sending == redphone_wire::Direction::FromLower,
        })
    }

    /// Why the hub stopped, if it did.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// The desk, to look at.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// What was sealed since the last call. The first call begins the watch; a simulation checks
    /// with it that no key is used twice.
    pub fn witness(&mut self) -> Vec<Witnessed> {
        self.witness.replace(Vec::new()).unwrap_or_default()
    }

    /// Gives a line a bearer.
    pub fn add_bearer(&mut self, now: Now, peer: &PartyName, id: BearerId, spec: BearerSpec) {
        let out = self.out.contains_key(&spec.name);
        let entry = self.peer_mut(now, peer);
        let learned = entry.learned.get(&spec.name).copied();
        entry.line.add_bearer(now, id, spec.clone(), learned);
        entry.line.set_out(now, id, out);
        let bearer = Bearer {
            peer: peer.clone(),
            spec,
            detail: String::new(),
            connected: None,
        };
        self.bearers.insert(id, bearer);
        self.settle_one_way(now, peer);
    }

    /// Takes a bearer away for good.
    pub fn remove_bearer(&mut self, now: Now, id: BearerId) {
        if let Some(bearer) = self.bearers.remove(&id)
            && let Some(peer) = self.peers.get_mut(&bearer.peer)
        {
            peer.line.remove_bearer(now, id);
        }
    }

    /// A bearer that knows whether it is connected says so.
    pub fn handle_connected(&mut self, now: Now, id: BearerId, connected: bool, detail: String) {
        let Some(bearer) = self.bearers.get_mut(&id) else {
            return;
        };
        bearer.detail = detail;
        bearer.connected = Some(connected);
        if let Some(peer) = self.peers.get_mut(&bearer.peer) {
            peer.line.set_connected(now, id, connected);
        }
    }

    /// Says whether a bearer's way out has room for a frame. Without room nothing is asked of the
    /// line for it, and no timer waits for it.
    pub fn set_room(&mut self, id: BearerId, room: bool) {
        let peer = self.bearers.get(&id).map(|bearer| &bearer.peer);
        if let Some(peer) = peer.and_then(|name| self.peers.get_mut(name)) {
            peer.line.set_room(id, room);
        }
    }

    /// The name of a bearer; empty where it was taken away.
    pub(crate) fn bearer_name(&self, bearer: BearerId) -> String {
        self.bearers
            .get(&bearer)
            .map_or_else(String::new, |one| one.spec.name.clone())
    }

    /// A fresh, hedged draw of 32 bytes.
    pub(crate) fn draw(&mut self) -> Result<[u8; 32], Fault> {
        let mut os = [0_u8; 32];
        let head = self.journal.head().1;
        let filled = (self.entropy)(&mut os);
        match self.hedge.draw(os, &head) {
            Ok(random) if filled => Ok(random),
            _ => Err(self.stop(Fault::Randomness)),
        }
    }

    pub(crate) fn stop(&mut self, fault: Fault) -> Fault {
        self.fault.get_or_insert(fault).clone()
    }

    pub(crate) fn peer_mut(&mut self, now: Now, peer: &PartyName) -> &mut Peer {
        let life = self.life;
        self.peers
            .entry(peer.clone())
            .or_insert_with(|| Peer::new(now, life))
    }

    /// Tells those who listen. Never content.
    pub(crate) fn tell(
        &mut self,
        at: Utc,
        kind: EventKind,
        peer: &PartyName,
        message: Option<(bool, Serial)>,
        said: String,
    ) {
        let message = message.map_or_else(String::new, |(out, serial)| {
            let from = if out { &self.name } else { peer };
            format!("{from} {serial}")
        });
        let event = Event {
            id: self.event_next,
            at: at.0,
            kind,
            peer: peer.to_string(),
            message,
            said,
        };
        self.event_next += 1;
        self.events.push_back(event);
    }
}
