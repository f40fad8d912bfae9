//! Lexicons and code books of a line, and the agreed meaning of terms.

use serde::{Deserialize, Serialize};

use crate::{DraftFields, Sent, Word};

/// Which of the two a request is about.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BookKind {
    /// Full texts that go as codes.
    Codebook,
    /// Terms that both sides mean alike.
    Lexicon,
}

/// What an officer says of a lexicon or a code book.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BookAct {
    /// It comes into force.
    Accept,
    /// It is to come into force.
    Propose,
    /// It does not.
    Refuse,
    /// It is in force no longer; of a proposal of ours: it no longer stands.
    Retire,
}

/// Where a lexicon or a code book stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum BookState {
    /// Both sides write by it.
    InForce,
    /// It is not held here.
    NotHeld,
    /// One side proposed it and the other has not decided.
    Proposed,
    /// The other side refused it.
    Refused,
    /// One side retired it, or withdrew its proposal.
    Retired,
    /// A newer one is in force.
    Superseded,
}

impl BookState {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::NotHeld => "not held here",
            Self::Proposed => "proposed",
            Self::Refused => "refused",
            Self::Retired => "retired",
            Self::Superseded => "superseded",
        }
    }
}

/// A lexicon or a code book of a line.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Book {
    /// The line.
    pub peer: String,
    /// Which of the two.
    pub what: BookKind,
    /// Its name with its version: `line-2`.
    pub name: String,
    /// SHA-256 of its content, hexadecimal.
    pub digest: String,
    /// Where it stands.
    pub state: BookState,
    /// The message that proposed it, as `NORD 0007`; empty for the shipped one.
    pub proposal: String,
    /// When it was proposed; none for the shipped one.
    pub proposed_at: Option<u64>,
    /// When both sides had agreed on it.
    pub accepted_at: Option<u64>,
    /// When it was refused or retired.
    pub ended_at: Option<u64>,
}

/// The whole of a lexicon or a code book, word for word.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BookText {
    /// Where it stands.
    pub book: Book,
    /// Its file, in TOML.
    pub file: String,
}

/// Something was said of a lexicon or a code book, or looked at.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BookSaid {
    /// In a sentence.
    pub said: String,
    /// The message that says it; none where it was only looked at.
    pub sent: Option<Sent>,
    /// What was looked at, to be held where officers are enrolled. It lacks its expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftFields>,
}

/// The lexicon that a form names, and where it stands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LexiconNamed {
    /// Its name with its version: `starter-1`.
    pub name: String,
    /// Where it stands. Where it is not held, terms are shown by their numbers.
    pub state: BookState,
}

/// A term that a form uses, with its agreed meaning.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TermMeant {
    /// Its number: `T-007`.
    pub id: String,
    /// Its words.
    pub word: Word,
    /// What it means.
    pub means: Word,
    /// What it does not include; empty where nothing is said.
    pub excludes: Word,
}
