//! The hourly test: even hours one side, odd hours the other (rules TEST-1 to TEST-6).
//!
//! ```text
//!   caller                          other side
//!   CallUp  ----------------------> Ready
//!   Text    ----------------------> compares it letter by letter with the book
//!           <---------------------- Result
//! ```
//!
//! Owns when to call, what to wait for and what was missed. The steps are messages like any other:
//! the hub seals them and the line carries them, so nothing here is repeated. An hour is called at
//! most once, whatever the wall clock does; when the clock was set so that none is due, the
//! monotonic clock calls instead.

use std::collections::VecDeque;
use std::time::Duration;

use redphone_wire::{Direction, Now, TestMessage};

use crate::TEST_TEXTS;
use crate::book::compare;

#[cfg(test)]
mod tests;
mod types;

pub use types::{Standing, TestConfig, TestEvent, TestMark};

/// Tests out of the hour, called by an officer or by the monotonic clock, carry this bit.
const EARLY_BIT: u32 = 1 << 31;
/// Hours that are remembered as called.
const HOURS_MAX: usize = 48;
/// Each side calls every second hour.
const CALL_INTERVAL: Duration = Duration::from_secs(2 * 3_600);
/// Later than this after the last call, the wall clock must have been set: a test is called anyway.
const CALL_INTERVAL_MAX: Duration = Duration::from_secs(2 * 3_600 + 600);
/// Sooner than this after the last call, the wall clock must have been set: no hour is called.
const CALL_INTERVAL_MIN: Duration = Duration::from_secs(3_600);
/// A step is waited for so long at least, and so many air times of a text.
const PATIENCE_MIN: Duration = Duration::from_secs(60);
const PATIENCE_AIR_TIMES: u32 = 6;
/// Missed in a row before the watch is woken.
const MISSED_ALARM: u32 = 2;
/// Steps of the peer that are answered in `ANSWERS_TIME`; more is a flood.
const ANSWERS_MAX: usize = 12;
const ANSWERS_TIME: Duration = Duration::from_secs(600);

/// Our test under way.
#[derive(Clone, Copy, Debug)]
struct Ours {
    test: u32,
    called_at: Duration,
    /// The step that we wait for is missed then.
    missed_at: Duration,
    /// True once the other side was ready: its result comes next.
    sent_text: bool,
}

/// The machine of the hourly test.
///
/// Order of calls: [`HourlyTest::handle_timeout`] at [`HourlyTest::poll_timeout`],
/// [`HourlyTest::handle`] for each step of the peer; both may return a step to seal and submit.
/// Then [`HourlyTest::poll_event`] until none. [`HourlyTest::mark`] is recorded with each call.
#[derive(Debug)]
pub struct HourlyTest {
    config: TestConfig,
    mark: TestMark,
    ours: Option<Ours>,
    /// When we last called by the hour, in this life.
    called_at: Option<Duration>,
    started_at: Duration,
    /// When the peer last tested us, or was last missed.
    peer_at: Duration,
    patience: Duration,
    answers: VecDeque<Duration>,
    events: VecDeque<TestEvent>,
}

impl HourlyTest {
    /// A machine that goes on from a mark.
    pub fn new(now: Now, config: TestConfig, mark: TestMark) -> Self {
        Self {
            config,
            mark,
            ours: None,
            called_at: None,
            started_at: now.monotonic,
            peer_at: now.monotonic,
            patience: PATIENCE_MIN,
            answers: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Lets time pass: misses what did not come, calls what is due. `air_time` is what a text of
    /// the book takes on the line's best bearer.
    pub fn handle_timeout(&mut self, now: Now, air_time: Duration) -> Option<TestMessage> {
        self.patience = PATIENCE_MIN.max(air_time.saturating_mul(PATIENCE_AIR_TIMES));
        if let Some(ours) = self.ours.filter(|ours| ours.missed_at <= now.monotonic) {
            self.ours = None;
            self.miss(Some(ours.test));
        }
        if !self.config.hourly {
            return None;
        }
        if self.peer_missed_at() <= now.monotonic {
            self.peer_at = now.monotonic;
            self.miss(None);
        }
        if self.ours.is_some() || self.call_at(now) > now.monotonic {
            return None;
        }
        let hour = now.utc.hour();
        self.called_at = Some(now.monotonic);
        if !self.is_due(hour) {
            return Some(self.call(now, self.mark.early | EARLY_BIT));
        }
        self.mark.hours.push(hour);
        if self.mark.hours.len() > HOURS_MAX {
            self.mark.hours.remove(0);
        }
        Some(self.call(now, hour & !EARLY_BIT))
    }

    /// An officer calls a test now. None while one is under way.
    pub fn call_early(&mut self, now: Now, air_time: Duration) -> Option<TestMessage> {
        if self.ours.is_some() {
            return None;
        }
        self.patience = PATIENCE_MIN.max(air_time.saturating_mul(PATIENCE_AIR_TIMES));
        Some(self.call(now, self.mark.early | EARLY_BIT))
    }

    fn call(&mut self, now: Now, test: u32) -> TestMessage {
        if test & EARLY_BIT != 0 {
            self.mark.early = self.mark.early.wrapping_add(1) & !EARLY_BIT;
        }
        self.ours = Some(Ours {
            test,
            called_at: now.monotonic,
            missed_at: now.monotonic + self.patience,
            sent_text: false,
        });
        TestMessage::CallUp { test }
    }

    /// A step of the peer; returns our next. Steps of a test that is not under way say nothing.
    pub fn handle(
        &mut self,
        now: Now,
        message: &TestMessage,
        ours: Standing,
        air_time: Duration,
    ) -> Option<TestMessage> {
        self.patience = PATIENCE_MIN.max(air_time.saturating_mul(PATIENCE_AIR_TIMES));
        match message {
            TestMessage::CallUp { test } => {
                let test = *test;
                self.may_answer(now).then_some(TestMessage::Ready { test })
            }
            TestMessage::Ready { test } => self.handle_ready(now, *test, ours),
            TestMessage::Text {
                test,
                number,
                latin,
                cyrillic,
                highest,
            } => {
                if !self.may_answer(now) {
                    return None;
                }
                let difference = compare(*number, latin, cyrillic);
                self.peer_at = now.monotonic;
                self.mark.missed = 0;
                self.events.push_back(TestEvent::Tested {
                    test: *test,
                    difference,
                    highest: *highest,
                });
                Some(TestMessage::Result {
                    test: *test,
                    difference,
                    highest: ours.highest,
                    log_at: ours.log_at,
                    log: ours.log,
                })
            }
            TestMessage::Result {
                test,
                difference,
                highest,
                log_at,
                log,
            } => {
                let answered = self
                    .ours
                    .take_if(|ours| ours.test == *test && ours.sent_text)?;
                self.mark.missed = 0;
                self.events.push_back(TestEvent::Answered {
                    test: *test,
                    took: now.monotonic.saturating_sub(answered.called_at),
                    difference: *difference,
                    highest: *highest,
                    log_at: *log_at,
                    log: *log,
                });
                None
            }
        }
    }

    fn handle_ready(&mut self, now: Now, test: u32, standing: Standing) -> Option<TestMessage> {
        let ours = self
            .ours
            .as_mut()
            .filter(|ours| ours.test == test && !ours.sent_text)?;
        ours.sent_text = true;
        ours.missed_at = now.monotonic + self.patience;
        let texts = u32::try_from(TEST_TEXTS.len()).unwrap_or(1).max(1);
        let number = u8::try_from(test % texts).unwrap_or(0);
        let (latin, cyrillic) = TEST_TEXTS.get(usize::from(number))?;
        Some(TestMessage::Text {
            test,
            number,
            latin: (*latin).to_owned(),
            cyrillic: (*cyrillic).to_owned(),
            highest: standing.highest,
        })
    }

    /// The next outcome.
    pub fn poll_event(&mut self) -> Option<TestEvent> {
        self.events.pop_front()
    }

    /// The monotonic instant of the next step, by both clocks as they are now.
    pub fn poll_timeout(&self, now: Now) -> Option<Duration> {
        let missed = self.ours.map(|ours| ours.missed_at);
        let hourly = self.config.hourly;
        let call = (hourly && self.ours.is_none()).then(|| self.call_at(now));
        let peer = hourly.then(|| self.peer_missed_at());
        [missed, call, peer].into_iter().flatten().min()
    }

    /// What to keep across a restart.
    pub fn mark(&self) -> TestMark {
        self.mark.clone()
    }

    /// Missed in a row.
    pub fn missed(&self) -> u32 {
        self.mark.missed
    }

    fn miss(&mut self, test: Option<u32>) {
        self.mark.missed = self.mark.missed.saturating_add(1);
        let missed = self.mark.missed;
        self.events.push_back(TestEvent::Missed { test, missed });
        if missed == MISSED_ALARM {
            self.events.push_back(TestEvent::Alarm { missed });
        }
    }

    /// Whether this hour is ours and was not called.
    fn is_due(&self, hour: u32) -> bool {
        let ours = match self.config.sending {
            Direction::FromLower => 0,
            Direction::FromHigher => 1,
        };
        hour % 2 == ours && !self.mark.hours.contains(&hour)
    }

    /// When we call next, by the wall clock as it is now, within what the monotonic one allows.
    fn call_at(&self, now: Now) -> Duration {
        const HOUR_MS: u64 = 3_600_000;
        let hour = now.utc.hour();
        let into = Duration::from_millis(now.utc.0 % HOUR_MS);
        let next = (0_u32..4).find(|ahead| self.is_due(hour.saturating_add(*ahead)));
        let by_hour = match next {
            Some(0) => now.monotonic,
            Some(ahead) => now.monotonic + Duration::from_millis(HOUR_MS) * ahead - into,
            None => now.monotonic + CALL_INTERVAL_MAX,
        };
        let earliest = self
            .called_at
            .map_or(Duration::ZERO, |at| at + CALL_INTERVAL_MIN);
        let latest = self.called_at.unwrap_or(self.started_at) + CALL_INTERVAL_MAX;
        by_hour.max(earliest).min(latest)
    }

    fn peer_missed_at(&self) -> Duration {
        self.peer_at + CALL_INTERVAL + self.patience
    }

    fn may_answer(&mut self, now: Now) -> bool {
        self.answers.retain(|at| *at + ANSWERS_TIME > now.monotonic);
        let may = self.answers.len() < ANSWERS_MAX;
        if may {
            self.answers.push_back(now.monotonic);
        }
        may
    }
}
