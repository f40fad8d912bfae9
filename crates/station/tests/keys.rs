//! Restored, copied and mismatched stations: each is noticed, said in words, and has a way out.

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

use redphone_api::{MessageRef, RefusalKind, Request, Response};
use redphone_journal::Disk;
use support::{Pair, flash, install, name};

fn outbox(pair: &mut Pair, side: usize) -> Vec<redphone_api::MessageSummary> {
    let now = pair.now;
    let list = Request::List {
        tray: redphone_api::Tray::Out,
        peer: None,
        limit: 100,
    };
    match pair.sides[side].ask(now, list).unwrap() {
        Response::Messages { messages } => messages,
        other => panic!("messages were asked for, not {other:?}"),
    }
}

fn inbox_names(pair: &mut Pair, side: usize) -> Vec<String> {
    let now = pair.now;
    let list = Request::List {
        tray: redphone_api::Tray::In,
        peer: None,
        limit: 100,
    };
    let Response::Messages { messages } = pair.sides[side].ask(now, list).unwrap() else {
        panic!("messages were asked for");
    };
    messages.into_iter().map(|message| message.name).collect()
}

fn routine(text: &str) -> Request {
    let mut request = flash(text);
    if let Request::Send { precedence, .. } = &mut request {
        "routine".clone_into(precedence);
    }
    request
}

fn send(pair: &mut Pair, side: usize, request: Request) {
    let now = pair.now;
    pair.sides[side].ask(now, request).unwrap();
}

#[test]
fn restored_station_is_told_so_and_seals_nothing_until_it_pairs_anew() {
    let mut pair = Pair::paired();
    send(&mut pair, 0, routine("before the backup"));
    pair.run(Duration::from_millis(300));
    let backup = pair.sides[0].disk.contents();
    send(&mut pair, 0, routine("after the backup"));
    pair.run(Duration::from_millis(300));

    let now = pair.now;
    pair.sides[0].restart(now, Disk::holding(backup), 77);
    send(&mut pair, 0, routine("from the past"));
    pair.run(Duration::from_secs(3));
    assert!(pair.sides[0].alarmed("runs from an earlier state"));
    assert!(pair.sides[1].alarmed("restored to an earlier state"));
    let held = &outbox(&mut pair, 0)[0];
    assert!(held.held_because.contains("restored"), "{held:?}");

    pair.pair("cards");
    pair.run(Duration::from_secs(1));
    let now = pair.now;
    let message: MessageRef = "0002".parse().unwrap();
    let officer = "1st watch".to_owned();
    let again = Request::ReleaseAgain { message, officer };
    // SUD holds another message under this number: neither of the two is lost or mistaken.
    let refused = pair.sides[0].ask(now, again).unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Policy);
    assert!(refused.what.contains("may be another one"), "{refused}");
    send(&mut pair, 0, routine("from the past, as a new one"));
    pair.run(Duration::from_millis(300));
    let mut names = inbox_names(&mut pair, 1);
    names.sort();
    assert_eq!(names, ["NORD 0001", "NORD 0002", "NORD 0003"]);
    assert!(!pair.sides[1].alarmed("broke rule"));
}

#[test]
fn copy_of_a_station_that_lives_beside_it_is_noticed_on_both_sides() {
    let mut pair = Pair::paired();
    send(&mut pair, 0, routine("one"));
    pair.run(Duration::from_millis(300));
    let copy = pair.sides[0].disk.contents();
    let now = pair.now;
    let original = pair.sides[0].disk.contents();
    pair.sides[0].restart(now, Disk::holding(original), 5);
    send(&mut pair, 0, routine("two"));
    pair.run(Duration::from_secs(1));

    let now = pair.now;
    pair.sides[0].restart(now, Disk::holding(copy), 6);
    send(&mut pair, 0, routine("another two"));
    pair.run(Duration::from_secs(3));
    let noticed = pair.sides[1].alarmed("one is a copy")
        || pair.sides[1].alarmed("restored to an earlier state");
    assert!(noticed, "{:?}", pair.sides[1].events);
    assert_eq!(
        inbox_names(&mut pair, 1).len(),
        2,
        "the copy's text is refused"
    );
}

#[test]
fn messages_sealed_under_dead_keys_are_held_for_a_release_anew() {
    let mut pair = Pair::paired();
    send(&mut pair, 0, flash("nobody hears this"));
    let now = pair.now;
    assert!(
        pair.sides[0]
            .hub
            .poll_transmit(now, support::BEARER)
            .is_some()
    );

    pair.pair("cards");
    let held = &outbox(&mut pair, 0)[0];
    assert!(held.held_because.contains("release it again"), "{held:?}");

    let message: MessageRef = "0001".parse().unwrap();
    let officer = "1st watch".to_owned();
    send(&mut pair, 0, Request::ReleaseAgain { message, officer });
    pair.run(Duration::from_millis(300));
    assert_eq!(inbox_names(&mut pair, 1), ["NORD 0001"]);
}

#[test]
fn tape_is_used_once_and_named_when_it_is_wrong() {
    let mut pair = Pair::strangers();
    let now = pair.now;
    let reels = reels(&mut pair);
    for side in &mut pair.sides {
        for reel in &reels {
            let reel = reel.clone();
            side.ask(now, install(reel)).unwrap();
        }
        let reel = reels[0].clone();
        let again = side.ask(now, install(reel)).unwrap_err();
        assert!(again.what.contains("installed before"), "{again}");
    }
    pair.pair("both");
    send(&mut pair, 0, flash("over tapes and cards"));
    pair.run(Duration::from_millis(300));
    assert_eq!(inbox_names(&mut pair, 1), ["NORD 0001"]);
}

/// A reel of three keys for each direction, made at its side.
fn reels(pair: &mut Pair) -> [String; 2] {
    let now = pair.now;
    [(0, "SUD"), (1, "NORD")].map(|(side, peer)| {
        let make = Request::TapeMake {
            peer: peer.to_owned(),
            keys: 3,
            first: None,
        };
        let Response::Tape(tape) = pair.sides[side].ask(now, make).unwrap() else {
            panic!("a tape was asked for");
        };
        tape.armoured
    })
}

#[test]
fn reel_kept_for_a_pairing_serves_the_next_one_of_a_line_that_works() {
    let mut pair = Pair::paired();
    pair.run(Duration::from_millis(300));
    let now = pair.now;
    for reel in reels(&mut pair) {
        for side in &mut pair.sides {
            side.ask(now, install(reel.clone())).unwrap();
        }
    }
    let begin = |peer: &str| Request::Pair {
        peer: peer.to_owned(),
        with: "tapes".to_owned(),
        suites: None,
        letter: None,
        generation: None,
    };
    let refusals = [(0, "SUD"), (1, "NORD")].map(|(side, peer)| {
        let asked = pair.sides[side].ask(now, begin(peer));
        asked.err().map(|refusal| refusal.to_do)
    });
    let refused = refusals.into_iter().flatten().next().unwrap();
    assert!(refused.contains("--for-pairing"), "{refused}");

    for reel in reels(&mut pair) {
        for side in &mut pair.sides {
            let (reel, for_pairing) = (reel.clone(), true);
            let kept = Request::TapeInstall { reel, for_pairing };
            side.ask(now, kept.clone()).unwrap();
            let again = side.ask(now, kept).unwrap_err();
            assert!(again.what.contains("installed before"), "{again}");
        }
    }
    pair.pair("tapes");
    send(&mut pair, 0, flash("over tapes alone"));
    pair.run(Duration::from_millis(300));
    assert_eq!(inbox_names(&mut pair, 1), ["NORD 0001"]);
    for side in 0..2 {
        let Response::Status(status) = pair.sides[side].ask(pair.now, Request::Status).unwrap()
        else {
            panic!("a status was asked for");
        };
        let keys = status.lines[0].keys.clone().unwrap();
        assert_eq!(keys.generation, 2);
        assert_eq!((keys.tape_out, keys.tape_in), (2, 2), "one went in");
    }
}

#[cfg(feature = "planted-bugs")]
#[test]
fn planted_reel_that_goes_into_refreshes_is_noticed() {
    redphone_station::planted::is_noticed(
        redphone_station::planted::Bug::ReelNotKept,
        reel_kept_for_a_pairing_serves_the_next_one_of_a_line_that_works,
    );
}

#[test]
fn card_of_the_other_environment_or_with_wrong_words_is_refused() {
    let mut pair = Pair::strangers();
    let now = pair.now;
    let Response::Card(card) = pair.sides[1].ask(now, Request::CardShow).unwrap() else {
        panic!("a card was asked for");
    };
    let mut words = card.english.clone();
    words.swap(0, 1);
    let wrong = Request::CardImport {
        card: card.armoured.clone(),
        words: words.join(" "),
    };
    let refused = pair.sides[0].ask(now, wrong).unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Verification);
    assert!(refused.to_do.contains("no way to continue"), "{refused}");

    let own = Request::CardImport {
        words: card.english.join(" "),
        card: card.armoured,
    };
    let refused = pair.sides[1].ask(now, own).unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Policy);
}

#[test]
fn both_sides_may_send_once_a_bearer_joins_them() {
    let mut pair = Pair::strangers();
    pair.carry_letters("cards", 2);
    pair.run(Duration::from_secs(1));
    let now = pair.now;
    for side in &mut pair.sides {
        let Response::Status(status) = side.ask(now, Request::Status).unwrap() else {
            panic!("a status was asked for");
        };
        assert_eq!(status.lines[0].held_because, "");
        assert!(side.ask(now, flash("Nobody waits for the other.")).is_ok());
    }
}

#[test]
fn nothing_is_sealed_before_the_other_side_has_confirmed() {
    let mut pair = Pair::strangers();
    let now = pair.now;
    let lower = usize::from(
        !pair.sides[0].hub.is_paired(&name("SUD")) && {
            let pair_with = Request::Pair {
                peer: "SUD".to_owned(),
                with: "cards".to_owned(),
                suites: None,
                letter: None,
                generation: None,
            };
            let Response::Pairing(step) = pair.sides[0].ask(now, pair_with).unwrap() else {
                panic!("a pairing was asked for");
            };
            step.letter.is_empty()
        },
    );
    let higher = 1 - lower;
    let peers = ["SUD", "NORD"];
    let begin = |peer: &str, letter| Request::Pair {
        peer: peer.to_owned(),
        with: "cards".to_owned(),
        suites: None,
        letter,
        generation: None,
    };
    let Response::Pairing(one) = pair.sides[lower]
        .ask(now, begin(peers[lower], None))
        .unwrap()
    else {
        panic!("a pairing was asked for");
    };
    let two = begin(peers[higher], Some(one.letter));
    pair.sides[higher].ask(now, two).unwrap();
    send(&mut pair, higher, flash("too early"));
    let Response::Status(status) = pair.sides[higher].ask(now, Request::Status).unwrap() else {
        panic!("the status was asked for");
    };
    assert_eq!(status.lines[0].unreceipted, 0, "nothing is sealed");
    let held = &outbox(&mut pair, higher)[0];
    assert!(held.held_because.contains("not confirmed"), "{held:?}");
}

#[cfg(feature = "planted-bugs")]
#[test]
fn planted_messages_that_die_with_their_keys_are_noticed() {
    use redphone_station::planted::{Bug, is_noticed};
    is_noticed(
        Bug::DeadKeysForgotten,
        messages_sealed_under_dead_keys_are_held_for_a_release_anew,
    );
}
