//! Asks and answers as officers see them: the board, one ask, the table, an answer to be sent.

use serde::{Deserialize, Serialize};

use crate::{DraftFields, NewItem, ReadBack, Refers, Sent};

/// A word of the line in both languages.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Word {
    /// In English.
    pub en: String,
    /// In Russian.
    pub ru: String,
}

/// Names an ask.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AskName {
    /// The other side of the line.
    pub peer: String,
    /// The message that asks, as `SUD 0412`.
    pub message: String,
    /// Its number there, from 1.
    pub ask: u8,
}

/// A time that an ask waits for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AskTime {
    /// When.
    pub at: u64,
    /// What is to happen by then: `act`, `answer`, `read-back` or `until`.
    pub by: String,
}

/// One ask and where it stands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Ask {
    /// Its name.
    #[serde(flatten)]
    pub name: AskName,
    /// True when we ask, false when the peer does.
    pub ours: bool,
    /// Who is to do it.
    pub to: String,
    /// What is to be done.
    pub verb: Word,
    /// To what.
    pub object: String,
    /// When it is to be done at the latest.
    pub act_by: u64,
    /// When it is to be answered at the latest.
    pub answer_by: u64,
    /// Where it stands.
    pub state: Word,
    /// True when no act has closed it.
    pub unanswered: bool,
    /// Since when it stands there.
    pub since: u64,
    /// What is held against its answers.
    pub flags: Vec<Word>,
    /// The time that it waits for next.
    pub waits_for: Option<AskTime>,
    /// Who will do it or will answer, as the last act says; or empty.
    pub who: String,
    /// The time that the last act names.
    pub time: Option<u64>,
    /// What the last act says: the deed, the reason, the evidence, what was seen; or empty.
    pub words: String,
    /// When a commitment to it was first broken.
    pub breached_at: Option<u64>,
    /// Why its message no longer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Refers>,
}

/// The lengths of the lists of a board.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AskCounts {
    /// The peer's word is next.
    pub waited_for: u32,
    /// Our word is next.
    pub owed: u32,
    /// A time comes within the hour.
    pub due: u32,
    /// Not answered in time.
    pub lapsed: u32,
    /// Committed to and not done.
    pub breached: u32,
    /// Something else was proposed.
    pub countered: u32,
}

/// What each side owes the other. One ask may stand in several lists.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AskBoard {
    /// Our own name.
    pub station: String,
    /// The lengths of the lists.
    pub counts: AskCounts,
    /// Every ask that is not final, what is due first.
    pub asks: Vec<Ask>,
    /// The peer's word is next.
    pub waited_for: Vec<AskName>,
    /// Our word is next.
    pub owed: Vec<AskName>,
    /// A time comes within the hour, or is over without a receipt. The earliest first.
    pub due: Vec<AskName>,
    /// Not answered in time.
    pub lapsed: Vec<AskName>,
    /// Committed to and not done.
    pub breached: Vec<AskName>,
    /// Something else was proposed.
    pub countered: Vec<AskName>,
    /// Messages that are not read back and confirmed, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readbacks: Vec<ReadBack>,
}

/// What an act does in a state.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskOutcome {
    /// The ask comes to another state.
    Moves,
    /// It says nothing new.
    Nothing,
    /// It is refused, with a sentence.
    Refused,
    /// It is recorded; the state stays.
    Stays,
}

/// One cell of the table of every state and act.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AskCell {
    /// The state.
    pub state: Word,
    /// The act.
    pub act: Word,
    /// What it does.
    pub outcome: AskOutcome,
    /// Where the ask comes to, when it moves.
    pub to: Option<Word>,
    /// The flag that is raised.
    pub flag: Option<Word>,
    /// The sentences of a refusal.
    pub refusal: Option<Word>,
}

/// An ask made in return. The station numbers those of a message.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewAsk {
    /// Who is to do it.
    pub to: String,
    /// One of the twelve verbs, in English.
    pub verb: String,
    /// To what.
    pub object: String,
    /// When it is to be done at the latest.
    pub act_by: u64,
    /// When it is to be answered at the latest.
    pub answer_by: u64,
}

/// One act on one ask, or on a whole message. Times are in milliseconds since 1970; they cross the line in seconds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "act", deny_unknown_fields)]
#[non_exhaustive]
pub enum NewAct {
    /// It will be done as asked.
    Commit {
        /// The ask.
        ask: u8,
        /// Who will do it.
        who: String,
        /// The verb, in English.
        verb: String,
        /// To what.
        object: String,
        /// By when.
        by: u64,
    },
    /// The newest read-back of a message of ours is right. It stands alone in its answer.
    Correct {
        /// Items that are the same, though the comparison says that they differ.
        #[serde(default)]
        allow: Vec<u16>,
    },
    /// The newest read-back of a message of ours is wrong in all items that differ. It stands alone.
    Correction {
        /// As in `Correct`.
        #[serde(default)]
        allow: Vec<u16>,
    },
    /// Something else is proposed.
    Counter {
        /// The ask.
        ask: u8,
        /// What is asked in return.
        asks: Vec<NewAsk>,
    },
    /// No answer will be given.
    Decline {
        /// The ask.
        ask: u8,
    },
    /// The answer comes by a time.
    Defer {
        /// The ask.
        ask: u8,
        /// By when.
        until: u64,
        /// Who will answer.
        who: String,
    },
    /// Stated facts are denied.
    Dispute {
        /// The ask.
        ask: u8,
        /// Numbers of the items that are denied.
        items: Vec<u16>,
    },
    /// What was committed to is done.
    Done {
        /// The ask.
        ask: u8,
        /// When it was done.
        at: u64,
        /// By what it can be seen.
        evidence: Option<String>,
    },
    /// It was seen that it is not done.
    NotVerified {
        /// The ask.
        ask: u8,
        /// What was seen instead.
        seen: String,
    },
    /// A message of the peer, read back. It stands alone in its answer.
    ReadBack {
        /// What was understood of each item that is due.
        items: Vec<NewItem>,
    },
    /// It will not be done.
    Refuse {
        /// The ask.
        ask: u8,
        /// Why.
        reason: Option<String>,
    },
    /// It cannot be done.
    Unable {
        /// The ask.
        ask: u8,
        /// Why.
        reason: String,
    },
    /// It was seen that it is done.
    Verified {
        /// The ask.
        ask: u8,
    },
    /// We no longer ask for it.
    Withdraw {
        /// The ask.
        ask: u8,
    },
}

/// An ask that a reply leaves unanswered.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LeftOpen {
    /// Its name.
    #[serde(flatten)]
    pub name: AskName,
    /// Where it then stands.
    pub state: Word,
    /// Why it is not answered.
    pub because: Word,
}

/// An act that was not taken.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RefusedAct {
    /// Its number in the message, from 1; 0 for the asks of the message.
    pub position: u8,
    /// What is wrong and what to do.
    pub because: Word,
}

/// What a message said about asks, and what came of it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reply {
    /// True when it counts once messages before it have come.
    pub waits: bool,
    /// The asks that it left unanswered.
    pub left_open: Vec<LeftOpen>,
    /// What of it was not taken.
    pub refused: Vec<RefusedAct>,
}

/// What an answer did, or would do.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Answered {
    /// The message that asks.
    pub to: String,
    /// In sentences: which asks it leaves open. Empty where none was open before.
    pub said: Vec<Word>,
    /// Those asks, with the reasons.
    pub left_open: Vec<LeftOpen>,
    /// What was released; none when it was only checked.
    pub sent: Option<Sent>,
    /// What was checked, to be held as a draft where officers are enrolled. It lacks its expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftFields>,
}
