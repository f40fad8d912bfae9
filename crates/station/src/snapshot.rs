//! Snapshots: the replayed state at one record, so that a start need not replay everything.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use redphone_desk::Desk;
use redphone_journal::Storage;
use redphone_line::{Learned, TestMark};
use redphone_wire::{Card, Environment, Now, PartyName, Serial, Utc, to_bytes};

use crate::carriage::Carriage;
use crate::error::{HubError, bad};
use crate::hub::Hub;
use crate::key_ages::{Kept, KeyAges};
use crate::peer::{LastTest, Peer};

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
    /// The newest refresh of either direction, in snapshots that do not tell them apart.
    #[n(5)]
    refreshed: Option<Utc>,
    #[n(6)]
    tape_last: (u32, u32),
    #[n(7)]
    test: TestSnapshot,
    #[n(8)]
    restored: Option<Utc>,
    #[cbor(n(9), default)]
    serials_unsure: bool,
    #[cbor(n(10), default)]
    awaits_serials: bool,
    #[cbor(n(11), default)]
    rolled_back: bool,
    #[n(12)]
    doubtful_to: Option<Serial>,
    #[n(13)]
    key_ages: Option<Kept>,
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
    /// The state as a snapshot holds it.
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

    /// Takes the state from a snapshot.
    pub(crate) fn restore(&mut self, now: Now, bytes: &[u8]) -> Result<(), HubError> {
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
            peer.key_ages = KeyAges::before_start(now, kept(held.key_ages, held.refreshed));
            peer.tape_last = [held.tape_last.0, held.tape_last.1];
            peer.restored = held.restored;
            peer.serials_unsure = held.serials_unsure;
            peer.awaits_serials = held.awaits_serials;
            peer.rolled_back = held.rolled_back;
            peer.doubtful_to = held.doubtful_to.unwrap_or(Serial(0));
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
}

/// What a snapshot keeps of the ages of keys; one that does not tell the directions apart says the
/// same of both.
fn kept(kept: Option<Kept>, refreshed: Option<Utc>) -> Kept {
    kept.unwrap_or_else(|| Kept::of_both(refreshed))
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
        refreshed: None,
        tape_last: (ours, theirs),
        test: TestSnapshot {
            good: peer.last_test.good,
            outcome: peer.last_test.outcome.clone(),
            hours: peer.last_test.mark.hours.clone(),
            early: peer.last_test.mark.early,
            missed: peer.last_test.mark.missed,
        },
        restored: peer.restored,
        serials_unsure: peer.serials_unsure,
        awaits_serials: peer.awaits_serials,
        rolled_back: peer.rolled_back,
        doubtful_to: Some(peer.doubtful_to),
        key_ages: Some(peer.key_ages.kept()),
    }
}
