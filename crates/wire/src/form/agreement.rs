//! AGREEMENT: a lexicon or a code book is proposed, accepted, refused or retired.
//!
//! Owns how it is named: by the hash of its content, so that nothing else can be meant. The content
//! of a proposal is the first attachment of its message. Rule BOOK-1.

use minicbor::{Decode, Encode};

use super::Language;

/// What one side says of a lexicon or a code book.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Agreement {
    /// The language of the note.
    #[n(0)]
    pub language: Language,
    /// What is done.
    #[n(1)]
    pub act: AgreementAct,
    /// To what.
    #[n(2)]
    pub what: BookKind,
    /// Its name: small letters and underscores, at most `BOOK_NAME_BYTES_MAX`.
    #[n(3)]
    pub name: String,
    /// Its version, from 1.
    #[n(4)]
    pub version: u16,
    /// SHA-256 of its content.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// Why, at most `NOTE_BYTES_MAX` bytes.
    #[n(6)]
    pub note: Option<String>,
}

/// What is done to a lexicon or a code book.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(index_only)]
pub enum AgreementAct {
    /// It is to come into force.
    #[n(0)]
    Propose,
    /// It comes into force.
    #[n(1)]
    Accept,
    /// It does not.
    #[n(2)]
    Refuse,
    /// It is in force no longer, or its proposal no longer stands.
    #[n(3)]
    Retire,
}

/// What two sides agree on word for word.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum BookKind {
    /// Terms.
    #[n(0)]
    Lexicon,
    /// Full texts.
    #[n(1)]
    CodeBook,
}

impl Agreement {
    /// Its name with its version: `line-2`.
    pub fn title(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }
}

impl BookKind {
    /// In English.
    pub fn en(self) -> &'static str {
        match self {
            Self::CodeBook => "code book",
            Self::Lexicon => "lexicon",
        }
    }

    /// In Russian.
    pub fn ru(self) -> &'static str {
        match self {
            Self::CodeBook => "кодовая книга",
            Self::Lexicon => "словарь",
        }
    }
}
