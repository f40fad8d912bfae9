//! The cipher state of one line: both directions, all live epochs.
//!
//! Owns the state itself, its founding and its life. What moves it lies in the modules that it is
//! named for: [`crate::envelope`], [`crate::frame`], [`crate::receipt`], [`crate::refresh`],
//! [`crate::contact`]; how it is stored in [`crate::rows`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use redphone_wire::{Direction, EnvelopeId, Letter3, Suites};
use subtle::ConstantTimeEq;

use crate::SealError;
use crate::codec::{Reader, Writer};
use crate::contact::Standing;
use crate::epoch::{EpochKeys, InEpoch, OutEpoch, SentKey, first};
use crate::frame::FrameKey;
use crate::kdf::{Label, Secret, Source, kdf};
use crate::refresh::{Ahead, Exchange};
use crate::rows::Row;

/// The cipher state of one line, both directions, all live epochs.
///
/// Every method that moves state is followed by [`Cipher::changes`], whose rows go into the same
/// transaction as what the method returned. A start begins with [`Cipher::restore`], then
/// [`Cipher::start_life`].
pub struct Cipher {
    pub(crate) line: [u8; 32],
    pub(crate) generation: u32,
    pub(crate) sending: Direction,
    pub(crate) suites_out: Suites,
    pub(crate) suites_in: Suites,
    pub(crate) bearer: [Secret; 2],
    pub(crate) contact_out: FrameKey,
    pub(crate) contact_in: FrameKey,
    /// The confirm that the peer still owes.
    pub(crate) confirm: Option<[u8; 32]>,
    /// Paired by tapes, with or without cards.
    pub(crate) by_tapes: bool,
    /// A one-way line may send before it is confirmed.
    pub(crate) sends_unconfirmed: bool,
    /// Receipts can come. Not stored: the station says of each start when none can.
    pub(crate) awaits_receipts: bool,
    pub(crate) life: Life,
    pub(crate) standing: Standing,
    /// The epoch that new envelopes are sealed in.
    pub(crate) out_current: u32,
    /// The highest epoch of ours that was ever named.
    pub(crate) out_highest: u32,
    pub(crate) out_epochs: BTreeMap<u32, OutEpoch>,
    pub(crate) sent: BTreeMap<EnvelopeId, SentKey>,
    /// Running hashes of what was last sent, by number. The newest of each epoch is stored.
    pub(crate) log_history: BTreeMap<u32, (EnvelopeId, [u8; 16])>,
    pub(crate) in_epochs: BTreeMap<u32, InEpoch>,
    /// Epochs that the peer may open with the tape keys at hand. Derived, never stored.
    pub(crate) ahead: BTreeMap<u32, Ahead>,
    pub(crate) gaps: BTreeMap<EnvelopeId, Secret>,
    pub(crate) exchange: Exchange,
    /// Rows to be written.
    pub(crate) changed: BTreeSet<Row>,
}

/// What a pairing hands over to found a line. Consumed with its root, which is erased.
pub(crate) struct Founding {
    /// What the pairing mixed: all keys of the line follow from it.
    pub(crate) root: Secret,
    /// The direction that this side sends in.
    pub(crate) sending: Direction,
    /// Generation of the line: grows with every pairing of two cards.
    pub(crate) generation: u32,
    /// Suites of the direction that this side sends in.
    pub(crate) suites_out: Suites,
    /// Suites of the other direction.
    pub(crate) suites_in: Suites,
    /// The confirm of the third letter, when this side has still to see it.
    pub(crate) confirm_needed: Option<[u8; 32]>,
    /// Numbers of the tape keys that the pairing used, of direction 0 and direction 1.
    pub(crate) tapes_used: [Option<u32>; 2],
}

/// Which start of the station this is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Life {
    /// How often the station has started on this line.
    pub(crate) number: u32,
    /// Drawn at the start.
    pub(crate) id: [u8; 8],
}

impl Cipher {
    /// Derives the first keys of a line (rule PAIR-6) and erases the root.
    pub(crate) fn found(founding: Founding) -> Self {
        let Founding { root, sending, .. } = founding;
        let source = Source::new(&root);
        let derive = |label, d: Direction| source.derive(label, &[&[d.byte()]]);
        let receiving = sending.reverse();
        let line = *source.derive(Label::Line, &[]);
        let contact = |d| FrameKey::new(derive(Label::Contact, d), header(&line, d));
        let keys = |d| EpochKeys::from_root(&root, d);
        let out = OutEpoch::new(keys(sending), header(&line, sending), None);
        let held = InEpoch::new(keys(receiving), header(&line, receiving), None);
        let mut cipher = Self {
            line,
            generation: founding.generation,
            sending,
            suites_out: founding.suites_out,
            suites_in: founding.suites_in,
            bearer: [Direction::FromLower, Direction::FromHigher].map(|d| derive(Label::Bearer, d)),
            contact_out: contact(sending),
            contact_in: contact(receiving),
            confirm: founding.confirm_needed,
            by_tapes: founding.tapes_used.iter().all(Option::is_some),
            sends_unconfirmed: false,
            awaits_receipts: true,
            life: Life::default(),
            standing: Standing::default(),
            out_current: 0,
            out_highest: 0,
            out_epochs: BTreeMap::from([(0, out)]),
            sent: BTreeMap::new(),
            log_history: BTreeMap::new(),
            in_epochs: BTreeMap::from([(0, held)]),
            ahead: BTreeMap::new(),
            gaps: BTreeMap::new(),
            exchange: Exchange::new(founding.tapes_used),
            changed: BTreeSet::new(),
        };
        cipher.changed.extend([
            Row::Line,
            Row::Standing,
            Row::Sending,
            Row::Exchange,
            Row::OutEpoch(0),
            Row::OutChain(0),
            Row::OutNext(0),
            Row::InEpoch(0),
            Row::InChain(0),
            Row::InNext(0),
        ]);
        cipher
    }

    /// Takes the third letter. An opened envelope of the peer confirms as well; a second letter
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// [`SealError::ProofRefused`] when it does not fit the pairing.
    pub fn confirm(&mut self, letter: &Letter3) -> Result<(), SealError> {
        let wanted = self.confirm.unwrap_or(letter.confirm);
        if !bool::from(wanted.ct_eq(&letter.confirm)) {
            return Err(SealError::ProofRefused);
        }
        self.set_confirmed();
        Ok(())
    }

    /// The line is one-way: no answer can come. Where it was paired by tapes it sends before the
    /// peer confirmed, and the desk says UNCONFIRMED; it never waits for receipts, until one comes.
    /// Returns whether it may send. Said anew at each start.
    pub fn send_unconfirmed(&mut self) -> bool {
        self.awaits_receipts = false;
        if self.by_tapes && !self.sends_unconfirmed {
            self.sends_unconfirmed = true;
            self.mark(Row::Line);
        }
        self.by_tapes
    }

    /// Names the line: derived from its root, not secret.
    pub fn line(&self) -> [u8; 32] {
        self.line
    }

    /// Which pairing of the two cards this line came from.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// The direction that this station sends in.
    pub fn sending(&self) -> Direction {
        self.sending
    }

    /// Suites of our direction and of the peer's.
    pub fn suites(&self) -> (Suites, Suites) {
        (self.suites_out, self.suites_in)
    }

    /// Whether the peer has shown that it derived the same root.
    pub fn is_confirmed(&self) -> bool {
        self.confirm.is_none()
    }

    /// Seed of the QUIC key of one side. Both sides can make both, so that a recorded handshake
    /// proves nothing.
    pub fn bearer_seed(&self, direction: Direction) -> Secret {
        let [lower, higher] = &self.bearer;
        match direction {
            Direction::FromLower => lower.clone(),
            Direction::FromHigher => higher.clone(),
        }
    }

    /// Which start of the station this is, and the id drawn at it.
    pub fn life(&self) -> (u32, [u8; 8]) {
        (self.life.number, self.life.id)
    }

    /// The epoch that new envelopes are sealed in.
    pub fn sending_epoch(&self) -> u32 {
        self.out_current
    }

    /// Epochs of ours whose frames may still be sent, ascending.
    pub fn sending_epochs(&self) -> Vec<u32> {
        self.out_epochs.keys().copied().collect()
    }

    /// Epochs of the peer that frames and envelopes are opened in, ascending.
    pub fn receiving_epochs(&self) -> Vec<u32> {
        self.in_epochs.keys().copied().collect()
    }

    /// The running hash of one direction, and the last envelope that it covers (rule SEAL-12).
    pub fn log_hash(&self, direction: Direction) -> (Option<EnvelopeId>, [u8; 16]) {
        let none = (None, [0; 16]);
        if direction == self.sending {
            let newest = self.log_history.values().max_by_key(|(id, _)| *id);
            return newest.map_or(none, |(id, log)| (Some(*id), *log));
        }
        let mut covered = self.in_epochs.iter().rev();
        covered
            .find_map(|(epoch, held)| {
                let number = held.log_next.checked_sub(1)?;
                let epoch = *epoch;
                Some((Some(EnvelopeId { epoch, number }), held.log))
            })
            .unwrap_or(none)
    }

    pub(crate) fn set_confirmed(&mut self) {
        if self.confirm.take().is_some() {
            self.mark(Row::Line);
        }
    }
}

impl Life {
    /// The bytes that every body carries.
    pub(crate) fn tag(self) -> [u8; 2] {
        let [first, second, ..] = self.id;
        [first, second]
    }

    /// The life after this one.
    pub(crate) fn next(self, random: &[u8; 32]) -> Self {
        Self {
            number: self.number.saturating_add(1),
            id: first(&kdf(random, Label::Draw, &[b"life"])),
        }
    }

    pub(crate) fn write(self, writer: Writer) -> Writer {
        writer.number(self.number).bytes(&self.id)
    }

    pub(crate) fn read(read: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            number: read.number()?,
            id: read.array()?,
        })
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cipher")
            .field("generation", &self.generation)
            .field("sending", &self.sending)
            .field("out_epochs", &self.sending_epochs())
            .field("in_epochs", &self.receiving_epochs())
            .finish_non_exhaustive()
    }
}

/// What every frame of a direction authenticates.
pub(crate) fn header(line: &[u8; 32], direction: Direction) -> [u8; 33] {
    let mut header = [direction.byte(); 33];
    for (to, from) in header.iter_mut().zip(line) {
        *to = *from;
    }
    header
}

/// The direction of a byte.
pub(crate) fn direction_of(byte: u8) -> Option<Direction> {
    match byte {
        0 => Some(Direction::FromLower),
        1 => Some(Direction::FromHigher),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
