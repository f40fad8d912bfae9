//! Which officer may ask which request (rules REL-2, REL-13 and REL-14).
//!
//! Owns the one list of all requests: each asks for a cell of the desk's table, or is open to
//! whoever opens the station's socket, with the reason. A request that is not in the list does not
//! compile. Where no officer is enrolled nothing is asked.

use redphone_api::{AlarmAct, MessageRef, NewAct, Refusal, Request, SignedBy};
use redphone_desk::officers::{Action, Barred, Object, OfficerFact, Order};
use redphone_journal::Storage;
use redphone_wire::Now;

use crate::hub::Hub;
use crate::officers::{barred, signed};
#[cfg(feature = "planted-bugs")]
use crate::planted::{Bug, is_planted};
use crate::refusals::{unknown_request, usage};

/// Characters of what an order is about, in the journal.
const ABOUT_CHARS_MAX: usize = 40;

/// Who may ask a request on a station with officers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Right {
    /// Whoever opens the socket.
    Open(&'static Open),
    /// The officer whom the table permits it; his proof is in the request itself.
    Carried,
    /// Nobody: it is held as a draft, and others release it.
    Held,
    /// The officer whom the table permits this, to one of these.
    Ordered(Action, &'static [Object]),
    /// As `Ordered`; whoever opens the socket gets it without the texts.
    Veiled(Action, &'static [Object]),
}

/// What is open to whoever opens the socket, and why.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Open {
    /// What.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
}

const fn open(what: &'static str, why: &'static str) -> Open {
    Open { what, why }
}

static ASK_TABLE: Open = open("table of asks", "it is the same at every station");
static BOOKS: Open = open(
    "lexicons and code books",
    "whoever writes or reads does it by them",
);
static CARD: Open = open("our own card", "a card is no secret");
static CHAIN: Open = open("check of the journal", "it shows none of it");
static CHECK: Open = open("check of what may be sent", "it sends nothing");
static LISTS: Open = open("lists", "they show no text");
static NOISE: Open = open(
    "silence, proof of alarm",
    "they acknowledge nothing, and whoever sits there must hear or stop it",
);
static ROLL: Open = open("roll of officers", "an officer sees it before he signs");
static SHOWN: Open = open("ON DESK", "a desk says it, whoever sits there");
static STATUS: Open = open("status, health, events", "they show no text");
static WIRE: Open = open(
    "reading the order wire",
    "it is about the line; every desk shows it",
);

/// Everything that is open.
pub const OPEN: &[&Open] = &[
    &STATUS, &LISTS, &BOOKS, &WIRE, &SHOWN, &ROLL, &CARD, &ASK_TABLE, &CHECK, &CHAIN, &NOISE,
];

/// What an answer may show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Sight {
    /// Everything: nobody is enrolled here.
    All,
    /// What names this officer, or nobody.
    Reader(String),
    /// No text.
    Veiled,
}

const READABLE: &[Object] = &[
    Object::MessageForAll,
    Object::MessageForHim,
    Object::OurMessage,
];
const DRAFTS: &[Object] = &[Object::AnothersDraft, Object::OwnDraft];

/// The row of every request.
pub fn right(request: &Request) -> Right {
    match request {
        Request::Acknowledge { .. } => Right::Ordered(Action::Acknowledge, &[Object::PeersMessage]),
        Request::Asks { .. } | Request::Read { .. } => Right::Veiled(Action::Open, READABLE),
        Request::Attachment { .. } => Right::Ordered(Action::Open, READABLE),
        Request::Subject { .. } => Right::Ordered(Action::Declare, &[Object::Subject]),
        Request::OrderWire { .. } => Right::Ordered(Action::Write, &[Object::OrderWire]),
        Request::TestNow { .. } => Right::Ordered(Action::Test, &[Object::Line]),
        Request::ReleaseAgain { .. } => {
            Right::Ordered(Action::ReleaseAgain, &[Object::HeldMessage])
        }
        Request::DraftRead { .. } => Right::Ordered(Action::Review, DRAFTS),

        Request::Backup => Right::Ordered(Action::Manage, &[Object::Backup]),
        Request::Bearer { .. } => Right::Ordered(Action::Manage, &[Object::Bearer]),
        Request::CardImport { .. } => Right::Ordered(Action::Manage, &[Object::Card]),
        Request::Courier { .. } => Right::Ordered(Action::Manage, &[Object::Bag]),
        Request::LiftHold { .. } | Request::Serials { .. } => {
            Right::Ordered(Action::Manage, &[Object::HeldLine])
        }
        Request::Pair { .. } | Request::TapeInstall { .. } | Request::TapeMake { .. } => {
            Right::Ordered(Action::Manage, &[Object::Keys])
        }
        Request::Journal { .. } => Right::Ordered(Action::See, &[Object::Journal]),
        Request::LineWords { .. } => Right::Ordered(Action::See, &[Object::KeyWords]),

        // What is right goes with it: that is the text of the message.
        Request::Answer {
            acts,
            check_only: true,
            ..
        } if acts
            .iter()
            .any(|act| matches!(act, NewAct::Correction { .. })) =>
        {
            Right::Ordered(Action::Open, READABLE)
        }
        request if only_checks(request) => Right::Open(&CHECK),
        Request::Check { .. } => Right::Open(&CHECK),
        Request::Agree { .. }
        | Request::Answer { .. }
        | Request::Send { .. }
        | Request::SendAnyway { .. }
        | Request::SendCode { .. }
        | Request::SendForm { .. } => Right::Held,
        Request::DraftAct { .. }
        | Request::DraftEdit { .. }
        | Request::DraftHold { .. }
        | Request::OfficerEnrol { .. }
        | Request::OfficerRevoke { .. }
        | Request::OfficerRoles { .. }
        | Request::Signed { .. } => Right::Carried,

        Request::AlarmAct { act, .. } => on_alarm(*act),
        Request::AskTable => Right::Open(&ASK_TABLE),
        Request::BookRead { .. } | Request::Books { .. } => Right::Open(&BOOKS),
        Request::CardShow => Right::Open(&CARD),
        Request::DraftList | Request::List { .. } | Request::Threads { .. } => Right::Open(&LISTS),
        Request::JournalVerify => Right::Open(&CHAIN),
        Request::Officers => Right::Open(&ROLL),
        Request::OrderWireList { .. } => Right::Open(&WIRE),
        Request::Shown { .. } => Right::Open(&SHOWN),
        Request::Alarm | Request::Status | Request::Watch => Right::Open(&STATUS),
        Request::WatchHand { .. } | Request::WatchTake { .. } => ON_WATCH,
    }
}

/// The watch is handed over and taken by name.
const ON_WATCH: Right = Right::Ordered(Action::Manage, &[Object::Watch]);

/// Who heard the alarm proves it by name; a silence and a proof are anybody's.
fn on_alarm(act: AlarmAct) -> Right {
    match act {
        AlarmAct::Heard => Right::Ordered(Action::Test, &[Object::Alarm]),
        AlarmAct::Prove | AlarmAct::Silence => Right::Open(&NOISE),
    }
}

/// Whether a request only looks at what could be sent.
fn only_checks(request: &Request) -> bool {
    matches!(
        request,
        Request::Check { .. }
            | Request::Agree {
                check_only: true,
                ..
            }
            | Request::Answer {
                check_only: true,
                ..
            }
            | Request::SendCode {
                check_only: true,
                ..
            }
    )
}

impl<S: Storage> Hub<S> {
    /// Takes the signature off a request, and judges it where officers are enrolled. The proof is
    /// used up and noted before the request is looked at further.
    pub(crate) fn admit_request(
        &mut self,
        now: Now,
        request: Request,
    ) -> Result<(Request, Sight), Refusal> {
        let enrolled = self.desk.officers().are_enrolled();
        #[cfg(feature = "planted-bugs")]
        let enrolled = enrolled && !is_planted(Bug::UnsignedTaken);
        let Request::Signed { order, by } = request else {
            let sight = match right(&request) {
                _ if !enrolled => Sight::All,
                Right::Open(_) | Right::Carried | Right::Veiled(..) => Sight::Veiled,
                Right::Held => return Err(barred(Barred::Unsigned.into())),
                Right::Ordered(action, objects) => return Err(unsigned(action, objects)),
            };
            return Ok((request, sight));
        };
        let mut order = *order;
        let (Right::Ordered(action, objects) | Right::Veiled(action, objects)) = right(&order)
        else {
            return Err(usage(
                "Nobody signs for that beside the request.",
                "Leave --key away.",
            ));
        };
        let signed = signed(&by)?;
        let object = self.object_of(&order, &by, objects);
        let officers = self.desk.officers();
        let request = order.to_signed_bytes().map_err(|_| unknown_request())?;
        let what = Order {
            number: officers.orders(&by.officer),
            request: &request,
        };
        officers
            .admit(&self.house(), &signed, action, object, what.digest())
            .map_err(|why| barred(why.into()))?;
        let fact = OfficerFact::Ordered {
            by: by.officer.clone(),
            role: signed.role,
            action,
            at: now.utc,
            object,
            about: about(&order),
        };
        #[cfg(feature = "planted-bugs")]
        if is_planted(Bug::SignatureTakenAgain) {
            return Ok((order, Sight::Reader(by.officer)));
        }
        self.note_desk(now, redphone_desk::Record::Officer(fact));
        name_officer(&mut order, &by.officer);
        Ok((order, Sight::Reader(by.officer)))
    }

    /// Which of the objects of its row a request is about.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the row of every other request has one object"
    )]
    fn object_of(&mut self, request: &Request, by: &SignedBy, objects: &[Object]) -> Object {
        let first = objects.first().copied().unwrap_or(Object::Oneself);
        match request {
            Request::Answer { message, .. }
            | Request::Attachment { message, .. }
            | Request::Read { message } => self.readable(message, &by.officer),
            Request::DraftRead { number, .. } => match self.desk.drafts().find(*number) {
                Some(held) if held.is_by(&by.officer) => Object::OwnDraft,
                _ => Object::AnothersDraft,
            },
            _ => first,
        }
    }

    /// What a message is to an officer who wants to open it.
    pub(crate) fn readable(&mut self, message: &MessageRef, officer: &str) -> Object {
        let from = message.from.as_deref();
        if from.is_none_or(|from| from == self.name.as_str()) {
            return Object::OurMessage;
        }
        // One that is not here is refused by whoever looks for it.
        let found = self.find_incoming(message).ok();
        let said = found.and_then(|(peer, serial)| self.said_in(&peer, false, serial).ok());
        #[cfg(feature = "planted-bugs")]
        let said = said.filter(|_| !is_planted(Bug::ReadersUnasked));
        match said.and_then(|said| said.readers) {
            None => Object::MessageForAll,
            Some(readers) if self.desk.officers().is_named(&readers, officer) => {
                Object::MessageForHim
            }
            Some(_) => Object::MessageForOthers,
        }
    }
}

impl Sight {
    /// Whether texts of such a message are shown.
    pub(crate) fn shows(&self, object: Object) -> bool {
        match self {
            Self::All => true,
            Self::Reader(_) => object != Object::MessageForOthers,
            Self::Veiled => false,
        }
    }
}

/// What the journal says that an order was about.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the act says all there is to say of the others"
)]
fn about(request: &Request) -> String {
    let words = match request {
        Request::Acknowledge { message, .. }
        | Request::Attachment { message, .. }
        | Request::Read { message }
        | Request::ReleaseAgain { message, .. } => {
            let from = message.from.as_deref().unwrap_or("ours");
            format!("{from} {:04}", message.serial)
        }
        Request::DraftRead { number, .. } => format!("DRAFT-{number}"),
        Request::Bearer { name, .. } => name.clone(),
        Request::Subject { subject, .. } => subject.clone(),
        Request::Pair { peer, .. } | Request::TapeMake { peer, .. } => peer.clone(),
        _ => String::new(),
    };
    words.chars().take(ABOUT_CHARS_MAX).collect()
}

/// The name that a request claims is the one that was proved.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others claim no name")]
fn name_officer(request: &mut Request, proved: &str) {
    match request {
        Request::Acknowledge { officer, .. }
        | Request::AlarmAct { officer, .. }
        | Request::LiftHold { officer, .. }
        | Request::OrderWire { officer, .. }
        | Request::ReleaseAgain { officer, .. }
        | Request::Serials { officer, .. }
        | Request::Subject { officer, .. }
        | Request::WatchHand { officer, .. }
        | Request::WatchTake { officer, .. } => proved.clone_into(officer),
        Request::DraftRead { officer, .. } => *officer = Some(proved.to_owned()),
        _ => {}
    }
}

fn unsigned(action: Action, objects: &[Object]) -> Refusal {
    let object = objects.first().copied().unwrap_or(Object::Oneself);
    barred(Barred::NotSigned { action, object }.into())
}
