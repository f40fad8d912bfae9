//! One station with its desk, officers whose keys are numbers, and proofs that are hashes.

use redphone_desk::hold::{Act, Charter, HoldFact, NewDraft, Terms};
use redphone_desk::officers::{
    Action, Authority, House, OfficerFact, Role, RollChange, Signed, Statement, Verify,
};
use redphone_desk::{Desk, NotPermitted, Record};
use redphone_wire::{
    Environment, Form, Information, Language, Mark, Part, PartyName, Precedence, Utc,
};
use sha2::{Digest, Sha256};

pub(crate) const BEGIN: Utc = Utc(1_793_461_512_000);
pub(crate) const HOUR: u64 = 3_600_000;

/// A proof is the hash of key and message: only who knows the key of the test makes it.
pub(crate) struct Hashed;

impl Verify for Hashed {
    fn verify(&self, key: &[u8; 32], message: &[u8; 32], proof: &[u8]) -> bool {
        proof == prove(key, message)
    }
}

pub(crate) fn prove(key: &[u8; 32], message: &[u8; 32]) -> Vec<u8> {
    Sha256::new()
        .chain_update(key)
        .chain_update(message)
        .finalize()
        .to_vec()
}

/// A station and all that was written down of it.
pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) records: Vec<Record>,
    pub(crate) charter: Charter,
    pub(crate) environment: Environment,
    pub(crate) now: Utc,
}

/// The name of an officer and the number that is his key.
pub(crate) type Person = (&'static str, u8);

pub(crate) const CHIEF: Person = ("chief", 1);
pub(crate) const DEPUTY: Person = ("deputy", 2);
pub(crate) const FIRST: Person = ("1st watch", 3);
pub(crate) const SECOND: Person = ("2nd watch", 4);
pub(crate) const THIRD: Person = ("3rd watch", 5);

impl World {
    /// Two administrators and three who draft and release.
    pub(crate) fn staffed() -> Self {
        let mut world = Self {
            desk: Desk::default(),
            records: Vec::new(),
            charter: Charter::default(),
            environment: Environment::Live,
            now: BEGIN,
        };
        let roles = [Role::Administrator];
        let fact = world.enrol_by(CHIEF, &roles, &Authority::Nobody).unwrap();
        world.note_officer(fact);
        world.enrol(DEPUTY, &roles);
        for person in [FIRST, SECOND, THIRD] {
            world.enrol(person, &[Role::Drafter, Role::Releaser]);
        }
        world
    }

    pub(crate) fn house(&self) -> House<'_> {
        House {
            station: &NORD,
            environment: self.environment,
            charter: &self.charter,
            verify: &Hashed,
        }
    }

    pub(crate) fn note(&mut self, record: Record) {
        self.desk.apply(&record);
        self.records.push(record);
    }

    pub(crate) fn note_officer(&mut self, fact: OfficerFact) {
        self.note(Record::Officer(fact));
    }

    pub(crate) fn note_drafts(&mut self, facts: Vec<HoldFact>) {
        for fact in facts {
            self.note(Record::Draft(fact));
        }
    }

    pub(crate) fn sign(
        &self,
        person: Person,
        role: Role,
        action: Action,
        what: [u8; 32],
    ) -> Vec<u8> {
        let statement = Statement {
            station: &NORD,
            environment: self.environment,
            officer: person.0,
            role,
            action,
            what,
        };
        prove(&[person.1; 32], &statement.digest())
    }

    pub(crate) fn enrol_by(
        &self,
        person: Person,
        roles: &[Role],
        authority: &Authority<'_>,
    ) -> Result<OfficerFact, NotPermitted> {
        let officers = self.desk.officers();
        let key = [person.1; 32];
        officers.enrol(&self.house(), self.now, person.0, roles, key, authority)
    }

    /// Enrols by the chief's signature.
    pub(crate) fn enrol(&mut self, person: Person, roles: &[Role]) {
        let key = [person.1; 32];
        let change = RollChange {
            after: self.desk.officers().changes(),
            name: person.0,
            roles,
            key: &key,
            because: "",
        };
        let proof = self.sign(CHIEF, Role::Administrator, Action::Enrol, change.digest());
        let by = signed(CHIEF, Role::Administrator, &proof);
        let fact = self
            .enrol_by(person, roles, &Authority::Officer(by))
            .unwrap();
        self.note_officer(fact);
    }

    pub(crate) fn revoke(&mut self, name: &str, by: Person) -> Result<(), NotPermitted> {
        let because = "left the service";
        let change = RollChange {
            after: self.desk.officers().changes(),
            name,
            roles: &[],
            key: &[],
            because,
        };
        let proof = self.sign(by, Role::Administrator, Action::Revoke, change.digest());
        let by = signed(by, Role::Administrator, &proof);
        let officers = self.desk.officers();
        let fact = officers.revoke(&self.house(), self.now, name, because, &by)?;
        self.note_officer(fact);
        Ok(())
    }

    /// Holds a draft by a person's own signature.
    pub(crate) fn hold(&mut self, person: Person, new: &NewDraft) -> Result<u32, NotPermitted> {
        let number = self.desk.drafts().next();
        let terms = new.terms(number, 1).digest();
        let proof = self.sign(person, Role::Drafter, Action::Draft, terms);
        let by = signed(person, Role::Drafter, &proof);
        let fact = self.desk.hold(&self.house(), self.now, new, &by)?;
        self.note_drafts(vec![fact]);
        Ok(number)
    }

    pub(crate) fn edit(
        &mut self,
        person: Person,
        number: u32,
        new: &NewDraft,
    ) -> Result<(), NotPermitted> {
        let revision = self.revision(number);
        let terms = new.terms(number, revision + 1).digest();
        let proof = self.sign(person, Role::Drafter, Action::Edit, terms);
        let by = signed(person, Role::Drafter, &proof);
        let fact = self
            .desk
            .edit(&self.house(), self.now, (number, revision), new, &by)?;
        self.note_drafts(vec![fact]);
        Ok(())
    }

    /// Does an act by a person's own signature, as releaser.
    pub(crate) fn act(
        &mut self,
        person: Person,
        number: u32,
        act: &Act,
    ) -> Result<usize, NotPermitted> {
        self.act_as(person, Role::Releaser, number, act)
    }

    pub(crate) fn act_as(
        &mut self,
        person: Person,
        role: Role,
        number: u32,
        act: &Act,
    ) -> Result<usize, NotPermitted> {
        let what = self.what(number, act);
        let proof = self.sign(person, role, act.action(), what);
        let by = signed(person, role, &proof);
        self.try_act(number, act, &by)
    }

    pub(crate) fn try_act(
        &mut self,
        number: u32,
        act: &Act,
        by: &Signed<'_>,
    ) -> Result<usize, NotPermitted> {
        let revision = self.revision(number);
        let facts = self
            .desk
            .act(&self.house(), self.now, (number, revision), act, by)?;
        let count = facts.len();
        self.note_drafts(facts);
        Ok(count)
    }

    /// The digest of what an act is done to.
    pub(crate) fn what(&self, number: u32, act: &Act) -> [u8; 32] {
        let (rule, because) = act.words();
        let held = self.desk.drafts().find(number);
        held.map_or([0; 32], |held| {
            Terms {
                rule,
                because,
                ..Terms::of(number, held)
            }
            .digest()
        })
    }

    pub(crate) fn revision(&self, number: u32) -> u32 {
        let held = self.desk.drafts().find(number);
        held.map_or(0, redphone_desk::hold::Held::revision)
    }

    /// Lets what is due leave, and gives the names of its releasers.
    pub(crate) fn leave(&mut self, number: u32) -> Option<String> {
        let held = self.desk.drafts().find(number).unwrap().clone();
        match self.desk.leave(self.now, number) {
            Err(fact) => {
                self.note_drafts(vec![*fact]);
                None
            }
            Ok(names) => {
                let draft = redphone_desk::Draft::text(held.precedence, &names, "Text.");
                let (record, message) = self.desk.release(self.now, &held.peer, draft).unwrap();
                let sent = self.desk.sent(self.now, number, message.serial);
                self.note(record);
                self.note_drafts(vec![sent]);
                Some(names)
            }
        }
    }
}

static NORD: std::sync::LazyLock<PartyName> = std::sync::LazyLock::new(|| "NORD".parse().unwrap());

pub(crate) fn signed<'a>(person: Person, role: Role, proof: &'a [u8]) -> Signed<'a> {
    Signed {
        officer: person.0,
        role,
        proof,
    }
}

pub(crate) fn new_draft(text: &str) -> NewDraft {
    NewDraft {
        peer: "SUD".parse().unwrap(),
        precedence: Precedence::Immediate,
        text: text.to_owned(),
        form: None,
        readers: Vec::new(),
        code: None,
        subject: String::new(),
        attachments: Vec::new(),
        expires: Utc(BEGIN.0 + 4 * HOUR),
        on_record: false,
    }
}

/// Says it in fields, so that the charter asks for two releasers.
pub(crate) fn in_fields(mut draft: NewDraft) -> NewDraft {
    let note = std::mem::take(&mut draft.text);
    draft.form = Some(Form::Information(Information {
        language: Language::English,
        lexicon: None,
        event: Part::Marked(Mark::NotDisclosed),
        basis: Part::Marked(Mark::None),
        note: Some(note),
    }));
    draft
}
