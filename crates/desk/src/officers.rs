//! Officers: who may do what, proved by a key and not by a name that is typed.
//!
//! Owns the roll of officers, what changes it, and the question whether a signed request may be
//! done at all. The table of what is permitted is `table`; drafts are the room `hold`. Keys are
//! looked at through [`Verify`] only. Rules REL-1 to REL-4.
//!
//! A station whose roll has no administrator asks nobody for a signature: names are claims there.

mod barred;
mod role;
mod roll;
mod statement;
mod table;

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use redphone_wire::{Environment, PartyName, Utc};

use crate::hold::Charter;

pub use barred::Barred;
pub use role::{Action, NoRole, Object, Role};
pub use roll::{Authority, RollChange};
pub use statement::{Order, Statement, digest_of};
pub use table::{Row, TABLE, permits, roles_text, table_text};

/// Officers of one station, the revoked ones too.
pub const OFFICERS_MAX: usize = 256;

/// Checks a proof against an officer's public key. Ed25519 in this version.
pub trait Verify {
    /// Whether the proof is of this message, by the owner of the key.
    fn verify(&self, key: &[u8; 32], message: &[u8; 32], proof: &[u8]) -> bool;
}

/// What every decision about officers and drafts has to know of its station.
#[derive(Clone, Copy)]
pub struct House<'a> {
    /// Its name.
    pub station: &'a PartyName,
    /// LIVE or EXERCISE: a proof for one is none for the other.
    pub environment: Environment,
    /// What its own rules say.
    pub charter: &'a Charter,
    /// How proofs are checked.
    pub verify: &'a dyn Verify,
}

/// Who asks, as what, and the proof of it.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The officer's name.
    pub officer: &'a str,
    /// The role in which he asks. One of his.
    pub role: Role,
    /// The proof, over the digest of a [`Statement`].
    pub proof: &'a [u8],
}

/// An officer with a key.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Officer {
    /// Name or title. Names one person for ever.
    #[n(0)]
    pub name: String,
    /// What he may act as, sorted.
    #[n(1)]
    pub roles: Vec<Role>,
    /// Public key: 32 bytes of Ed25519.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Who revoked him, why and when.
    #[n(3)]
    pub revoked: Option<Revocation>,
    /// The number of his next order, for which it is signed. It begins with the time of his
    /// enrolment in milliseconds and leaps with a restore, so that none comes twice.
    #[n(4)]
    pub orders: u64,
}

/// Why an officer acts no more.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Revocation {
    /// The administrator.
    #[n(0)]
    pub by: String,
    /// Why.
    #[n(1)]
    pub because: String,
    /// When.
    #[n(2)]
    pub at: Utc,
}

impl Officer {
    /// Whether he may act in this role.
    pub fn stands_as(&self, role: Role) -> bool {
        self.revoked.is_none() && self.roles.contains(&role)
    }
}

/// The roll of the officers of one station.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Officers {
    #[n(0)]
    pub(crate) roll: BTreeMap<String, Officer>,
    /// How often the roll has changed. A proof is for one change: it is none for another.
    #[n(1)]
    pub(crate) changes: u64,
}

/// One fact about the roll.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum OfficerFact {
    /// An officer was enrolled.
    #[n(0)]
    Enrolled {
        /// Who.
        #[n(0)]
        name: String,
        /// What he may act as.
        #[n(1)]
        roles: Vec<Role>,
        /// His public key.
        #[cbor(n(2), with = "minicbor::bytes")]
        key: [u8; 32],
        /// The administrator; empty where the station's own key stood for one.
        #[n(3)]
        by: String,
        /// When.
        #[n(4)]
        at: Utc,
    },
    /// An officer was revoked.
    #[n(1)]
    Revoked {
        /// Who.
        #[n(0)]
        name: String,
        /// By whom, why and when.
        #[n(1)]
        how: Revocation,
    },
    /// An officer got other roles.
    #[n(2)]
    RolesSet {
        /// Who.
        #[n(0)]
        name: String,
        /// What he may act as.
        #[n(1)]
        roles: Vec<Role>,
        /// The administrator.
        #[n(2)]
        by: String,
        /// When.
        #[n(3)]
        at: Utc,
    },
    /// An officer had a proof of his accepted for what is neither a draft nor the roll. His proof
    /// is used up, whatever became of the request.
    #[n(3)]
    Ordered {
        /// Who.
        #[n(0)]
        by: String,
        /// As what.
        #[n(1)]
        role: Role,
        /// What.
        #[n(2)]
        action: Action,
        /// When.
        #[n(3)]
        at: Utc,
        /// To what.
        #[n(4)]
        object: Object,
        /// Which one: a message, a bearer, a peer; or empty.
        #[n(5)]
        about: String,
    },
}

impl Officers {
    /// All officers, the revoked ones too, by name.
    pub fn all(&self) -> impl Iterator<Item = &Officer> {
        self.roll.values()
    }

    /// How often the roll has changed: what the next change is signed for.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The number of an officer's next order, for which it is signed.
    pub fn orders(&self, name: &str) -> u64 {
        self.roll.get(name).map_or(0, |officer| officer.orders)
    }

    /// Whether signatures are asked for: an administrator stands (rule REL-1).
    pub fn are_enrolled(&self) -> bool {
        self.standing(Role::Administrator).next().is_some()
    }

    /// The officers who may act in a role.
    pub fn standing(&self, role: Role) -> impl Iterator<Item = &Officer> {
        self.all().filter(move |officer| officer.stands_as(role))
    }

    /// Whether this officer may act in this role.
    pub fn stands_as(&self, name: &str, role: Role) -> bool {
        let found = self.roll.get(name);
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::RevokedCounts) {
            return found.is_some_and(|officer| officer.roles.contains(&role));
        }
        found.is_some_and(|officer| officer.stands_as(role))
    }

    /// Whether one of these readers is this officer: by his name, or by a role in which he stands.
    pub fn is_named(&self, readers: &[String], name: &str) -> bool {
        let in_role = |word: &String| {
            let role = word.parse();
            role.is_ok_and(|role| self.stands_as(name, role))
        };
        readers
            .iter()
            .any(|reader| reader == name || in_role(reader))
    }

    /// Admits a request: the officer stands in the role, the table permits it, and the proof is
    /// his, over this very statement (rules REL-2 and REL-3).
    ///
    /// # Errors
    ///
    /// [`Barred`], each with its own sentence.
    pub fn admit(
        &self,
        house: &House<'_>,
        by: &Signed<'_>,
        action: Action,
        object: Object,
        what: [u8; 32],
    ) -> Result<(), Barred> {
        let officer = by.officer.to_owned();
        let Some(found) = self.roll.get(by.officer) else {
            return Err(Barred::NoSuchOfficer { officer });
        };
        if !self.stands_as(by.officer, by.role) {
            let role = by.role;
            return Err(match found.revoked {
                Some(_) => Barred::Revoked { officer },
                None => Barred::NotInRole { officer, role },
            });
        }
        if !permits(by.role, action, object) {
            return Err(Barred::ByTable {
                role: by.role,
                action,
                object,
            });
        }
        let statement = Statement {
            station: house.station,
            environment: house.environment,
            officer: by.officer,
            role: by.role,
            action,
            what,
        };
        let fits = house
            .verify
            .verify(&found.key, &statement.digest(), by.proof);
        fits.then_some(()).ok_or(Barred::Proof { officer })
    }
}
