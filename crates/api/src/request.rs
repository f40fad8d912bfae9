//! What an operator may ask of the station.

use serde::{Deserialize, Serialize};

use crate::{
    AlarmAct, BookAct, BookKind, DraftAct, DraftFields, MessageRef, NewAct, SignedBy, Tray,
};

/// A file to attach.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct NewAttachment {
    /// File name without a path.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// The bytes.
    #[serde(with = "crate::hex")]
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for NewAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewAttachment({} bytes)", self.bytes.len())
    }
}

/// A request. Names of parties, bearers and officers are text here and checked by the hub.
///
/// Every request has its row in `rights` of the station: which officer may ask it, or why whoever
/// opens the socket may. The list there is exhaustive, so that none is forgotten.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "request")]
pub enum Request {
    /// A named person has a message. Goes to the other side.
    Acknowledge {
        /// Which.
        message: MessageRef,
        /// Who.
        officer: String,
    },
    /// Says something of a lexicon or a code book, or only looks whether it may be said.
    Agree {
        /// To whom; none where there is one peer.
        to: Option<String>,
        /// Which of the two.
        what: BookKind,
        /// What is said.
        act: BookAct,
        /// Its name with its version, or the beginning of its digest; empty for a proposal.
        name: String,
        /// The file of a proposal, in TOML; or empty.
        file: String,
        /// Why; or empty.
        because: String,
        /// Who releases it: a claim.
        officer: String,
        /// Only looks at it; sends nothing.
        check_only: bool,
    },
    /// Whether the alarm rings, and for what.
    Alarm,
    /// Does something with the alarm. None of it acknowledges a message.
    AlarmAct {
        /// What.
        act: AlarmAct,
        /// Who: a claim; or empty.
        officer: String,
    },
    /// Answers the asks of a message, theirs or, to verify and withdraw, ours.
    Answer {
        /// The message that asks.
        message: MessageRef,
        /// What is said of each ask.
        acts: Vec<NewAct>,
        /// What changes no ask; or empty.
        note: String,
        /// Who releases it: a claim.
        officer: String,
        /// Only says what it would leave open; sends nothing.
        check_only: bool,
    },
    /// What each side owes the other.
    Asks {
        /// One peer only.
        peer: Option<String>,
    },
    /// The table of every state and act.
    AskTable,
    /// Whether what is attached to a message may be opened. Its bytes come by a way of their own.
    Attachment {
        /// The message.
        message: MessageRef,
        /// Which, from 0.
        index: u8,
    },
    /// Whether a backup may be written. It is written from a home on which no station runs.
    Backup,
    /// Takes a bearer out, or puts it back.
    Bearer {
        /// Its name.
        name: String,
        /// True to take it out.
        out: bool,
        /// Why.
        because: String,
    },
    /// One lexicon or code book, word for word.
    BookRead {
        /// Of which line; none where there is one peer.
        peer: Option<String>,
        /// Which of the two.
        what: BookKind,
        /// Its name with its version, or the beginning of its digest; empty for the one in force.
        name: String,
    },
    /// The lexicons and code books of the lines.
    Books {
        /// One peer only.
        peer: Option<String>,
    },
    /// Says what is muddled in a draft, a form or a text, as its release would. Sends nothing.
    Check {
        /// To whom; none where there is one peer.
        to: Option<String>,
        /// `flash`, `immediate`, `priority` or `routine`.
        precedence: String,
        /// The draft of a form, as a TOML file has it; or empty.
        draft: String,
        /// A form in its canonical bytes, hexadecimal; or empty.
        #[serde(with = "crate::hex")]
        form: Vec<u8>,
        /// Prose; or empty.
        text: String,
        /// The language of prose, `en` or `ru`; none to go by its letters.
        language: Option<String>,
        /// Check prose as an answer.
        answer: bool,
    },
    /// Whether a courier's bag may be packed or unpacked. Its frames go by a way of their own.
    Courier {
        /// The directory of the carried media; none for the configured one.
        dir: Option<String>,
        /// The courier bearer; none where there is one.
        bearer: Option<String>,
        /// True to pack, false to unpack.
        pack: bool,
    },
    /// Does something with the newest revision of a draft.
    DraftAct {
        /// Which draft.
        number: u32,
        /// The revision that was looked at.
        revision: u32,
        /// What.
        act: DraftAct,
        /// The rule that is waived; or empty.
        rule: String,
        /// Why; empty for a release and a review.
        because: String,
        /// Who.
        by: SignedBy,
    },
    /// Makes a new revision of a draft. Its attachments stay.
    DraftEdit {
        /// Which draft.
        number: u32,
        /// The revision that it was made from.
        revision: u32,
        /// What it becomes.
        draft: DraftFields,
        /// Who.
        by: SignedBy,
    },
    /// Holds a draft until other officers release it.
    DraftHold {
        /// What.
        draft: DraftFields,
        /// What is attached.
        attachments: Vec<NewAttachment>,
        /// Who.
        by: SignedBy,
    },
    /// The drafts, the newest first.
    DraftList,
    /// One whole draft, with what changed since an officer last saw it.
    DraftRead {
        /// Which.
        number: u32,
        /// The officer; none for nobody.
        officer: Option<String>,
    },
    /// Our own card, with its words.
    CardShow,
    /// Trusts a card of a peer once its owner's words were typed.
    CardImport {
        /// The armoured card.
        card: String,
        /// The twelve words as its owner read them out, in either language.
        words: String,
    },
    /// The journal's newest lines, or those after a number.
    Journal {
        /// After this record; none for the newest.
        after: Option<u64>,
        /// How many, at most 1,000.
        limit: u32,
    },
    /// Checks the whole chain and the vault against it.
    JournalVerify,
    /// All lines, bearers, keys.
    Status,
    /// Suspends traffic on a subject, or resumes it.
    Subject {
        /// With whom; none where there is one peer.
        peer: Option<String>,
        /// The subject, in words.
        subject: String,
        /// True to suspend.
        suspend: bool,
        /// Why.
        because: String,
        /// Who.
        officer: String,
    },
    /// The messages of a tray, the newest first.
    List {
        /// Which tray.
        tray: Tray,
        /// One peer only.
        peer: Option<String>,
        /// How many, at most 1,000.
        limit: u32,
    },
    /// One whole message.
    Read {
        /// Which.
        message: MessageRef,
    },
    /// Puts an officer on the roll.
    OfficerEnrol {
        /// His armoured card.
        card: String,
        /// What he may act as.
        roles: Vec<String>,
        /// The administrator; none for the first.
        by: Option<SignedBy>,
    },
    /// Takes an officer's roles for good.
    OfficerRevoke {
        /// Who.
        name: String,
        /// Why.
        because: String,
        /// The administrator.
        by: SignedBy,
    },
    /// Gives an officer other roles.
    OfficerRoles {
        /// Who.
        name: String,
        /// What he may act as.
        roles: Vec<String>,
        /// The administrator.
        by: SignedBy,
    },
    /// The roll and the charter.
    Officers,
    /// Writes a line on the order wire.
    OrderWire {
        /// To whom; none where there is one peer.
        peer: Option<String>,
        /// What.
        text: String,
        /// Who, or empty.
        officer: String,
    },
    /// The order wire's newest lines.
    OrderWireList {
        /// One peer only.
        peer: Option<String>,
        /// How many, at most 1,000.
        limit: u32,
    },
    /// Begins a pairing, or takes it further with a letter of the peer.
    Pair {
        /// With whom.
        peer: String,
        /// What is mixed in: `tapes`, `cards` or `both`. Only for the first step.
        with: String,
        /// Suites of our direction, then of theirs. Only for the first step.
        suites: Option<(String, String)>,
        /// The armoured letter that came, or none for the first step.
        letter: Option<String>,
        /// Begins anew, with this generation or, for 0, the next: a letter that was made before
        /// is void. Needed where the other side refused it. None repeats that letter.
        generation: Option<u32>,
    },
    /// Lifts the hold on a line: officers of both sides have spoken, and go on with its keys.
    LiftHold {
        /// With whom; none where there is one peer.
        peer: Option<String>,
        /// Why.
        because: String,
        /// Who.
        officer: String,
    },
    /// After a restore: the highest serial of ours that the peer holds, as it said by voice.
    Serials {
        /// Which peer; none where there is one.
        peer: Option<String>,
        /// That serial; 0 for none.
        highest: u32,
        /// Who asked.
        officer: String,
    },
    /// Releases a message anew that is held because its line's keys died.
    ReleaseAgain {
        /// Which.
        message: MessageRef,
        /// Who: a claim where no officer is enrolled.
        officer: String,
    },
    /// Releases a message, on a station without enrolled officers.
    Send {
        /// To whom; none where there is one peer.
        to: Option<String>,
        /// `flash`, `immediate`, `priority` or `routine`.
        precedence: String,
        /// The text.
        text: String,
        /// The subject it belongs to, for suspension; or empty.
        subject: String,
        /// Who releases it: a claim.
        officer: String,
        /// What is attached.
        attachments: Vec<NewAttachment>,
    },
    /// Releases an agreed text as its code, or only says how it reads.
    SendCode {
        /// To whom; none where there is one peer.
        to: Option<String>,
        /// `C-06`.
        code: String,
        /// What fills each blank, by its name, as it is typed.
        blanks: Vec<(String, String)>,
        /// Who releases it: a claim.
        officer: String,
        /// Only says how it reads; sends nothing.
        check_only: bool,
    },
    /// Releases a message or a form with something in it that must be fixed, on a station without
    /// enrolled officers. Who does so, and why, stands in the journal.
    SendAnyway {
        /// What: a `Send` or a `SendForm`.
        send: Box<Request>,
        /// The rules whose findings stand.
        waived: Vec<String>,
        /// Why.
        because: String,
    },
    /// Releases a form, on a station without enrolled officers.
    SendForm {
        /// To whom; none where there is one peer.
        to: Option<String>,
        /// `flash`, `immediate`, `priority` or `routine`.
        precedence: String,
        /// The form in its canonical bytes, hexadecimal.
        #[serde(with = "crate::hex")]
        form: Vec<u8>,
        /// Who releases it: a claim.
        officer: String,
    },
    /// Another request, with the signature of the officer who asks it.
    Signed {
        /// What he asks.
        order: Box<Request>,
        /// Who.
        by: SignedBy,
    },
    /// An attached desk confirms that it shows a message.
    Shown {
        /// Which.
        message: MessageRef,
    },
    /// Makes a reel of key tape for our sending direction.
    TapeMake {
        /// For the line with whom.
        peer: String,
        /// How many keys, at most 30.
        keys: u32,
        /// Number of the first key; none for the next. Needed after a restore, where the peer
        /// knows of later ones than we do.
        first: Option<u32>,
    },
    /// Installs a reel, ours or the peer's.
    TapeInstall {
        /// The armoured reel.
        reel: String,
        /// It is kept for the next pairing, and does not go into the refreshes of the line as it is.
        #[serde(default)]
        for_pairing: bool,
    },
    /// The threads of messages, the newest first.
    Threads {
        /// Only the one that this message is in.
        of: Option<MessageRef>,
        /// One peer only.
        peer: Option<String>,
        /// How many, at most 1,000.
        limit: u32,
    },
    /// Who keeps the watch, and what is open.
    Watch,
    /// Whoever keeps the watch hands it to another.
    WatchHand {
        /// To whom.
        to: String,
        /// Who keeps it.
        officer: String,
    },
    /// Takes the watch over.
    WatchTake {
        /// Who.
        officer: String,
        /// Who is called when nobody acknowledges; or empty.
        next: String,
        /// Who is called after that; or empty.
        chief: String,
        /// The keys of the open things that were looked at.
        ticks: Vec<String>,
        /// Why something lacks; or empty.
        because: String,
    },
    /// Calls the hourly test early.
    TestNow {
        /// With whom; none where there is one peer.
        peer: Option<String>,
    },
    /// Words of the live keys, read aloud by both sides.
    LineWords {
        /// With whom; none where there is one peer.
        peer: Option<String>,
    },
}

impl Request {
    /// The bytes that an officer signs: this request as JSON without white space, `request` first,
    /// then its fields in the order of this type.
    ///
    /// # Errors
    ///
    /// None for what this crate defines; the encoder has one.
    pub fn to_signed_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// What is asked, without the signature around it.
    pub fn order(&self) -> &Self {
        if let Self::Signed { order, .. } = self {
            order
        } else {
            self
        }
    }
}
