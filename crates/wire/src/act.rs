//! Acts: the only words that move an ask. Prose beside them moves nothing.
//!
//! Owns what each act says and its bounds. The message that an act is about is named by what
//! carries the act; the ask by its number there. What an act does to an ask is the desk's. Rules
//! ASK-1 and ASK-2.

use minicbor::{Decode, Encode};

use crate::act_word::ActWord;
use crate::ask::{Ask, first_bad, is_text, is_time};
use crate::limits::{
    ASK_OBJECT_BYTES_MAX, ASK_PARTY_BYTES_MAX, ASKS_MAX, ITEM_BYTES_MAX, ITEMS_MAX,
    REASON_BYTES_MAX,
};
use crate::time::UtcSeconds;
use crate::{ActField, Verb};

/// What one side says about an ask, or about a whole message with all its asks.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Act {
    /// The station holds the message.
    #[n(0)]
    Received,
    /// The message, read back.
    #[n(1)]
    ReadBack {
        /// Counts the read-backs of this message, from 1.
        #[n(0)]
        readback: u8,
        /// What was understood, at most `ITEMS_MAX`.
        #[n(1)]
        items: Vec<Item>,
    },
    /// That read-back is right.
    #[n(2)]
    Correct {
        /// Which.
        #[n(0)]
        readback: u8,
    },
    /// That read-back is wrong.
    #[n(3)]
    Correction {
        /// Which.
        #[n(0)]
        readback: u8,
        /// What is right, of the items that were wrong.
        #[n(1)]
        items: Vec<Item>,
    },
    /// It will be done. A deed or a time other than was asked for makes it a counter.
    #[n(4)]
    Commit {
        /// The ask.
        #[n(0)]
        ask: u8,
        /// Who will do it, at most `ASK_PARTY_BYTES_MAX` bytes.
        #[n(1)]
        who: String,
        /// What will be done.
        #[n(2)]
        verb: Verb,
        /// To what, at most `ASK_OBJECT_BYTES_MAX` bytes.
        #[n(3)]
        object: String,
        /// By when.
        #[n(4)]
        by: UtcSeconds,
    },
    /// It will not be done.
    #[n(5)]
    Refuse {
        /// The ask.
        #[n(0)]
        ask: u8,
        /// Why, at most `REASON_BYTES_MAX` bytes.
        #[n(1)]
        reason: Option<String>,
    },
    /// It cannot be done.
    #[n(6)]
    Unable {
        /// The ask.
        #[n(0)]
        ask: u8,
        /// Why, at most `REASON_BYTES_MAX` bytes.
        #[n(1)]
        reason: String,
    },
    /// Something else is proposed.
    #[n(7)]
    Counter {
        /// The ask.
        #[n(0)]
        ask: u8,
        /// What is asked in return, at most `ASKS_MAX`.
        #[n(1)]
        asks: Vec<Ask>,
    },
    /// The answer comes by a time.
    #[n(8)]
    Defer {
        /// The ask.
        #[n(0)]
        ask: u8,
        /// By when.
        #[n(1)]
        until: UtcSeconds,
        /// Who will answer, at most `ASK_PARTY_BYTES_MAX` bytes.
        #[n(2)]
        who: String,
    },
    /// Stated facts are denied.
    #[n(9)]
    Dispute {
        /// The ask.
        #[n(0)]
        ask: u8,
        /// Numbers of the items that are denied, at most `ITEMS_MAX`.
        #[n(1)]
        items: Vec<u16>,
    },
    /// No answer will be given.
    #[n(10)]
    Decline {
        /// The ask.
        #[n(0)]
        ask: u8,
    },
    /// It is done, says the side that committed.
    #[n(11)]
    Done {
        /// The ask.
        #[n(0)]
        ask: u8,
        /// When it was done.
        #[n(1)]
        at: UtcSeconds,
        /// By what it can be seen, at most `REASON_BYTES_MAX` bytes.
        #[n(2)]
        evidence: Option<String>,
    },
    /// It is done, says the asker.
    #[n(12)]
    Verified {
        /// The ask.
        #[n(0)]
        ask: u8,
    },
    /// It is not done, says the asker.
    #[n(13)]
    NotVerified {
        /// The ask.
        #[n(0)]
        ask: u8,
        /// What was seen instead, at most `REASON_BYTES_MAX` bytes.
        #[n(1)]
        seen: String,
    },
    /// It is no longer asked for.
    #[n(14)]
    Withdraw {
        /// The ask.
        #[n(0)]
        ask: u8,
    },
}

/// One item of a read-back: a name, a number with its unit, a time, a place, a yes or no.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Item {
    /// Which item of the message.
    #[n(0)]
    pub item: u16,
    /// What was understood, or what is right, at most `ITEM_BYTES_MAX` bytes.
    #[n(1)]
    pub value: String,
}

impl Act {
    /// Its word.
    pub fn word(&self) -> ActWord {
        match self {
            Self::Received => ActWord::Received,
            Self::ReadBack { .. } => ActWord::ReadBack,
            Self::Correct { .. } => ActWord::Correct,
            Self::Correction { .. } => ActWord::Correction,
            Self::Commit { .. } => ActWord::Commit,
            Self::Refuse { .. } => ActWord::Refuse,
            Self::Unable { .. } => ActWord::Unable,
            Self::Counter { .. } => ActWord::Counter,
            Self::Defer { .. } => ActWord::Defer,
            Self::Dispute { .. } => ActWord::Dispute,
            Self::Decline { .. } => ActWord::Decline,
            Self::Done { .. } => ActWord::Done,
            Self::Verified { .. } => ActWord::Verified,
            Self::NotVerified { .. } => ActWord::NotVerified,
            Self::Withdraw { .. } => ActWord::Withdraw,
        }
    }

    /// The English word of the act.
    pub fn en(&self) -> &'static str {
        self.word().en()
    }

    /// The Russian word of the act.
    pub fn ru(&self) -> &'static str {
        self.word().ru()
    }

    /// Whether the act closes an ask.
    pub fn closes(&self) -> bool {
        self.word().closes()
    }

    /// The number of the ask it is about, or none when it is about the whole message.
    pub fn ask(&self) -> Option<u8> {
        match self {
            Self::Received
            | Self::ReadBack { .. }
            | Self::Correct { .. }
            | Self::Correction { .. } => None,
            Self::Commit { ask, .. }
            | Self::Refuse { ask, .. }
            | Self::Unable { ask, .. }
            | Self::Counter { ask, .. }
            | Self::Defer { ask, .. }
            | Self::Dispute { ask, .. }
            | Self::Decline { ask }
            | Self::Done { ask, .. }
            | Self::Verified { ask }
            | Self::NotVerified { ask, .. }
            | Self::Withdraw { ask } => Some(*ask),
        }
    }

    /// What it asks in return. These are asks of the message that carries the act.
    pub fn own_asks(&self) -> &[Ask] {
        if let Self::Counter { asks, .. } = self {
            asks
        } else {
            &[]
        }
    }

    /// The first field that is empty or beyond its bound (rule ASK-2).
    pub fn out_of_bounds(&self) -> Option<ActField> {
        let reason = |text: &str| is_text(text, REASON_BYTES_MAX);
        let party = |text: &str| is_text(text, ASK_PARTY_BYTES_MAX);
        let numbered = self
            .ask()
            .is_none_or(|ask| (1..=ASKS_MAX).contains(&usize::from(ask)));
        if !numbered {
            return Some(ActField::Number);
        }
        match self {
            Self::Received | Self::Decline { .. } | Self::Verified { .. } => None,
            Self::Withdraw { .. } => None,
            Self::Correct { readback } => first_bad(&[(*readback > 0, ActField::Number)]),
            Self::ReadBack { readback, items } | Self::Correction { readback, items } => {
                first_bad(&[
                    (*readback > 0, ActField::Number),
                    (are_items(items), ActField::Items),
                ])
            }
            Self::Commit {
                who, object, by, ..
            } => first_bad(&[
                (party(who), ActField::Who),
                (is_text(object, ASK_OBJECT_BYTES_MAX), ActField::Object),
                (is_time(*by), ActField::Time),
            ]),
            Self::Refuse { reason: why, .. } => {
                first_bad(&[(why.as_deref().is_none_or(reason), ActField::Reason)])
            }
            Self::Unable { reason: why, .. } => first_bad(&[(reason(why), ActField::Reason)]),
            Self::Counter { asks, .. } => match asks.iter().find_map(Ask::out_of_bounds) {
                Some(field) => Some(field),
                None => first_bad(&[((1..=ASKS_MAX).contains(&asks.len()), ActField::Asks)]),
            },
            Self::Defer { until, who, .. } => first_bad(&[
                (is_time(*until), ActField::Time),
                (party(who), ActField::Who),
            ]),
            Self::Dispute { items, .. } => {
                first_bad(&[((1..=ITEMS_MAX).contains(&items.len()), ActField::Items)])
            }
            Self::Done { at, evidence, .. } => first_bad(&[
                (is_time(*at), ActField::Time),
                (evidence.as_deref().is_none_or(reason), ActField::Evidence),
            ]),
            Self::NotVerified { seen, .. } => first_bad(&[(reason(seen), ActField::Seen)]),
        }
    }
}

fn are_items(items: &[Item]) -> bool {
    (1..=ITEMS_MAX).contains(&items.len())
        && items
            .iter()
            .all(|item| is_text(&item.value, ITEM_BYTES_MAX))
}
