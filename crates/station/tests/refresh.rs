//! When keys are refreshed, and with what: exchanges where a bearer affords them, tape keys where
//! it does not, and now and then both (rule REF-12).

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

use redphone_api::{KeyStatus, Request, Response};
use support::{BEARER, Pair, flash, install, spec};

const HOUR: Duration = Duration::from_secs(3_600);

fn keys(pair: &mut Pair, side: usize) -> KeyStatus {
    let now = pair.now;
    let Response::Status(status) = pair.sides[side].ask(now, Request::Status).unwrap() else {
        panic!("a status was asked for");
    };
    status.lines[0].keys.clone().unwrap()
}

/// Epochs out and in, tape keys out and in, of each side.
fn all_keys(pair: &mut Pair) -> [[u32; 4]; 2] {
    [0, 1].map(|side| {
        let keys = keys(pair, side);
        [keys.epoch_out, keys.epoch_in, keys.tape_out, keys.tape_in]
    })
}

/// Paired with cards, with tapes of so many keys in both directions; the reel that goes out of
/// `lacks` is not carried to the other side.
fn with_tapes(bit_s: u64, tape_keys: u32, lacks: Option<usize>) -> Pair {
    let mut pair = Pair::paired();
    let now = pair.now;
    for side in [0, 1] {
        let peer = pair.sides[side].peer.clone();
        pair.sides[side]
            .hub
            .add_bearer(now, &peer, BEARER, spec(bit_s));
        let make = Request::TapeMake {
            peer: peer.to_string(),
            keys: tape_keys,
            first: None,
        };
        let Response::Tape(tape) = pair.sides[side].ask(now, make).unwrap() else {
            panic!("a tape was asked for");
        };
        for holder in [side, 1 - side] {
            if holder != side && lacks == Some(side) {
                continue;
            }
            let reel = tape.armoured.clone();
            pair.sides[holder].ask(now, install(reel)).unwrap();
        }
    }
    settle(&mut pair);
    pair
}

/// Carries everything until both are quiet, in steps that suit the slowest bearer here.
fn settle(pair: &mut Pair) {
    for _ in 0..400 {
        for from in [0, 1] {
            let now = pair.now;
            while let Some(frame) = pair.sides[from].hub.poll_transmit(now, BEARER) {
                let to = &mut pair.sides[1 - from];
                to.hub.handle_frame(now, BEARER, &frame);
                let events = to.hub.commit(now).unwrap();
                to.events.extend(events);
            }
        }
        pair.step(Duration::from_millis(50));
    }
}

fn test(pair: &mut Pair, side: usize) {
    let now = pair.now;
    let asked = Request::TestNow { peer: None };
    pair.sides[side].ask(now, asked).unwrap();
    settle(pair);
}

const FAST: u64 = 8_000_000;
const SLOW: u64 = 600;

#[test]
fn one_exchange_after_a_test_moves_both_directions_and_takes_no_tape() {
    let mut pair = with_tapes(FAST, 3, None);
    test(&mut pair, 0);
    assert_eq!(all_keys(&mut pair), [[1, 1, 3, 3]; 2]);
}

#[test]
fn line_too_slow_for_exchanges_lives_on_a_tape_key_a_day_in_each_direction() {
    let mut pair = with_tapes(SLOW, 3, None);
    test(&mut pair, 0);
    assert_eq!(all_keys(&mut pair), [[0, 0, 3, 3]; 2], "too early");
    for day in 1..=3 {
        pair.step(HOUR * 20);
        settle(&mut pair);
        test(&mut pair, day % 2);
        let day = day as u32;
        assert_eq!(all_keys(&mut pair), [[day, day, 3 - day, 3 - day]; 2]);
        test(&mut pair, 0);
        assert_eq!(all_keys(&mut pair)[0][0], day, "one a day");
    }
    assert!(pair.sides.iter().all(|side| !side.alarmed("refreshed")));
    pair.step(HOUR * 25);
    settle(&mut pair);
    assert!(pair.sides[0].alarmed("refreshed"), "the tape is used up");
}

/// The bytes of the envelope of a coded FLASH.
fn code_bytes(pair: &mut Pair, side: usize) -> u32 {
    let blanks = [
        ("from", "2027-10-31T18:00Z"),
        ("hours", "4"),
        ("time", "2027-10-31T19:30Z"),
    ];
    let code = Request::SendCode {
        to: None,
        code: "C-06".to_owned(),
        blanks: blanks
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        officer: "1st watch".to_owned(),
        check_only: false,
    };
    let now = pair.now;
    let Response::Coded(coded) = pair.sides[side].ask(now, code).unwrap() else {
        panic!("a code was asked for");
    };
    coded.sent.unwrap().envelope_bytes
}

#[test]
fn code_takes_40_bytes_in_a_new_epoch_too() {
    for bit_s in [FAST, SLOW] {
        let mut pair = with_tapes(bit_s, 3, None);
        pair.step(HOUR * 20);
        settle(&mut pair);
        let [out, heard, ..] = all_keys(&mut pair)[0];
        assert!(out > 0 && heard > 0, "both directions are in a new epoch");
        for side in [0, 1] {
            assert_eq!(code_bytes(&mut pair, side), 40, "{bit_s} bit/s, {side}");
        }
    }
}

#[test]
fn tape_key_that_the_other_side_lacks_is_named_on_both() {
    let mut pair = with_tapes(SLOW, 3, Some(0));
    pair.step(HOUR * 20);
    settle(&mut pair);
    test(&mut pair, 0);
    assert!(pair.sides[0].alarmed("SUD does not have key 1 of our tape"));
    assert!(pair.sides[1].alarmed("NORD wants to use key 1 of its tape"));
    assert_eq!(keys(&mut pair, 0).tape_out, 3, "a refusal uses up nothing");
    assert_eq!(keys(&mut pair, 0).epoch_out, 0);
}

const VERY_FAST: u64 = 1_000_000_000;
/// Steps of a refresh are longer than this, and all else that these tests send is shorter.
const STEP_BYTES_MIN: usize = 500;

/// Two offers of one side are at least so far apart (rule REF-1).
const OFFERS_APART: Duration = Duration::from_secs(601);

/// Carries frames for so many milliseconds, but those of SUD that are `lost`.
fn carry(pair: &mut Pair, millis: u32, mut lost: impl FnMut(&mut Pair, &[u8]) -> bool) {
    for _ in 0..millis {
        for from in [0, 1] {
            let now = pair.now;
            while let Some(frame) = pair.sides[from].hub.poll_transmit(now, BEARER) {
                if from == 1 && lost(pair, &frame) {
                    continue;
                }
                let to = &mut pair.sides[1 - from];
                to.hub.handle_frame(now, BEARER, &frame);
                let events = to.hub.commit(now).unwrap();
                to.events.extend(events);
            }
        }
        pair.step(Duration::from_millis(1));
    }
}

fn unreceipted(pair: &mut Pair, side: usize) -> u32 {
    let now = pair.now;
    let Response::Status(status) = pair.sides[side].ask(now, Request::Status).unwrap() else {
        panic!("a status was asked for");
    };
    status.lines[0].unreceipted
}

/// SUD's opening does not come through, and neither does it when it is said again.
#[test]
fn opening_that_waits_is_said_again_with_the_next_test_and_taken_once() {
    let mut pair = with_tapes(VERY_FAST, 3, None);
    pair.step(OFFERS_APART);
    settle(&mut pair);
    let before = keys(&mut pair, 1).epoch_out;
    let long = |_: &mut Pair, frame: &[u8]| frame.len() >= STEP_BYTES_MIN;
    for (side, waiting) in [(0, 1), (1, 2), (1, 3)] {
        let now = pair.now;
        let asked = Request::TestNow { peer: None };
        pair.sides[side].ask(now, asked).unwrap();
        carry(&mut pair, 300, long);
        assert_eq!(unreceipted(&mut pair, 1), waiting, "said with each test");
        assert_eq!(keys(&mut pair, 1).epoch_out, before, "it waits");
    }

    settle(&mut pair);
    assert_eq!(unreceipted(&mut pair, 1), 0);
    assert_eq!(keys(&mut pair, 1).epoch_out, before + 1);
    assert_eq!(keys(&mut pair, 0).epoch_in, before + 1);
    assert!(pair.sides.iter().all(|side| !side.alarmed("REF")));
}

/// More than one receipt can name are released while the first of them is lost.
#[test]
fn thousands_of_flash_behind_a_lost_envelope_are_all_receipted() {
    const FLASHES: u32 = 1_200;
    let mut pair = with_tapes(VERY_FAST, 3, None);
    let now = pair.now;
    for _ in 0..FLASHES {
        pair.sides[1].ask(now, flash("x")).unwrap();
    }
    carry(&mut pair, 5, |_, _| true);
    let now = pair.now;
    pair.sides[1].ask(now, flash("the last")).unwrap();
    carry(&mut pair, 1, |_, _| false);
    settle(&mut pair);
    assert!(!pair.sides[0].alarmed("can no longer be opened"));
    assert_eq!(unreceipted(&mut pair, 1), 0);
    let now = pair.now;
    let Response::Status(status) = pair.sides[0].ask(now, Request::Status).unwrap() else {
        panic!("a status was asked for");
    };
    let line = &status.lines[0];
    assert_eq!((line.serial_in, line.missing.len()), (FLASHES + 1, 0));
}

/// SUD's own tape is not at NORD: what NORD sends is refreshed, what SUD sends is not.
#[test]
fn old_keys_of_one_direction_are_named_by_their_direction() {
    let mut pair = with_tapes(SLOW, 3, Some(1));
    pair.step(HOUR * 20);
    settle(&mut pair);
    test(&mut pair, 0);
    assert_eq!(
        all_keys(&mut pair).map(|keys| [keys[0], keys[1]]),
        [[1, 0], [0, 1]]
    );
    let nord = keys(&mut pair, 0);
    assert!(nord.refreshed_out_at > nord.refreshed_in_at);

    pair.step(HOUR * 5);
    settle(&mut pair);
    let late = "were not refreshed for a day";
    assert!(pair.sides[0].alarmed(&format!("The keys of what SUD sends {late}")));
    assert!(pair.sides[1].alarmed(&format!("The keys of what we send to NORD {late}")));
    for side in [0, 1] {
        assert!(!pair.sides[side].alarmed("both ways"));
    }
    let disk = pair.sides[0].disk.clone();
    let now = pair.now;
    pair.sides[0].restart(now, disk, 77);
    assert_eq!(keys(&mut pair, 0).refreshed_in_at, nord.refreshed_in_at);
    assert_eq!(keys(&mut pair, 0).refreshed_out_at, nord.refreshed_out_at);
}

#[test]
fn exchange_takes_a_tape_key_too_every_two_hundred_and_fortieth_time() {
    let mut pair = with_tapes(FAST, 3, None);
    for round in 1..=300 {
        pair.step(Duration::from_secs(601));
        let now = pair.now;
        let asked = Request::TestNow { peer: None };
        let _busy = pair.sides[round % 2].ask(now, asked);
        pair.run(Duration::from_millis(40));
        let [[out, in_, tape_out, tape_in], _] = all_keys(&mut pair);
        let left = |epoch: u32| if epoch < 240 { 3 } else { 2 };
        assert_eq!((tape_out, tape_in), (left(out), left(in_)), "{round}");
        if out > 240 && in_ > 240 {
            return;
        }
    }
    panic!("{:?}", all_keys(&mut pair));
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_station::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn age_of_one_direction_that_counts_for_both_is_noticed() {
        is_noticed(
            Bug::AgeOfBothWays,
            old_keys_of_one_direction_are_named_by_their_direction,
        );
    }

    #[test]
    fn envelopes_sealed_beyond_the_reach_of_a_receipt_are_noticed() {
        use redphone_seal::planted::{Bug, is_noticed};
        is_noticed(
            Bug::ReachUnbounded,
            thousands_of_flash_behind_a_lost_envelope_are_all_receipted,
        );
    }

    #[test]
    fn tape_key_that_never_goes_in_is_noticed() {
        is_noticed(
            Bug::TapeUnused,
            line_too_slow_for_exchanges_lives_on_a_tape_key_a_day_in_each_direction,
        );
        is_noticed(
            Bug::TapeUnused,
            exchange_takes_a_tape_key_too_every_two_hundred_and_fortieth_time,
        );
    }
}
