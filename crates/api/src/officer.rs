//! The roll of officers, as it is shown and as commands need it to sign.

use serde::{Deserialize, Serialize};

/// An officer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OfficerView {
    /// Name or title.
    pub name: String,
    /// What he may act as.
    pub roles: Vec<String>,
    /// Public key, hexadecimal.
    pub key: String,
    /// Who revoked him and why, or empty.
    pub revoked: String,
    /// The number of his next order, for which it is signed.
    pub orders: u64,
}

/// How many officers, besides its authors, release a kind of message.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CharterLine {
    /// The kind.
    pub kind: String,
    /// How many.
    pub releasers: u8,
}

/// The roll and the charter of a station.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Roll {
    /// The station, as a statement names it.
    pub station: String,
    /// `LIVE` or `EXERCISE`.
    pub environment: String,
    /// Whether signatures are asked for.
    pub signed: bool,
    /// All officers, the revoked ones too.
    pub officers: Vec<OfficerView>,
    /// How often the roll has changed: what the next change is signed for.
    pub changes: u64,
    /// The number that the next draft gets: what it is signed for.
    pub next_draft: u32,
    /// How many release what.
    pub charter: Vec<CharterLine>,
    /// How long a released draft can be recalled, in seconds; FLASH cannot.
    pub recall_window_s: u32,
}
