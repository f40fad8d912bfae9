//! Founding and opening a station: state is the replay of the journal, from its newest snapshot.
//!
//! Owns the order in which a station comes back: records, then keys, then the line machines with what
//! waits for receipts. What the rows of the vault are called is `rows`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use redphone_desk::Desk;
use redphone_journal::{Journal, ReplayError, StationKey, Step, Storage};
use redphone_line::Outgoing;
use redphone_seal::{Cipher, Identity, Pairing};
use redphone_wire::{Direction, EnvelopeId, Now, PartyName, TapeKey, from_bytes, to_bytes};
use zeroize::Zeroizing;

use crate::carriage::Outstanding;
use crate::commit::Pending;
use crate::drafts::Recalls;
use crate::error::{HubError, bad, not_followed};
use crate::hub::{Entropy, Founding, Hub};
use crate::key_ages::KeyAges;
use crate::officers::Chancery;
use crate::peer::{Peer, new_test};
use crate::pump::kind_of;
use crate::record::{About, Record};
use crate::rows::{
    HEDGE_ROW, IDENTITY_ROW, Row, cipher_prefix, envelope_row, from_tape_row, station_rows,
};
use crate::watch::WatchRoom;
/// The bytes of a sealed envelope.
type Envelope = Arc<[u8]>;

impl<S: Storage> Hub<S> {
    /// Founds a station in an empty storage: draws its identity and its hedge.
    ///
    /// # Errors
    ///
    /// [`HubError`] when the storage is not empty or fails, or there is no randomness.
    pub fn create(
        storage: S,
        key: &StationKey,
        founding: &Founding,
        now: Now,
        mut entropy: Entropy,
    ) -> Result<Journal<S>, HubError> {
        let [journal_seed, identity_seed, hedge_seed, append_seed] = four_draws(&mut entropy)?;
        let mut journal = Journal::create(storage, key, now.utc, journal_seed)?;
        let identity =
            Identity::generate(founding.name.clone(), founding.environment, identity_seed)
                .map_err(|_| HubError::Randomness)?;
        let record = Record::Founded {
            name: founding.name.clone(),
            environment: founding.environment,
        };
        let step = Step {
            records: vec![to_bytes(&record)],
            rows: vec![
                (IDENTITY_ROW.to_vec(), Some(identity.to_secret())),
                (
                    HEDGE_ROW.to_vec(),
                    Some(Zeroizing::new(hedge_seed.to_vec())),
                ),
            ],
            ..Step::default()
        };
        journal.append(now.utc, step, append_seed)?;
        Ok(journal)
    }

    /// Opens a station: replays its journal, takes its keys from the vault, begins a new life.
    /// The caller commits before anything else.
    ///
    /// # Errors
    ///
    /// [`HubError`] when the journal or the vault cannot be opened or followed.
    pub fn open(
        storage: S,
        key: &StationKey,
        now: Now,
        entropy: Entropy,
    ) -> Result<Self, HubError> {
        let (mut journal, opened) = Journal::open(storage, key)?;
        let mut records = Vec::new();
        let replayed: Result<(), ReplayError<std::convert::Infallible>> =
            journal.replay(|number, _, bytes| {
                records.push((number, bytes.to_vec()));
                Ok(())
            });
        replayed.map_err(|error| match error {
            ReplayError::Journal(error) => HubError::Journal(error),
            ReplayError::Room(_, never) => match never {},
        })?;
        let (identity, hedge, rows) = station_rows(opened.rows)?;
        let mut hub = Self {
            journal,
            hedge,
            entropy,
            name: identity.card().body.name.clone(),
            environment: identity.card().body.environment,
            identity,
            life: 0,
            desk: Desk::default(),
            peers: BTreeMap::new(),
            bearers: BTreeMap::new(),
            out: BTreeMap::new(),
            pending: Pending::default(),
            chancery: Chancery::default(),
            recalls: Recalls::default(),
            events: VecDeque::new(),
            event_next: 0,
            alarms: BTreeSet::new(),
            desks: 0,
            snapshot_at: 0,
            rotated_at: now.monotonic,
            rotation_wanted: true,
            watch: WatchRoom::default(),
            fault: None,
            witness: None,
            books: crate::agreed::Books::default(),
        };
        if let Some(bytes) = opened.snapshot {
            hub.snapshot_at = hub.journal.head().0.saturating_sub(records.len() as u64);
            hub.restore(now, &bytes)?;
        }
        for (number, bytes) in &records {
            let record: Record = from_bytes(bytes).map_err(|_| not_followed(*number))?;
            hub.apply(now, &record);
        }
        let life = hub.life.checked_add(1).ok_or_else(|| {
            HubError::Inconsistent("its station has started as often as can be counted".to_owned())
        })?;
        hub.note(now, Record::Started { life });
        hub.event_next = u64::from(hub.life) << 32;
        hub.begin_recalls(now);
        hub.begin_rises(now);
        let mut envelopes = hub.restore_keys(rows)?;
        for name in hub.peers() {
            hub.restore_line(now, &name, &mut envelopes)?;
        }
        Ok(hub)
    }

    /// Puts the vault's rows where they belong, and gives back those of envelopes that wait for
    /// their receipts. Rows of dead generations are erased.
    fn restore_keys(&mut self, rows: Vec<Row>) -> Result<BTreeMap<Vec<u8>, Envelope>, HubError> {
        let mut envelopes = BTreeMap::new();
        let mut ciphers: BTreeMap<(PartyName, u32), Vec<Row>> = BTreeMap::new();
        for (id, value) in rows {
            let words = String::from_utf8_lossy(&id).into_owned();
            let mut parts = words.splitn(4, '/');
            let room = parts.next().unwrap_or_default();
            let name: Option<PartyName> = parts.next().and_then(|name| name.parse().ok());
            let Some(name) = name else {
                continue;
            };
            match (room, parts.next(), parts.next()) {
                ("c", Some(generation), Some(_)) => {
                    let generation: u32 = generation.parse().unwrap_or(0);
                    let prefix = cipher_prefix(&name, generation).len();
                    let row = id.get(prefix..).unwrap_or_default().to_vec();
                    let rows = ciphers.entry((name, generation)).or_default();
                    rows.push((row, value));
                }
                ("t", Some(side), Some(_)) => {
                    let (reel, key): ([u8; 8], TapeKey) = from_tape_row(&value)?;
                    if let Some(peer) = self.peers.get_mut(&name) {
                        let [ours, theirs] = &mut peer.tapes;
                        let tapes = if side == "o" { ours } else { theirs };
                        tapes.insert(key.number, (reel, key));
                    }
                }
                ("e", Some(_), Some(_)) => {
                    envelopes.insert(id, Envelope::from(value.as_slice()));
                }
                ("p", None, None) => {
                    let pairing = Pairing::from_secret(&value).map_err(|_| bad("a pairing"))?;
                    if let Some(peer) = self.peers.get_mut(&name) {
                        peer.pairing = Some(pairing);
                    }
                }
                _ => {}
            }
        }
        for ((name, generation), rows) in ciphers {
            self.restore_cipher(&name, generation, rows)?;
        }
        Ok(envelopes)
    }

    fn restore_cipher(
        &mut self,
        name: &PartyName,
        generation: u32,
        rows: Vec<Row>,
    ) -> Result<(), HubError> {
        let Some(peer) = self.peers.get_mut(name) else {
            return Ok(());
        };
        let ids = rows.iter().map(|(id, _)| id.clone()).collect();
        peer.rows.insert(generation, ids);
        let cipher = Cipher::restore(rows).map_err(|_| bad("the keys of a line"))?;
        if generation == peer.generation {
            peer.cipher = Some(cipher);
        } else if generation > peer.generation {
            peer.waiting = Some(cipher);
        } else {
            let erased = peer.erase_generation(name, generation);
            self.pending.rows.extend(erased);
        }
        Ok(())
    }

    /// Rebuilds a line machine: what is opened, what is unreceipted.
    fn restore_line(
        &mut self,
        now: Now,
        name: &PartyName,
        envelopes: &mut BTreeMap<Vec<u8>, Envelope>,
    ) -> Result<(), HubError> {
        let random = self.draw().map_err(|_| HubError::Randomness)?;
        let own = self.identity.fingerprint();
        let Some(peer) = self.peers.get_mut(name) else {
            return Ok(());
        };
        let fresh = Peer::new(now, self.life);
        peer.line = fresh.line;
        peer.key_ages = KeyAges::before_start(now, peer.key_ages.kept());
        if let Some(card) = &peer.card {
            let lower = own < redphone_seal::fingerprint(&card.body);
            let sending = if lower {
                Direction::FromLower
            } else {
                Direction::FromHigher
            };
            peer.test = new_test(now, sending, peer.last_test.mark.clone());
        }
        if let Some(cipher) = peer.cipher.as_mut() {
            cipher.start_life(random);
        }
        for (epoch, opened) in &peer.carriage.opened {
            peer.line.restore_received(*epoch, &opened.received());
        }
        for (id, (mark, _)) in &peer.carriage.newest {
            peer.line.restore_opened(*id, *mark);
        }
        self.resubmit(now, name, envelopes)?;
        self.refresh_line_marks(now, name);
        self.settle_one_way(now, name);
        Ok(())
    }

    fn resubmit(
        &mut self,
        now: Now,
        name: &PartyName,
        envelopes: &mut BTreeMap<Vec<u8>, Envelope>,
    ) -> Result<(), HubError> {
        let Some(peer) = self.peers.get(name) else {
            return Ok(());
        };
        let generation = peer.generation;
        let outstanding: Vec<(EnvelopeId, Outstanding)> = peer
            .carriage
            .outstanding
            .iter()
            .map(|(id, one)| (*id, one.clone()))
            .collect();
        for (id, one) in outstanding {
            let Some(envelope) = envelopes.remove(&envelope_row(name, generation, id)) else {
                return Err(bad("an envelope that waits for its receipt"));
            };
            let attachment_bytes = if let About::Piece(serial, index, _) = &one.about {
                Some(self.attachment_bytes(name, *serial, *index))
            } else {
                None
            };
            debug_assert!(kind_of(&one.about).byte() > 0);
            let outgoing = Outgoing {
                id,
                mark: one.mark,
                envelope,
                precedence: one.precedence,
                attachment_bytes,
                again: true,
            };
            if let Some(peer) = self.peers.get_mut(name) {
                peer.line.submit(now, outgoing);
            }
        }
        Ok(())
    }

    /// Tells the line machine what it shows of desk and subjects.
    pub(crate) fn refresh_line_marks(&mut self, now: Now, name: &PartyName) {
        let (silent, suspended) = self.desk.peer(name).map_or((false, false), |desk| {
            (desk.desk_silent.is_some(), !desk.suspended.is_empty())
        });
        if let Some(peer) = self.peers.get_mut(name) {
            peer.line.set_desk_silent(now, silent);
            peer.line.set_suspended(now, suspended);
        }
    }
}

fn four_draws(entropy: &mut Entropy) -> Result<[[u8; 32]; 4], HubError> {
    let mut draws = [[0; 32]; 4];
    for draw in &mut draws {
        if !entropy(draw) || *draw == [0; 32] {
            return Err(HubError::Randomness);
        }
    }
    let distinct: BTreeSet<_> = draws.iter().collect();
    if distinct.len() == draws.len() {
        Ok(draws)
    } else {
        Err(HubError::Randomness)
    }
}
