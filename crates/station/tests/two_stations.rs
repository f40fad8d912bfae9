//! A message's whole way through two hubs.

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

use redphone_api::{MessageRef, Request, Response, RungName, Tray};
use redphone_line::{BearerId, BearerKind, BearerSpec, Rate};
use support::{BEARER, Pair, flash, spec};

fn read(pair: &mut Pair, side: usize, name: &str) -> redphone_api::Message {
    let message: MessageRef = name.parse().unwrap();
    let now = pair.now;
    let answer = pair.sides[side]
        .ask(now, Request::Read { message })
        .unwrap();
    let Response::Message(message) = answer else {
        panic!("a message was asked for");
    };
    *message
}

fn reached(message: &redphone_api::Message, rung: RungName) -> bool {
    message
        .summary
        .ladder
        .iter()
        .any(|one| one.rung == rung && one.at.is_some())
}

#[test]
fn serial_alone_that_only_came_in_is_refused_with_its_full_name() {
    let mut pair = Pair::paired();
    let now = pair.now;
    pair.sides[0].ask(now, flash("Hold.")).unwrap();
    pair.run(Duration::from_millis(200));
    let message: MessageRef = "0001".parse().unwrap();
    let now = pair.now;
    let refused = pair.sides[1].ask(now, Request::Read { message });
    let refusal = refused.unwrap_err();
    assert!(
        refusal.to_do.contains("redphone read NORD-0001"),
        "{refusal}"
    );
}

#[test]
fn flash_is_receipted_shown_and_acknowledged() {
    let mut pair = Pair::paired();
    let now = pair.now;
    pair.sides[0]
        .ask(now, flash("This is not a drill."))
        .unwrap();

    pair.run(Duration::from_millis(200));
    let theirs = read(&mut pair, 1, "NORD-0001");
    assert_eq!(theirs.text, "This is not a drill.");
    assert!(reached(&read(&mut pair, 0, "0001"), RungName::AtStation));

    let message: MessageRef = "NORD-0001".parse().unwrap();
    let now = pair.now;
    let shown = Request::Shown {
        message: message.clone(),
    };
    pair.sides[1].ask(now, shown).unwrap();
    let officer = "2nd watch".to_owned();
    pair.sides[1]
        .ask(now, Request::Acknowledge { message, officer })
        .unwrap();
    pair.run(Duration::from_millis(200));

    let ours = read(&mut pair, 0, "0001");
    assert!(reached(&ours, RungName::OnDesk));
    assert_eq!(ours.summary.acknowledged_by, ["2nd watch"]);
}

#[test]
fn no_frame_leaves_before_its_record_is_durable() {
    let mut pair = Pair::paired();
    pair.run(Duration::from_millis(100));
    let now = pair.now;
    pair.sides[0].hub.handle_request(now, flash("one")).unwrap();

    assert_eq!(pair.sides[0].hub.poll_transmit(now, BEARER), None);
    pair.sides[0].hub.commit(now).unwrap();
    assert!(pair.sides[0].hub.poll_transmit(now, BEARER).is_some());
}

#[test]
fn nothing_is_listed_twice_when_every_frame_comes_twice() {
    let mut pair = Pair::paired();
    let now = pair.now;
    pair.sides[0].ask(now, flash("once")).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = pair.sides[0].hub.poll_transmit(now, BEARER) {
        frames.push(frame);
    }
    for frame in frames.iter().chain(&frames) {
        pair.sides[1].hub.handle_frame(now, BEARER, frame);
        pair.sides[1].hub.commit(now).unwrap();
    }
    let list = Request::List {
        tray: Tray::In,
        peer: None,
        limit: 10,
    };
    let Response::Messages { messages } = pair.sides[1].ask(now, list).unwrap() else {
        panic!("messages were asked for");
    };
    assert_eq!(messages.len(), 1);
}

#[test]
fn line_that_goes_down_names_its_bearer_and_offers_a_bag() {
    let mut pair = Pair::paired();
    let (now, courier) = (pair.now, BearerId(2));
    let bag = BearerSpec {
        name: "bag".to_owned(),
        kind: BearerKind::Courier,
        rate: Rate::UNPACED,
        ..spec(0)
    };
    let side = &mut pair.sides[0];
    let peer = side.peer.clone();
    side.hub.add_bearer(now, &peer, courier, bag);
    pair.run(Duration::from_secs(2));
    let peer = None;
    let now = pair.now;
    pair.sides[0].ask(now, Request::TestNow { peer }).unwrap();
    for _ in 0..2_000 {
        let now = pair.now;
        while pair.sides[0].hub.poll_transmit(now, BEARER).is_some() {}
        pair.step(Duration::from_millis(10));
    }
    let said = |words: &str| {
        let mut events = pair.sides[0].events.iter();
        events.any(|event| event.said.contains(words))
    };
    assert!(said("udp is DOWN"));
    assert!(said("The line to SUD is DOWN. A bag can go"));
}
