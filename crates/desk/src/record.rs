//! What the desk writes down. Facts only: no key, and no text but the short ones of asks and acts,
//! of which the board and the replay live. Whole messages lie in the journal's bodies.

use minicbor::{Decode, Encode};
use redphone_wire::{Agreement, AttachmentInfo, PartyName, Precedence, Serial, Utc};

use crate::asks::{AskRecord, Reply, Side};
use crate::hold::HoldFact;
use crate::officers::OfficerFact;
use crate::readback::ReadBackFact;
use crate::threads::Link;
use crate::watch::WatchFact;

/// One fact about messages. Instants are of this station's clock unless the field says otherwise.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Record {
    /// An officer of ours acknowledged a message of the peer.
    #[n(0)]
    Acknowledged {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Their message.
        #[n(1)]
        serial: Serial,
        /// Who.
        #[n(2)]
        officer: String,
        /// When.
        #[n(3)]
        at: Utc,
    },
    /// A person of the peer acknowledged a message of ours.
    #[n(1)]
    AcknowledgedThere {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Our message.
        #[n(1)]
        serial: Serial,
        /// Who, as their station claims.
        #[n(2)]
        officer: String,
        /// When, by their clock.
        #[n(3)]
        at: Utc,
    },
    /// A copy of a message came later by another bearer.
    #[n(2)]
    AlsoCame {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Their message.
        #[n(1)]
        serial: Serial,
        /// The bearer.
        #[n(2)]
        bearer: String,
        /// When.
        #[n(3)]
        at: Utc,
    },
    /// The peer said what its highest serial is.
    #[n(3)]
    Announced {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Its highest serial.
        #[n(1)]
        highest: Serial,
    },
    /// The peer's station holds a message of ours durably.
    #[n(4)]
    AtStation {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Our message.
        #[n(1)]
        serial: Serial,
        /// When its first frame left, and by which bearer.
        #[n(2)]
        on_line: Option<(Utc, String)>,
        /// When the receipt came.
        #[n(3)]
        at: Utc,
        /// By which bearer.
        #[n(4)]
        bearer: String,
    },
    /// All pieces of an attachment are here; `good` says whether its digest fits.
    #[n(5)]
    AttachmentWhole {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Their message.
        #[n(1)]
        serial: Serial,
        /// Which attachment.
        #[n(2)]
        index: u8,
        /// Whether the digest fits.
        #[n(3)]
        good: bool,
    },
    /// Serials were missing and the peer was asked for them.
    #[n(6)]
    MissingAsked {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// First and last of each range.
        #[n(1)]
        ranges: Vec<(Serial, Serial)>,
        /// When.
        #[n(2)]
        at: Utc,
    },
    /// The peer no longer holds a serial that was asked for.
    #[n(7)]
    NotHeld {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Which.
        #[n(1)]
        serial: Serial,
    },
    /// A desk there confirmed that it shows a message of ours.
    #[n(8)]
    OnDesk {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Our message.
        #[n(1)]
        serial: Serial,
        /// When, by their clock.
        #[n(2)]
        at: Utc,
    },
    /// A line of the order wire was written or came.
    #[n(9)]
    OrderWire {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// True for ours.
        #[n(1)]
        out: bool,
        /// When it was written, by its writer's clock.
        #[n(2)]
        at: Utc,
        /// Who, or empty.
        #[n(3)]
        officer: String,
    },
    /// The peer's station holds a line of our order wire.
    #[n(10)]
    OrderWireThere {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// The line's number.
        #[n(1)]
        number: u32,
        /// When.
        #[n(2)]
        at: Utc,
    },
    /// Nobody, or somebody again, is at the peer's desk.
    #[n(11)]
    PeerDesk {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// True when silent.
        #[n(1)]
        silent: bool,
        /// Since when, by their clock.
        #[n(2)]
        since: Utc,
    },
    /// The peer holds a piece of an attachment of ours.
    #[n(12)]
    PieceAtStation {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Our message.
        #[n(1)]
        serial: Serial,
        /// Which attachment.
        #[n(2)]
        index: u8,
        /// Where the piece begins.
        #[n(3)]
        offset: u32,
    },
    /// A piece of an attachment came.
    #[n(13)]
    PieceReceived {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Their message.
        #[n(1)]
        serial: Serial,
        /// Which attachment.
        #[n(2)]
        index: u8,
        /// Where the piece begins.
        #[n(3)]
        offset: u32,
        /// Its length.
        #[n(4)]
        bytes: u32,
    },
    /// A message came whole.
    #[n(14)]
    Received {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Their serial.
        #[n(1)]
        serial: Serial,
        /// Urgency.
        #[n(2)]
        precedence: Precedence,
        /// When they released it, by their clock.
        #[n(3)]
        released: Utc,
        /// Who released it, as their station claims.
        #[n(4)]
        releaser: String,
        /// When it became whole here.
        #[n(5)]
        at: Utc,
        /// The bearer that completed it.
        #[n(6)]
        bearer: String,
        /// What it announces.
        #[n(7)]
        attachments: Vec<AttachmentInfo>,
        /// SHA-256 of its canonical bytes, so that a second text under the serial is noticed.
        #[cbor(n(8), with = "minicbor::bytes")]
        digest: [u8; 32],
        /// How urgent it is here, if that is less than it says.
        #[n(9)]
        handled_as: Option<Precedence>,
    },
    /// A message of ours was released.
    #[n(15)]
    Released {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Our serial.
        #[n(1)]
        serial: Serial,
        /// Urgency.
        #[n(2)]
        precedence: Precedence,
        /// When.
        #[n(3)]
        at: Utc,
        /// Who: a claim, where it became a message without a draft.
        #[n(4)]
        releaser: String,
        /// The subject it belongs to, or empty.
        #[n(5)]
        subject: String,
        /// What is attached.
        #[n(6)]
        attachments: Vec<AttachmentInfo>,
        /// Bytes of each piece that attachments are cut into.
        #[n(7)]
        piece_bytes: u32,
    },
    /// The keys of the line died with messages of ours unreceipted: they are held for a release
    /// anew.
    #[n(16)]
    SentBack {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Which.
        #[n(1)]
        serials: Vec<Serial>,
        /// Why.
        #[n(2)]
        because: String,
    },
    /// A message that was sent back, asked for again, or waits, may be sealed again.
    #[n(17)]
    SentAnew {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Which.
        #[n(1)]
        serial: Serial,
    },
    /// One of our desks confirmed that it shows a message of the peer.
    #[n(18)]
    Shown {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Their message.
        #[n(1)]
        serial: Serial,
        /// When.
        #[n(2)]
        at: Utc,
    },
    /// A subject was suspended or resumed.
    #[n(19)]
    Subject {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// True when we declared it.
        #[n(1)]
        ours: bool,
        /// The subject.
        #[n(2)]
        subject: String,
        /// True when suspended.
        #[n(3)]
        suspended: bool,
        /// Who and why, in words.
        #[n(4)]
        because: String,
        /// When.
        #[n(5)]
        at: Utc,
    },
    /// The peer holds our serials up to this one. Ours go on behind it.
    #[n(20)]
    Holds {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// The highest; 0 for none.
        #[n(1)]
        highest: Serial,
        /// The officer who asked for it by voice; empty when the peer's station said it.
        #[n(2)]
        officer: String,
    },
    /// A fact about a draft of ours.
    #[n(21)]
    Draft(#[n(0)] HoldFact),
    /// A fact about the roll of our officers.
    #[n(22)]
    Officer(#[n(0)] OfficerFact),
    /// A fact about an ask, ours or theirs.
    #[n(23)]
    Ask {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// What.
        #[n(1)]
        fact: AskRecord,
    },
    /// A message said something about asks, and this came of it.
    #[n(24)]
    Replied {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Whose message.
        #[n(1)]
        by: Side,
        /// Which.
        #[n(2)]
        serial: Serial,
        /// What came of it.
        #[n(3)]
        reply: Reply,
    },
    /// What a message of the peer says about asks waits for messages that are missing before it.
    #[n(25)]
    ReplyWaits {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Their message.
        #[n(1)]
        serial: Serial,
        /// Since when.
        #[n(2)]
        at: Utc,
    },
    /// One side said something of a lexicon or a code book.
    #[n(26)]
    Agreement {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Whose message says it.
        #[n(1)]
        by: Side,
        /// Which message.
        #[n(2)]
        serial: Serial,
        /// When it counted here.
        #[n(3)]
        at: Utc,
        /// What, without its note.
        #[n(4)]
        said: Agreement,
    },
    /// A fact about the read-backs of a message, ours or theirs.
    #[n(28)]
    ReadBack {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Whose message is read back.
        #[n(1)]
        asker: Side,
        /// Which.
        #[n(2)]
        serial: Serial,
        /// What.
        #[n(3)]
        fact: ReadBackFact,
    },
    /// A message has a place among the others: it refers to one, or crossed some.
    #[n(29)]
    Placed {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Whose message.
        #[n(1)]
        by: Side,
        /// Which.
        #[n(2)]
        serial: Serial,
        /// What it refers to.
        #[n(3)]
        link: Option<Link>,
        /// Messages of ours that a message of the peer crossed.
        #[n(4)]
        crossed: Vec<Serial>,
    },
    /// A fact about the watch.
    #[n(30)]
    Watch(#[n(0)] WatchFact),
    /// One who released a message without a draft let findings in it stand.
    #[n(31)]
    Waived {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Our message.
        #[n(1)]
        serial: Serial,
        /// The rules, by their ids.
        #[n(2)]
        rules: String,
        /// Who: a claim.
        #[n(3)]
        officer: String,
        /// Why.
        #[n(4)]
        because: String,
        /// When.
        #[n(5)]
        at: Utc,
    },
}

impl Record {
    /// A message that came is less urgent here than it says. Other facts stay as they are.
    #[must_use]
    pub fn demoted(mut self, to: Precedence) -> Self {
        if let Self::Received { handled_as, .. } = &mut self {
            *handled_as = Some(to);
        }
        self
    }

    /// The peer that the fact is about; none for drafts and officers.
    pub fn peer(&self) -> Option<&PartyName> {
        match self {
            Self::Draft(_) | Self::Officer(_) => None,
            Self::Watch(fact) => fact.peer(),
            Self::Acknowledged { peer, .. }
            | Self::AcknowledgedThere { peer, .. }
            | Self::Agreement { peer, .. }
            | Self::AlsoCame { peer, .. }
            | Self::Announced { peer, .. }
            | Self::Ask { peer, .. }
            | Self::AtStation { peer, .. }
            | Self::AttachmentWhole { peer, .. }
            | Self::Holds { peer, .. }
            | Self::MissingAsked { peer, .. }
            | Self::NotHeld { peer, .. }
            | Self::OnDesk { peer, .. }
            | Self::OrderWire { peer, .. }
            | Self::OrderWireThere { peer, .. }
            | Self::PeerDesk { peer, .. }
            | Self::PieceAtStation { peer, .. }
            | Self::PieceReceived { peer, .. }
            | Self::Placed { peer, .. }
            | Self::ReadBack { peer, .. }
            | Self::Received { peer, .. }
            | Self::Released { peer, .. }
            | Self::Replied { peer, .. }
            | Self::ReplyWaits { peer, .. }
            | Self::SentAnew { peer, .. }
            | Self::SentBack { peer, .. }
            | Self::Shown { peer, .. }
            | Self::Subject { peer, .. }
            | Self::Waived { peer, .. } => Some(peer),
        }
    }
}
