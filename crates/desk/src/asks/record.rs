//! What is written down of asks. Applied again in their order, the records are the book.

use minicbor::{Decode, Encode};
use redphone_wire::{Ask, Serial, Utc, UtcSeconds};

use super::state::{AskState, Event, Flags};

/// One of the two sides of a line, seen from here.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum Side {
    /// This station.
    #[n(0)]
    Us,
    /// The peer.
    #[n(1)]
    Peer,
}

impl Side {
    /// The other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Us => Self::Peer,
            Self::Peer => Self::Us,
        }
    }
}

/// Names an ask for ever.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
pub struct AskKey {
    /// Who asked, and so the direction of the message.
    #[n(0)]
    pub asker: Side,
    /// The message that asks.
    #[n(1)]
    pub serial: Serial,
    /// The number of the ask in it.
    #[n(2)]
    pub number: u8,
}

/// Who says something about which message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Said {
    /// Who says it.
    pub by: Side,
    /// Whose message it is about.
    pub asker: Side,
    /// The message that it is about.
    pub serial: Serial,
}

/// One fact about asks. Instants are of this station's clock.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum AskRecord {
    /// A message with this ask was released, here or there.
    #[n(0)]
    Listed {
        /// Its name.
        #[n(0)]
        key: AskKey,
        /// What is asked. Texts of the peer as they may be shown.
        #[n(1)]
        ask: Ask,
        /// When it opens even if the message was not read back.
        #[n(2)]
        readback_by: UtcSeconds,
        /// When it was listed.
        #[n(3)]
        at: Utc,
    },
    /// Something happened to an ask.
    #[n(1)]
    Moved(#[n(0)] AskMoved),
}

/// Something happened to an ask. Its state may be what it was.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct AskMoved {
    /// Which.
    #[n(0)]
    pub key: AskKey,
    /// When.
    #[n(1)]
    pub at: Utc,
    /// What happened.
    #[n(2)]
    pub event: Event,
    /// Where it stood.
    #[n(3)]
    pub from: AskState,
    /// Where it stands.
    #[n(4)]
    pub to: AskState,
    /// The flags that were raised.
    #[n(5)]
    pub flags: Flags,
    /// What was said, of an act about one ask.
    #[n(6)]
    pub terms: Option<Terms>,
    /// The number of a read-back, of an act about one.
    #[n(7)]
    pub readback: Option<u8>,
}

/// What an act said, as far as the book needs it. Texts as they may be shown.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Terms {
    /// Who will do it, or will answer; or empty.
    #[n(0)]
    pub who: String,
    /// By when it will be done or answered, or when it was done.
    #[n(1)]
    pub time: Option<UtcSeconds>,
    /// The deed committed to, the reason, the evidence, or what was seen; or empty.
    #[n(2)]
    pub words: String,
}
