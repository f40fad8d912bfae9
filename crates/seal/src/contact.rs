//! Contact: who lives on each side, how far each has come, and what that gives away about restored
//! and copied stations (rules CONTACT-1 to CONTACT-8).
//!
//! ```text
//!   contact frame = AES-256-SIV(contact(d); canonical bytes of `Contact`)
//!   proof         = first 8 bytes of KDF(rk of the highest opened, "reached", e, n)
//! ```
//!
//! Owns lives, marks and holds. Contact frames raise alarms and hold sealing; they never move a
//! key. What a hold means for people is decided by the desk.

use std::collections::BTreeMap;
use std::fmt;

use redphone_wire::{Contact, ContactMark, EnvelopeId, Kind, Message, Precedence};
use redphone_wire::{from_bytes, to_bytes};
use subtle::ConstantTimeEq;

use crate::body::Body;
use crate::cipher::Life;
use crate::codec::{Reader, Writer};
use crate::envelope::receipt_key;
use crate::epoch::first;
use crate::kdf::{Label, Source, kdf};
use crate::rows::Row;
use crate::{Cipher, SealError};

/// Why nothing, or nothing but FLASH, may be sealed. The worst one is shown.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Hold {
    /// After a start that nothing outside the machine vouches for: FLASH goes, the rest waits for
    /// the first contact.
    FirstContact,
    /// The peer names marks that we cannot check: FLASH goes, officers decide on the rest.
    Unprovable,
    /// The pairing is not confirmed by the peer.
    Unconfirmed,
    /// The peer's station was restored to an earlier state: officers decide.
    PeerRestored,
    /// Two stations say that they are the peer: officers decide.
    PeerCloned,
    /// This station was restored to an earlier state or copied: only a new pairing helps.
    WeAreRestored,
}

/// What a contact frame gives away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ContactVerdict {
    /// All fits.
    Normal,
    /// From an earlier moment of a life that we know: a copy, or late.
    Old,
    /// Two stations live as the peer: alarm on both sides, envelopes of the other are refused.
    PeerCloned,
    /// The peer runs from an earlier state: alarm on both sides.
    PeerRestored,
    /// The peer used tape keys from this number on that are not installed here.
    TapeMissing {
        /// The first missing number.
        number: u32,
    },
    /// The peer names marks ahead of ours that we cannot check.
    Unprovable,
    /// We run from an earlier state, and the peer proves it.
    WeAreRestored,
}

/// What is known of both sides' lives and marks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// A hold that lasts until officers decide, or for ever.
    alarm: Option<Hold>,
    /// After a start, until the first contact.
    awaits_contact: bool,
    /// The last lives of the peer, and the first id seen of each.
    lives: BTreeMap<u32, [u8; 8]>,
    /// Life tags of copies of the peer.
    refused: Vec<[u8; 2]>,
    /// The next envelope that the peer said it would seal; only grows.
    peer_sent: Option<EnvelopeId>,
    /// The highest of ours that the peer said it opened; only grows.
    peer_received: Option<EnvelopeId>,
    /// Its next tape numbers, out and in; only grow.
    peer_tapes: (u32, u32),
}

impl Standing {
    /// Whether a body comes from a copy of the peer.
    pub(crate) fn is_refused(&self, body: Option<&Body>) -> bool {
        body.is_some_and(|body| self.refused.contains(&body.life))
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        let mark = |writer: Writer, id: Option<EnvelopeId>| {
            writer
                .maybe(id.map(|id| id.epoch))
                .number(id.map_or(0, |id| id.number))
        };
        let mut writer = writer
            .byte(self.alarm.map_or(0, |hold| hold as u8 + 1))
            .byte(u8::from(self.awaits_contact));
        writer = mark(mark(writer, self.peer_sent), self.peer_received);
        writer = writer.number(self.peer_tapes.0).number(self.peer_tapes.1);
        writer = writer.byte(self.refused.len() as u8);
        for tag in &self.refused {
            writer = writer.bytes(tag);
        }
        writer = writer.byte(self.lives.len() as u8);
        for (life, id) in &self.lives {
            writer = writer.number(*life).bytes(id);
        }
        writer
    }

    pub(crate) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let alarm = match read.byte()? {
            0 => None,
            byte => Some(*HOLDS.get(usize::from(byte) - 1)?),
        };
        let mut standing = Self {
            alarm,
            awaits_contact: read.flag()?,
            peer_sent: read_mark(read)?,
            peer_received: read_mark(read)?,
            peer_tapes: (read.number()?, read.number()?),
            ..Self::default()
        };
        for _ in 0..read.byte()? {
            standing.refused.push(read.array()?);
        }
        for _ in 0..read.byte()? {
            let life = read.number()?;
            standing.lives.insert(life, read.array()?);
        }
        Some(standing)
    }
}

impl Cipher {
    /// Begins a life: every start of the station, before any frame leaves. From the second life on
    /// only FLASH is sealed until the first contact, or until [`Cipher::trust_start`].
    pub fn start_life(&mut self, random: [u8; 32]) {
        self.standing.awaits_contact = self.life.number > 0;
        self.life = self.life.next(&random);
        self.mark(Row::Standing);
    }

    /// Something outside the machine vouches that the vault is the newest, or the line is one-way
    /// and its messages go out marked as unconfirmed since the restart.
    pub fn trust_start(&mut self) {
        self.standing.awaits_contact = false;
        self.mark(Row::Standing);
    }

    /// Why nothing, or nothing but FLASH, may be sealed.
    pub fn hold(&self) -> Option<Hold> {
        let unconfirmed = self.confirm.is_some() && !self.sends_unconfirmed;
        [
            self.standing.alarm,
            unconfirmed.then_some(Hold::Unconfirmed),
            self.standing.awaits_contact.then_some(Hold::FirstContact),
        ]
        .into_iter()
        .flatten()
        .max()
    }

    /// Refuses what the hold forbids (rule CONTACT-5).
    pub(crate) fn check_hold(&self, kind: Kind, message: &[u8]) -> Result<(), SealError> {
        match self.hold() {
            None => Ok(()),
            Some(Hold::FirstContact | Hold::Unprovable) if is_flash(kind, message) => Ok(()),
            Some(hold) => Err(SealError::Held(hold)),
        }
    }
}

fn is_flash(kind: Kind, message: &[u8]) -> bool {
    kind == Kind::Message
        && from_bytes::<Message>(message)
            .is_ok_and(|message| message.precedence == Precedence::Flash)
}

fn read_mark(read: &mut Reader<'_>) -> Option<Option<EnvelopeId>> {
    let epoch = read.maybe()?;
    let number = read.number()?;
    Some(epoch.map(|epoch| EnvelopeId { epoch, number }))
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FirstContact => "no contact since the start",
            Self::Unprovable => "the peer names marks that cannot be checked",
            Self::Unconfirmed => "the pairing is not confirmed",
            Self::PeerRestored => "the peer was restored to an earlier state",
            Self::PeerCloned => "two stations say that they are the peer",
            Self::WeAreRestored => "this station was restored to an earlier state",
        })
    }
}

const HOLDS: [Hold; 6] = [
    Hold::FirstContact,
    Hold::Unprovable,
    Hold::Unconfirmed,
    Hold::PeerRestored,
    Hold::PeerCloned,
    Hold::WeAreRestored,
];
/// Lives of the peer that are remembered.
const LIVES_MAX: usize = 64;
/// Copies of the peer whose envelopes are told apart.
const REFUSED_MAX: usize = 8;
