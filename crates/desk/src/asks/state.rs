//! Where an ask stands, what may be said against it, and what happens to it: words only, no logic.

use std::fmt;

use minicbor::{Decode, Encode};
use redphone_wire::ActWord;

/// Where an ask stands. In the order of its life.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum AskState {
    /// Written and not released. The book holds none: a draft has no serial yet.
    #[n(0)]
    Draft,
    /// Released; nobody has shown that the other station holds it.
    #[n(1)]
    Sent,
    /// At the station of the side that was asked; not read back.
    #[n(2)]
    Delivered,
    /// Read back, and the asker said CORRECT. It opens at once.
    #[n(3)]
    Understood,
    /// To be answered.
    #[n(4)]
    Open,
    /// To be answered by a time that the side that was asked named.
    #[n(5)]
    Deferred,
    /// Something else was proposed. Still to be answered.
    #[n(6)]
    Countered,
    /// A stated fact was denied. Still to be answered.
    #[n(7)]
    Disputed,
    /// It will be done by a time.
    #[n(8)]
    Committed,
    /// It will not be done.
    #[n(9)]
    Refused,
    /// It cannot be done.
    #[n(10)]
    Unable,
    /// No answer will be given.
    #[n(11)]
    Declined,
    /// It is done, says the side that committed.
    #[n(12)]
    DoneClaimed,
    /// It is done, says the asker.
    #[n(13)]
    Verified,
    /// It was committed to and not done in time, or not done at all, says the asker.
    #[n(14)]
    Breached,
    /// Not answered in time. Still to be answered.
    #[n(15)]
    Lapsed,
    /// The asker no longer asks.
    #[n(16)]
    Withdrawn,
    /// A later message of the asker took its place.
    #[n(17)]
    Superseded,
}

impl AskState {
    /// All of them, by their numbers.
    pub const ALL: [Self; 18] = [
        Self::Draft,
        Self::Sent,
        Self::Delivered,
        Self::Understood,
        Self::Open,
        Self::Deferred,
        Self::Countered,
        Self::Disputed,
        Self::Committed,
        Self::Refused,
        Self::Unable,
        Self::Declined,
        Self::DoneClaimed,
        Self::Verified,
        Self::Breached,
        Self::Lapsed,
        Self::Withdrawn,
        Self::Superseded,
    ];

    /// Its name in English.
    pub fn en(self) -> &'static str {
        self.words().0
    }

    /// Its name in Russian, of a `запрос`.
    pub fn ru(self) -> &'static str {
        self.words().1
    }

    /// Whether no act has closed it: a reply that leaves it so has not answered it.
    pub fn is_unanswered(self) -> bool {
        match self {
            Self::Draft
            | Self::Sent
            | Self::Delivered
            | Self::Understood
            | Self::Open
            | Self::Deferred
            | Self::Countered
            | Self::Disputed
            | Self::Lapsed => true,
            Self::Committed
            | Self::Refused
            | Self::Unable
            | Self::Declined
            | Self::DoneClaimed
            | Self::Verified
            | Self::Breached
            | Self::Withdrawn
            | Self::Superseded => false,
        }
    }

    /// Whether nothing can come after it.
    pub fn is_final(self) -> bool {
        let owes_a_deed = matches!(self, Self::Committed | Self::DoneClaimed | Self::Breached);
        !self.is_unanswered() && !owes_a_deed
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("draft", "черновик"),
            Self::Sent => ("sent", "отправлен"),
            Self::Delivered => ("delivered", "доставлен"),
            Self::Understood => ("understood", "понят"),
            Self::Open => ("open", "открыт"),
            Self::Deferred => ("deferred", "ответ отложен"),
            Self::Countered => ("countered", "встречное предложение"),
            Self::Disputed => ("disputed", "факты оспорены"),
            Self::Committed => ("committed", "принято обязательство"),
            Self::Refused => ("refused", "отказано"),
            Self::Unable => ("unable", "невозможно"),
            Self::Declined => ("declined", "ответа не будет"),
            Self::DoneClaimed => ("done claimed", "заявлено об исполнении"),
            Self::Verified => ("verified", "исполнение подтверждено"),
            Self::Breached => ("breached", "обязательство нарушено"),
            Self::Lapsed => ("lapsed", "срок ответа истёк"),
            Self::Withdrawn => ("withdrawn", "снят"),
            Self::Superseded => ("superseded", "заменён"),
        }
    }
}

impl fmt::Display for AskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.en())
    }
}

/// What is held against an answer, or against the lack of one. A flag that was raised stays.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Flag {
    /// It was opened or answered before it was read back.
    NotReadBack,
    /// It was replied to in prose, without an act.
    Evaded,
    /// It was answered, or is to be answered, later than it should be.
    LateAnswer,
    /// Its answer was put off more than once.
    SecondDefer,
    /// What was committed to is not what was asked.
    CommitMismatch,
}

impl Flag {
    /// All of them, from the lowest bit.
    pub const ALL: [Self; 5] = [
        Self::NotReadBack,
        Self::Evaded,
        Self::LateAnswer,
        Self::SecondDefer,
        Self::CommitMismatch,
    ];

    /// What it says in English.
    pub fn en(self) -> &'static str {
        self.words().0
    }

    /// What it says in Russian.
    pub fn ru(self) -> &'static str {
        self.words().1
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotReadBack => ("not read back", "не повторён"),
            Self::Evaded => ("evaded", "ответ уклончив"),
            Self::LateAnswer => ("late answer", "ответ с опозданием"),
            Self::SecondDefer => ("second defer", "отложен повторно"),
            Self::CommitMismatch => ("commit mismatch", "обязательство не о том"),
        }
    }
}

/// A set of flags.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
#[cbor(transparent)]
pub struct Flags(#[n(0)] u8);

impl Flags {
    /// Adds a flag.
    #[must_use]
    pub fn with(self, flag: Flag) -> Self {
        Self(self.0 | flag.bit())
    }

    /// The flags of either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a flag is in it.
    pub fn has(self, flag: Flag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// The flags in it.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.into_iter().filter(move |flag| self.has(*flag))
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        flags.into_iter().fold(Self::default(), Self::with)
    }
}

/// What may happen to an ask.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
pub enum Event {
    /// An act was said about it.
    #[n(0)]
    Act(#[n(0)] ActWord),
    /// A time passed.
    #[n(1)]
    Clock(#[n(0)] Clock),
    /// Its message was replied to without an act.
    #[n(2)]
    Prose,
    /// Its read-back came to an end: follows CORRECT by itself.
    #[n(3)]
    ReadBackDone,
    /// Its message was released, by as many persons as the station's charter wants.
    #[n(4)]
    Release,
    /// A later message of the asker supersedes its message.
    #[n(5)]
    Supersede,
}

/// The times that an ask waits for.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Clock {
    /// By which the deed was committed to.
    #[n(0)]
    ActBy,
    /// By which the ask is to be answered.
    #[n(1)]
    AnswerBy,
    /// By which the message is to be read back.
    #[n(2)]
    ReadBackBy,
    /// By which a deferred answer was said to come.
    #[n(3)]
    Until,
}

impl Event {
    /// All that is not an act.
    pub const NOT_ACTS: [Self; 8] = [
        Self::Clock(Clock::ActBy),
        Self::Clock(Clock::AnswerBy),
        Self::Clock(Clock::ReadBackBy),
        Self::Clock(Clock::Until),
        Self::Prose,
        Self::ReadBackDone,
        Self::Release,
        Self::Supersede,
    ];
}
