//! Rising: to the next officer, to the chief of watch, and what both sides are told.

use std::time::Duration;

use redphone_api::Request;

use crate::support::{BEARER, Pair, entropy, flash, key};
use crate::{NORD, SUD, acknowledge, alarm, flashed, of_acknowledgement, rings, s, told};

#[test]
fn what_nobody_acknowledges_rises_twice_and_both_sides_are_told() {
    let mut pair = flashed();
    rings(&mut pair);
    pair.step(s(119));
    assert_eq!(alarm(&mut pair, SUD).level, 0);
    pair.step(s(1));
    pair.run(Duration::from_millis(500));
    let ring = rings(&mut pair).pop().unwrap();
    assert_eq!(ring.level, 1);
    assert_eq!(told(&pair, SUD, "rises to the next officer"), 1);
    assert!(of_acknowledgement(&mut pair, NORD).contains("to their next officer"));
    assert_eq!(
        told(&pair, NORD, "nobody there has acknowledged our 0001"),
        1
    );
    // The sender's own timer, too.
    assert_eq!(told(&pair, NORD, "No acknowledgement of NORD 0001"), 1);
    pair.step(s(180));
    pair.run(Duration::from_millis(500));
    assert_eq!(alarm(&mut pair, SUD).level, 2);
    assert!(of_acknowledgement(&mut pair, NORD).contains("to their chief of watch"));
    pair.step(s(9_000));
    assert_eq!(
        told(&pair, SUD, "Nobody here has acknowledged"),
        2,
        "once a level"
    );
}

#[test]
fn sender_is_told_by_his_own_timer_when_the_line_is_down() {
    let mut pair = Pair::paired();
    let now = pair.now;
    pair.sides[NORD].ask(now, flash("One.")).unwrap();
    pair.step(s(120));
    assert_eq!(told(&pair, NORD, "No acknowledgement of NORD 0001"), 1);
    assert_eq!(
        of_acknowledgement(&mut pair, NORD),
        "",
        "SUD has said nothing"
    );
    pair.step(s(180));
    let status = pair.sides[NORD].ask(pair.now, Request::Status).unwrap();
    let redphone_api::Response::Status(status) = status else {
        panic!("a status was asked for");
    };
    assert!(
        status.alarms[0].contains("tell the chief of watch"),
        "{status:?}"
    );
}

#[test]
fn acknowledged_between_two_levels_it_rises_no_more_on_either_side() {
    let mut pair = flashed();
    pair.step(s(150));
    acknowledge(&mut pair);
    pair.run(Duration::from_millis(500));
    rings(&mut pair);
    pair.step(s(9_000));
    assert_eq!(told(&pair, SUD, "chief of watch"), 0);
    assert_eq!(told(&pair, NORD, "chief of watch"), 0);
    assert!(rings(&mut pair).is_empty());
    assert!(of_acknowledgement(&mut pair, NORD).contains("2nd watch"));
}

#[test]
fn restart_between_two_levels_goes_on_and_repeats_nothing() {
    for snapshot in [false, true] {
        let mut pair = flashed();
        pair.step(s(150));
        assert_eq!(alarm(&mut pair, SUD).level, 1);
        if snapshot {
            let now = pair.now;
            pair.sides[SUD].hub.close(now).unwrap();
        }
        // Down for a minute; the monotonic clock begins anew.
        pair.now.utc.0 += 60_000;
        let now = pair.now;
        let disk = pair.sides[SUD].disk.clone();
        pair.sides[SUD].events.clear();
        pair.sides[SUD].hub =
            redphone_station::Hub::open(disk.open(), &key(), now, entropy(77)).unwrap();
        pair.sides[SUD].hub.commit(now).unwrap();
        pair.step(Duration::from_millis(1));
        assert_eq!(alarm(&mut pair, SUD).level, 1);
        assert_eq!(rings(&mut pair).len(), 1, "it rings on");
        pair.step(s(80));
        assert_eq!(alarm(&mut pair, SUD).level, 1);
        pair.step(s(11));
        assert_eq!(alarm(&mut pair, SUD).level, 2);
        assert_eq!(told(&pair, SUD, "Nobody here has acknowledged"), 1);
    }
}

#[test]
fn wall_clock_that_jumps_neither_holds_a_rise_back_nor_hurries_it() {
    for back in [true, false] {
        let mut pair = flashed();
        let jump = 3 * 3_600_000;
        pair.now.utc.0 = if back {
            pair.now.utc.0 - jump
        } else {
            pair.now.utc.0 + jump
        };
        pair.step(s(100));
        assert_eq!(alarm(&mut pair, SUD).level, 0);
        pair.step(s(20));
        assert_eq!(alarm(&mut pair, SUD).level, 1);
    }
}

#[test]
fn more_than_a_thousand_that_nobody_acknowledges_stay_bounded() {
    // More than rise in one step, so that several steps are needed.
    const MESSAGES: u32 = 1_100;
    let mut pair = Pair::paired();
    let request = |number: u32| Request::Send {
        to: None,
        precedence: "immediate".to_owned(),
        text: format!("{number}"),
        subject: String::new(),
        officer: "1st watch".to_owned(),
        attachments: Vec::new(),
    };
    for number in 0..MESSAGES {
        let now = pair.now;
        pair.sides[NORD]
            .hub
            .handle_request(now, request(number))
            .unwrap();
        if number % 500 == 499 {
            pair.sides[NORD].hub.commit(now).unwrap();
            while let Some(frame) = pair.sides[NORD].hub.poll_transmit(pair.now, BEARER) {
                pair.sides[SUD].hub.handle_frame(now, BEARER, &frame);
            }
            pair.sides[SUD].hub.commit(now).unwrap();
            pair.run(Duration::from_millis(20));
        }
    }
    pair.run(s(1));
    let waiting = alarm(&mut pair, SUD).waiting;
    assert_eq!(waiting, MESSAGES);
    pair.sides.iter_mut().for_each(|side| side.events.clear());
    let records = head(&mut pair);
    for _ in 0..40 {
        pair.step(s(60));
    }
    assert_eq!(alarm(&mut pair, SUD).level, 2);
    let rises = told(&pair, SUD, "Nobody here has acknowledged");
    assert_eq!(rises, 4, "two steps to each of two levels");
    let more = head(&mut pair) - records;
    assert!(more < 20, "{more}");
    assert!(rings(&mut pair).len() <= 2);
}

/// Records of SUD's journal.
fn head(pair: &mut Pair) -> u64 {
    let now = pair.now;
    match pair.sides[SUD].ask(now, Request::Status) {
        Ok(redphone_api::Response::Status(status)) => status.storage.records,
        other => panic!("{other:?}"),
    }
}
