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

use redphone_wire::{Difference, Direction, EnvelopeId, Now, Serial, TestMessage};

use crate::TEST_TEXTS;

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

/// The first letter in which a text differs from the book; of a text that our book lacks, the first.
fn compare(number: u8, latin: &str, cyrillic: &str) -> Option<Difference> {
    let (ours_latin, ours_cyrillic) = TEST_TEXTS.get(usize::from(number)).unwrap_or(&("", ""));
    let differs = |is_cyrillic, ours: &str, theirs: &str| {
        let letter = first_difference(ours, theirs)?;
        Some(Difference {
            cyrillic: is_cyrillic,
            letter,
        })
    };
    differs(false, ours_latin, latin).or_else(|| differs(true, ours_cyrillic, cyrillic))
}

fn first_difference(ours: &str, theirs: &str) -> Option<u32> {
    let mut theirs = theirs.chars();
    let mut letters = 0;
    for letter in ours.chars() {
        if theirs.next() != Some(letter) {
            return Some(letters);
        }
        letters += 1;
    }
    theirs.next().map(|_| letters)
}

#[cfg(test)]
mod tests {
    use redphone_wire::Utc;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const QUICK: Duration = Duration::from_millis(1);
    const STANDING: Standing = Standing {
        highest: Serial(7),
        log_at: None,
        log: [3; 16],
    };

    /// Two machines and one monotonic clock; each side has a wall clock of its own.
    struct Both {
        monotonic: Duration,
        skew_ms: [i64; 2],
        machines: [HourlyTest; 2],
        calls: [Vec<u32>; 2],
        connected: bool,
    }

    impl Both {
        fn new() -> Self {
            let machine = |sending| {
                let config = TestConfig {
                    sending,
                    hourly: true,
                };
                HourlyTest::new(Now::default(), config, TestMark::default())
            };
            Self {
                monotonic: Duration::ZERO,
                skew_ms: [0; 2],
                machines: [
                    machine(Direction::FromLower),
                    machine(Direction::FromHigher),
                ],
                calls: [Vec::new(), Vec::new()],
                connected: true,
            }
        }

        fn now(&self, side: usize) -> Now {
            const START: i64 = 1_792_000_800_000; // on the hour, an even one
            let utc = START + self.monotonic.as_millis() as i64 + self.skew_ms[side];
            Now {
                monotonic: self.monotonic,
                utc: Utc(utc as u64),
            }
        }

        fn run(&mut self, time: Duration) {
            let end = self.monotonic + time;
            while self.monotonic < end {
                for side in 0..2 {
                    let step = self.machines[side].handle_timeout(self.now(side), QUICK);
                    if let Some(TestMessage::CallUp { test }) = &step {
                        self.calls[side].push(*test);
                    }
                    self.exchange(side, step);
                }
                self.monotonic += Duration::from_secs(30);
            }
        }

        fn exchange(&mut self, from: usize, mut step: Option<TestMessage>) {
            let mut to = 1 - from;
            while let Some(message) = step.filter(|_| self.connected) {
                step = self.machines[to].handle(self.now(to), &message, STANDING, QUICK);
                to = 1 - to;
            }
        }

        fn events(&mut self, side: usize) -> Vec<TestEvent> {
            std::iter::from_fn(|| self.machines[side].poll_event()).collect()
        }
    }

    #[test]
    fn each_side_calls_every_second_hour() {
        let mut both = Both::new();
        both.run(HOUR * 24);
        assert_eq!(both.calls.clone().map(|calls| calls.len()), [12, 12]);
        assert!(both.calls[0].iter().all(|hour| hour % 2 == 0));
        assert!(both.calls[1].iter().all(|hour| hour % 2 == 1));
        for side in 0..2 {
            let events = both.events(side);
            assert_eq!(events.len(), 24);
            assert!(events.iter().all(|event| matches!(
                event,
                TestEvent::Answered {
                    difference: None,
                    highest: Serial(7),
                    ..
                } | TestEvent::Tested {
                    difference: None,
                    ..
                }
            )));
        }
    }

    #[test]
    fn silence_is_noticed_within_the_hour_and_wakes_the_watch() {
        let mut both = Both::new();
        both.run(HOUR * 4);
        both.events(0);
        both.connected = false;
        both.run(HOUR + PATIENCE_MIN * 2);
        let mut events = both.events(0);
        let missed = |event: &TestEvent| matches!(event, TestEvent::Missed { .. });
        assert!(events.iter().any(missed));
        both.run(HOUR * 3);
        events.extend(both.events(0));
        assert!(events.contains(&TestEvent::Alarm { missed: 2 }));

        both.connected = true;
        both.run(HOUR * 2);
        assert_eq!(both.machines[0].missed(), 0);
    }

    #[test]
    fn clock_jumps_neither_double_nor_skip_a_test() {
        const JUMPS: [i64; 6] = [2, -3, 24 * 40, -24 * 40, 1, -1];
        let mut both = Both::new();
        both.run(HOUR * 5);
        for jump in JUMPS {
            both.skew_ms[0] += jump * 3_600_000;
            let before = both.calls[0].len();
            both.run(HOUR * 12);
            let calls = both.calls[0].len() - before;
            assert!((4..=8).contains(&calls), "{calls} after a jump of {jump} h");
        }
        let mut ids = both.calls[0].clone();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), both.calls[0].len(), "each id once");
        assert!(both.machines.iter().all(|machine| machine.missed() == 0));
    }

    #[test]
    fn restart_does_not_test_an_hour_twice() {
        let mut both = Both::new();
        both.run(Duration::from_secs(600));
        assert_eq!(both.calls[0].len(), 1);
        let mark = both.machines[0].mark();
        let config = both.machines[0].config;
        both.machines[0] = HourlyTest::new(both.now(0), config, mark);
        both.run(Duration::from_secs(600));
        assert_eq!(both.calls[0].len(), 1);
        both.run(HOUR * 2);
        assert_eq!(both.calls[0].len(), 2);
    }

    #[test]
    fn early_tests_have_numbers_of_their_own() {
        let mut both = Both::new();
        both.run(Duration::from_secs(600));
        both.events(0);
        for early in 0..3 {
            let now = both.now(0);
            let call = both.machines[0].call_early(now, QUICK);
            assert_eq!(
                call,
                Some(TestMessage::CallUp {
                    test: EARLY_BIT | early
                })
            );
            both.exchange(0, call);
        }
        assert_eq!(both.events(0).len(), 3);
        assert_eq!(both.machines[0].mark().early, 3);
    }

    #[test]
    fn one_wrong_letter_is_named() {
        let (latin, cyrillic) = TEST_TEXTS[4];
        assert_eq!(compare(4, latin, cyrillic), None);
        let wrong = cyrillic.replacen('ё', "е", 1);
        let letter = cyrillic.chars().position(|letter| letter == 'ё').unwrap() as u32;
        let cyrillic_too = true;
        assert_eq!(
            compare(4, latin, &wrong),
            Some(Difference {
                cyrillic: cyrillic_too,
                letter
            })
        );
        let longer = format!("{latin}.");
        let letter = latin.chars().count() as u32;
        assert_eq!(
            compare(4, &longer, cyrillic),
            Some(Difference {
                cyrillic: false,
                letter
            })
        );
        assert!(compare(200, latin, cyrillic).is_some());
    }

    #[test]
    fn slow_line_is_given_the_time_that_its_air_takes() {
        let mut both = Both::new();
        let minute = Duration::from_secs(60);
        let call = both.machines[0].handle_timeout(both.now(0), minute);
        assert!(call.is_some());
        both.monotonic += minute * 5;
        assert_eq!(both.machines[0].handle_timeout(both.now(0), minute), None);
        assert!(both.events(0).is_empty());
    }

    #[test]
    fn flood_of_calls_is_not_answered_for_ever() {
        let mut both = Both::new();
        let now = both.now(1);
        let answered = (0..1_000)
            .filter(|test| {
                let call = TestMessage::CallUp { test: *test };
                both.machines[1]
                    .handle(now, &call, STANDING, QUICK)
                    .is_some()
            })
            .count();
        assert_eq!(answered, ANSWERS_MAX);
    }
}
