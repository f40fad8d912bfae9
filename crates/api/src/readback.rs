//! Read-backs as officers see them: the card, what was filled in, what differs.

use serde::{Deserialize, Serialize};

/// Where the read-back of a message stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadBackStanding {
    /// Nobody read it back.
    NotYet,
    /// It was read back, and waits for the word of its sender.
    Waits,
    /// Its sender corrected it: some items are to be read back again.
    Corrected,
    /// It was read back, and its sender said CORRECT.
    Confirmed,
}

/// The read-back of a message.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReadBack {
    /// The message that is read back, as `NORD 0412`.
    pub of: String,
    /// The other side of the line.
    pub peer: String,
    /// True when that message is ours.
    pub ours: bool,
    /// Where it stands.
    pub standing: ReadBackStanding,
    /// The number of the newest read-back; 0 before the first.
    pub number: u8,
    /// The message that carries it, as `SUD 0007`; or empty.
    pub carried_by: String,
    /// Who read it back, as his station claims; or empty.
    pub officer: String,
    /// Who confirmed it, as his station claims; or empty.
    pub confirmed_by: String,
    /// When it was confirmed.
    pub confirmed_at: Option<u64>,
    /// Items of the newest that differ or are blank.
    pub wrong: Vec<u16>,
    /// Items that were corrected three times or more: they are to be spoken on the order wire.
    pub speak: Vec<u16>,
    /// The items of the card; empty in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ReadBackItem>,
}

/// One item of a card.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReadBackItem {
    /// Its number, from 1.
    pub item: u16,
    /// The field that it stands in, as `ask.1.act_by`.
    pub field: String,
    /// What may be filled in, in English.
    pub hint: String,
    /// What the message says. A blank card lacks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// What the newest read-back says; or empty.
    pub read: String,
    /// Whether it is still to be read back.
    pub due: bool,
    /// How often it was corrected.
    pub misses: u8,
}

/// What was understood of one item.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// Its number on the card.
    pub item: u16,
    /// What was understood.
    pub value: String,
}
