//! The fields of each call, as clients send them. Unknown fields are refused.

use std::path::PathBuf;

use redphone_api::{NewAttachment, Tray};
use serde::Deserialize;

/// Lines of a list when the query does not say.
const LIMIT: u32 = 100;

fn limit() -> u32 {
    LIMIT
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Officer {
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bearer {
    pub(crate) out: bool,
    pub(crate) because: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    pub(crate) card: String,
    pub(crate) words: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bag {
    pub(crate) dir: Option<PathBuf>,
    pub(crate) bearer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Desk {
    pub(crate) desk: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Journal {
    pub(crate) after: Option<u64>,
    #[serde(default = "limit")]
    pub(crate) limit: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiftHold {
    pub(crate) peer: Option<String>,
    pub(crate) because: String,
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    pub(crate) tray: Tray,
    pub(crate) peer: Option<String>,
    #[serde(default = "limit")]
    pub(crate) limit: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderWire {
    pub(crate) peer: Option<String>,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderWireList {
    pub(crate) peer: Option<String>,
    #[serde(default = "limit")]
    pub(crate) limit: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    pub(crate) peer: String,
    #[serde(default)]
    pub(crate) with: String,
    pub(crate) suites: Option<(String, String)>,
    pub(crate) letter: Option<String>,
    pub(crate) generation: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Peer {
    pub(crate) peer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reel {
    pub(crate) reel: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Send {
    pub(crate) to: Option<String>,
    pub(crate) precedence: String,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) subject: String,
    pub(crate) officer: String,
    #[serde(default)]
    pub(crate) attachments: Vec<NewAttachment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Serials {
    pub(crate) peer: Option<String>,
    pub(crate) highest: u32,
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subject {
    pub(crate) peer: Option<String>,
    pub(crate) subject: String,
    pub(crate) suspend: bool,
    pub(crate) because: String,
    pub(crate) officer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tape {
    pub(crate) peer: String,
    pub(crate) keys: u32,
    pub(crate) first: Option<u32>,
}
