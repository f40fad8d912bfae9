//! The hourly test: even hours one side, odd hours the other (rules TEST-1 to TEST-6).

use std::time::Duration;

use redphone_wire::{Difference, Direction, EnvelopeId, Now, Serial, TestMessage};

/// How a line is tested.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TestConfig {
    /// The direction in which we send: the side of the lower fingerprint calls in even hours.
    pub sending: Direction,
    /// False when only officers call tests.
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
    /// Tests that officers called.
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

/// The machine of the hourly test. Its steps travel as envelopes that the hub seals.
#[derive(Debug)]
pub struct HourlyTest {
    config: TestConfig,
}

impl HourlyTest {
    /// A machine that goes on from a mark.
    pub fn new(_now: Now, config: TestConfig, _mark: TestMark) -> Self {
        Self { config }
    }

    /// Lets time pass. `air_time` is what a text of the book takes on the line's best bearer.
    pub fn handle_timeout(&mut self, _now: Now, _air_time: Duration) -> Option<TestMessage> {
        None
    }

    /// An officer calls a test now. None while one is under way.
    pub fn call_early(&mut self, _now: Now, _air_time: Duration) -> Option<TestMessage> {
        None
    }

    /// A step of the peer; returns our next.
    pub fn handle(
        &mut self,
        _now: Now,
        _message: &TestMessage,
        _ours: Standing,
        _air_time: Duration,
    ) -> Option<TestMessage> {
        None
    }

    /// The monotonic instant of the next step, by both clocks as they are now.
    pub fn poll_timeout(&self, _now: Now) -> Option<Duration> {
        None
    }

    /// The next outcome.
    pub fn poll_event(&mut self) -> Option<TestEvent> {
        None
    }

    /// What to keep across a restart.
    pub fn mark(&self) -> TestMark {
        TestMark::default()
    }

    /// Missed in a row.
    pub fn missed(&self) -> u32 {
        u32::from(self.config.hourly) - u32::from(self.config.hourly)
    }
}
