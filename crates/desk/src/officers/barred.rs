//! Why an officer's request is not done. Each reason has its own sentence.

use std::fmt;

use super::role::{Action, Object, Role};
use super::table::roles_text;

/// What bars a request of an officer. Who asked has to act, or another officer has to.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Barred {
    /// He has signed this revision already: one officer counts once.
    AlreadySigned {
        /// Who.
        officer: String,
    },
    /// The table permits it to nobody in this role.
    ByTable {
        /// The role in which he asked.
        role: Role,
        /// What he asked for.
        action: Action,
        /// To what.
        object: Object,
    },
    /// The draft stands where this cannot be done.
    Closed {
        /// Which draft.
        number: u32,
        /// Where it stands, in words.
        stands: &'static str,
    },
    /// No more drafts are held at one time.
    DraftsFull,
    /// The draft's time is over.
    Expired {
        /// Which draft.
        number: u32,
    },
    /// An expiry is a minute to a day ahead.
    ExpiryOutOfBounds,
    /// The first officer of a station is an administrator.
    FirstIsAdministrator,
    /// Another officer, perhaps a revoked one, has this key.
    KeyTaken,
    /// Without him nobody could enrol or revoke.
    LastAdministrator,
    /// A name has no comma and no blank at its ends: names are joined with commas.
    NameForm,
    /// An officer has this name already; names are for ever.
    NameTaken,
    /// There is no such draft.
    NoSuchDraft {
        /// Its number.
        number: u32,
    },
    /// There is no such officer.
    NoSuchOfficer {
        /// The name that was given.
        officer: String,
    },
    /// The request must be signed: an administrator is enrolled.
    NotSigned {
        /// What was asked.
        action: Action,
        /// To what.
        object: Object,
    },
    /// He does not have this role.
    NotInRole {
        /// Who.
        officer: String,
        /// The role.
        role: Role,
    },
    /// An officer has at least one role.
    NoRoles,
    /// No more officers are enrolled.
    OfficersFull,
    /// The draft goes to one peer, and an edit does not change that.
    OtherPeer,
    /// The proof is not his, or is of something else.
    Proof {
        /// Who.
        officer: String,
    },
    /// No more revisions are made of one draft.
    RevisionsFull,
    /// He is revoked.
    Revoked {
        /// Who.
        officer: String,
    },
    /// The draft has a newer revision than the one that was meant.
    Stale {
        /// Which draft.
        number: u32,
        /// Its newest revision.
        newest: u32,
    },
    /// It must be signed: an administrator is enrolled.
    Unsigned,
}

impl fmt::Display for Barred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadySigned { officer } => {
                write!(f, "{officer} has released this revision already")
            }
            Self::ByTable {
                role,
                action,
                object,
            } => write!(
                f,
                "no {role} may {action} ({object}); who may: {}",
                roles_text(*action, *object)
            ),
            Self::Closed { number, stands } => write!(f, "DRAFT-{number} is {stands}"),
            Self::DraftsFull => f.write_str("no more drafts can be held"),
            Self::Expired { number } => write!(f, "DRAFT-{number} is past its expiry"),
            Self::ExpiryOutOfBounds => f.write_str("a draft expires in a minute to a day"),
            Self::FirstIsAdministrator => {
                f.write_str("the first officer of a station is an administrator")
            }
            Self::KeyTaken => f.write_str("another officer has this key"),
            Self::LastAdministrator => f.write_str("this is the last administrator"),
            Self::NameForm => {
                f.write_str("an officer's name has no comma, and no blank at its ends")
            }
            Self::NameTaken => f.write_str("an officer has had this name"),
            Self::NotSigned { action, object } => write!(
                f,
                "that is signed here: {action} ({object}); who may: {}",
                roles_text(*action, *object)
            ),
            Self::NoSuchDraft { number } => write!(f, "there is no DRAFT-{number}"),
            Self::NoSuchOfficer { officer } => write!(f, "there is no officer '{officer}'"),
            Self::NotInRole { officer, role } => write!(f, "{officer} is no {role}"),
            Self::NoRoles => f.write_str("an officer has at least one role"),
            Self::OfficersFull => f.write_str("no more officers can be enrolled"),
            Self::OtherPeer => f.write_str("an edit does not change to whom a draft goes"),
            Self::Proof { officer } => {
                write!(f, "the signature is not {officer}'s for exactly this")
            }
            Self::RevisionsFull => f.write_str("no more revisions of this draft can be made"),
            Self::Revoked { officer } => write!(f, "{officer} is revoked"),
            Self::Stale { number, newest } => {
                write!(
                    f,
                    "DRAFT-{number} has changed: revision {newest} is the newest"
                )
            }
            Self::Unsigned => f.write_str("this station's officers sign for that"),
        }
    }
}

impl std::error::Error for Barred {}
