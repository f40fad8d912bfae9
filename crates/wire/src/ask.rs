//! An ask: one deed, wanted of one party, by one time. The verbs are few, so that both sides mean
//! the same by each.

use std::fmt;

use minicbor::{Decode, Encode};

use crate::ActField;
use crate::limits::{ASK_OBJECT_BYTES_MAX, ASK_PARTY_BYTES_MAX, ASKS_MAX};
use crate::time::UtcSeconds;

/// What one message asks for once. Its message and its number name it for ever.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Ask {
    /// Number in its message, from 1.
    #[n(0)]
    pub number: u8,
    /// Who is to do it, at most `ASK_PARTY_BYTES_MAX` bytes.
    #[n(1)]
    pub to: String,
    /// What is to be done.
    #[n(2)]
    pub verb: Verb,
    /// To what, at most `ASK_OBJECT_BYTES_MAX` bytes.
    #[n(3)]
    pub object: String,
    /// When it is to be done at the latest.
    #[n(4)]
    pub act_by: UtcSeconds,
    /// When it is to be answered at the latest.
    #[n(5)]
    pub answer_by: UtcSeconds,
}

impl Ask {
    /// The first field that is empty or beyond its bound.
    pub fn out_of_bounds(&self) -> Option<ActField> {
        let numbered = (1..=ASKS_MAX).contains(&usize::from(self.number));
        let checks = [
            (numbered, ActField::Number),
            (is_text(&self.to, ASK_PARTY_BYTES_MAX), ActField::Who),
            (
                is_text(&self.object, ASK_OBJECT_BYTES_MAX),
                ActField::Object,
            ),
            (is_time(self.act_by), ActField::Time),
            (is_time(self.answer_by), ActField::Time),
        ];
        first_bad(&checks)
    }
}

/// Whether a text says something and keeps to its bound.
pub(crate) fn is_text(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.len() <= most
}

/// Whether a time is named: 0 is none.
pub(crate) fn is_time(time: UtcSeconds) -> bool {
    time.0 != 0
}

/// The field of the first check that does not hold.
pub(crate) fn first_bad(checks: &[(bool, ActField)]) -> Option<ActField> {
    checks
        .iter()
        .find(|(holds, _)| !holds)
        .map(|(_, field)| *field)
}

/// What may be asked for: one verb an ask.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Verb {
    /// Cease doing it.
    #[n(0)]
    Stop,
    /// Say whether it is so.
    #[n(1)]
    Confirm,
    /// Say who or which it is.
    #[n(2)]
    Name,
    /// Hand it over.
    #[n(3)]
    Provide,
    /// Keep it as it is, as evidence.
    #[n(4)]
    Preserve,
    /// Take it away.
    #[n(5)]
    Remove,
    /// Cut it off from other systems.
    #[n(6)]
    Isolate,
    /// Put it back as it was.
    #[n(7)]
    Restore,
    /// Let it happen.
    #[n(8)]
    Allow,
    /// Come together with it or them.
    #[n(9)]
    Meet,
    /// Find out what happened.
    #[n(10)]
    Investigate,
    /// Make it public.
    #[n(11)]
    Publish,
}

impl Verb {
    /// All of them, by their numbers.
    pub const ALL: [Self; 12] = [
        Self::Stop,
        Self::Confirm,
        Self::Name,
        Self::Provide,
        Self::Preserve,
        Self::Remove,
        Self::Isolate,
        Self::Restore,
        Self::Allow,
        Self::Meet,
        Self::Investigate,
        Self::Publish,
    ];

    /// The English infinitive, without `to`.
    pub fn en(self) -> &'static str {
        self.words().0
    }

    /// The Russian infinitive.
    pub fn ru(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Stop => ("stop", "прекратить"),
            Self::Confirm => ("confirm", "подтвердить"),
            Self::Name => ("name", "назвать"),
            Self::Provide => ("provide", "предоставить"),
            Self::Preserve => ("preserve", "сохранить"),
            Self::Remove => ("remove", "удалить"),
            Self::Isolate => ("isolate", "изолировать"),
            Self::Restore => ("restore", "восстановить"),
            Self::Allow => ("allow", "разрешить"),
            Self::Meet => ("meet", "встретиться"),
            Self::Investigate => ("investigate", "расследовать"),
            Self::Publish => ("publish", "опубликовать"),
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.en())
    }
}
