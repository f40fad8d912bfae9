//! The way out of a hold that officers have: by name, with a reason, and never out of our own.

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

use redphone_api::{Refusal, RefusalKind, Request, Response};
use redphone_journal::Disk;
use support::{Pair, flash};

fn lift(pair: &mut Pair, side: usize, officer: &str, because: &str) -> Result<String, Refusal> {
    let now = pair.now;
    let request = Request::LiftHold {
        peer: None,
        because: because.to_owned(),
        officer: officer.to_owned(),
    };
    match pair.sides[side].ask(now, request)? {
        Response::Done { said } => Ok(said),
        other => panic!("a hold was lifted, not {other:?}"),
    }
}

fn held_because(pair: &mut Pair, side: usize) -> String {
    let now = pair.now;
    match pair.sides[side].ask(now, Request::Status).unwrap() {
        Response::Status(mut status) => status.lines.remove(0).held_because,
        other => panic!("the status was asked for, not {other:?}"),
    }
}

/// NORD runs from an old copy of its home, and SUD has noticed.
fn restored_by_a_plain_copy() -> Pair {
    let mut pair = Pair::paired();
    let now = pair.now;
    pair.sides[0].ask(now, flash("before the copy")).unwrap();
    pair.run(Duration::from_millis(300));
    let copy = pair.sides[0].disk.contents();
    let now = pair.now;
    pair.sides[0].ask(now, flash("after the copy")).unwrap();
    pair.run(Duration::from_millis(300));
    let now = pair.now;
    pair.sides[0].restart(now, Disk::holding(copy), 77);
    let now = pair.now;
    // Not FLASH: that goes at once, and shows a copy before the contact shows a restore.
    let mut waits = flash("from the past");
    if let Request::Send { precedence, .. } = &mut waits {
        "routine".clone_into(precedence);
    }
    pair.sides[0].ask(now, waits).unwrap();
    pair.run(Duration::from_secs(3));
    pair
}

#[test]
fn officers_lift_the_hold_on_a_peer_that_was_restored_and_it_is_written_down() {
    let mut pair = restored_by_a_plain_copy();
    let held = held_because(&mut pair, 1);
    assert!(held.contains("restored"), "{held}");

    let said = lift(&mut pair, 1, "1st watch", "the copy is stopped").unwrap();
    assert!(said.contains("lifted by 1st watch"), "{said}");
    assert_eq!(held_because(&mut pair, 1), "");
    let now = pair.now;
    let Response::Status(status) = pair.sides[1].ask(now, Request::Status).unwrap() else {
        panic!("the status was asked for");
    };
    assert!(status.alarms.is_empty(), "{:?}", status.alarms);
    let journal = Request::Journal {
        after: None,
        limit: 10,
    };
    let Response::Journal { lines } = pair.sides[1].ask(now, journal).unwrap() else {
        panic!("the journal was asked for");
    };
    let noted = lines.iter().any(|line| {
        line.what.contains("lifted by 1st watch") && line.what.contains("the copy is stopped")
    });
    assert!(noted, "{lines:?}");
}

#[test]
fn no_word_lifts_that_we_are_restored() {
    let mut pair = restored_by_a_plain_copy();
    let refused = lift(&mut pair, 0, "1st watch", "we know").unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Policy);
    assert!(refused.what.contains("no word lifts that"), "{refused}");
    assert!(refused.to_do.contains("Pair the line anew"), "{refused}");
    assert!(held_because(&mut pair, 0).contains("restored"));
}

#[test]
fn nothing_else_is_lifted_and_each_says_what_ends_it() {
    let mut strangers = Pair::strangers();
    let refused = lift(&mut strangers, 0, "1st watch", "why").unwrap_err();
    assert!(refused.what.contains("no keys with SUD"), "{refused}");

    let mut pair = Pair::paired();
    pair.run(Duration::from_millis(300));
    for (officer, because, what) in [
        ("", "why", "No officer"),
        ("1st watch", " ", "A reason is missing"),
        ("1st watch", "why", "Nothing is held"),
    ] {
        let refused = lift(&mut pair, 0, officer, because).unwrap_err();
        assert!(refused.what.contains(what), "{refused}");
    }
    let now = pair.now;
    let home = Disk::holding(pair.sides[0].disk.contents());
    pair.sides[0].restart(now, home, 5);
    let refused = lift(&mut pair, 0, "1st watch", "why").unwrap_err();
    assert!(
        refused.what.contains("no contact since the start"),
        "{refused}"
    );
}
