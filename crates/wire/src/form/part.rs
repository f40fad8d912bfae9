//! Parts of a form: filled or openly marked, in a language of record, with the terms of a lexicon.

use minicbor::{Decode, Encode};

/// A part of a form. There is no third state: what is missing never leaves a station.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Part<T> {
    /// What it says.
    #[n(0)]
    Filled(#[n(0)] T),
    /// It says nothing, on purpose.
    #[n(1)]
    Marked(#[n(0)] Mark),
}

impl<T> Part<T> {
    /// What it says, if it says something.
    pub fn filled(&self) -> Option<&T> {
        match self {
            Self::Filled(value) => Some(value),
            Self::Marked(_) => None,
        }
    }
}

/// Why a part is empty.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(index_only)]
pub enum Mark {
    /// There is none.
    #[n(0)]
    None,
    /// There is one, and it is not said here.
    #[n(1)]
    NotDisclosed,
    /// It is not decided.
    #[n(2)]
    Undecided,
}

impl Mark {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::NotDisclosed, Self::Undecided];

    /// In English.
    pub fn en(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NotDisclosed => "decided, not disclosed",
            Self::Undecided => "undecided",
        }
    }

    /// In Russian.
    pub fn ru(self) -> &'static str {
        match self {
            Self::None => "нет",
            Self::NotDisclosed => "определено, не раскрывается",
            Self::Undecided => "не решено",
        }
    }
}

/// The parts of a form that a later message can change.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum PartName {
    /// The numbered asks.
    #[n(0)]
    Asks,
    /// What will not happen.
    #[n(1)]
    Assurance,
    /// How it is known.
    #[n(2)]
    Basis,
    /// The observable act that sets the consequence off.
    #[n(3)]
    BrightLine,
    /// What is objected to.
    #[n(4)]
    Conduct,
    /// What follows.
    #[n(5)]
    Consequence,
}

impl PartName {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Asks,
        Self::Assurance,
        Self::Basis,
        Self::BrightLine,
        Self::Conduct,
        Self::Consequence,
    ];

    /// The name in files and at the operator's border.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asks => "ask",
            Self::Assurance => "assurance",
            Self::Basis => "basis",
            Self::BrightLine => "bright_line",
            Self::Conduct => "conduct",
            Self::Consequence => "consequence",
        }
    }
}

/// A language of record.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Language {
    /// English.
    #[default]
    #[n(0)]
    English,
    /// Russian.
    #[n(1)]
    Russian,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::Russian];

    /// ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }
}

/// Names an agreed lexicon by its content, so that no two sides mean two by one name.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct LexiconId {
    /// At most `LEXICON_NAME_BYTES_MAX` bytes.
    #[n(0)]
    pub name: String,
    /// Counts up.
    #[n(1)]
    pub version: u16,
    /// The first bytes of the SHA-256 of its canonical bytes.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub digest: [u8; 8],
}
