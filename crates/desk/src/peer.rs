//! All that the desk holds of one peer.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use redphone_wire::{Precedence, Serial, Utc};

use crate::limits::{ACKNOWLEDGEMENTS_MAX, COPIES_MAX, ORDER_WIRE_LINES_MAX};
use crate::{Incoming, Outgoing, Pieces, Record, Standing, WireLine};

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

    /// Serials below the highest known that are not here, ascending, at most `most`.
    pub fn missing(&self, most: usize) -> Vec<Serial> {
        let runs = self.absent.iter();
        runs.flat_map(|(first, last)| *first..=*last)
            .map(Serial)
            .take(most)
            .collect()
    }

    /// Whether a serial is known of and not here.
    pub fn is_missing(&self, serial: Serial) -> bool {
        let run = self.absent.range(..=serial.0).next_back();
        run.is_some_and(|(_, last)| serial.0 <= *last)
    }

    /// Attachments other than this one of which pieces are here and the message is not, and the
    /// bytes of all of them.
    pub(crate) fn unannounced(&self, serial: Serial, index: u8) -> (usize, u64) {
        let others = self.unannounced.len();
        let others = others - usize::from(self.unannounced.contains(&(serial, index)));
        let held = self.unannounced.iter().filter_map(|id| self.pieces.get(id));
        (others, held.map(Pieces::bytes).sum())
    }

    /// Takes note that serials up to this one exist. Called before the desk holds it.
    fn know_of(&mut self, highest: u32) {
        let known = self.announced.max(self.highest_in());
        if highest > known {
            let first = known.saturating_add(1);
            let joins = self.absent.range(..first).next_back();
            let start = joins.filter(|(_, last)| **last == known).map(|(at, _)| *at);
            self.absent.insert(start.unwrap_or(first), highest);
        }
    }

    /// A serial came, or is held no longer over there.
    fn no_longer_missing(&mut self, serial: u32) {
        let run = self.absent.range(..=serial).next_back();
        let Some((first, last)) = run.map(|(first, last)| (*first, *last)) else {
            return;
        };
        if serial > last {
            return;
        }
        self.absent.remove(&first);
        if first < serial {
            self.absent.insert(first, serial - 1);
        }
        if serial < last {
            self.absent.insert(serial + 1, last);
        }
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

    pub(crate) fn apply(&mut self, record: &Record) {
        match record {
            Record::Released { .. } | Record::SentAnew { .. } | Record::SentBack { .. } => {
                self.apply_release(record);
            }
            Record::AcknowledgedThere { .. }
            | Record::AtStation { .. }
            | Record::OnDesk { .. }
            | Record::PieceAtStation { .. } => self.apply_ladder(record),
            Record::Acknowledged { .. }
            | Record::AlsoCame { .. }
            | Record::AttachmentWhole { .. }
            | Record::PieceReceived { .. }
            | Record::Received { .. }
            | Record::Shown { .. } => self.apply_incoming(record),
            Record::Announced { .. }
            | Record::Holds { .. }
            | Record::MissingAsked { .. }
            | Record::NotHeld { .. }
            | Record::OrderWire { .. }
            | Record::OrderWireThere { .. }
            | Record::PeerDesk { .. }
            | Record::Subject { .. } => self.apply_service(record),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only releases"
    )]
    fn apply_release(&mut self, record: &Record) {
        match record {
            Record::Released {
                serial,
                precedence,
                at,
                releaser,
                subject,
                attachments,
                piece_bytes,
                ..
            } => {
                let pieces = Outgoing::all_pieces(attachments, *piece_bytes);
                let message = Outgoing {
                    precedence: *precedence,
                    released: *at,
                    releaser: releaser.clone(),
                    subject: subject.clone(),
                    attachments: attachments.clone(),
                    piece_bytes: *piece_bytes,
                    standing: Standing::ToSeal,
                    pieces_to_seal: pieces.clone(),
                    pieces_unreceipted: pieces,
                    on_line: None,
                    at_station: None,
                    on_desk: None,
                    acknowledged: Vec::new(),
                };
                self.out.insert(*serial, message);
                self.index(*serial);
            }
            Record::SentBack {
                serials, because, ..
            } => {
                for serial in serials {
                    if let Some(message) = self.out.get_mut(serial) {
                        message.standing = Standing::Held {
                            because: because.clone(),
                        };
                        message.pieces_to_seal = message.pieces_unreceipted.clone();
                    }
                    self.index(*serial);
                }
            }
            Record::SentAnew { serial, .. } => {
                if let Some(message) = self.out.get_mut(serial) {
                    message.standing = Standing::ToSeal;
                }
                self.index(*serial);
            }
            _ => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only rungs of the ladder"
    )]
    fn apply_ladder(&mut self, record: &Record) {
        match record {
            Record::AtStation {
                serial,
                on_line,
                at,
                bearer,
                ..
            } => {
                if let Some(message) = self.out.get_mut(serial) {
                    if message.on_line.is_none() {
                        message.on_line.clone_from(on_line);
                    }
                    message
                        .at_station
                        .get_or_insert_with(|| (*at, bearer.clone()));
                }
            }
            Record::PieceAtStation {
                serial,
                index,
                offset,
                ..
            } => {
                if let Some(message) = self.out.get_mut(serial) {
                    message.pieces_unreceipted.remove(&(*index, *offset));
                    message.pieces_to_seal.remove(&(*index, *offset));
                }
                self.index(*serial);
            }
            Record::OnDesk { serial, at, .. } => {
                if let Some(message) = self.out.get_mut(serial) {
                    message.on_desk.get_or_insert(*at);
                }
            }
            Record::AcknowledgedThere {
                serial,
                officer,
                at,
                ..
            } => {
                if let Some(message) = self.out.get_mut(serial)
                    && message.acknowledged.len() < ACKNOWLEDGEMENTS_MAX
                {
                    message.acknowledged.push((officer.clone(), *at));
                }
            }
            _ => {}
        }
    }

    fn receive(&mut self, record: &Record) {
        let Record::Received {
            serial,
            precedence,
            released,
            releaser,
            at,
            bearer,
            attachments,
            digest,
            handled_as,
            ..
        } = record
        else {
            return;
        };
        self.not_held.remove(serial);
        self.know_of(serial.0);
        self.no_longer_missing(serial.0);
        self.unannounced.retain(|(of, _)| of != serial);
        let theirs = i64::try_from(released.0 / 1_000).unwrap_or(i64::MAX);
        let ours = i64::try_from(at.0 / 1_000).unwrap_or(i64::MAX);
        self.clock_difference_s = Some(theirs.saturating_sub(ours));
        let message = Incoming {
            precedence: *precedence,
            released: *released,
            releaser: releaser.clone(),
            arrived: *at,
            arrived_by: bearer.clone(),
            also_came: Vec::new(),
            attachments: attachments.clone(),
            shown: None,
            acknowledged: Vec::new(),
            digest: *digest,
            handled_as: *handled_as,
        };
        self.in_.insert(*serial, message);
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only facts of incoming messages"
    )]
    fn apply_incoming(&mut self, record: &Record) {
        match record {
            Record::Received { .. } => self.receive(record),
            Record::AlsoCame {
                serial, bearer, at, ..
            } => {
                if let Some(message) = self.in_.get_mut(serial)
                    && message.also_came.len() < COPIES_MAX
                {
                    message.also_came.push((bearer.clone(), *at));
                }
            }
            Record::PieceReceived {
                serial,
                index,
                offset,
                bytes,
                ..
            } => {
                let pieces = self.pieces.entry((*serial, *index)).or_default();
                pieces.insert(*offset, *bytes);
                if !self.in_.contains_key(serial) {
                    self.unannounced.insert((*serial, *index));
                }
                self.held_bytes = self.held_bytes.saturating_add(u64::from(*bytes));
            }
            Record::AttachmentWhole {
                serial,
                index,
                good,
                ..
            } => self
                .pieces
                .entry((*serial, *index))
                .or_default()
                .judge(*good),
            Record::Shown { serial, at, .. } => {
                if let Some(message) = self.in_.get_mut(serial) {
                    message.shown.get_or_insert(*at);
                }
            }
            Record::Acknowledged {
                serial,
                officer,
                at,
                ..
            } => {
                if let Some(message) = self.in_.get_mut(serial)
                    && message.acknowledged.len() < ACKNOWLEDGEMENTS_MAX
                {
                    message.acknowledged.push((officer.clone(), *at));
                }
            }
            _ => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only facts of the line"
    )]
    fn apply_service(&mut self, record: &Record) {
        match record {
            Record::Announced { highest, .. } => {
                self.know_of(highest.0);
                self.announced = self.announced.max(highest.0);
            }
            Record::Holds { highest, .. } => self.holds = self.holds.max(highest.0),
            Record::MissingAsked { at, .. } => self.missing_asked = Some(*at),
            Record::NotHeld { serial, .. } => {
                self.not_held.insert(*serial, ());
                self.no_longer_missing(serial.0);
            }
            Record::OrderWire {
                out, at, officer, ..
            } => {
                let line = WireLine {
                    out: *out,
                    at: *at,
                    officer: officer.clone(),
                    receipted: None,
                };
                self.wire.insert(self.wire_next, line);
                self.wire_next = self.wire_next.saturating_add(1);
                while self.wire.len() > ORDER_WIRE_LINES_MAX {
                    self.wire.pop_first();
                }
            }
            Record::OrderWireThere { number, at, .. } => {
                if let Some(line) = self.wire.get_mut(number) {
                    line.receipted.get_or_insert(*at);
                }
            }
            Record::PeerDesk { silent, since, .. } => {
                self.desk_silent = silent.then_some(*since);
            }
            Record::Subject {
                ours,
                subject,
                suspended,
                because,
                at,
                ..
            } => {
                if *suspended {
                    let suspension = Suspension {
                        ours: *ours,
                        because: because.clone(),
                        since: *at,
                    };
                    self.suspended.insert(subject.clone(), suspension);
                } else {
                    self.suspended.remove(subject);
                }
            }
            _ => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_serials_are_those_known_of_and_not_here() {
        let mut desk = PeerDesk::default();
        let mut held = BTreeSet::new();
        let mut highest = 0;
        // Every order of coming: a step of a linear generator over 1..=97.
        for step in [1_u32, 5, 34, 96] {
            for count in 1..=60_u32 {
                let serial = count * step % 97;
                desk.know_of(serial);
                desk.no_longer_missing(serial);
                desk.announced = desk.announced.max(serial);
                held.insert(serial);
                highest = highest.max(serial);
                let expected: Vec<Serial> = (1..=highest)
                    .filter(|serial| !held.contains(serial))
                    .map(Serial)
                    .collect();
                assert_eq!(desk.missing(usize::MAX), expected, "{step} {count}");
                assert!(expected.iter().all(|serial| desk.is_missing(*serial)));
                assert!(!desk.is_missing(Serial(serial)));
            }
        }
    }

    #[test]
    fn serials_that_do_not_exist_yet_cost_nothing() {
        let mut desk = PeerDesk::default();
        desk.know_of(u32::MAX);
        assert_eq!(desk.absent.len(), 1);
        assert_eq!(desk.missing(3), [1, 2, 3].map(Serial));
    }
}
