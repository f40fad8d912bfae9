//! Refusals of the desk. Variants say who has to act.

use std::fmt;

use redphone_wire::Serial;

use crate::officers::Barred;

/// Why the desk refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeskError {
    /// The officer asked for what may not be: he has to change it.
    NotPermitted(NotPermitted),
    /// The peer broke PROTOCOL.md: tell their duty officer on the order wire.
    PeerMisbehaved(PeerMisbehaved),
}

/// What an officer may not do.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotPermitted {
    /// An officer, or his signature, does not carry it.
    Barred(Barred),
    /// A field is empty that must not be.
    Empty {
        /// Which.
        what: &'static str,
    },
    /// A form breaks a bound, or has a text beside it.
    Form {
        /// Which part.
        part: &'static str,
    },
    /// There is no such message.
    NoSuchMessage,
    /// Every serial of this direction is used.
    SerialsExhausted,
    /// The subject is suspended by declaration.
    Suspended {
        /// Which.
        subject: String,
        /// Who declared it and why.
        because: String,
    },
    /// The subject is not suspended.
    NotSuspended {
        /// Which.
        subject: String,
    },
    /// Something is longer or more than its bound.
    TooMuch {
        /// What.
        what: &'static str,
        /// The bound.
        most: usize,
    },
    /// A name has control characters, or others that nobody sees.
    Unseen {
        /// Which.
        what: &'static str,
    },
}

/// Which rule of the protocol the peer broke.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PeerMisbehaved {
    /// DESK-1: a field is empty or longer than its bound.
    Bound {
        /// Which.
        what: &'static str,
    },
    /// DESK-2: a serial was used for two different messages.
    SerialReused {
        /// Which.
        serial: Serial,
    },
    /// DESK-3: serials jumped by more than the bound, or were zero.
    SerialJump {
        /// Which.
        serial: Serial,
    },
    /// DESK-4: something was said of a message that we never sent.
    UnknownMessage {
        /// Which.
        serial: Serial,
    },
    /// DESK-5: a piece does not fit the attachment that was announced, or there is no room for it.
    Piece {
        /// Of which message.
        serial: Serial,
    },
    /// DESK-6: the body is not in the one form that its kind has.
    Malformed,
}

impl fmt::Display for DeskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPermitted(why) => why.fmt(f),
            Self::PeerMisbehaved(why) => why.fmt(f),
        }
    }
}

impl fmt::Display for NotPermitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Barred(why) => why.fmt(f),
            Self::Empty { what } => write!(f, "the {what} is empty"),
            Self::Form { part } => write!(f, "the form's {part} is not as it must be"),
            Self::NoSuchMessage => f.write_str("there is no such message"),
            Self::SerialsExhausted => f.write_str("every serial of this line is used"),
            Self::Suspended { subject, because } => {
                write!(f, "the subject '{subject}' is suspended: {because}")
            }
            Self::NotSuspended { subject } => write!(f, "the subject '{subject}' is not suspended"),
            Self::TooMuch { what, most } => write!(f, "the {what} may be at most {most}"),
            Self::Unseen { what } => write!(f, "the {what} has characters that nobody sees"),
        }
    }
}

impl PeerMisbehaved {
    /// The rule of PROTOCOL.md that was broken.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Bound { .. } => "DESK-1",
            Self::SerialReused { .. } => "DESK-2",
            Self::SerialJump { .. } => "DESK-3",
            Self::UnknownMessage { .. } => "DESK-4",
            Self::Piece { .. } => "DESK-5",
            Self::Malformed => "DESK-6",
        }
    }
}

impl fmt::Display for PeerMisbehaved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bound { what } => write!(f, "the {what} breaks its bound"),
            Self::SerialReused { serial } => write!(f, "serial {serial} was used twice"),
            Self::SerialJump { serial } => write!(f, "serial {serial} jumps too far"),
            Self::UnknownMessage { serial } => write!(f, "we never sent {serial}"),
            Self::Piece { serial } => write!(f, "a piece does not fit {serial}"),
            Self::Malformed => f.write_str("a body is not in its one form"),
        }
    }
}

impl std::error::Error for DeskError {}
impl std::error::Error for NotPermitted {}
impl std::error::Error for PeerMisbehaved {}

impl From<NotPermitted> for DeskError {
    fn from(why: NotPermitted) -> Self {
        Self::NotPermitted(why)
    }
}

impl From<Barred> for NotPermitted {
    fn from(why: Barred) -> Self {
        Self::Barred(why)
    }
}

impl From<PeerMisbehaved> for DeskError {
    fn from(why: PeerMisbehaved) -> Self {
        Self::PeerMisbehaved(why)
    }
}
