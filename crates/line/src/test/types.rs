//! What goes in and out of an [`HourlyTest`](crate::HourlyTest): plain data, no logic.

use std::time::Duration;

use redphone_wire::{Difference, Direction, EnvelopeId, Serial};

/// How a line is tested.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TestConfig {
    /// The direction in which we send: the side of the lower fingerprint calls in even hours.
    pub sending: Direction,
    /// False when only officers call tests, and none is expected of the peer.
    pub hourly: bool,
}

/// What our side states in a test.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Standing {
    /// Highest serial released.
    pub highest: Serial,
    /// Last envelope of the peer that our running hash covers.
    pub log_at: Option<EnvelopeId>,
    /// That hash.
    pub log: [u8; 16],
}

/// What must survive a restart so that no hour is tested twice.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TestMark {
    /// Hours called, the newest last, at most 48.
    pub hours: Vec<u32>,
    /// Tests called out of the hour.
    pub early: u32,
    /// Missed in a row.
    pub missed: u32,
}

/// What became of a test.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TestEvent {
    /// Two tests in a row were missed: wake the watch.
    Alarm {
        /// Missed in a row.
        missed: u32,
    },
    /// Our test came back.
    Answered {
        /// Which.
        test: u32,
        /// From the call to the result.
        took: Duration,
        /// First difference that the peer found, or none.
        difference: Option<Difference>,
        /// Highest serial that the peer has released.
        highest: Serial,
        /// Last envelope of ours that the peer's running hash covers.
        log_at: Option<EnvelopeId>,
        /// That hash.
        log: [u8; 16],
    },
    /// A test of ours, or one that was expected of the peer, did not come to its end in time.
    Missed {
        /// Which of ours; none when the peer did not call.
        test: Option<u32>,
        /// Missed in a row.
        missed: u32,
    },
    /// The peer tested us.
    Tested {
        /// Which.
        test: u32,
        /// First difference from the book, or none.
        difference: Option<Difference>,
        /// Highest serial that the peer has released.
        highest: Serial,
    },
}
