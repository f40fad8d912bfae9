//! The watch at two hubs: what nobody acknowledges rises on both sides, the alarm rings until it is
//! acknowledged, and a silence acknowledges nothing (rules WATCH-1 to WATCH-6).

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

mod alarm;
#[cfg(feature = "planted-bugs")]
mod planted;
mod rising;
mod roster;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use redphone_api::{AlarmAct, AlarmView, MessageSummary, Request, Response, RungName};
use redphone_station::Ring;
use support::{Pair, flash};

pub(crate) const NORD: usize = 0;
pub(crate) const SUD: usize = 1;

pub(crate) fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// NORD 0001, a FLASH, is at SUD's station, and nobody has acknowledged it.
pub(crate) fn flashed() -> Pair {
    let mut pair = Pair::paired();
    let now = pair.now;
    pair.sides[NORD].ask(now, flash("One.")).unwrap();
    pair.run(Duration::from_millis(200));
    pair
}

pub(crate) fn acknowledge(pair: &mut Pair) {
    let request = Request::Acknowledge {
        message: "NORD-0001".parse().unwrap(),
        officer: "2nd watch".to_owned(),
    };
    let now = pair.now;
    pair.sides[SUD].ask(now, request).unwrap();
}

pub(crate) fn alarm(pair: &mut Pair, side: usize) -> AlarmView {
    let now = pair.now;
    match pair.sides[side].ask(now, Request::Alarm) {
        Ok(Response::Alarm(view)) => *view,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn act(
    pair: &mut Pair,
    act: AlarmAct,
    officer: &str,
) -> Result<Response, redphone_api::Refusal> {
    let now = pair.now;
    let officer = officer.to_owned();
    pair.sides[SUD].ask(now, Request::AlarmAct { act, officer })
}

/// The rings of SUD that are due.
pub(crate) fn rings(pair: &mut Pair) -> Vec<Ring> {
    let hub = &mut pair.sides[SUD].hub;
    std::iter::from_fn(|| hub.poll_ring()).collect()
}

/// Lets so many seconds pass, one by one, and counts the rings of SUD.
pub(crate) fn rings_within(pair: &mut Pair, seconds: u64) -> usize {
    let mut count = 0;
    for _ in 0..seconds {
        pair.step(s(1));
        count += rings(pair).len();
    }
    count
}

pub(crate) fn summary(pair: &mut Pair, side: usize, message: &str) -> MessageSummary {
    let message = message.parse().unwrap();
    let now = pair.now;
    match pair.sides[side].ask(now, Request::Read { message }) {
        Ok(Response::Message(message)) => message.summary,
        other => panic!("{other:?}"),
    }
}

/// What stands at the rung of the acknowledgement.
pub(crate) fn of_acknowledgement(pair: &mut Pair, side: usize) -> String {
    let ladder = summary(pair, side, "NORD-0001").ladder;
    let rung = ladder.iter().find(|one| one.rung == RungName::Acknowledged);
    rung.unwrap().proof.clone()
}

pub(crate) fn told(pair: &Pair, side: usize, words: &str) -> usize {
    let events = pair.sides[side].events.iter();
    events.filter(|event| event.said.contains(words)).count()
}
