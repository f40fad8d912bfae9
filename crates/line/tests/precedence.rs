//! FLASH goes before everything; nothing starves; what is dear or too long is spared.

mod pair;

use pair::{Pair, lan, ms, secs, udp};
use redphone_line::BearerId;
use redphone_wire::Precedence;

#[test]
fn flash_overtakes_a_routine_megabyte() {
    let mut pair = Pair::warm(1, udp(9_600), ms(10), 0.0);
    let idle = {
        let id = pair.submit(0, 205, Precedence::Flash);
        assert!(pair.run_until_receipted(secs(60)));
        pair.at_peer(0, id).unwrap()
    };
    for _ in 0..16 {
        pair.submit_chunk(0, 65_600, Precedence::Routine, Some(1_000_000));
    }
    let mut worst = ms(0);
    let mut longest = ms(0);
    for _ in 0..20 {
        let pause = 900 + pair.draw() % 500;
        pair.run(ms(pause));
        let id = pair.submit(0, 205, Precedence::Flash);
        pair.run(secs(2));
        worst = worst.max(pair.at_peer(0, id).unwrap());
    }
    let frames = &pair.links[0].left[0];
    for pair_of in frames.windows(2) {
        let air = pair_of[1].0 - pair_of[0].0;
        if pair_of[0].1 < 200 {
            longest = longest.max(air.min(ms(1_000)));
        }
    }
    println!("FLASH at 9,600 bit/s: idle {idle:?}, under a ROUTINE megabyte worst {worst:?}");
    assert!(worst <= idle + ms(101), "{idle:?} {worst:?}");
}

#[test]
fn routine_megabyte_is_resumed_after_a_break_and_not_restarted() {
    let mut pair = Pair::warm(1, udp(96_000), ms(10), 0.0);
    for _ in 0..4 {
        pair.submit_chunk(0, 65_600, Precedence::Routine, Some(262_400));
    }
    pair.run(secs(10));
    pair.links[0].cut = [true; 2];
    pair.run(secs(60));
    pair.links[0].cut = [false; 2];
    let before = pair.links[0].bytes(0);
    let done = pair.sides[1].opened.len();
    assert!(pair.run_until_receipted(secs(60)), "{done}");
    let after = pair.links[0].bytes(0) - before;
    println!("after the break {after} of 262,400 bytes");
    assert!(after < 262_400 - 70_000);
}

#[test]
fn lower_precedences_do_not_starve() {
    let mut pair = Pair::warm(3, udp(9_600), ms(10), 0.0);
    let routine = pair.submit(0, 205, Precedence::Routine);
    for _ in 0..600 {
        pair.submit(0, 205, Precedence::Immediate);
        pair.run(ms(100));
    }
    assert!(pair.receipted(0, routine).is_some());
}

#[test]
fn most_urgent_of_what_waits_goes_first() {
    let mut pair = Pair::warm(3, udp(2_400), ms(10), 0.0);
    let ids: Vec<_> = Precedence::ALL
        .iter()
        .rev()
        .map(|precedence| pair.submit(0, 205, *precedence))
        .collect();
    assert!(pair.run_until_receipted(secs(60)));
    let at: Vec<_> = ids.iter().map(|id| pair.at_peer(0, *id).unwrap()).collect();
    assert!(at[3] < at[2] && at[2] < at[1] && at[1] < at[0], "{at:?}");
}

#[test]
fn routine_spares_the_dear_bearer_while_a_cheaper_one_is_up() {
    let mut pair = Pair::new(5);
    let mut dear = lan();
    dear.cost = 10;
    pair.link(dear, ms(1), 0.0);
    pair.link(udp(96_000), ms(10), 0.0);
    pair.run(secs(10));
    let before = pair.links[0].left[0].len();
    for _ in 0..10 {
        pair.submit(0, 205, Precedence::Routine);
        pair.run(secs(1));
    }
    assert_eq!(pair.links[0].left[0].len(), before);

    pair.links[1].cut = [true; 2];
    let id = pair.submit(0, 205, Precedence::Routine);
    pair.run(secs(10));
    assert!(pair.receipted(0, id).is_some(), "the cheaper one is down");
}

#[test]
fn routine_attachment_skips_a_bearer_that_it_would_hold_for_hours() {
    let mut pair = Pair::new(6);
    pair.link(udp(9_600), ms(10), 0.0);
    pair.run(secs(10));
    let chunk = pair.submit_chunk(0, 65_600, Precedence::Routine, Some(8 << 20));
    pair.run(secs(600));
    assert_eq!(pair.at_peer(0, chunk), None);
    pair.link(lan(), ms(1), 0.0);
    assert!(pair.run_until_receipted(secs(60)));
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_line::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn flash_that_waits_its_turn_is_noticed() {
        is_noticed(Bug::FlashWaits, flash_overtakes_a_routine_megabyte);
        is_noticed(Bug::FlashWaits, most_urgent_of_what_waits_goes_first);
    }

    #[test]
    fn long_frames_of_an_attachment_are_noticed() {
        is_noticed(Bug::LongFrames, flash_overtakes_a_routine_megabyte);
    }

    #[test]
    fn frames_handed_over_too_fast_are_noticed() {
        is_noticed(Bug::RateForgotten, flash_overtakes_a_routine_megabyte);
    }

    #[test]
    fn attachment_begun_again_after_a_break_is_noticed() {
        is_noticed(
            Bug::SymbolsFromTheFirst,
            routine_megabyte_is_resumed_after_a_break_and_not_restarted,
        );
    }
}

#[test]
fn forecast_counts_what_goes_before_and_leaves_out_what_is_down() {
    let mut pair = Pair::warm(7, udp(2_400), ms(10), 0.0);
    let quickest = |pair: &Pair, precedence| {
        let forecast = pair.sides[0].line.forecast(pair.now(), 205, precedence);
        forecast.into_iter().map(|(_, takes)| takes).min()
    };
    let idle = quickest(&pair, Precedence::Routine).unwrap();
    for _ in 0..20 {
        pair.submit(0, 205, Precedence::Routine);
    }
    let flash = quickest(&pair, Precedence::Flash).unwrap();
    let routine = quickest(&pair, Precedence::Routine).unwrap();
    assert!(
        flash < idle * 2 && routine > idle * 15,
        "{idle:?} {flash:?} {routine:?}"
    );

    let last = pair.submit(0, 205, Precedence::Routine);
    assert!(pair.run_until_receipted(secs(120)));
    let took = pair.at_peer(0, last).unwrap();
    println!("20 ROUTINE before it: forecast {routine:?}, took {took:?}");
    assert!(
        took > routine / 2 && took < routine * 2,
        "{routine:?} {took:?}"
    );

    let (now, bearer) = (pair.now(), BearerId(1));
    pair.sides[0].line.set_out(now, bearer, true);
    assert_eq!(quickest(&pair, Precedence::Flash), None);
}
