//! Bearers of other kinds: with cover, one-way, carried by hand.

#![allow(clippy::indexing_slicing)] // A broken test stops.

mod pair;

use std::collections::BTreeSet;

use pair::{Pair, lan, ms, secs, serial, spec, udp};
use redphone_line::{BearerKind, BearerState, Carries, Cover, LineEvent, LineState};
use redphone_wire::Precedence;

fn covered() -> redphone_line::BearerSpec {
    let mut spec = spec(BearerKind::Udp, 1_200, 100_000, 28);
    spec.cover = Some(Cover {
        frame_bytes: 256,
        interval: ms(100),
    });
    spec
}

#[test]
fn cover_is_constant_whatever_the_traffic() {
    let mut pair = Pair::new(1);
    pair.link(covered(), ms(20), 0.1);
    pair.run(secs(10));
    for number in 0..30 {
        pair.submit(number % 2, 50 + number * 37, Precedence::ALL[number % 4]);
        let pause = pair.draw() % 400;
        pair.run(ms(pause));
    }
    assert!(pair.run_until_receipted(secs(600)), "seed {}", pair.seed);
    pair.run(secs(10));

    for side in 0..2 {
        let left = &pair.links[0].left[side];
        let sizes: BTreeSet<_> = left.iter().map(|(_, bytes)| *bytes).collect();
        assert_eq!(sizes, BTreeSet::from([256]));
        for pair_of in left.windows(2) {
            let gap = pair_of[1].0 - pair_of[0].0;
            assert!(gap.abs_diff(ms(100)) <= ms(1), "{gap:?}");
        }
    }
    assert!(pair.sides.iter().all(|side| side.contacts > 0));
}

#[test]
fn one_way_bearer_works_without_any_answer() {
    let mut pair = Pair::new(2);
    let mut one_way = udp(9_600);
    one_way.carries = Carries::Out;
    pair.link(one_way, ms(20), 0.3);
    let texts: Vec<_> = (0..20)
        .map(|_| pair.submit(0, 205, Precedence::Priority))
        .collect();
    let long = pair.submit(0, 4_000, Precedence::Routine);
    pair.run(secs(600));

    assert!(texts.iter().all(|id| pair.at_peer(0, *id).is_some()));
    assert!(pair.at_peer(0, long).is_some());
    assert!(pair.links[0].left[1].is_empty());
    assert_eq!(
        pair.sides[0].line.unreceipted(),
        21,
        "unknown stays unknown"
    );
    assert_eq!(
        pair.sides[0].line.statuses()[0].state,
        BearerState::Degraded
    );
}

#[test]
fn one_way_line_repeats_ever_more_rarely() {
    let mut pair = Pair::new(2);
    let mut one_way = lan();
    one_way.carries = Carries::Out;
    pair.link(one_way, ms(20), 0.0);
    pair.submit(0, 205, Precedence::Priority);
    pair.run(secs(86_400));
    let day = pair.links[0].left[0].len();
    assert!((30..50).contains(&day), "{day}");
}

#[test]
fn one_way_line_makes_room_for_newer_envelopes() {
    let mut pair = Pair::new(2);
    let mut one_way = lan();
    one_way.carries = Carries::Out;
    pair.link(one_way, ms(20), 0.0);
    for _ in 0..3_000 {
        pair.submit(0, 205, Precedence::Priority);
    }
    for _ in 0..128 {
        pair.submit_chunk(0, 65_600, Precedence::Routine, Some(8 << 20));
    }
    pair.run(secs(600));
    assert_eq!(pair.sides[1].opened.len(), 3_128);
    assert!(pair.sides[0].line.unreceipted() <= 1_024);
    let ended = pair.sides[0].events.iter();
    assert!(
        ended
            .clone()
            .any(|(_, event)| matches!(event, LineEvent::RepeatsEnded(_)))
    );
}

#[test]
fn receipts_of_a_one_way_bearer_come_back_by_another() {
    let mut pair = Pair::new(3);
    let mut out = spec(BearerKind::Udp, 1_200, 1_000_000, 28);
    out.carries = Carries::Out;
    pair.link(out, ms(250), 0.02);
    let mut back = udp(2_400);
    back.carries = Carries::In;
    pair.link(back, ms(20), 0.02);
    for _ in 0..50 {
        pair.submit(0, 205, Precedence::Priority);
        pair.run(secs(2));
    }
    assert!(pair.run_until_receipted(secs(60)));
    let sent = pair.links[0].left[0].len();
    println!("50 envelopes in {sent} frames");
    assert!(sent <= 75);
    assert_eq!(pair.sides[0].line.statuses()[0].state, BearerState::Up);
}

#[test]
fn jammed_bearer_is_named_by_the_next_contact_and_the_other_carries_on() {
    for kind in [BearerKind::Udp, BearerKind::Quic] {
        let mut pair = Pair::new(5);
        pair.link(spec(kind, 1_200, 1_000_000_000, 28), ms(1), 0.0);
        pair.link(udp(96_000), ms(10), 0.0);
        pair.run(secs(10));
        let states = |pair: &Pair| {
            let statuses = pair.sides[0].line.statuses();
            statuses.iter().map(|one| one.state).collect::<Vec<_>>()
        };
        let contact = |pair: &mut Pair| {
            let now = pair.now();
            pair.sides[0].line.ask_contact(now);
            pair.run(secs(30));
        };
        contact(&mut pair);
        assert_eq!(states(&pair), [BearerState::Up, BearerState::Up]);

        // A connection may outlive the station behind it.
        pair.links[0].cut = [true; 2];
        contact(&mut pair);
        assert_eq!(states(&pair), [BearerState::Down, BearerState::Up]);
        let id = pair.submit(0, 205, Precedence::Routine);
        pair.run(secs(1));
        assert!(pair.receipted(0, id).is_some());

        pair.links[1].cut = [true; 2];
        contact(&mut pair);
        assert_eq!(pair.sides[0].line.state().0, LineState::Down);
        let ends: Vec<_> = pair.sides[0]
            .events
            .iter()
            .map(|(_, event)| *event)
            .collect();
        assert!(ends.contains(&LineEvent::Line(LineState::Down)));

        pair.links[0].cut = [false; 2];
        contact(&mut pair);
        assert_eq!(states(&pair), [BearerState::Up, BearerState::Down]);
    }
}

/// Exports a bag at one end and imports it at the other.
fn carry(pair: &mut Pair, from: usize, link: usize) -> Vec<Vec<u8>> {
    let (now, bearer) = (pair.now(), pair.links[link].id);
    let bag = pair.sides[from].line.courier_frames(now, bearer, 1 << 20);
    bag.into_iter()
        .map(|transmit| pair.frame(from, bearer, transmit))
        .collect()
}

#[test]
fn courier_bag_imported_twice_in_any_order_opens_each_envelope_once() {
    let mut pair = Pair::new(4);
    let courier = spec(BearerKind::Courier, 60_000, 0, 0);
    pair.link(courier, ms(0), 0.0);
    let routine = pair.submit(0, 3_000, Precedence::Routine);
    for _ in 0..5 {
        pair.submit(0, 205, Precedence::Flash);
    }
    let mut bag = carry(&mut pair, 0, 0);
    assert_eq!(bag[0], b"contact");
    bag.reverse();
    pair.run(secs(86_400 * 30));
    for _ in 0..2 {
        for frame in bag.clone() {
            pair.arrive(0, 1, &frame);
        }
    }
    assert_eq!(pair.sides[1].opened.len(), 6);
    assert!(pair.at_peer(0, routine).is_some());

    let back = carry(&mut pair, 1, 0);
    for frame in back {
        pair.arrive(0, 0, &frame);
    }
    assert_eq!(pair.sides[0].line.unreceipted(), 0);
    assert_eq!(pair.sides[0].line.statuses()[0].state, BearerState::Ready);
}

#[test]
fn bag_that_comes_after_the_wire_is_copies() {
    let mut pair = Pair::new(4);
    pair.link(spec(BearerKind::Courier, 60_000, 0, 0), ms(0), 0.0);
    pair.submit(0, 205, Precedence::Flash);
    let bag = carry(&mut pair, 0, 0);
    pair.link(serial(2_400), ms(5), 0.0);
    assert!(pair.run_until_receipted(secs(60)));
    for frame in bag.clone().into_iter().chain(bag) {
        pair.arrive(0, 1, &frame);
    }
    assert_eq!(pair.sides[1].opened.len(), 1);
    assert_eq!(pair.sides[1].also_came, 1);
}

#[test]
fn full_bag_holds_the_most_urgent() {
    let mut pair = Pair::new(4);
    pair.link(spec(BearerKind::Courier, 60_000, 0, 0), ms(0), 0.0);
    for _ in 0..10 {
        pair.submit(0, 205, Precedence::Routine);
    }
    let flash = pair.submit(0, 205, Precedence::Flash);
    let (now, bearer) = (pair.now(), pair.links[0].id);
    let bag = pair.sides[0].line.courier_frames(now, bearer, 120 + 240);
    assert_eq!(bag.len(), 2);
    let frame = pair.frame(0, bearer, bag[1].clone());
    pair.arrive(0, 1, &frame);
    assert!(pair.at_peer(0, flash).is_some());
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_line::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn bearer_with_cover_that_falls_silent_is_noticed() {
        is_noticed(Bug::CoverStops, cover_is_constant_whatever_the_traffic);
    }

    #[test]
    fn bag_whose_copies_are_opened_again_is_noticed() {
        is_noticed(
            Bug::CopiesOpened,
            courier_bag_imported_twice_in_any_order_opens_each_envelope_once,
        );
        is_noticed(Bug::CopiesOpened, bag_that_comes_after_the_wire_is_copies);
    }

    #[test]
    fn one_way_line_that_is_full_is_noticed() {
        is_noticed(Bug::OneWayFull, one_way_line_makes_room_for_newer_envelopes);
    }

    #[test]
    fn one_way_line_that_sends_once_is_noticed() {
        is_noticed(Bug::SentOnce, one_way_bearer_works_without_any_answer);
    }

    #[test]
    fn jammed_bearer_that_stays_up_is_noticed() {
        is_noticed(
            Bug::ContactExpectsNothing,
            jammed_bearer_is_named_by_the_next_contact_and_the_other_carries_on,
        );
    }
}
