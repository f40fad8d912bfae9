//! NORD with its officers: requests that they sign, and what the station answers.

use redphone_api::{
    Draft, DraftAct, DraftFields, NewAttachment, Refusal, Request, Response, Roll, SignedBy,
};
use redphone_desk::hold::{Act, NewDraft, Terms};
use redphone_desk::officers::{Action, Order, RollChange, Statement};
use redphone_seal::officer::OfficerKey;
use redphone_station::{Right, right};
use redphone_wire::{AttachmentInfo, Environment, Form, Utc};
use sha2::{Digest, Sha256};

use crate::support::{Pair, name};

/// The name of an officer and the byte that is his key.
pub(crate) type Person = (&'static str, u8);

pub(crate) const CHIEF: Person = ("chief", 1);
pub(crate) const DRAFTER: Person = ("1st watch", 2);
pub(crate) const RELEASER: Person = ("2nd watch", 3);
pub(crate) const SECOND: Person = ("3rd watch", 4);
pub(crate) const WATCH: Person = ("4th watch", 5);
pub(crate) const READER: Person = ("5th watch", 6);

pub(crate) struct Chancery {
    pub(crate) pair: Pair,
    side: usize,
}

/// What a test holds.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) form: Option<Form>,
    pub(crate) precedence: &'static str,
    pub(crate) subject: String,
    pub(crate) on_record: bool,
    pub(crate) readers: Vec<String>,
    pub(crate) file: Option<Vec<u8>>,
}

pub(crate) fn text(text: &str) -> Written {
    Written {
        text: text.to_owned(),
        form: None,
        precedence: "immediate",
        subject: String::new(),
        on_record: false,
        readers: Vec::new(),
        file: None,
    }
}

pub(crate) fn key(person: Person) -> OfficerKey {
    OfficerKey::generate(person.0, [person.1; 32])
}

impl Chancery {
    /// Nobody is enrolled.
    pub(crate) fn empty() -> Self {
        Self {
            pair: Pair::paired(),
            side: 0,
        }
    }

    /// An administrator, a drafter who may release, two releasers.
    pub(crate) fn staffed() -> Self {
        let mut nord = Self::empty();
        nord.staff();
        nord
    }

    pub(crate) fn staff_the_other_side(&mut self) {
        self.side = 1;
        self.staff();
        self.side = 0;
    }

    /// Does something as SUD.
    pub(crate) fn at_the_other_side(&mut self, act: impl FnOnce(&mut Self)) {
        self.side = 1;
        act(self);
        self.side = 0;
    }

    pub(crate) fn staff_this_side(&mut self) {
        self.staff();
    }

    /// New keys for the line: what had no receipt is held.
    pub(crate) fn pair_anew(&mut self) {
        let mut letter = None;
        for side in [0, 1, 0, 1, 0] {
            let request = Request::Pair {
                peer: ["SUD", "NORD"][side].to_owned(),
                with: "cards".to_owned(),
                suites: None,
                generation: letter.is_none().then_some(0),
                letter,
            };
            let now = self.pair.now;
            let Response::Pairing(step) = self.pair.sides[side].ask(now, request).unwrap() else {
                panic!("a pairing was asked for");
            };
            letter = Some(step.letter).filter(|letter| !letter.is_empty());
        }
    }

    fn staff(&mut self) {
        self.enrol_first();
        self.enrol(DRAFTER, &["drafter", "releaser"]);
        self.enrol(RELEASER, &["releaser"]);
        self.enrol(SECOND, &["releaser"]);
    }

    pub(crate) fn enrol_first(&mut self) {
        self.enrol_unsigned(CHIEF, &["administrator"]).unwrap();
    }

    pub(crate) fn enrol_unsigned(
        &mut self,
        person: Person,
        roles: &[&str],
    ) -> Result<Response, Refusal> {
        let request = Request::OfficerEnrol {
            card: key(person).card(),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            by: None,
        };
        self.ask(request)
    }

    pub(crate) fn enrol(&mut self, person: Person, roles: &[&str]) {
        let parsed: Vec<_> = roles.iter().map(|role| role.parse().unwrap()).collect();
        let what = RollChange {
            after: self.roll().changes,
            name: person.0,
            roles: &parsed,
            key: &key(person).public(),
            because: "",
        };
        let by = self.sign(CHIEF, "administrator", Action::Enrol, what.digest());
        let request = Request::OfficerEnrol {
            card: key(person).card(),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            by: Some(by),
        };
        self.ask(request).unwrap();
    }

    pub(crate) fn revoke(&mut self, person: Person) {
        let because = "left the service".to_owned();
        let what = RollChange {
            after: self.roll().changes,
            name: person.0,
            roles: &[],
            key: &[],
            because: &because,
        };
        let by = self.sign(CHIEF, "administrator", Action::Revoke, what.digest());
        let name = person.0.to_owned();
        self.ask(Request::OfficerRevoke { name, because, by })
            .unwrap();
    }

    pub(crate) fn roll(&mut self) -> Roll {
        match self.ask(Request::Officers).unwrap() {
            Response::Roll(roll) => *roll,
            other => panic!("the roll was asked for, not {other:?}"),
        }
    }

    pub(crate) fn hold(&mut self, person: Person, written: Written) -> Result<Draft, Refusal> {
        let request = self.hold_request(person, written);
        self.ask(request).map(draft)
    }

    pub(crate) fn hold_request(&mut self, person: Person, written: Written) -> Request {
        let number = self.roll().next_draft;
        let new = self.new_draft(&written, Vec::new());
        let terms = new.terms(number, 1).digest();
        let file = written.file.clone();
        Request::DraftHold {
            draft: fields(&written, &new),
            attachments: file.into_iter().map(attachment).collect(),
            by: self.sign(person, "drafter", Action::Draft, terms),
        }
    }

    pub(crate) fn edit(
        &mut self,
        person: Person,
        number: u32,
        written: Written,
    ) -> Result<Draft, Refusal> {
        let revision = self.revision(number);
        let new = self.new_draft(&written, Vec::new());
        let terms = new.terms(number, revision + 1).digest();
        let request = Request::DraftEdit {
            number,
            revision,
            draft: fields(&written, &new),
            by: self.sign(person, "drafter", Action::Edit, terms),
        };
        self.ask(request).map(draft)
    }

    pub(crate) fn act(
        &mut self,
        person: Person,
        number: u32,
        act: DraftAct,
        because: &str,
    ) -> Result<Draft, Refusal> {
        self.act_as(person, "releaser", number, act, because)
    }

    pub(crate) fn act_as(
        &mut self,
        person: Person,
        role: &str,
        number: u32,
        act: DraftAct,
        because: &str,
    ) -> Result<Draft, Refusal> {
        let request = self.request(person, role, number, act, because);
        self.ask(request).map(draft)
    }

    /// Says that it is one, and signs with the key of another.
    pub(crate) fn act_with_key_of(
        &mut self,
        other: Person,
        person: Person,
        number: u32,
        act: DraftAct,
    ) -> Result<Draft, Refusal> {
        let forged = (person.0, other.1);
        let request = self.request(forged, "releaser", number, act, "");
        self.ask(request).map(draft)
    }

    pub(crate) fn request(
        &mut self,
        person: Person,
        role: &str,
        number: u32,
        act: DraftAct,
        because: &str,
    ) -> Request {
        let revision = self.revision(number);
        let action = action_of(act);
        let held = self.pair.sides[self.side].hub.desk().drafts().find(number);
        let what = held.map_or([0; 32], |held| {
            let terms = Terms {
                because,
                ..Terms::of(number, held)
            };
            terms.digest()
        });
        Request::DraftAct {
            number,
            revision,
            act,
            rule: String::new(),
            because: because.to_owned(),
            by: self.sign(person, role, action, what),
        }
    }

    /// Lets a finding stand, by name and with a reason.
    pub(crate) fn waive(
        &mut self,
        person: Person,
        number: u32,
        rule: &str,
        because: &str,
    ) -> Result<Draft, Refusal> {
        let revision = self.revision(number);
        let held = self.pair.sides[self.side].hub.desk().drafts().find(number);
        let what = held.map_or([0; 32], |held| {
            let terms = Terms {
                rule,
                because,
                ..Terms::of(number, held)
            };
            terms.digest()
        });
        let request = Request::DraftAct {
            number,
            revision,
            act: DraftAct::Waive,
            rule: rule.to_owned(),
            because: because.to_owned(),
            by: self.sign(person, "releaser", Action::Waive, what),
        };
        self.ask(request).map(draft)
    }

    pub(crate) fn read(&mut self, number: u32) -> Draft {
        let officer = None;
        let request = Request::DraftRead { number, officer };
        draft(self.order(SECOND, "releaser", request).unwrap())
    }

    /// Asks something that an officer signs beside the request.
    pub(crate) fn order(
        &mut self,
        person: Person,
        role: &str,
        request: Request,
    ) -> Result<Response, Refusal> {
        let signed = self.signed(person, role, request);
        self.ask(signed)
    }

    pub(crate) fn signed(&mut self, person: Person, role: &str, request: Request) -> Request {
        let (Right::Ordered(action, _) | Right::Veiled(action, _)) = right(&request) else {
            panic!("nobody signs for {request:?}");
        };
        let officers = self.roll().officers;
        let known = officers.iter().find(|officer| officer.name == person.0);
        let what = Order {
            number: known.map_or(0, |officer| officer.orders),
            request: &request.to_signed_bytes().unwrap(),
        };
        Request::Signed {
            by: self.sign(person, role, action, what.digest()),
            order: Box::new(request),
        }
    }

    pub(crate) fn ask(&mut self, request: Request) -> Result<Response, Refusal> {
        let now = self.pair.now;
        self.pair.sides[self.side].ask(now, request)
    }

    pub(crate) fn sign(
        &self,
        person: Person,
        role: &str,
        action: Action,
        what: [u8; 32],
    ) -> SignedBy {
        let statement = Statement {
            station: &name(["NORD", "SUD"][self.side]),
            environment: Environment::Exercise,
            officer: person.0,
            role: role
                .parse()
                .unwrap_or(redphone_desk::officers::Role::Reader),
            action,
            what,
        };
        SignedBy {
            officer: person.0.to_owned(),
            role: role.to_owned(),
            proof: key(person).sign(&statement.digest()).to_vec(),
        }
    }

    fn revision(&self, number: u32) -> u32 {
        let desk = self.pair.sides[self.side].hub.desk();
        desk.drafts()
            .find(number)
            .map_or(0, redphone_desk::hold::Held::revision)
    }

    fn new_draft(&self, written: &Written, infos: Vec<AttachmentInfo>) -> NewDraft {
        let file = written.file.iter().map(|bytes| AttachmentInfo {
            name: "chart".to_owned(),
            media_type: "text/plain".to_owned(),
            bytes: u32::try_from(bytes.len()).unwrap(),
            digest: Sha256::digest(bytes).into(),
        });
        NewDraft {
            peer: name(["SUD", "NORD"][self.side]),
            precedence: written.precedence.parse().unwrap(),
            text: written.text.clone(),
            form: written.form.clone(),
            code: None,
            subject: written.subject.clone(),
            attachments: infos.into_iter().chain(file).collect(),
            expires: Utc(self.pair.now.utc.0 + 3_600_000),
            on_record: written.on_record,
            readers: written.readers.clone(),
        }
    }
}

fn fields(written: &Written, new: &NewDraft) -> DraftFields {
    DraftFields {
        to: new.peer.to_string(),
        precedence: written.precedence.to_owned(),
        text: written.text.clone(),
        form: new
            .form
            .as_ref()
            .map(redphone_wire::to_bytes)
            .unwrap_or_default(),
        code: Vec::new(),
        subject: written.subject.clone(),
        expires_at: new.expires.0,
        on_record: written.on_record,
        readers: written.readers.clone(),
    }
}

fn attachment(bytes: Vec<u8>) -> NewAttachment {
    NewAttachment {
        name: "chart".to_owned(),
        media_type: "text/plain".to_owned(),
        bytes,
    }
}

fn action_of(act: DraftAct) -> Action {
    let because = String::new();
    match act {
        DraftAct::Kill => Act::Kill { because }.action(),
        DraftAct::Recall => Act::Recall { because }.action(),
        DraftAct::Release => Act::Release.action(),
        DraftAct::Review => Act::Review.action(),
        DraftAct::SendBack => Act::SendBack { because }.action(),
        DraftAct::Waive => Action::Waive,
    }
}

fn draft(response: Response) -> Draft {
    match response {
        Response::Draft(draft) => *draft,
        other => panic!("a draft was asked for, not {other:?}"),
    }
}
