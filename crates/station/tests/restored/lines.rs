//! Lines of a restored station: paired anew, and going on with no number taken twice.

use std::time::Duration;

use redphone_api::{MessageRef, RefusalKind, Request, Response, RungName, Tray};
use redphone_journal::Disk;

use crate::support::{BEARER, Pair};
use crate::{backup, read, restore_side, restored, send, tray, used};

fn status(pair: &mut Pair, side: usize) -> redphone_api::LineStatus {
    let now = pair.now;
    match pair.sides[side].ask(now, Request::Status).unwrap() {
        Response::Status(mut status) => status.lines.remove(0),
        other => panic!("the status was asked for, not {other:?}"),
    }
}

fn names(pair: &mut Pair, side: usize, of: Tray) -> Vec<String> {
    let messages = tray(pair, side, of).into_iter();
    messages.map(|message| message.name).collect()
}

fn release(pair: &mut Pair, side: usize, name: &str) {
    let message: MessageRef = name.parse().unwrap();
    let officer = "1st watch".to_owned();
    let now = pair.now;
    pair.sides[side]
        .ask(now, Request::ReleaseAgain { message, officer })
        .unwrap();
}

fn is_at_station(pair: &mut Pair, side: usize, name: &str) -> bool {
    let message = read(pair, side, name);
    let rung = |rung: &redphone_api::Rung| rung.rung == RungName::AtStation && rung.at.is_some();
    message.summary.ladder.iter().any(rung)
}

#[test]
fn restored_station_says_so_and_pairs_anew_with_the_same_peer() {
    let mut pair = used();
    let kept = backup(pair.sides[0].disk.contents(), 60);
    restore_side(&mut pair, 0, kept);

    let line = status(&mut pair, 0);
    assert!(
        line.held_because.contains("restored from a backup"),
        "{line:?}"
    );
    assert!(line.held_because.contains("pair with SUD anew"), "{line:?}");
    assert!(line.keys.is_none());
    let refused = send(&mut pair, 0, "too early").unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Policy);
    assert!(
        refused.what.contains("has no keys of the line to SUD"),
        "{refused}"
    );
    // What had no receipt is neither lost nor sent by itself: nobody can say whether it went.
    let held = read(&mut pair, 0, "0002").summary;
    assert!(held.held_because.contains("release it again"), "{held:?}");
    let unknown = held
        .ladder
        .iter()
        .any(|r| r.rung == RungName::AtStation && r.unknown);
    assert!(unknown, "{held:?}");
    assert!(is_at_station(&mut pair, 0, "0001"));
    assert_eq!(read(&mut pair, 0, "SUD-0001").text, "first of theirs");

    pair.pair("cards");
    pair.run(Duration::from_millis(300));
    assert_eq!(status(&mut pair, 0).held_because, "");
    assert_eq!(status(&mut pair, 0).keys.unwrap().generation, 2);
    assert_eq!(names(&mut pair, 1, Tray::In), ["NORD 0001"]);

    release(&mut pair, 0, "0002");
    send(&mut pair, 0, "three").unwrap();
    send(&mut pair, 1, "second of theirs").unwrap();
    pair.run(Duration::from_millis(300));
    let in_order = ["NORD 0001", "NORD 0002", "NORD 0003"];
    assert_eq!(names(&mut pair, 1, Tray::In), in_order);
    assert_eq!(names(&mut pair, 0, Tray::In), ["SUD 0001", "SUD 0002"]);
    for name in ["0002", "0003"] {
        assert!(is_at_station(&mut pair, 0, name), "{name}");
    }
}

/// Restores NORD to a state from before its messages 3 and 4 and SUD's 2, and pairs it anew.
fn restored_to_the_past() -> Pair {
    let mut pair = used();
    pair.run(Duration::from_millis(300));
    let kept = backup(pair.sides[0].disk.contents(), 60);
    send(&mut pair, 0, "three").unwrap();
    send(&mut pair, 0, "four").unwrap();
    send(&mut pair, 1, "second of theirs").unwrap();
    pair.run(Duration::from_millis(300));
    assert_eq!(tray(&mut pair, 1, Tray::In).len(), 4);
    restore_side(&mut pair, 0, kept);
    pair.pair("cards");
    pair
}

#[test]
pub(crate) fn no_number_is_taken_twice_after_a_restore() {
    let mut pair = restored_to_the_past();
    pair.run(Duration::from_millis(300));
    assert!(pair.sides[0].alarmed("SUD holds NORD 0003 to 0004, which are not here"));

    send(&mut pair, 0, "after the restore").unwrap();
    pair.run(Duration::from_millis(300));
    assert_eq!(read(&mut pair, 1, "NORD-0005").text, "after the restore");
    assert_eq!(read(&mut pair, 1, "NORD-0003").text, "three");
    assert_eq!(tray(&mut pair, 1, Tray::In).len(), 5);
    assert!(status(&mut pair, 1).missing.is_empty());
}

#[test]
fn what_the_peer_sent_since_the_backup_comes_again() {
    let mut pair = restored_to_the_past();
    pair.run(Duration::from_millis(300));
    assert_eq!(names(&mut pair, 0, Tray::In), ["SUD 0001", "SUD 0002"]);
    assert_eq!(read(&mut pair, 0, "SUD-0002").text, "second of theirs");
    assert!(status(&mut pair, 0).missing.is_empty());
    // At SUD it is said, nothing is new, and nothing is sent twice.
    let told = "The station of NORD was restored to a state from before SUD 0002 to 0002";
    assert!(pair.sides[1].alarmed(told), "{:?}", pair.sides[1].events);
    assert_eq!(names(&mut pair, 1, Tray::Out), ["SUD 0001", "SUD 0002"]);
}

#[test]
fn serial_that_was_lost_with_the_home_is_told_as_not_held() {
    let mut pair = used();
    pair.run(Duration::from_millis(300));
    let kept = backup(pair.sides[0].disk.contents(), 60);
    send(&mut pair, 0, "three, that never arrives").unwrap();
    let now = pair.now;
    while pair.sides[0].hub.poll_transmit(now, BEARER).is_some() {}
    send(&mut pair, 0, "four").unwrap();
    while let Some(frame) = pair.sides[0].hub.poll_transmit(now, BEARER) {
        pair.sides[1].hub.handle_frame(now, BEARER, &frame);
        pair.sides[1].hub.commit(now).unwrap();
    }
    assert_eq!(status(&mut pair, 1).missing, [3]);

    restore_side(&mut pair, 0, kept);
    pair.pair("cards");
    for _ in 0..100 {
        pair.run(Duration::from_millis(2));
        pair.step(Duration::from_secs(2));
    }
    assert!(status(&mut pair, 1).missing.is_empty());
    send(&mut pair, 0, "goes on").unwrap();
    pair.run(Duration::from_millis(300));
    assert_eq!(read(&mut pair, 1, "NORD-0005").text, "goes on");
}

#[test]
fn message_is_refused_until_the_peer_or_an_officer_says_which_serials_it_holds() {
    let mut pair = restored_to_the_past();
    let refused = send(&mut pair, 0, "too early").unwrap_err();
    assert!(refused.what.contains("has not said yet"), "{refused}");
    assert!(refused.to_do.contains("redphone line serials"), "{refused}");
    let doubt = status(&mut pair, 0).held_because;
    assert!(doubt.contains("which of our messages it holds"), "{doubt}");

    let named = Request::Serials {
        peer: None,
        highest: 4,
        officer: "1st watch".to_owned(),
    };
    let now = pair.now;
    let said = pair.sides[0].ask(now, named.clone()).unwrap();
    assert_eq!(
        said,
        Response::Done {
            said: "The next message to SUD is NORD 0005.".to_owned()
        }
    );
    let refused = pair.sides[0].ask(now, named).unwrap_err();
    assert!(refused.what.contains("not in doubt"), "{refused}");
    send(&mut pair, 0, "by voice").unwrap();
    pair.run(Duration::from_millis(300));
    assert_eq!(read(&mut pair, 1, "NORD-0005").text, "by voice");
}

#[test]
fn backup_from_before_the_last_pairing_is_told_which_generation_to_name() {
    let mut pair = used();
    let kept = backup(pair.sides[0].disk.contents(), 60);
    pair.pair("cards");
    pair.run(Duration::from_millis(300));
    restore_side(&mut pair, 0, kept);
    let lower = lower_side(&pair);
    if lower == 1 {
        // The other side begins, with a generation above both.
        pair.pair("cards");
        assert_eq!(status(&mut pair, 0).keys.unwrap().generation, 3);
        return;
    }
    let one = step(&mut pair, 0, None, None);
    let refused = refused_step(&mut pair, 1, one.clone());
    assert!(refused.to_do.contains("--generation 3"), "{refused}");
    assert_eq!(step(&mut pair, 0, None, None), one, "a letter is repeated");
    let two = step(&mut pair, 0, None, Some(3));
    let two = step(&mut pair, 1, Some(two), None);
    let three = step(&mut pair, 0, Some(two), None);
    step(&mut pair, 1, Some(three), None);
    assert_eq!(status(&mut pair, 0).keys.unwrap().generation, 3);
}

fn lower_side(pair: &Pair) -> usize {
    let keys = pair.sides[1].hub.bearer_keys(&pair.sides[1].peer);
    usize::from(keys.unwrap().lower)
}

fn request(side: usize, letter: Option<String>, generation: Option<u32>) -> Request {
    Request::Pair {
        peer: ["SUD", "NORD"][side].to_owned(),
        with: "cards".to_owned(),
        suites: None,
        letter,
        generation,
    }
}

fn step(pair: &mut Pair, side: usize, letter: Option<String>, generation: Option<u32>) -> String {
    let now = pair.now;
    match pair.sides[side].ask(now, request(side, letter, generation)) {
        Ok(Response::Pairing(step)) => step.letter,
        other => panic!("a pairing was asked for, not {other:?}"),
    }
}

fn refused_step(pair: &mut Pair, side: usize, letter: String) -> redphone_api::Refusal {
    let now = pair.now;
    let answer = pair.sides[side].ask(now, request(side, Some(letter), None));
    answer.unwrap_err()
}

#[test]
fn spent_generation_is_refused_where_it_is_named() {
    let mut pair = used();
    let lower = lower_side(&pair);
    let now = pair.now;
    let refused = pair.sides[lower].ask(now, request(lower, None, Some(1)));
    let refused = refused.unwrap_err();
    assert!(refused.what.contains("Generation 1 is spent"), "{refused}");
}

#[test]
pub(crate) fn restored_home_beside_the_old_one_says_nothing_on_the_line() {
    let mut pair = used();
    let kept = backup(pair.sides[0].disk.contents(), 60);
    let mut other = redphone_station::Hub::open(
        Disk::holding(restored(kept, 61)).open(),
        &crate::support::key(),
        pair.now,
        crate::support::entropy(9),
    )
    .unwrap();
    let bearer = BEARER;
    let peer = crate::support::name("SUD");
    other.add_bearer(pair.now, &peer, bearer, crate::support::spec(1_000_000));
    other.commit(pair.now).unwrap();
    for _ in 0..50 {
        pair.run(Duration::from_millis(20));
        other.handle_timeout(pair.now);
        other.commit(pair.now).unwrap();
        assert_eq!(other.poll_transmit(pair.now, bearer), None);
    }
    let in_order = ["NORD 0001", "NORD 0002"];
    assert_eq!(names(&mut pair, 1, Tray::In), in_order);
    assert!(!pair.sides[1].alarmed(""), "{:?}", pair.sides[1].events);
}

#[test]
fn order_wire_is_not_repeated_and_acknowledgements_are_not_lost() {
    let mut pair = used();
    let wire = |text: &str| Request::OrderWire {
        peer: None,
        text: text.to_owned(),
        officer: String::new(),
    };
    let message: MessageRef = "SUD-0001".parse().unwrap();
    let officer = "1st watch".to_owned();
    let now = pair.now;
    pair.sides[0].ask(now, wire("who knows")).unwrap();
    let kept = backup(pair.sides[0].disk.contents(), 60);
    restore_side(&mut pair, 0, kept);
    // The line has no keys: this waits.
    pair.sides[0]
        .ask(now, Request::Acknowledge { message, officer })
        .unwrap();
    pair.pair("cards");
    pair.run(Duration::from_millis(300));

    let list = Request::OrderWireList {
        peer: None,
        limit: 10,
    };
    let now = pair.now;
    let Response::OrderWire { lines } = pair.sides[1].ask(now, list).unwrap() else {
        panic!("the order wire was asked for");
    };
    assert!(lines.is_empty(), "{lines:?}");
    let theirs = read(&mut pair, 1, "0001").summary;
    assert_eq!(theirs.acknowledged_by, ["1st watch"]);
}

#[test]
fn what_was_settled_after_a_restore_stays_so_from_a_snapshot() {
    let mut pair = restored_to_the_past();
    pair.run(Duration::from_millis(300));
    let before = status(&mut pair, 1).serial_out;
    let now = pair.now;
    pair.sides[0].hub.close(now).unwrap();
    let home = Disk::holding(pair.sides[0].disk.contents());
    pair.sides[0].restart(now, home, 5);
    pair.run(Duration::from_millis(300));
    send(&mut pair, 0, "goes on").unwrap();
    pair.run(Duration::from_millis(300));
    assert_eq!(read(&mut pair, 1, "NORD-0005").text, "goes on");
    assert_eq!(status(&mut pair, 1).serial_out, before);
}
