//! Two machines that test each other over days, with clocks that jump and a line that breaks.

use redphone_wire::{Serial, Utc};

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
