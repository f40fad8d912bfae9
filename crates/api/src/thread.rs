//! Threads as officers see them: what a message refers to, what stands, what crossed.

use serde::{Deserialize, Serialize};

use crate::{ChangedLine, MessageSummary};

/// The place of a message among the others of its line.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Place {
    /// What it refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refers: Option<Refers>,
    /// Why it no longer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Refers>,
    /// Messages of the other side that crossed it, as `SUD 0412`: each was released before its
    /// writer could have had the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crossed: Vec<String>,
}

/// How two messages stand to each other.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Refers {
    /// `answers`, `clarifies`, `names`, `reinforces`, `supersedes` or `withdraws`.
    pub kind: String,
    /// The other message, as `SUD 0412`.
    pub message: String,
    /// Whether it is held here.
    pub held: bool,
}

/// How a form differs from the one that it refers to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Difference {
    /// The earlier message, as `SUD 0412`.
    pub message: String,
    /// Its lines in English.
    pub en: Vec<ChangedLine>,
    /// Its lines in Russian.
    pub ru: Vec<ChangedLine>,
    /// Parts that differ and that its writer did not list, or listed and that do not differ.
    pub wrongly_listed: Vec<String>,
}

/// One thread.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Thread {
    /// Its first message, as `SUD 0412`.
    pub first: String,
    /// Whether that message is held here.
    pub held: bool,
    /// The other side.
    pub peer: String,
    /// Asks of its messages that no act has closed.
    pub asks_open: u32,
    /// Its messages that are here, the oldest first, by when they were released or came.
    pub messages: Vec<MessageSummary>,
}
