//! TRANSLATION: what one free text of a message says in the other language, how sure that is, and
//! who says so.
//!
//! It never stands in the place of the original. Rules FORM-9 to FORM-11.

use minicbor::{Decode, Encode};

use super::Language;
use crate::Serial;

/// A translation of one free text of a message, ours or theirs.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Translation {
    /// The language that it is in.
    #[n(0)]
    pub language: Language,
    /// True when the message is of the side that sends this. False when it is of the other.
    #[n(1)]
    pub ours: bool,
    /// The message.
    #[n(2)]
    pub message: Serial,
    /// The field: `note.text`, `ask.2.object`, or `text` of a plain statement. At most
    /// `FIELD_NAME_BYTES_MAX` bytes.
    #[n(3)]
    pub field: String,
    /// How sure it is.
    #[n(4)]
    pub grade: Grade,
    /// Who made it, at most `OFFICER_NAME_BYTES_MAX` bytes. A claim of the sending station.
    #[n(5)]
    pub by: String,
    /// At most `TRANSLATION_BYTES_MAX` bytes.
    #[n(6)]
    pub text: String,
}

/// How sure a translation is.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Grade {
    /// Made while reading, to be quick.
    #[n(0)]
    Sight,
    /// Written down, read by nobody else.
    #[n(1)]
    Rough,
    /// The sending side stands by it. The original still decides.
    #[n(2)]
    Official,
}

impl Grade {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sight, Self::Rough, Self::Official];

    /// The word in commands; also the English one.
    pub fn en(self) -> &'static str {
        match self {
            Self::Sight => "sight",
            Self::Rough => "rough",
            Self::Official => "official",
        }
    }

    /// In Russian.
    pub fn ru(self) -> &'static str {
        match self {
            Self::Sight => "с листа",
            Self::Rough => "черновой",
            Self::Official => "официальный",
        }
    }
}
