//! The words of the table: roles, actions, objects.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};

/// What an officer acts as.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Role {
    /// Keeps roll, keys, bearers and backups. Writes, releases and opens nothing by it.
    #[n(0)]
    Administrator,
    /// Writes drafts.
    #[n(1)]
    Drafter,
    /// Sees drafts, and opens texts that name him or nobody.
    #[n(2)]
    Reader,
    /// Releases what others wrote.
    #[n(3)]
    Releaser,
    /// Keeps the desk: acknowledges, calls tests, talks on the order wire; writes, sees, stops drafts.
    #[n(4)]
    WatchOfficer,
}

/// What is done.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Action {
    /// Hold a new draft.
    #[n(0)]
    Draft,
    /// Make a new revision.
    #[n(1)]
    Edit,
    /// Put an officer on the roll.
    #[n(2)]
    Enrol,
    /// End a draft for good.
    #[n(3)]
    Kill,
    /// Stop a released draft within its recall window.
    #[n(4)]
    Recall,
    /// Release a draft.
    #[n(5)]
    Release,
    /// Release a message anew whose keys died.
    #[n(6)]
    ReleaseAgain,
    /// See a draft, and have it noted which revision was seen.
    #[n(7)]
    Review,
    /// Take an officer's roles for good.
    #[n(8)]
    Revoke,
    /// Send a draft back to its drafter.
    #[n(9)]
    SendBack,
    /// Give an officer other roles.
    #[n(10)]
    SetRoles,
    /// Let a finding stand, by name and with a reason.
    #[n(11)]
    Waive,
    /// Tell the peer that a named person has a message.
    #[n(12)]
    Acknowledge,
    /// Suspend traffic, or resume it, by declaration to the peer.
    #[n(13)]
    Declare,
    /// Change what the station stands on: bearers, cards, keys, bags, backups.
    #[n(14)]
    Manage,
    /// Open a text, or what is attached to it.
    #[n(15)]
    Open,
    /// See what is neither a text nor on the status.
    #[n(16)]
    See,
    /// Call the hourly test early.
    #[n(17)]
    Test,
    /// Write where operators talk.
    #[n(18)]
    Write,
}

/// What it is done to.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Object {
    /// An officer who is not the one who asks.
    #[n(0)]
    AnotherOfficer,
    /// A draft of which the one who asks wrote no revision.
    #[n(1)]
    AnothersDraft,
    /// A message that is held because the keys of its line died.
    #[n(2)]
    HeldMessage,
    /// A draft that is not there yet.
    #[n(3)]
    NewDraft,
    /// The one who asks.
    #[n(4)]
    Oneself,
    /// A draft of which the one who asks wrote a revision.
    #[n(5)]
    OwnDraft,
    /// A copy of the home without the keys of its lines.
    #[n(6)]
    Backup,
    /// What a courier carries.
    #[n(7)]
    Bag,
    /// A bearer.
    #[n(8)]
    Bearer,
    /// The card of a peer.
    #[n(9)]
    Card,
    /// A line that is held because a station was restored or copied.
    #[n(10)]
    HeldLine,
    /// The journal's lines.
    #[n(11)]
    Journal,
    /// Pairings and tapes of a line.
    #[n(12)]
    Keys,
    /// The words of a line's keys.
    #[n(13)]
    KeyWords,
    /// A line.
    #[n(14)]
    Line,
    /// A message of the peer that names no reader.
    #[n(15)]
    MessageForAll,
    /// A message of the peer that names the one who asks as a reader.
    #[n(16)]
    MessageForHim,
    /// A message of the peer that names others as its readers.
    #[n(17)]
    MessageForOthers,
    /// The order wire.
    #[n(18)]
    OrderWire,
    /// A message of ours.
    #[n(19)]
    OurMessage,
    /// A message of the peer.
    #[n(20)]
    PeersMessage,
    /// A subject of the traffic with a peer.
    #[n(21)]
    Subject,
    /// The alarm of the station.
    #[n(22)]
    Alarm,
    /// The watch: who keeps it.
    #[n(23)]
    Watch,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Administrator,
        Self::Drafter,
        Self::Reader,
        Self::Releaser,
        Self::WatchOfficer,
    ];
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Acknowledge,
        Self::Declare,
        Self::Draft,
        Self::Edit,
        Self::Enrol,
        Self::Kill,
        Self::Manage,
        Self::Open,
        Self::Recall,
        Self::Release,
        Self::ReleaseAgain,
        Self::Review,
        Self::Revoke,
        Self::See,
        Self::SendBack,
        Self::SetRoles,
        Self::Test,
        Self::Waive,
        Self::Write,
    ];
}

impl Object {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::Alarm,
        Self::Watch,
        Self::AnotherOfficer,
        Self::AnothersDraft,
        Self::Backup,
        Self::Bag,
        Self::Bearer,
        Self::Card,
        Self::HeldLine,
        Self::HeldMessage,
        Self::Journal,
        Self::Keys,
        Self::KeyWords,
        Self::Line,
        Self::MessageForAll,
        Self::MessageForHim,
        Self::MessageForOthers,
        Self::NewDraft,
        Self::Oneself,
        Self::OrderWire,
        Self::OurMessage,
        Self::OwnDraft,
        Self::PeersMessage,
        Self::Subject,
    ];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Administrator => "administrator",
            Self::Drafter => "drafter",
            Self::Reader => "reader",
            Self::Releaser => "releaser",
            Self::WatchOfficer => "watch-officer",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Acknowledge => "acknowledge",
            Self::Declare => "declare",
            Self::Draft => "draft",
            Self::Edit => "edit",
            Self::Enrol => "enrol",
            Self::Kill => "kill",
            Self::Manage => "manage",
            Self::Open => "open",
            Self::Recall => "recall",
            Self::Release => "release",
            Self::ReleaseAgain => "release again",
            Self::Review => "review",
            Self::Revoke => "revoke",
            Self::See => "see",
            Self::SendBack => "send back",
            Self::SetRoles => "set roles",
            Self::Test => "test",
            Self::Waive => "waive",
            Self::Write => "write",
        })
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Alarm => "alarm",
            Self::Watch => "watch",
            Self::AnotherOfficer => "another officer",
            Self::AnothersDraft => "another's draft",
            Self::Backup => "backup",
            Self::Bag => "courier's bag",
            Self::Bearer => "bearer",
            Self::Card => "card of a peer",
            Self::HeldLine => "held line",
            Self::HeldMessage => "held message",
            Self::Journal => "journal",
            Self::Keys => "keys of a line",
            Self::KeyWords => "words of the keys",
            Self::Line => "line",
            Self::MessageForAll => "message that names no reader",
            Self::MessageForHim => "message that names him",
            Self::MessageForOthers => "message that names others",
            Self::NewDraft => "new draft",
            Self::Oneself => "oneself",
            Self::OrderWire => "order wire",
            Self::OurMessage => "message of ours",
            Self::OwnDraft => "own draft",
            Self::PeersMessage => "message of the peer",
            Self::Subject => "subject",
        })
    }
}

/// A word that names no role. Who typed it has to act.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NoRole(pub String);

impl fmt::Display for NoRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<String> = Role::ALL.map(|role| role.to_string()).to_vec();
        write!(f, "'{}' is no role; there are {}", self.0, known.join(", "))
    }
}

impl std::error::Error for NoRole {}

impl FromStr for Role {
    type Err = NoRole;

    /// Reads the words that [`Role`] is shown as.
    fn from_str(word: &str) -> Result<Self, NoRole> {
        let found = Self::ALL.into_iter().find(|role| role.to_string() == word);
        found.ok_or_else(|| NoRole(word.to_owned()))
    }
}
