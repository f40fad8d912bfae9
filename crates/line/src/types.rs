//! What goes in and out of a [`Line`](crate::Line): plain data, no logic.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use minicbor::{Decode, Encode};
use redphone_wire::{Echo, EnvelopeId, Precedence, Received, Symbols};

use crate::{BearerId, BearerKind};

/// How a line is set up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LineConfig {
    /// How often this station has started: envelopes sent again go on with symbols that no
    /// earlier life has sent.
    pub life: u32,
    /// ROUTINE attachments skip bearers that would be busy with them for longer than this.
    pub routine_attachment_air_time_max: Duration,
}

impl Default for LineConfig {
    fn default() -> Self {
        Self {
            life: 0,
            routine_attachment_air_time_max: Duration::from_secs(3_600),
        }
    }
}

/// A sealed envelope on its way out.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Its number in our direction.
    pub id: EnvelopeId,
    /// First byte of its salt.
    pub mark: u8,
    /// The sealed bytes, at most `ENVELOPE_BYTES_MAX`.
    pub envelope: Arc<[u8]>,
    /// How urgent.
    pub precedence: Precedence,
    /// Bytes of the whole attachment when this is a chunk of one; texts go before them.
    pub attachment_bytes: Option<u64>,
    /// True when an earlier life of this station may have sent some of it.
    pub again: bool,
}

/// What became of a frame of symbols.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Arrival {
    /// An envelope that is already opened. A receipt is due again.
    Copy {
        /// Which.
        id: EnvelopeId,
        /// True the first time that it comes by a bearer other than the one that completed it:
        /// "also came by".
        first_bearer_differs: bool,
    },
    /// A number that is opened came with another mark: the peer was restored or cloned.
    OtherMark {
        /// Which.
        id: EnvelopeId,
        /// The mark that it came with.
        mark: u8,
    },
    /// Kept; more symbols are needed.
    Partial,
    /// Outside a bound; dropped.
    Refused(Refused),
    /// An envelope is complete. The hub opens it and calls
    /// [`Line::handle_opened`](crate::Line::handle_opened) or
    /// [`Line::handle_unopenable`](crate::Line::handle_unopenable) before anything else.
    Whole {
        /// Which.
        id: EnvelopeId,
        /// The mark that it came with.
        mark: u8,
        /// The sealed bytes.
        envelope: Vec<u8>,
    },
}

/// Why symbols were dropped. The peer has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refused {
    /// Symbols of that many and that long are more than an envelope may have.
    EnvelopeTooLong,
    /// The number is more than `JUMP_MAX` ahead of what is held.
    NumberTooFarAhead,
    /// The whole object does not end in the one padding that is allowed.
    Padding,
    /// More symbols than any honest sender needs did not make a whole.
    Undecodable,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EnvelopeTooLong => "symbols of an envelope that is longer than allowed",
            Self::NumberTooFarAhead => "an envelope number too far ahead of the last",
            Self::Padding => "an envelope that is not padded as the protocol says",
            Self::Undecodable => "symbols that do not make an envelope",
        })
    }
}

impl std::error::Error for Refused {}

/// What the hub seals into one frame and hands to the bearer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Transmit {
    /// A contact frame, under the contact key.
    Contact,
    /// A frame that says nothing.
    Cover {
        /// Zero bytes after its header.
        padding: usize,
    },
    /// A receipt. When the seal has nothing to prove yet, the hub sends `Cover { padding: 0 }` in
    /// its place: it says "heard" and no more.
    Receipt {
        /// Epoch of the peer's direction.
        epoch: u32,
        /// What is held.
        received: Received,
        /// Frames heard on this bearer when the echoed frame came, modulo 65,536.
        heard: u16,
        /// The frame that made us speak.
        echo: Echo,
    },
    /// Symbols of one envelope.
    Symbols {
        /// Epoch of our direction whose frame key seals it.
        epoch: u32,
        /// The symbols.
        symbols: Symbols,
    },
}

/// What changed, for the desk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LineEvent {
    /// A bearer changed its state.
    Bearer {
        /// Which.
        bearer: BearerId,
        /// Its state since now.
        state: BearerState,
    },
    /// The line changed its state.
    Line(LineState),
    /// A one-way line stopped repeating an envelope to make room for newer ones.
    RepeatsEnded(EnvelopeId),
}

/// The states of a bearer.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum BearerState {
    /// Frames pass, but many are lost or only one direction works.
    Degraded,
    /// Nothing heard although we tried, or never heard.
    Down,
    /// Taken out by an officer.
    Out,
    /// A courier, ready for a bag.
    Ready,
    /// Frames pass.
    Up,
}

impl fmt::Display for BearerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Degraded => "DEGRADED",
            Self::Down => "DOWN",
            Self::Out => "OUT",
            Self::Ready => "READY",
            Self::Up => "UP",
        })
    }
}

/// The four states of a line.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum LineState {
    /// No frames pass on any bearer.
    Down,
    /// Suspended by declaration; the order wire and the tests go on.
    Suspended,
    /// Frames pass and a desk is there.
    Up,
    /// Frames pass, but no desk confirms that it displays.
    UpDeskSilent,
}

impl fmt::Display for LineState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Down => "DOWN",
            Self::Suspended => "SUSPENDED",
            Self::Up => "UP",
            Self::UpDeskSilent => "UP, DESK SILENT",
        })
    }
}

/// What a bearer taught us, kept across restarts.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Learned {
    /// Round trip in microseconds, without the air time of our own frame.
    #[n(0)]
    pub round_trip_us: Option<u64>,
    /// Its mean deviation in microseconds.
    #[n(1)]
    pub deviation_us: u64,
    /// Frames of ours that the peer did not hear, of a thousand.
    #[n(2)]
    pub loss_permille: Option<u16>,
}

/// One bearer as the desk shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct BearerStatus {
    /// Which.
    pub id: BearerId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: BearerKind,
    /// Largest frame in use, in sealed bytes: less than configured while longer ones vanish.
    pub mtu: usize,
    /// Its state.
    pub state: BearerState,
    /// Since when, on the monotonic clock.
    pub since: Duration,
    /// Share of our frames that the peer did not hear, 0 to 1.
    pub loss: Option<f64>,
    /// Round trip, without the air time of our own frame.
    pub round_trip: Option<Duration>,
    /// Frames sent.
    pub frames_sent: u64,
    /// Frames heard.
    pub frames_heard: u64,
    /// Bytes of the frames sent, without what the bearer adds.
    pub bytes_sent: u64,
    /// When a frame was last heard, on the monotonic clock.
    pub heard_at: Option<Duration>,
    /// True when cover is on.
    pub cover: bool,
}
