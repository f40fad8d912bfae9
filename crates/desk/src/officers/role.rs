//! The words of the table: roles, actions, objects.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};

/// What an officer acts as.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Role {
    /// Keeps the roll. Writes and releases nothing by it.
    #[n(0)]
    Administrator,
    /// Writes drafts.
    #[n(1)]
    Drafter,
    /// Sees drafts.
    #[n(2)]
    Reader,
    /// Releases what others wrote.
    #[n(3)]
    Releaser,
    /// Keeps the desk: writes, sees, stops.
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
}

/// What it is done to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Object {
    /// An officer who is not the one who asks.
    AnotherOfficer,
    /// A draft of which the one who asks wrote no revision.
    AnothersDraft,
    /// A message that is held because the keys of its line died.
    HeldMessage,
    /// A draft that is not there yet.
    NewDraft,
    /// The one who asks.
    Oneself,
    /// A draft of which the one who asks wrote a revision.
    OwnDraft,
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
    pub const ALL: [Self; 12] = [
        Self::Draft,
        Self::Edit,
        Self::Enrol,
        Self::Kill,
        Self::Recall,
        Self::Release,
        Self::ReleaseAgain,
        Self::Review,
        Self::Revoke,
        Self::SendBack,
        Self::SetRoles,
        Self::Waive,
    ];
}

impl Object {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::AnotherOfficer,
        Self::AnothersDraft,
        Self::HeldMessage,
        Self::NewDraft,
        Self::Oneself,
        Self::OwnDraft,
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
            Self::Draft => "draft",
            Self::Edit => "edit",
            Self::Enrol => "enrol",
            Self::Kill => "kill",
            Self::Recall => "recall",
            Self::Release => "release",
            Self::ReleaseAgain => "release again",
            Self::Review => "review",
            Self::Revoke => "revoke",
            Self::SendBack => "send back",
            Self::SetRoles => "set roles",
            Self::Waive => "waive",
        })
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AnotherOfficer => "another officer",
            Self::AnothersDraft => "another's draft",
            Self::HeldMessage => "held message",
            Self::NewDraft => "new draft",
            Self::Oneself => "oneself",
            Self::OwnDraft => "own draft",
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
