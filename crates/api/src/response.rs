//! What the station answers.

use serde::{Deserialize, Serialize};

use crate::{
    AlarmView, Answered, AskBoard, AskCell, Book, BookSaid, BookText, Checked, Draft, DraftFields,
    DraftSummary, LineStatus, Message, MessageSummary, OrderWireLine, Roll, Status, Thread,
    WatchView, Word,
};

/// An answer. Which one follows from the request.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "response")]
#[non_exhaustive]
pub enum Response {
    /// Done, with what there is to say.
    Done {
        /// In a sentence.
        said: String,
    },
    /// Something was said of a lexicon or a code book, or looked at.
    Agreed(Box<BookSaid>),
    /// The alarm.
    Alarm(Box<AlarmView>),
    /// An answer was released, or checked.
    Answered(Box<Answered>),
    /// What each side owes the other.
    Asks(Box<AskBoard>),
    /// The table of every state and act.
    AskTable {
        /// By state, then act.
        cells: Vec<AskCell>,
    },
    /// A lexicon or a code book, word for word.
    Book(Box<BookText>),
    /// Lexicons and code books.
    Books {
        /// By line; of each kind the shipped one first, then the oldest proposal.
        books: Vec<Book>,
    },
    /// A card.
    Card(CardView),
    /// A draft, a form or a text was checked.
    Checked(Box<Checked>),
    /// An agreed text was released as its code, or read.
    Coded(Box<CodedText>),
    /// A draft.
    Draft(Box<Draft>),
    /// Drafts.
    Drafts {
        /// Newest first.
        drafts: Vec<DraftSummary>,
    },
    /// Lines of the journal.
    Journal {
        /// The lines, oldest first.
        lines: Vec<JournalLine>,
    },
    /// The chain was checked.
    JournalVerified(JournalVerdict),
    /// One line.
    Line(Box<LineStatus>),
    /// A message.
    Message(Box<Message>),
    /// Messages.
    Messages {
        /// Newest first.
        messages: Vec<MessageSummary>,
    },
    /// Lines of the order wire.
    OrderWire {
        /// Oldest first.
        lines: Vec<OrderWireLine>,
    },
    /// A pairing went a step further.
    Pairing(PairingStep),
    /// The roll and the charter.
    Roll(Box<Roll>),
    /// A message was released.
    Sent(Sent),
    /// Everything.
    Status(Box<Status>),
    /// A reel was made or installed.
    Tape(TapeResult),
    /// The test was called.
    Test(TestStarted),
    /// Threads.
    Threads {
        /// Newest first.
        threads: Vec<Thread>,
    },
    /// Who keeps the watch.
    Watch(Box<WatchView>),
    /// Words of the live keys.
    Words {
        /// In English.
        english: Vec<String>,
        /// In Russian.
        russian: Vec<String>,
        /// Epochs of direction 0 and of direction 1.
        epochs: (u32, u32),
    },
}

/// A card as shown.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CardView {
    /// The party.
    pub name: String,
    /// `LIVE` or `EXERCISE`.
    pub environment: String,
    /// SHA-256 of the body, hexadecimal.
    pub fingerprint: String,
    /// Its twelve words, English.
    pub english: Vec<String>,
    /// Its twelve words, Russian.
    pub russian: Vec<String>,
    /// The armoured card.
    pub armoured: String,
}

/// An agreed text with its blanks filled, as officers of both sides read it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CodedText {
    /// `C-06`.
    pub code: String,
    /// The code book that it is of: `starter-1`.
    pub book: String,
    /// `FLASH`, `IMMEDIATE`, `PRIORITY` or `ROUTINE`: the book says it.
    pub precedence: String,
    /// The text in both languages.
    pub text: Word,
    /// The message that it became; none where it was only read.
    pub sent: Option<Sent>,
    /// What was read, to be held where officers are enrolled. It lacks its expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftFields>,
}

/// A released message.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sent {
    /// `NORD 0007`.
    pub name: String,
    /// To whom.
    pub to: String,
    /// Its serial.
    pub serial: u32,
    /// Bytes of its envelope.
    pub envelope_bytes: u32,
    /// Expected air time of each bearer that may carry it, in milliseconds.
    pub air_time_ms: Vec<(String, u64)>,
    /// What the officer should know: that one released it, bearers that are skipped, that no
    /// bearer is up.
    pub notes: Vec<String>,
}

/// A reel was made or installed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TapeResult {
    /// Direction, as `NORD to SUD`.
    pub direction: String,
    /// First and last number.
    pub numbers: (u32, u32),
    /// The armoured reel; empty after an installation. Secret.
    pub armoured: String,
    /// Keys of that direction now installed.
    pub installed: u32,
}

/// A pairing went a step further.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PairingStep {
    /// The other side.
    pub peer: String,
    /// The armoured letter to carry to the other side, or empty.
    pub letter: String,
    /// Which letter it is: 1, 2 or 3; 0 for none.
    pub number: u8,
    /// True once both sides have proved the same root.
    pub paired: bool,
    /// What to do next, in a sentence.
    pub next: String,
}

/// The test was called.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TestStarted {
    /// With whom.
    pub peer: String,
    /// Its number, to find its outcome in the events.
    pub test: u32,
}

/// A bag was packed or unpacked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CourierResult {
    /// Files written or read.
    pub files: Vec<String>,
    /// Frames packed, or taken in.
    pub frames: u32,
    /// Frames refused: not ours, damaged, or forged.
    pub refused: u32,
    /// Messages that became whole.
    pub messages: u32,
    /// Late copies.
    pub also_came: u32,
}

/// One line of the journal.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JournalLine {
    /// Its number.
    pub number: u64,
    /// When it was written.
    pub at: u64,
    /// What happened, in words, without content.
    pub what: String,
}

/// What checking the chain found.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JournalVerdict {
    /// Records checked.
    pub records: u64,
    /// The first bad one, or none.
    pub first_bad: Option<u64>,
    /// What is wrong with it, in a sentence; or that all is well.
    pub said: String,
    /// Hash of the newest record, hexadecimal.
    pub head: String,
}
