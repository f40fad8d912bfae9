//! The watch as officers see it: who keeps it, and what is open when it changes hands.

use serde::{Deserialize, Serialize};

/// One thing that is open when the watch changes hands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OpenThing {
    /// By which it is ticked: `NORD-0412`, `DRAFT-17`, `asks`.
    pub key: String,
    /// In a sentence, without content.
    pub said: String,
}

/// Who keeps the watch.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct WatchView {
    /// Who, and since when; none before the first.
    pub on: Option<(String, u64)>,
    /// Who is called when nobody acknowledges; or empty.
    pub next: String,
    /// Who is called after that; or empty.
    pub chief: String,
    /// To whom it is being handed, and since when.
    pub handed: Option<(String, u64)>,
    /// Who last heard the alarm when it was proven, and when.
    pub proven: Option<(String, u64)>,
    /// What became of the last test of each line, in a sentence.
    pub tests: Vec<String>,
    /// What is open.
    pub open: Vec<OpenThing>,
}
