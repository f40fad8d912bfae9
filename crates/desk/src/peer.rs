//! All that the desk holds of one peer.
//!
//! Owns what is held and the questions about it. What a fact changes of it is in `facts`.

mod facts;
mod missing;

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use redphone_wire::{Precedence, Serial, Utc};

use crate::asks::{Asks, Reply, Side};
use crate::threads::Threads;
use crate::{Agreed, Incoming, Outgoing, Pieces, ReadBacks, Standing, WireLine};

/// Traffic on a subject that is suspended.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Suspension {
    /// True when we declared it.
    #[n(0)]
    pub ours: bool,
    /// Who and why, in words.
    #[n(1)]
    pub because: String,
    /// Since when.
    #[n(2)]
    pub since: Utc,
}

/// One peer's messages, both ways.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct PeerDesk {
    /// Ours, by serial.
    #[n(0)]
    pub out: BTreeMap<Serial, Outgoing>,
    /// Theirs, by serial.
    #[n(1)]
    pub in_: BTreeMap<Serial, Incoming>,
    /// Pieces of their attachments, by serial and attachment.
    #[n(2)]
    pub pieces: BTreeMap<(Serial, u8), Pieces>,
    /// The highest serial that they announced; 0 before the first.
    #[n(3)]
    pub announced: u32,
    /// Serials that they said they no longer hold.
    #[n(4)]
    pub not_held: BTreeMap<Serial, ()>,
    /// When we last asked for missing serials.
    #[n(5)]
    pub missing_asked: Option<Utc>,
    /// The order wire's newest lines, by number.
    #[n(6)]
    pub wire: BTreeMap<u32, WireLine>,
    /// Number of the next line.
    #[n(7)]
    pub wire_next: u32,
    /// Suspended subjects.
    #[n(8)]
    pub suspended: BTreeMap<String, Suspension>,
    /// Their desk is silent, since when by their clock.
    #[n(9)]
    pub desk_silent: Option<Utc>,
    /// Bytes of their attachments held here.
    #[n(10)]
    pub held_bytes: u64,
    /// Peer's clock less ours in seconds, as its last message told. Transit time included.
    #[n(11)]
    pub clock_difference_s: Option<i64>,
    /// Messages of ours that wait to be sealed, the most urgent and oldest first.
    #[n(12)]
    to_seal: BTreeSet<(Precedence, Serial)>,
    /// Sealed messages of ours with pieces that wait to be sealed.
    #[n(13)]
    with_pieces: BTreeSet<(Precedence, Serial)>,
    /// Runs of their serials that are known of and neither here nor said to be held no longer:
    /// first and last. Kept as runs, so that a jump costs no more than a step.
    #[n(14)]
    absent: BTreeMap<u32, u32>,
    /// Attachments of which pieces are here and the message is not.
    #[n(15)]
    unannounced: BTreeSet<(Serial, u8)>,
    /// The highest serial of ours that they said they hold, when a line was paired anew. It may be
    /// above all that is here: this station was restored to an earlier state.
    #[cbor(n(16), default)]
    holds: u32,
    /// The asks of this line, both ways.
    #[cbor(n(17), default)]
    pub(crate) asks: Asks,
    /// What came of messages that said something about asks, by whose and which.
    #[cbor(n(18), default)]
    replies: BTreeMap<(Side, Serial), Reply>,
    /// Messages of theirs that say something about asks and wait for those before them: since when.
    #[cbor(n(19), default)]
    pub(crate) replies_waiting: BTreeMap<Serial, Utc>,
    /// Which message refers to which.
    #[cbor(n(20), default)]
    pub(crate) threads: Threads,
    /// Read-backs of messages that have a card, by whose and which.
    #[cbor(n(21), default)]
    pub(crate) readbacks: BTreeMap<(Side, Serial), ReadBacks>,
    /// Lexicons and code books of this line.
    #[cbor(n(22), default)]
    pub(crate) agreed: Agreed,
}

impl PeerDesk {
    /// The next serial of ours, or none when all are used.
    pub fn next_serial(&self) -> Option<Serial> {
        self.highest_out().checked_add(1).map(Serial)
    }

    /// The highest serial of theirs that is here; 0 before the first.
    pub fn highest_in(&self) -> u32 {
        self.in_.keys().next_back().map_or(0, |serial| serial.0)
    }

    /// The highest serial of ours that is used, here or in a state that was lost; 0 before the
    /// first.
    pub fn highest_out(&self) -> u32 {
        let here = self.out.keys().next_back().map_or(0, |serial| serial.0);
        here.max(self.holds)
    }

    /// What came of a message that said something about asks.
    pub fn reply(&self, by: Side, serial: Serial) -> Option<&Reply> {
        self.replies.get(&(by, serial))
    }

    /// The read-backs of a message; none where it has nothing to read back.
    pub fn readbacks(&self, of: Side, serial: Serial) -> Option<&ReadBacks> {
        self.readbacks.get(&(of, serial))
    }

    /// All messages that have a card, and what came of their read-backs.
    pub fn all_readbacks(&self) -> impl Iterator<Item = (Side, Serial, &ReadBacks)> {
        let held = self.readbacks.iter();
        held.map(|((of, serial), held)| (*of, *serial, held))
    }

    /// Whether what a message of theirs says about asks waits for messages before it.
    pub fn reply_waits(&self, serial: Serial) -> bool {
        self.replies_waiting.contains_key(&serial)
    }

    /// Messages of ours that nobody has shown to be at their station whole, and that are not held:
    /// what must not go by itself when the keys died.
    pub fn unproved(&self) -> Vec<Serial> {
        let unproved = |message: &Outgoing| {
            let there = message.at_station.is_some() && message.pieces_unreceipted.is_empty();
            !there && !matches!(message.standing, Standing::Held { .. })
        };
        let ours = self.out.iter();
        ours.filter(|(_, message)| unproved(message))
            .map(|(serial, _)| *serial)
            .collect()
    }

    /// Attachments other than this one of which pieces are here and the message is not, and the
    /// bytes of all of them.
    pub(crate) fn unannounced(&self, serial: Serial, index: u8) -> (usize, u64) {
        let others = self.unannounced.len();
        let others = others - usize::from(self.unannounced.contains(&(serial, index)));
        let held = self.unannounced.iter().filter_map(|id| self.pieces.get(id));
        (others, held.map(Pieces::bytes).sum())
    }

    /// Messages of ours that wait to be sealed, the most urgent and oldest first.
    pub fn to_seal(&self) -> impl Iterator<Item = Serial> {
        self.to_seal.iter().map(|(_, serial)| *serial)
    }

    /// Pieces of ours that wait to be sealed, the most urgent and oldest first, at most `most`.
    pub fn pieces_to_seal(&self, most: usize) -> Vec<(Serial, u8, u32)> {
        let pieces_of = |(_, serial): &(Precedence, Serial)| {
            let pieces = self.out.get(serial).map(|message| &message.pieces_to_seal);
            let serial = *serial;
            pieces
                .into_iter()
                .flatten()
                .map(move |(index, offset)| (serial, *index, *offset))
        };
        self.with_pieces
            .iter()
            .flat_map(pieces_of)
            .take(most)
            .collect()
    }

    /// A message was sealed; or a piece of one.
    pub fn mark_sealed(&mut self, serial: Serial, piece: Option<(u8, u32)>) {
        if let Some(message) = self.out.get_mut(&serial) {
            match piece {
                None => message.standing = Standing::Sealed,
                Some(piece) => {
                    message.pieces_to_seal.remove(&piece);
                }
            }
            self.index(serial);
        }
    }

    /// The envelope of a piece died with its keys: the piece is to be sealed again.
    pub fn unmark_piece(&mut self, serial: Serial, piece: (u8, u32)) {
        if let Some(message) = self.out.get_mut(&serial) {
            message.pieces_to_seal.insert(piece);
            self.index(serial);
        }
    }

    /// Keeps the two queues true to a message.
    fn index(&mut self, serial: Serial) {
        let Some(message) = self.out.get(&serial) else {
            return;
        };
        let key = (message.precedence, serial);
        let sealed = message.standing == Standing::Sealed;
        set(&mut self.to_seal, key, message.standing == Standing::ToSeal);
        let pieces = sealed && !message.pieces_to_seal.is_empty();
        set(&mut self.with_pieces, key, pieces);
    }

    /// The first frame of a message left. Kept in memory; the receipt's record repeats it.
    pub fn mark_on_line(&mut self, serial: Serial, at: Utc, bearer: &str) {
        if let Some(message) = self.out.get_mut(&serial) {
            message
                .on_line
                .get_or_insert_with(|| (at, bearer.to_owned()));
        }
    }
}

fn set(index: &mut BTreeSet<(Precedence, Serial)>, key: (Precedence, Serial), present: bool) {
    if present {
        index.insert(key);
    } else {
        index.remove(&key);
    }
}
