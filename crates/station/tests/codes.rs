//! Agreed texts as codes, from one station to the other. Rule CODE-10.

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

use redphone_api::{CodedText, MessageRef, Refusal, Request, Response};
use support::Pair;

const NORD: usize = 0;
const SUD: usize = 1;

fn c_06(hours: &str, check_only: bool) -> Request {
    let blanks = [
        ("from", "2027-10-31T18:00Z"),
        ("hours", hours),
        ("time", "2027-10-31T19:30Z"),
    ];
    Request::SendCode {
        to: None,
        code: "C-06".to_owned(),
        blanks: blanks
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        officer: "1st watch".to_owned(),
        check_only,
    }
}

fn send(pair: &mut Pair, request: Request) -> Result<CodedText, Refusal> {
    let now = pair.now;
    match pair.sides[NORD].ask(now, request)? {
        Response::Coded(coded) => Ok(*coded),
        other => panic!("a code was asked for, not {other:?}"),
    }
}

fn read(pair: &mut Pair, side: usize, name: &str) -> redphone_api::Message {
    let message: MessageRef = name.parse().unwrap();
    let now = pair.now;
    match pair.sides[side].ask(now, Request::Read { message }) {
        Ok(Response::Message(message)) => *message,
        other => panic!("{name} is there, not {other:?}"),
    }
}

#[test]
fn code_is_read_on_both_sides_word_for_word() {
    let mut pair = Pair::paired();
    let coded = send(&mut pair, c_06("4", false)).unwrap();
    let sent = coded.sent.unwrap();
    assert_eq!((sent.serial, coded.precedence.as_str()), (1, "FLASH"));
    assert!(sent.envelope_bytes < 60, "{}", sent.envelope_bytes);
    pair.run(Duration::from_millis(300));

    let [ours, theirs] =
        [(NORD, "0001"), (SUD, "NORD-0001")].map(|(side, name)| read(&mut pair, side, name));
    assert_eq!(ours.text, theirs.text);
    assert_eq!(ours.text, format!("{}\n\n{}", coded.text.en, coded.text.ru));
    assert_eq!(ours.summary.releaser, "1st watch");
    assert_eq!(theirs.summary.releaser, "code C-06");
    assert_eq!(theirs.summary.precedence, "FLASH");
    assert!(ours.summary.ladder.iter().any(|rung| rung.at.is_some()));
}

#[test]
fn code_that_is_only_read_leaves_nothing_behind() {
    let mut pair = Pair::paired();
    let coded = send(&mut pair, c_06("4", true)).unwrap();
    assert_eq!((coded.sent, coded.draft), (None, None));
    assert!(coded.text.en.contains("that the period lasts: 4."));
    pair.run(Duration::from_millis(300));
    assert_eq!(
        send(&mut pair, c_06("4", false))
            .unwrap()
            .sent
            .unwrap()
            .serial,
        1
    );
}

#[test]
fn blank_that_takes_something_else_is_refused_and_nothing_leaves() {
    let mut pair = Pair::paired();
    let refusal = send(&mut pair, c_06("256", false)).unwrap_err();
    assert!(refusal.what.starts_with("'hours' takes"), "{refusal}");
    let Request::SendCode {
        to,
        blanks,
        officer,
        check_only,
        ..
    } = c_06("4", false)
    else {
        panic!("a code");
    };
    let other = Request::SendCode {
        to,
        code: "C-63".to_owned(),
        blanks,
        officer,
        check_only,
    };
    let refusal = send(&mut pair, other).unwrap_err();
    assert!(refusal.what.contains("has no C-63"), "{refusal}");
    assert_eq!(
        send(&mut pair, c_06("4", false))
            .unwrap()
            .sent
            .unwrap()
            .serial,
        1
    );
}

#[test]
fn code_is_sent_again_as_a_code_when_the_keys_died() {
    let mut pair = Pair::paired();
    send(&mut pair, c_06("4", false)).unwrap();
    // Its envelope never arrives, and the keys that it was sealed with die.
    let now = pair.now;
    while pair.sides[NORD]
        .hub
        .poll_transmit(now, support::BEARER)
        .is_some()
    {}
    pair.pair("cards");
    let now = pair.now;
    let again = Request::ReleaseAgain {
        message: "0001".parse().unwrap(),
        officer: "1st watch".to_owned(),
    };
    pair.sides[NORD].ask(now, again).unwrap();
    pair.run(Duration::from_millis(500));
    let theirs = read(&mut pair, SUD, "NORD-0001");
    assert_eq!(theirs.summary.releaser, "code C-06");
}
