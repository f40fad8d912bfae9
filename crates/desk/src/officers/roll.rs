//! Changes of the roll: enrolled, revoked, other roles (rule REL-4).

use minicbor::Encode;
use redphone_wire::Utc;
use redphone_wire::limits::{KEYED_NAME_BYTES_MAX, REASON_BYTES_MAX};

use super::{
    Action, Barred, House, OFFICERS_MAX, Object, Officer, OfficerFact, Officers, Revocation, Role,
    Signed, digest_of,
};
use crate::check::{check_name, check_text};
use crate::error::NotPermitted;

/// Orders that are skipped after a restore, should the clock be behind.
const ORDERS_SKIPPED: u64 = 1_000_000;

/// Who stands behind a change of the roll.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// Nobody: enough for the first administrator alone.
    Nobody,
    /// An officer.
    Officer(Signed<'a>),
    /// Whoever opened the stopped station with its own key: enrols administrators.
    StationKey,
}

/// What is signed for a change of the roll.
#[derive(Clone, Debug, Encode)]
pub struct RollChange<'a> {
    /// How often the roll had changed before.
    #[n(0)]
    pub after: u64,
    /// Whom it is about.
    #[n(1)]
    pub name: &'a str,
    /// His roles after it; none for a revocation.
    #[n(2)]
    pub roles: &'a [Role],
    /// His key, for an enrolment; or empty.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub key: &'a [u8],
    /// Why, for a revocation; or empty.
    #[n(4)]
    pub because: &'a str,
}

impl RollChange<'_> {
    /// The digest that a statement names.
    pub fn digest(&self) -> [u8; 32] {
        digest_of(b"redphone/1 roll", self)
    }
}

impl Officers {
    /// Puts an officer on the roll.
    ///
    /// # Errors
    ///
    /// [`NotPermitted`] for a name or key that is taken or no name, for a request that nobody
    /// with the right to it signed, and when the roll is full.
    pub fn enrol(
        &self,
        house: &House<'_>,
        now: Utc,
        name: &str,
        roles: &[Role],
        key: [u8; 32],
        authority: &Authority<'_>,
    ) -> Result<OfficerFact, NotPermitted> {
        check_keyed_name(name)?;
        let roles = sorted(roles)?;
        let change = RollChange {
            after: self.changes,
            name,
            roles: &roles,
            key: &key,
            because: "",
        };
        let by = self.check_enrolment(house, authority, &roles, &change)?;
        if self.roll.contains_key(name) {
            return Err(Barred::NameTaken.into());
        }
        if self.all().any(|officer| officer.key == key) {
            return Err(Barred::KeyTaken.into());
        }
        if self.roll.len() >= OFFICERS_MAX {
            return Err(Barred::OfficersFull.into());
        }
        Ok(OfficerFact::Enrolled {
            name: name.to_owned(),
            roles,
            key,
            by,
            at: now,
        })
    }

    /// Takes an officer's roles for good.
    ///
    /// # Errors
    ///
    /// [`NotPermitted`] for the last administrator, without a reason, and when nobody with the
    /// right to it signed.
    pub fn revoke(
        &self,
        house: &House<'_>,
        now: Utc,
        name: &str,
        because: &str,
        by: &Signed<'_>,
    ) -> Result<OfficerFact, NotPermitted> {
        check_text("reason", because, REASON_BYTES_MAX)?;
        let change = RollChange {
            after: self.changes,
            name,
            roles: &[],
            key: &[],
            because,
        };
        let object = object_of(by.officer, name);
        self.admit(house, by, Action::Revoke, object, change.digest())?;
        self.check_target(name, &[])?;
        Ok(OfficerFact::Revoked {
            name: name.to_owned(),
            how: Revocation {
                by: by.officer.to_owned(),
                because: because.to_owned(),
                at: now,
            },
        })
    }

    /// Gives an officer other roles.
    ///
    /// # Errors
    ///
    /// [`NotPermitted`] as for [`Officers::revoke`], and for one's own.
    pub fn set_roles(
        &self,
        house: &House<'_>,
        now: Utc,
        name: &str,
        roles: &[Role],
        by: &Signed<'_>,
    ) -> Result<OfficerFact, NotPermitted> {
        let roles = sorted(roles)?;
        let change = RollChange {
            after: self.changes,
            name,
            roles: &roles,
            key: &[],
            because: "",
        };
        let object = object_of(by.officer, name);
        self.admit(house, by, Action::SetRoles, object, change.digest())?;
        self.check_target(name, &roles)?;
        Ok(OfficerFact::RolesSet {
            name: name.to_owned(),
            roles,
            by: by.officer.to_owned(),
            at: now,
        })
    }

    /// Changes the roll by a fact. The only way to change it.
    pub(crate) fn apply(&mut self, fact: &OfficerFact) {
        if !matches!(fact, OfficerFact::Ordered { .. }) {
            self.changes = self.changes.saturating_add(1);
        }
        match fact {
            OfficerFact::Enrolled {
                name,
                roles,
                key,
                at,
                ..
            } => {
                let officer = Officer {
                    name: name.clone(),
                    roles: roles.clone(),
                    key: *key,
                    revoked: None,
                    orders: at.0,
                };
                self.roll.insert(name.clone(), officer);
            }
            OfficerFact::Revoked { name, how } => {
                if let Some(officer) = self.roll.get_mut(name) {
                    officer.revoked = Some(how.clone());
                }
            }
            OfficerFact::RolesSet { name, roles, .. } => {
                if let Some(officer) = self.roll.get_mut(name) {
                    officer.roles.clone_from(roles);
                }
            }
            OfficerFact::Ordered { by, .. } => {
                if let Some(officer) = self.roll.get_mut(by) {
                    officer.orders = officer.orders.saturating_add(1);
                }
            }
        }
    }

    /// The station was restored from a backup: what was signed since then is for no order here.
    pub(crate) fn skip_orders(&mut self, at: Utc) {
        for officer in self.roll.values_mut() {
            let skipped = officer.orders.saturating_add(ORDERS_SKIPPED);
            officer.orders = skipped.max(at.0);
        }
    }

    /// Who stands behind an enrolment: an administrator's name, or none for the station's key.
    fn check_enrolment(
        &self,
        house: &House<'_>,
        authority: &Authority<'_>,
        roles: &[Role],
        change: &RollChange<'_>,
    ) -> Result<String, NotPermitted> {
        let administers = roles.contains(&Role::Administrator);
        match authority {
            Authority::StationKey if administers => Ok(String::new()),
            Authority::Nobody | Authority::StationKey if self.are_enrolled() => {
                Err(Barred::Unsigned.into())
            }
            Authority::Nobody if administers => Ok(String::new()),
            Authority::Nobody | Authority::StationKey => Err(Barred::FirstIsAdministrator.into()),
            Authority::Officer(by) => {
                let object = object_of(by.officer, change.name);
                self.admit(house, by, Action::Enrol, object, change.digest())?;
                Ok(by.officer.to_owned())
            }
        }
    }

    /// The officer is there and not revoked, and an administrator stands after the change.
    fn check_target(&self, name: &str, roles: &[Role]) -> Result<(), Barred> {
        let officer = name.to_owned();
        match self.roll.get(name) {
            None => return Err(Barred::NoSuchOfficer { officer }),
            Some(found) if found.revoked.is_some() => return Err(Barred::Revoked { officer }),
            Some(_) => {}
        }
        let others = self
            .standing(Role::Administrator)
            .any(|other| other.name != name);
        if others || roles.contains(&Role::Administrator) {
            return Ok(());
        }
        Err(Barred::LastAdministrator)
    }
}

fn object_of(by: &str, name: &str) -> Object {
    if by == name {
        Object::Oneself
    } else {
        Object::AnotherOfficer
    }
}

/// A name that can be joined with others and read back: no comma.
fn check_keyed_name(name: &str) -> Result<(), NotPermitted> {
    check_name("officer's name", name, KEYED_NAME_BYTES_MAX)?;
    if name.contains(',') || name.trim() != name {
        return Err(Barred::NameForm.into());
    }
    Ok(())
}

fn sorted(roles: &[Role]) -> Result<Vec<Role>, Barred> {
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        return Err(Barred::NoRoles);
    }
    Ok(roles)
}
