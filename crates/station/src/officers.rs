//! The roll of officers at the operator's border: who is on it, and how it changes.
//!
//! Owns what turns a request into a question to the desk, and the check of signatures that the desk
//! is given. Who may do what is the desk's (rules REL-1 to REL-4). Drafts are `drafts`.

use redphone_api::{
    CharterLine, EventKind, OfficerView, Refusal, Request, Response, Roll, SignedBy, hex,
};
use redphone_desk::hold::{Charter, MessageKind};
use redphone_desk::officers::{Authority, House, Officer, OfficerFact, Role, Signed, Verify};
use redphone_desk::{DeskError, NotPermitted};
use redphone_journal::Storage;
use redphone_seal::officer::{OfficerCard, verify};
use redphone_wire::{Now, Precedence};

use crate::hub::Hub;
use crate::refusals::{of_desk, sentence, unknown_request, usage, verification};

/// Signatures by Ed25519 keys in files.
pub(crate) struct Ed25519;

impl Verify for Ed25519 {
    fn verify(&self, key: &[u8; 32], message: &[u8; 32], proof: &[u8]) -> bool {
        verify(key, message, proof)
    }
}

/// What a charter says of releasers and recalls, and how signatures are checked.
pub(crate) struct Chancery {
    pub(crate) charter: Charter,
    pub(crate) verify: Box<dyn Verify + Send>,
    /// True where the request came with the station's own key in hand, and no station runs.
    pub(crate) key_in_hand: bool,
}

impl Default for Chancery {
    fn default() -> Self {
        Self {
            charter: Charter::default(),
            verify: Box::new(Ed25519),
            key_in_hand: false,
        }
    }
}

impl<S: Storage> Hub<S> {
    /// Takes the station's own rules of release. Called before the first request.
    pub fn set_charter(&mut self, charter: Charter) {
        self.chancery.charter = charter;
    }

    /// Says that whoever asks has the station's own key, while no station runs: he may enrol an
    /// administrator, where every other lost his key.
    pub fn set_key_in_hand(&mut self) {
        self.chancery.key_in_hand = true;
    }

    /// What decisions about officers and drafts have to know.
    pub(crate) fn house(&self) -> House<'_> {
        House {
            station: &self.name,
            environment: self.environment,
            charter: &self.chancery.charter,
            verify: self.chancery.verify.as_ref(),
        }
    }

    pub(crate) fn roll(&self) -> Response {
        let officers = self.desk.officers();
        let charter = &self.chancery.charter;
        let window_ms = charter.window_ms(Precedence::Routine);
        Response::Roll(Box::new(Roll {
            station: self.name.to_string(),
            environment: self.environment.to_string(),
            signed: officers.are_enrolled(),
            officers: officers.all().map(officer_view).collect(),
            changes: officers.changes(),
            next_draft: self.desk.drafts().next(),
            charter: MessageKind::ALL
                .map(|kind| CharterLine {
                    kind: kind.to_string(),
                    releasers: charter.releasers(kind),
                })
                .to_vec(),
            recall_window_s: u32::try_from(window_ms / 1_000).unwrap_or(u32::MAX),
        }))
    }

    /// A request that changes the roll.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others do not change the roll, or are of a version that is not known"
    )]
    pub(crate) fn change_roll(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let (fact, said) = match request {
            Request::OfficerEnrol { card, roles, by } => self.enrol(now, &card, &roles, by)?,
            Request::OfficerRevoke { name, because, by } => {
                let signed = signed(&by)?;
                let officers = self.desk.officers();
                let fact = officers
                    .revoke(&self.house(), now.utc, &name, &because, &signed)
                    .map_err(barred)?;
                (fact, format!("{name} is revoked by {}.", by.officer))
            }
            Request::OfficerRoles { name, roles, by } => {
                let signed = signed(&by)?;
                let officers = self.desk.officers();
                let fact = officers
                    .set_roles(&self.house(), now.utc, &name, &roles_of(&roles)?, &signed)
                    .map_err(barred)?;
                (fact, format!("{name} is now {}.", roles.join(", ")))
            }
            _ => return Err(unknown_request()),
        };
        self.note_desk(now, redphone_desk::Record::Officer(fact));
        self.tell_here(now, said.clone());
        Ok(Response::Done { said })
    }

    fn enrol(
        &self,
        now: Now,
        card: &str,
        roles: &[String],
        by: Option<SignedBy>,
    ) -> Result<(OfficerFact, String), Refusal> {
        let card = OfficerCard::from_text(card).map_err(|error| {
            verification(
                sentence(&error.to_string()),
                "Ask the officer for the card that `redphone officer keygen` wrote.",
            )
        })?;
        let authority = match &by {
            Some(by) => Authority::Officer(signed(by)?),
            None if self.chancery.key_in_hand => Authority::StationKey,
            None => Authority::Nobody,
        };
        let officers = self.desk.officers();
        let fact = officers
            .enrol(
                &self.house(),
                now.utc,
                &card.name,
                &roles_of(roles)?,
                card.key,
                &authority,
            )
            .map_err(barred)?;
        let said = format!("{} is enrolled: {}.", card.name, roles.join(", "));
        Ok((fact, said))
    }

    /// Tells those who listen what concerns no peer.
    pub(crate) fn tell_here(&mut self, now: Now, said: String) {
        let event = redphone_api::Event {
            id: self.event_next,
            at: now.utc.0,
            kind: EventKind::Draft,
            peer: String::new(),
            message: String::new(),
            said,
        };
        self.event_next += 1;
        self.events.push_back(event);
    }
}

/// A refusal of the desk about officers and drafts.
pub(crate) fn barred(why: NotPermitted) -> Refusal {
    of_desk(DeskError::NotPermitted(why))
}

/// The desk's form of who asks.
pub(crate) fn signed(by: &SignedBy) -> Result<Signed<'_>, Refusal> {
    Ok(Signed {
        officer: &by.officer,
        role: role_of(&by.role)?,
        proof: &by.proof,
    })
}

fn roles_of(words: &[String]) -> Result<Vec<Role>, Refusal> {
    words.iter().map(|word| role_of(word)).collect()
}

fn role_of(word: &str) -> Result<Role, Refusal> {
    word.parse()
        .map_err(|error: redphone_desk::officers::NoRole| {
            usage(
                sentence(&error.to_string()),
                "See what each may do with `redphone officer table`.",
            )
        })
}

fn officer_view(officer: &Officer) -> OfficerView {
    let revoked = officer.revoked.as_ref();
    OfficerView {
        name: officer.name.clone(),
        roles: officer.roles.iter().map(Role::to_string).collect(),
        key: hex::encode(&officer.key),
        orders: officer.orders,
        revoked: revoked.map_or_else(String::new, |how| format!("by {}: {}", how.by, how.because)),
    }
}
