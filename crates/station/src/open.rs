//! Founding and opening a station: state is the replay of the journal, from its newest snapshot.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use minicbor::{Decode, Encode};
use redphone_desk::{BodyName, Desk};
use redphone_journal::{Journal, ReplayError, StationKey, Step, Storage};
use redphone_line::{Learned, Outgoing, TestMark};
use redphone_seal::{Cipher, Hedge, Identity, Pairing};
use redphone_wire::{
    Card, Direction, EnvelopeId, Environment, Now, PartyName, TapeKey, Utc, from_bytes, to_bytes,
};
use zeroize::Zeroizing;

use crate::carriage::{Carriage, Outstanding, Waiting};
use crate::error::HubError;
use crate::hub::{Entropy, Founding, Hub, Pending};
use crate::peer::{LastTest, Peer, new_test};
use crate::pump::kind_of;
use crate::record::{About, Record};

const IDENTITY_ROW: &[u8] = b"s/identity";
const HEDGE_ROW: &[u8] = b"s/hedge";

/// A row of the vault: its id and its secret.
type Row = (Vec<u8>, Zeroizing<Vec<u8>>);

/// The replayed state at one record.
#[derive(Decode, Encode)]
struct Snapshot {
    #[n(0)]
    name: PartyName,
    #[n(1)]
    environment: Environment,
    #[n(2)]
    life: u32,
    #[n(3)]
    desk: Desk,
    #[n(4)]
    peers: BTreeMap<PartyName, PeerSnapshot>,
    #[n(5)]
    out: BTreeMap<String, String>,
}

#[derive(Decode, Encode)]
struct PeerSnapshot {
    #[n(0)]
    card: Option<Card>,
    #[n(1)]
    generation: u32,
    #[n(2)]
    letters: BTreeMap<u8, Letter>,
    #[n(3)]
    carriage: Carriage,
    #[n(4)]
    learned: BTreeMap<String, Learned>,
    #[n(5)]
    refreshed: Option<Utc>,
    #[n(6)]
    tape_last: (u32, u32),
    #[n(7)]
    test: TestSnapshot,
}

#[derive(Decode, Encode)]
struct Letter {
    #[cbor(n(0), with = "minicbor::bytes")]
    answers: [u8; 32],
    #[n(1)]
    text: String,
}

#[derive(Decode, Encode)]
struct TestSnapshot {
    #[n(0)]
    good: Option<(Utc, u32)>,
    #[n(1)]
    outcome: String,
    #[n(2)]
    hours: Vec<u32>,
    #[n(3)]
    early: u32,
    #[n(4)]
    missed: u32,
}

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
            journal.replay(|_, _, bytes| {
                records.push(bytes.to_vec());
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
            events: VecDeque::new(),
            event_next: 0,
            alarms: BTreeSet::new(),
            desks: 0,
            snapshot_at: 0,
            rotated_at: now.monotonic,
            rotation_wanted: true,
            fault: None,
            witness: None,
        };
        if let Some(bytes) = opened.snapshot {
            hub.snapshot_at = hub.journal.head().0.saturating_sub(records.len() as u64);
            hub.restore(now, &bytes)?;
        }
        for bytes in &records {
            let record: Record = from_bytes(bytes).map_err(|_| {
                HubError::Inconsistent("a record is of a kind that it does not know".to_owned())
            })?;
            hub.apply(now, &record);
        }
        hub.note(now, Record::Started { life: hub.life + 1 });
        hub.event_next = u64::from(hub.life) << 32;
        hub.restore_keys(rows)?;
        for name in hub.peers() {
            hub.restore_line(now, &name)?;
        }
        Ok(hub)
    }

    /// Changes the state by a fact. The only way, live and in replay alike.
    pub(crate) fn apply(&mut self, now: Now, record: &Record) {
        match record {
            Record::Founded { .. } | Record::PeerMisbehaved { .. } | Record::Alarm { .. } => {}
            Record::Started { life } => self.life = *life,
            Record::Desk(record) => self.desk.apply(record),
            Record::Bearer {
                name, out, because, ..
            } => {
                if *out {
                    self.out.insert(name.clone(), because.clone());
                } else {
                    self.out.remove(name);
                }
            }
            Record::Learned { bearer, learned } => {
                for peer in self.peers.values_mut() {
                    peer.learned.insert(bearer.clone(), *learned);
                }
            }
            Record::CardTrusted { card } => {
                let name = card.body.name.clone();
                self.peer_mut(now, &name).card = Some(card.clone());
            }
            Record::Sealed { peer, about, .. } => {
                match about {
                    About::Message(serial) => self.desk.peer_mut(peer).mark_sealed(*serial, None),
                    About::Piece(serial, index, offset) => self
                        .desk
                        .peer_mut(peer)
                        .mark_sealed(*serial, Some((*index, *offset))),
                    About::WireLine(_) | About::Other(_) => {}
                }
                self.apply_to_peer(now, peer, record);
            }
            Record::LetterMade { peer, .. }
            | Record::Opened { peer, .. }
            | Record::Paired { peer, .. }
            | Record::Receipted { peer, .. }
            | Record::Refreshed { peer, .. }
            | Record::TapeInstalled { peer, .. }
            | Record::Test { peer, .. }
            | Record::TestCalled { peer, .. }
            | Record::Waits { peer, .. } => self.apply_to_peer(now, peer, record),
        }
    }

    fn apply_to_peer(&mut self, now: Now, name: &PartyName, record: &Record) {
        let peer = self.peer_mut(now, name);
        match record {
            Record::LetterMade {
                number,
                answers,
                letter,
                ..
            } => {
                peer.letters.insert(*number, (*answers, letter.clone()));
            }
            Record::Opened {
                id, serial, mark, ..
            } => peer.carriage.open(*id, *mark, *serial),
            Record::Paired { generation, .. } => {
                peer.generation = *generation;
                peer.carriage.void();
            }
            Record::Receipted { epoch, numbers, .. } => peer.carriage.receipt(*epoch, numbers),
            Record::Refreshed { at, .. } => peer.refreshed = Some(*at),
            Record::Sealed {
                id,
                mark,
                precedence,
                about,
                waiting,
                ..
            } => {
                let one = Outstanding {
                    mark: *mark,
                    precedence: *precedence,
                    about: about.clone(),
                };
                peer.carriage.seal(*id, one, *waiting);
            }
            Record::TapeInstalled { ours, last, .. } => {
                let [out, in_] = &mut peer.tape_last;
                let highest = if *ours { out } else { in_ };
                *highest = (*highest).max(*last);
            }
            Record::Test {
                good,
                outcome,
                took_ms,
                at,
                ..
            } => {
                if *good {
                    peer.last_test.good = Some((*at, took_ms.unwrap_or(0)));
                }
                peer.last_test.outcome.clone_from(outcome);
            }
            Record::TestCalled {
                hours,
                early,
                missed,
                ..
            } => {
                peer.last_test.mark = TestMark {
                    hours: hours.clone(),
                    early: *early,
                    missed: *missed,
                };
            }
            Record::Waits {
                about,
                precedence,
                body,
                ..
            } => peer.carriage.wait(Waiting {
                about: about.clone(),
                precedence: *precedence,
                body: body.clone(),
            }),
            Record::Alarm { .. }
            | Record::Bearer { .. }
            | Record::CardTrusted { .. }
            | Record::Desk(_)
            | Record::Founded { .. }
            | Record::Learned { .. }
            | Record::PeerMisbehaved { .. }
            | Record::Started { .. } => {}
        }
    }

    /// Puts the vault's rows where they belong. Rows of dead generations are erased.
    fn restore_keys(&mut self, rows: Vec<Row>) -> Result<(), HubError> {
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
                    let prefix = crate::peer::cipher_prefix(&name, generation).len();
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
        Ok(())
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
    fn restore_line(&mut self, now: Now, name: &PartyName) -> Result<(), HubError> {
        let random = self.draw().map_err(|_| HubError::Randomness)?;
        let own = self.identity.fingerprint();
        let Some(peer) = self.peers.get_mut(name) else {
            return Ok(());
        };
        let fresh = Peer::new(now, self.life);
        peer.line = fresh.line;
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
        self.resubmit(now, name)?;
        self.refresh_line_marks(now, name);
        self.settle_one_way(now, name);
        Ok(())
    }

    fn resubmit(&mut self, now: Now, name: &PartyName) -> Result<(), HubError> {
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
            let Some(envelope) = self.envelope(&BodyName::envelope(name, generation, id))? else {
                return Err(bad("an envelope that waits for its receipt"));
            };
            let attachment_bytes = match &one.about {
                About::Piece(serial, index, _) => {
                    Some(self.attachment_bytes(name, *serial, *index))
                }
                _ => None,
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

    pub(crate) fn snapshot(&self) -> Vec<u8> {
        let peers = self
            .peers
            .iter()
            .map(|(name, peer)| (name.clone(), snapshot_of(peer)))
            .collect();
        to_bytes(&Snapshot {
            name: self.name.clone(),
            environment: self.environment,
            life: self.life,
            desk: self.desk.clone(),
            peers,
            out: self.out.clone(),
        })
    }

    fn restore(&mut self, now: Now, bytes: &[u8]) -> Result<(), HubError> {
        let snapshot: Snapshot = minicbor::decode(bytes).map_err(|_| bad("the snapshot"))?;
        self.life = snapshot.life;
        self.desk = snapshot.desk;
        self.out = snapshot.out;
        for (name, held) in snapshot.peers {
            let peer = self.peer_mut(now, &name);
            peer.card = held.card;
            peer.generation = held.generation;
            peer.letters = held
                .letters
                .into_iter()
                .map(|(number, letter)| (number, (letter.answers, letter.text)))
                .collect();
            peer.carriage = held.carriage;
            peer.learned = held.learned;
            peer.refreshed = held.refreshed;
            peer.tape_last = [held.tape_last.0, held.tape_last.1];
            peer.last_test = LastTest {
                good: held.test.good,
                outcome: held.test.outcome,
                mark: TestMark {
                    hours: held.test.hours,
                    early: held.test.early,
                    missed: held.test.missed,
                },
            };
        }
        Ok(())
    }

    /// Notes what the bearers taught us, for the next start.
    pub(crate) fn note_learned(&mut self, now: Now) {
        let ids: Vec<_> = self.bearers.keys().copied().collect();
        for id in ids {
            let Some(bearer) = self.bearers.get(&id) else {
                continue;
            };
            let name = bearer.spec.name.clone();
            let learned = self
                .peers
                .get(&bearer.peer)
                .and_then(|peer| peer.line.learned(id));
            if let Some(learned) = learned {
                let bearer = name;
                self.note(now, Record::Learned { bearer, learned });
            }
        }
    }
}

fn snapshot_of(peer: &Peer) -> PeerSnapshot {
    let letters = peer.letters.iter().map(|(number, (answers, text))| {
        let letter = Letter {
            answers: *answers,
            text: text.clone(),
        };
        (*number, letter)
    });
    let [ours, theirs] = peer.tape_last;
    PeerSnapshot {
        card: peer.card.clone(),
        generation: peer.generation,
        letters: letters.collect(),
        carriage: peer.carriage.clone(),
        learned: peer.learned.clone(),
        refreshed: peer.refreshed,
        tape_last: (ours, theirs),
        test: TestSnapshot {
            good: peer.last_test.good,
            outcome: peer.last_test.outcome.clone(),
            hours: peer.last_test.mark.hours.clone(),
            early: peer.last_test.mark.early,
            missed: peer.last_test.mark.missed,
        },
    }
}

/// A tape key as its row holds it.
pub(crate) fn to_tape_row(reel: [u8; 8], key: &TapeKey) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(reel.to_vec());
    bytes.extend_from_slice(&Zeroizing::new(to_bytes(key)));
    bytes
}

fn from_tape_row(bytes: &[u8]) -> Result<([u8; 8], TapeKey), HubError> {
    let (reel, key) = bytes.split_first_chunk().ok_or_else(|| bad("a tape"))?;
    let key = from_bytes(key).map_err(|_| bad("a tape"))?;
    Ok((*reel, key))
}

fn station_rows(rows: Vec<Row>) -> Result<(Identity, Hedge, Vec<Row>), HubError> {
    let mut identity = None;
    let mut hedge = None;
    let mut others = Vec::new();
    for (id, value) in rows {
        match id.as_slice() {
            IDENTITY_ROW => identity = Identity::from_secret(&value).ok(),
            HEDGE_ROW => {
                let secret: Option<[u8; 32]> = value.as_slice().try_into().ok();
                hedge = secret.map(|secret| Hedge::new(&Zeroizing::new(secret)));
            }
            _ => others.push((id, value)),
        }
    }
    let identity = identity.ok_or_else(|| bad("the station's identity"))?;
    let hedge = hedge.ok_or_else(|| bad("the secret that hedges randomness"))?;
    Ok((identity, hedge, others))
}

fn bad(what: &str) -> HubError {
    HubError::Inconsistent(format!("{what} is missing or not in its form"))
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
