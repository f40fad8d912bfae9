//! What the hub writes down, one record for each fact.

use minicbor::{Decode, Encode};
use redphone_line::Learned;
use redphone_wire::{Card, EnvelopeId, Environment, PartyName, Precedence, Serial, Utc};

/// What an envelope of ours is about.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum About {
    /// A message.
    #[n(0)]
    Message(#[n(0)] Serial),
    /// A piece of an attachment: message, attachment, where it begins.
    #[n(1)]
    Piece(#[n(0)] Serial, #[n(1)] u8, #[n(2)] u32),
    /// A line of the order wire, by its number.
    #[n(2)]
    WireLine(#[n(0)] u32),
    /// Anything else, by its kind.
    #[n(3)]
    Other(#[n(0)] u8),
}

/// One fact. Facts of the desk are wrapped.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Record {
    /// The station was founded.
    #[n(0)]
    Founded {
        /// Its name.
        #[n(0)]
        name: PartyName,
        /// LIVE or EXERCISE.
        #[n(1)]
        environment: Environment,
    },
    /// The station started.
    #[n(1)]
    Started {
        /// How often it has started.
        #[n(0)]
        life: u32,
    },
    /// A fact of the desk.
    #[n(2)]
    Desk(#[n(0)] redphone_desk::Record),
    /// A peer's card was trusted after its words were typed.
    #[n(3)]
    CardTrusted {
        /// The card.
        #[n(0)]
        card: Card,
    },
    /// Tape keys were installed.
    #[n(4)]
    TapeInstalled {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// True for our sending direction.
        #[n(1)]
        ours: bool,
        /// First number.
        #[n(2)]
        first: u32,
        /// Last number.
        #[n(3)]
        last: u32,
    },
    /// A pairing letter was made. It is repeated byte for byte.
    #[n(5)]
    LetterMade {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// 1, 2 or 3.
        #[n(1)]
        number: u8,
        /// SHA-256 of the letter that it answers; zeros for the first.
        #[cbor(n(2), with = "minicbor::bytes")]
        answers: [u8; 32],
        /// The armoured letter.
        #[n(3)]
        letter: String,
    },
    /// The keys of a new generation came into force.
    #[n(6)]
    Paired {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// How often the two have paired.
        #[n(1)]
        generation: u32,
    },
    /// An envelope was sealed. Its bytes lie in a body.
    #[n(7)]
    Sealed {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Epoch and number.
        #[n(1)]
        id: EnvelopeId,
        /// First byte of its salt.
        #[n(2)]
        mark: u8,
        /// Urgency.
        #[n(3)]
        precedence: Precedence,
        /// What it is about.
        #[n(4)]
        about: About,
        /// The waiting thing that it carries, if it had to wait.
        #[n(5)]
        waiting: Option<u32>,
    },
    /// The peer's station holds envelopes of ours.
    #[n(8)]
    Receipted {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Their epoch.
        #[n(1)]
        epoch: u32,
        /// Their numbers.
        #[n(2)]
        numbers: Vec<u32>,
    },
    /// An envelope of the peer was opened.
    #[n(9)]
    Opened {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Epoch and number.
        #[n(1)]
        id: EnvelopeId,
        /// The kind of its body.
        #[n(2)]
        kind: u8,
        /// The message that it held, so that late copies can be told.
        #[n(3)]
        serial: Option<Serial>,
        /// First byte of its salt.
        #[n(4)]
        mark: u8,
    },
    /// Something waits until it can be sealed.
    #[n(10)]
    Waits {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// What it is about.
        #[n(1)]
        about: About,
        /// Urgency.
        #[n(2)]
        precedence: Precedence,
        /// Its body, where it lies nowhere else.
        #[cbor(n(3), with = "minicbor::bytes")]
        body: Vec<u8>,
    },
    /// The peer broke the protocol, or speaks a newer version of it.
    #[n(11)]
    PeerMisbehaved {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Which rule, in words.
        #[n(1)]
        what: String,
    },
    /// An officer took a bearer out, or put it back.
    #[n(12)]
    Bearer {
        /// Its name.
        #[n(0)]
        name: String,
        /// True when taken out.
        #[n(1)]
        out: bool,
        /// Why.
        #[n(2)]
        because: String,
        /// When.
        #[n(3)]
        at: Utc,
    },
    /// A test ended.
    #[n(13)]
    Test {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Which.
        #[n(1)]
        test: u32,
        /// Whether it was good.
        #[n(2)]
        good: bool,
        /// What became of it, in words.
        #[n(3)]
        outcome: String,
        /// Milliseconds it took, if good.
        #[n(4)]
        took_ms: Option<u32>,
        /// When.
        #[n(5)]
        at: Utc,
    },
    /// A test of an hour was called; it is not called again.
    #[n(17)]
    TestCalled {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Hours called, the newest last.
        #[n(1)]
        hours: Vec<u32>,
        /// Tests that officers called.
        #[n(2)]
        early: u32,
        /// Missed in a row.
        #[n(3)]
        missed: u32,
    },
    /// Somebody must attend to something.
    #[n(14)]
    Alarm {
        /// The peer, or none.
        #[n(0)]
        peer: Option<PartyName>,
        /// What, in a sentence.
        #[n(1)]
        what: String,
    },
    /// A direction's epoch moved.
    #[n(15)]
    Refreshed {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Epoch of our direction.
        #[n(1)]
        out: u32,
        /// Epoch of theirs.
        #[n(2)]
        in_: u32,
        /// When.
        #[n(3)]
        at: Utc,
    },
    /// A backup was made; this is the last record in it. The station itself has no such record.
    #[n(18)]
    BackedUp {
        /// When.
        #[n(0)]
        at: Utc,
        /// SHA-256 of the settings beside it.
        #[cbor(n(1), with = "minicbor::bytes")]
        settings: [u8; 32],
    },
    /// The station was restored from a backup, which has no keys of lines.
    #[n(19)]
    Restored {
        /// When.
        #[n(0)]
        at: Utc,
    },
    /// A peer proved that the station runs from an earlier state, put back by other means.
    #[n(21)]
    RolledBack {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// When it was proved.
        #[n(1)]
        at: Utc,
    },
    /// Officers decided to go on with the keys of a line that was held.
    #[n(20)]
    HoldLifted {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// What was held, in words.
        #[n(1)]
        hold: String,
        /// Who: a claim.
        #[n(2)]
        officer: String,
        /// Why.
        #[n(3)]
        because: String,
        /// When.
        #[n(4)]
        at: Utc,
    },
    /// What was learned of a bearer, so that a start does not begin from nothing.
    #[n(16)]
    Learned {
        /// Its name.
        #[n(0)]
        bearer: String,
        /// What.
        #[n(1)]
        learned: Learned,
    },
}
