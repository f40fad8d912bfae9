//! WARNING: a bright line, what follows if it is crossed, and what is asked.
//!
//! The parts follow Schelling, *Arms and Influence*: a threat needs a line that both sides see the
//! same, a consequence, a time, and an assurance for the one who heeds it. Likelihood and
//! confidence are apart, as in Intelligence Community Directive 203.

use minicbor::{Decode, Encode};

use super::{Language, LexiconId, Part, Reference};
use crate::{Ask, UtcSeconds};

/// A warning. Every free text has at most `FIELD_BYTES_MAX` bytes.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Warning {
    /// The language of the free text.
    #[n(0)]
    pub language: Language,
    /// The lexicon whose terms it uses.
    #[n(1)]
    pub lexicon: Option<LexiconId>,
    /// How it stands to an earlier message.
    #[n(2)]
    pub reference: Reference,
    /// What is objected to.
    #[n(3)]
    pub conduct: Part<Conduct>,
    /// How it is known, and how surely.
    #[n(4)]
    pub basis: Part<Basis>,
    /// The observable act that sets the consequence off.
    #[n(5)]
    pub bright_line: Part<BrightLine>,
    /// What follows.
    #[n(6)]
    pub consequence: Part<Consequence>,
    /// From one to `ASKS_MAX` asks, numbered from 1.
    #[n(7)]
    pub asks: Part<Vec<Ask>>,
    /// What will not happen if it is heeded.
    #[n(8)]
    pub assurance: Part<Assurance>,
    /// Who speaks.
    #[n(9)]
    pub authority: Authority,
    /// Who can be asked about it.
    #[n(10)]
    pub contact: Option<String>,
    /// At most `NOTE_BYTES_MAX` bytes.
    #[n(11)]
    pub note: Option<String>,
}

/// An act of somebody, somewhere, at some time.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Conduct {
    /// Who did it.
    #[n(0)]
    pub actor: String,
    /// What: the id of a term, or words.
    #[n(1)]
    pub act: String,
    /// Where.
    #[n(2)]
    pub place: String,
    /// From when.
    #[n(3)]
    pub from: UtcSeconds,
    /// Until when; the same instant for one moment.
    #[n(4)]
    pub to: UtcSeconds,
}

/// How something is known, and how surely.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Basis {
    /// The class of sources.
    #[n(0)]
    pub sources: String,
    /// How likely it is.
    #[n(1)]
    pub likelihood: Likelihood,
    /// How good the grounds of that judgement are.
    #[n(2)]
    pub confidence: Confidence,
    /// What of it the other side is shown.
    #[n(3)]
    pub shown: Option<String>,
}

/// The seven steps of Intelligence Community Directive 203.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Likelihood {
    /// 1 to 5 of a hundred.
    #[n(1)]
    AlmostNoChance,
    /// 5 to 20.
    #[n(2)]
    VeryUnlikely,
    /// 20 to 45.
    #[n(3)]
    Unlikely,
    /// 45 to 55.
    #[n(4)]
    RoughlyEvenChance,
    /// 55 to 80.
    #[n(5)]
    Likely,
    /// 80 to 95.
    #[n(6)]
    VeryLikely,
    /// 95 to 99.
    #[n(7)]
    AlmostCertain,
}

impl Likelihood {
    /// All steps, the least first.
    pub const ALL: [Self; 7] = [
        Self::AlmostNoChance,
        Self::VeryUnlikely,
        Self::Unlikely,
        Self::RoughlyEvenChance,
        Self::Likely,
        Self::VeryLikely,
        Self::AlmostCertain,
    ];

    /// The id in files: `E1` to `E7`.
    pub fn id(self) -> &'static str {
        match self {
            Self::AlmostNoChance => "E1",
            Self::VeryUnlikely => "E2",
            Self::Unlikely => "E3",
            Self::RoughlyEvenChance => "E4",
            Self::Likely => "E5",
            Self::VeryLikely => "E6",
            Self::AlmostCertain => "E7",
        }
    }
}

/// How good the grounds of a judgement are.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Confidence {
    /// Few or doubtful sources.
    #[n(0)]
    Low,
    /// Credible sources that leave other readings.
    #[n(1)]
    Moderate,
    /// Good sources that agree.
    #[n(2)]
    High,
}

impl Confidence {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Moderate, Self::High];

    /// The word in files; also the English one.
    pub fn en(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }

    /// In Russian.
    pub fn ru(self) -> &'static str {
        match self {
            Self::Low => "низкая",
            Self::Moderate => "умеренная",
            Self::High => "высокая",
        }
    }
}

/// The line that must not be crossed: an act that both sides can observe and count.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct BrightLine {
    /// The act: the id of a term, or words.
    #[n(0)]
    pub act: String,
    /// From which count on.
    #[n(1)]
    pub count: u16,
    /// Where.
    #[n(2)]
    pub place: String,
    /// From when.
    #[n(3)]
    pub from: UtcSeconds,
    /// Until when.
    #[n(4)]
    pub to: UtcSeconds,
    /// By whose record it is judged.
    #[n(5)]
    pub judge: String,
}

/// What follows when the line is crossed.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Consequence {
    /// Who will act.
    #[n(0)]
    pub actor: String,
    /// What will be done.
    #[n(1)]
    pub act: String,
    /// Within how many seconds.
    #[n(2)]
    pub within_s: u32,
}

/// What will not happen if the warning is heeded.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Assurance {
    /// On which condition.
    #[n(0)]
    pub condition: String,
    /// What is promised.
    #[n(1)]
    pub act: String,
    /// Until when.
    #[n(2)]
    pub until: UtcSeconds,
}

/// Who speaks. Who released it stands in the message.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Authority {
    /// On whose behalf.
    #[n(0)]
    pub on_behalf_of: String,
}
