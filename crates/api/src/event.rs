//! Events: what happened, without content, for desks and scripts that listen.

use serde::{Deserialize, Serialize};

/// One event. Ids ascend within one life of the station's journal.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Event {
    /// Its number, for `Last-Event-ID`.
    pub id: u64,
    /// When.
    pub at: u64,
    /// Which kind.
    pub kind: EventKind,
    /// The other side, or empty.
    pub peer: String,
    /// The message, as `NORD 0007`, or empty.
    pub message: String,
    /// In a sentence, without content.
    pub said: String,
}

/// Kinds of event.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// A lexicon or a code book was proposed, accepted, refused or retired.
    Agreement,
    /// Somebody must attend to something.
    Alarm,
    /// An ask moved, lapsed or was evaded.
    Ask,
    /// A late copy came by another bearer.
    AlsoCameBy,
    /// An attachment is whole.
    Attachment,
    /// A bearer changed its state.
    Bearer,
    /// A draft was held, released, stopped or sent.
    Draft,
    /// A message's ladder grew.
    Ladder,
    /// The line changed its state.
    Line,
    /// A message arrived.
    Message,
    /// The order wire.
    OrderWire,
    /// Keys moved.
    Refresh,
    /// Frames were refused.
    Refused,
    /// A service message.
    Service,
    /// The hourly test.
    Test,
}
