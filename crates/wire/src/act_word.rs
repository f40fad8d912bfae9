//! The words of the acts: in both languages, who may say each, which of them close an ask.
//!
//! They follow the phrases of seafarers and pilots (IMO SMCP, resolution A.918(22); ICAO
//! radiotelephony), where each phrase means one thing: RECEIVED is no consent, UNABLE is no refusal.

use std::fmt;

use minicbor::{Decode, Encode};

/// The fifteen acts, without what each says.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum ActWord {
    /// The station holds the message. Commits to nothing; ROGER of ICAO.
    #[n(0)]
    Received,
    /// The message's items in the receiver's own words; READ BACK of ICAO.
    #[n(1)]
    ReadBack,
    /// The read-back is right.
    #[n(2)]
    Correct,
    /// The read-back is wrong, and what is right.
    #[n(3)]
    Correction,
    /// It will be done as asked; WILCO of ICAO, "I will ..." of SMCP.
    #[n(4)]
    Commit,
    /// It will not be done; "I will not ..." of SMCP.
    #[n(5)]
    Refuse,
    /// It cannot be done, as against will not; UNABLE of ICAO.
    #[n(6)]
    Unable,
    /// Something else is proposed instead. The ask stays listed.
    #[n(7)]
    Counter,
    /// The answer comes by a time; "Stand by" with a time of SMCP.
    #[n(8)]
    Defer,
    /// A stated fact is denied. The ask stays open.
    #[n(9)]
    Dispute,
    /// No answer will be given: an open non-reply; "No information" of SMCP.
    #[n(10)]
    Decline,
    /// What was committed to is done, says the side that committed.
    #[n(11)]
    Done,
    /// The asker has seen that it is done.
    #[n(12)]
    Verified,
    /// The asker has seen that it is not done.
    #[n(13)]
    NotVerified,
    /// The asker no longer asks.
    #[n(14)]
    Withdraw,
}

/// Who says an act. Which officer has which part is for the station's charter to say.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Speaker {
    /// The side that asked.
    Asker,
    /// The side that was asked: one who may bind it.
    Authority,
    /// The side that was asked: its officer on duty.
    DutyOfficer,
    /// The side that was asked: its station, by itself.
    Machine,
}

impl Speaker {
    /// Whether it is the side that asked.
    pub fn is_asker(self) -> bool {
        self == Self::Asker
    }
}

impl ActWord {
    /// All of them, by their numbers.
    pub const ALL: [Self; 15] = [
        Self::Received,
        Self::ReadBack,
        Self::Correct,
        Self::Correction,
        Self::Commit,
        Self::Refuse,
        Self::Unable,
        Self::Counter,
        Self::Defer,
        Self::Dispute,
        Self::Decline,
        Self::Done,
        Self::Verified,
        Self::NotVerified,
        Self::Withdraw,
    ];

    /// The English word of the act.
    pub fn en(self) -> &'static str {
        self.words().0
    }

    /// The Russian word of the act.
    pub fn ru(self) -> &'static str {
        self.words().1
    }

    /// Whether the act closes an ask. What is committed to has still to be done.
    pub fn closes(self) -> bool {
        match self {
            Self::Commit
            | Self::Refuse
            | Self::Unable
            | Self::Decline
            | Self::Verified
            | Self::Withdraw => true,
            Self::Received
            | Self::ReadBack
            | Self::Correct
            | Self::Correction
            | Self::Counter
            | Self::Defer
            | Self::Dispute
            | Self::Done
            | Self::NotVerified => false,
        }
    }

    /// Who says it.
    pub fn speaker(self) -> Speaker {
        match self {
            Self::Received => Speaker::Machine,
            Self::ReadBack | Self::Defer => Speaker::DutyOfficer,
            Self::Commit
            | Self::Refuse
            | Self::Unable
            | Self::Counter
            | Self::Dispute
            | Self::Decline
            | Self::Done => Speaker::Authority,
            Self::Correct
            | Self::Correction
            | Self::Verified
            | Self::NotVerified
            | Self::Withdraw => Speaker::Asker,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Received => ("RECEIVED", "ПОЛУЧЕНО"),
            Self::ReadBack => ("READ BACK", "ПОВТОРЯЮ"),
            Self::Correct => ("CORRECT", "ВЕРНО"),
            Self::Correction => ("CORRECTION", "ПОПРАВКА"),
            Self::Commit => ("COMMIT", "ОБЯЗУЕМСЯ"),
            Self::Refuse => ("REFUSE", "ОТКАЗЫВАЕМ"),
            Self::Unable => ("UNABLE", "НЕ МОЖЕМ"),
            Self::Counter => ("COUNTER", "ВСТРЕЧНОЕ ПРЕДЛОЖЕНИЕ"),
            Self::Defer => ("DEFER UNTIL", "ОТВЕТИМ ДО"),
            Self::Dispute => ("DISPUTE", "ОСПАРИВАЕМ"),
            Self::Decline => ("NO ANSWER WILL BE GIVEN", "ОТВЕТА НЕ БУДЕТ"),
            Self::Done => ("DONE", "ИСПОЛНЕНО"),
            Self::Verified => ("VERIFIED", "ПОДТВЕРЖДАЕМ ИСПОЛНЕНИЕ"),
            Self::NotVerified => ("NOT VERIFIED", "ИСПОЛНЕНИЕ НЕ ПОДТВЕРЖДЕНО"),
            Self::Withdraw => ("WITHDRAW", "СНИМАЕМ"),
        }
    }
}

impl fmt::Display for ActWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.en())
    }
}
