//! A station with nothing to do sleeps: its next instant is never one that has passed.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

mod support;

use std::time::Duration;

use support::{BEARER, Pair};

/// Steps, and at each asks both sides, once all frames are out, whether they want to be woken at
/// once.
fn sleepless_steps(pair: &mut Pair, steps: u32) -> u32 {
    let mut sleepless = 0;
    for _ in 0..steps {
        pair.step(Duration::from_millis(50));
        let now = pair.now;
        for side in &mut pair.sides {
            while side.hub.poll_transmit(now, BEARER).is_some() {}
            let due = side.hub.poll_timeout(now);
            sleepless += u32::from(due.is_some_and(|at| at <= now.monotonic));
        }
    }
    sleepless
}

#[test]
fn station_without_keys_is_not_kept_awake_by_a_bearer() {
    let mut pair = Pair::strangers();
    assert_eq!(sleepless_steps(&mut pair, 200), 0);
}

#[test]
fn paired_station_that_hears_nothing_is_not_kept_awake() {
    let mut pair = Pair::paired();
    pair.run(Duration::from_secs(1));
    assert_eq!(sleepless_steps(&mut pair, 200), 0);
}
