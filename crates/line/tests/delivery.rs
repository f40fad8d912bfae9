//! Every envelope arrives exactly once and its receipt comes back, whatever bearers do.

mod pair;

use pair::{Pair, lan, ms, secs, serial, spec, udp};
use redphone_line::{BearerKind, BearerState, LineEvent, LineState};
use redphone_wire::Precedence;

#[test]
fn lost_receipt_is_repeated() {
    let mut pair = Pair::warm(1, lan(), ms(1), 0.0);
    pair.links[0].loss = [0.0, 1.0];
    let id = pair.submit(0, 205, Precedence::Routine);
    pair.run(secs(1));
    assert!(pair.at_peer(0, id).is_some());
    assert_eq!(pair.receipted(0, id), None);

    pair.links[0].loss = [0.0, 0.0];

    assert!(pair.run_until_receipted(secs(1)));
    assert!(pair.sides[1].copies > 0);
}

#[test]
fn nothing_is_lost_or_doubled_at_any_loss() {
    for seed in 0..60_u64 {
        let mut pair = Pair::new(seed);
        let loss = f64::from((seed % 11) as u32) * 0.05;
        pair.link(spec(BearerKind::Udp, 300, 1_000_000, 28), ms(20), loss);
        if seed % 3 == 0 {
            pair.link(serial(9_600), ms(5), loss / 2.0);
        }
        pair.links[0].double = 0.1;
        pair.links[0].jitter = ms(60);
        for number in 0..40_u64 {
            let side = (pair.draw() % 2) as usize;
            let precedence = Precedence::ALL[(pair.draw() % 4) as usize];
            let bytes = 30 + (pair.draw() % if number % 8 == 0 { 9_000 } else { 400 }) as usize;
            let attachment = (number % 8 == 0).then_some(9_000);
            pair.submit_chunk(side, bytes, precedence, attachment);
            let pause = pair.draw() % 300;
            pair.run(ms(pause));
        }
        assert!(pair.run_until_receipted(secs(600)), "seed {seed}");
        for side in 0..2 {
            let sent = pair.sides[side].submitted.len();
            assert_eq!(pair.sides[1 - side].opened.len(), sent, "seed {seed}");
        }
    }
}

#[test]
fn flapping_and_one_way_partitions_lose_nothing() {
    for seed in 100..120_u64 {
        let mut pair = Pair::new(seed);
        pair.link(lan(), ms(5), 0.05);
        pair.link(udp(9_600), ms(50), 0.02);
        for _ in 0..40 {
            let draw = pair.draw();
            pair.links[(draw % 2) as usize].cut = [draw & 4 != 0, draw & 8 != 0];
            let side = (draw >> 8 & 1) as usize;
            let bytes = 50 + (draw >> 16) as usize % 2_000;
            pair.submit(side, bytes, Precedence::ALL[(draw >> 4 & 3) as usize]);
            pair.run(ms(draw >> 32 & 0xfff));
        }
        for link in &mut pair.links {
            link.cut = [false; 2];
        }
        assert!(pair.run_until_receipted(secs(60)), "seed {seed}");
        for side in 0..2 {
            let sent = pair.sides[side].submitted.len();
            assert_eq!(pair.sides[1 - side].opened.len(), sent, "seed {seed}");
        }
    }
}

#[test]
fn message_cut_off_in_the_middle_is_finished_by_the_other_bearer() {
    let mut pair = Pair::new(2);
    pair.link(spec(BearerKind::Udp, 300, 100_000, 28), ms(20), 0.0);
    pair.link(serial(2_400), ms(5), 0.0);
    pair.run(secs(5));
    let id = pair.submit(0, 3_000, Precedence::Flash);
    pair.run(ms(100));
    pair.links[0].cut = [true; 2];
    assert!(pair.run_until_receipted(secs(60)));
    assert!(pair.receipted(0, id).unwrap() < secs(30));
}

#[test]
fn late_copy_by_another_bearer_is_noted_once_and_opened_never() {
    let mut pair = Pair::new(4);
    pair.link(lan(), ms(1), 0.0);
    pair.link(serial(300), ms(5), 0.0);
    pair.run(secs(60));
    pair.submit(0, 205, Precedence::Flash);
    pair.run(secs(60));
    assert_eq!(pair.sides[1].also_came, 1);
    assert_eq!(pair.sides[1].opened.len(), 1);
}

#[test]
fn slow_bearer_is_spared_what_the_fast_one_has_done() {
    let mut pair = Pair::new(4);
    pair.link(lan(), ms(1), 0.0);
    pair.link(serial(300), ms(5), 0.0);
    pair.run(secs(60));
    let before = pair.links[1].left[0].len();
    for _ in 0..20 {
        pair.submit(0, 205, Precedence::Routine);
        pair.run(secs(2));
    }
    assert_eq!(pair.links[1].left[0].len(), before);
    pair.links[0].cut = [true; 2];
    let id = pair.submit(0, 205, Precedence::Routine);
    pair.run(secs(15));
    assert!(pair.receipted(0, id).is_some());
}

#[test]
fn states_follow_what_is_heard_and_idle_bearers_keep_theirs() {
    let mut pair = Pair::warm(6, lan(), ms(1), 0.0);
    pair.run(secs(7_200));
    assert_eq!(pair.sides[0].line.statuses()[0].state, BearerState::Up);

    pair.links[0].cut = [true; 2];
    pair.run(secs(7_200));
    assert_eq!(
        pair.sides[0].line.state().0,
        LineState::Up,
        "nothing was tried"
    );

    pair.submit(0, 205, Precedence::Flash);
    pair.run(secs(5));
    assert_eq!(pair.sides[0].line.state().0, LineState::Down);

    pair.links[0].cut = [false; 2];
    pair.run(secs(1));
    let states: Vec<_> = pair.sides[0]
        .events
        .iter()
        .map(|(_, event)| *event)
        .collect();
    assert_eq!(pair.sides[0].line.state().0, LineState::Up);
    assert_eq!(states.last(), Some(&LineEvent::Line(LineState::Up)));
}

#[test]
fn bearer_that_loses_much_is_degraded() {
    let mut pair = Pair::warm(6, spec(BearerKind::Udp, 1_200, 1_000_000, 28), ms(20), 0.35);
    for _ in 0..40 {
        pair.submit(0, 205, Precedence::Priority);
        pair.run(secs(1));
    }
    assert_eq!(
        pair.sides[0].line.statuses()[0].state,
        BearerState::Degraded
    );
}

#[test]
fn bearer_taken_out_carries_nothing_until_it_is_put_back() {
    let mut pair = Pair::warm(8, lan(), ms(1), 0.0);
    let (now, bearer) = (pair.now(), pair.links[0].id);
    pair.sides[0].line.set_out(now, bearer, true);
    let before = pair.links[0].left[0].len();
    let id = pair.submit(0, 205, Precedence::Flash);
    pair.run(secs(3_600));
    assert_eq!(pair.links[0].left[0].len(), before);

    let now = pair.now();
    pair.sides[0].line.set_out(now, bearer, false);
    assert!(pair.run_until_receipted(secs(1)));
    assert!(pair.receipted(0, id).is_some());
}

#[test]
fn contact_frames_cross_at_the_start_and_after_an_outage() {
    let mut pair = Pair::warm(9, lan(), ms(1), 0.0);
    let counts = |pair: &Pair| [pair.sides[0].contacts, pair.sides[1].contacts];
    let before = counts(&pair);
    assert!(before.iter().all(|count| *count >= 1));

    pair.links[0].cut = [true; 2];
    pair.submit(0, 205, Precedence::Flash);
    pair.run(secs(30));
    pair.links[0].cut = [false; 2];
    pair.run(secs(30));

    let after = counts(&pair);
    assert!(after[0] > before[0] && after[1] > before[1]);
    assert!(
        after[0] + after[1] - before[0] - before[1] <= 4,
        "they do not answer for ever"
    );
}

#[test]
fn narrower_bearer_added_later_carries_what_waits() {
    let mut pair = Pair::new(10);
    pair.link(lan(), ms(1), 0.0);
    pair.links[0].cut = [true; 2];
    let id = pair.submit(0, 1_000, Precedence::Priority);
    pair.run(secs(5));
    pair.link(spec(BearerKind::Udp, 128, 100_000, 28), ms(20), 0.0);
    assert!(pair.run_until_receipted(secs(30)));
    assert!(pair.receipted(0, id).is_some());
}

#[test]
fn restarts_of_either_end_lose_and_double_nothing() {
    for seed in 200..230_u64 {
        let mut pair = Pair::new(seed);
        pair.link(spec(BearerKind::Udp, 300, 100_000, 28), ms(20), 0.2);
        for life in 2..12 {
            for side in 0..2 {
                for _ in 0..3 {
                    let bytes = 50 + pair.draw() as usize % 3_000;
                    pair.submit(side, bytes, Precedence::Routine);
                }
            }
            let pause = pair.draw() % 1_500;
            pair.run(ms(pause));
            let side = (pair.draw() % 2) as usize;
            pair.restart(side, life);
        }
        assert!(pair.run_until_receipted(secs(600)), "seed {seed}");
        for side in 0..2 {
            assert_eq!(pair.sides[1 - side].opened.len(), 30, "seed {seed}");
        }
    }
}

#[test]
fn restarted_sender_goes_on_where_it_was() {
    let mut pair = Pair::warm(3, udp(9_600), ms(20), 0.0);
    let id = pair.submit(0, 20_000, Precedence::Routine);
    pair.run(secs(12));
    assert_eq!(pair.at_peer(0, id), None);
    pair.restart(0, 2);
    let before = pair.links[0].bytes(0);
    assert!(pair.run_until_receipted(secs(60)));
    let after = pair.links[0].bytes(0) - before;
    assert!(after < 12_000, "{after} of 20,000 bytes after the restart");
}

#[test]
fn cold_line_delivers_at_once() {
    for (bits, most) in [(2_400, 2.0), (300, 12.0)] {
        let mut pair = Pair::new(1);
        pair.link(udp(bits), ms(1), 0.0);
        let id = pair.submit(0, 205, Precedence::Priority);
        assert!(pair.run_until_receipted(secs(600)));
        let at_peer = pair.at_peer(0, id).unwrap();
        println!("cold line at {bits} bit/s: contact frame and message {at_peer:?}");
        assert!(at_peer.as_secs_f64() <= most);
    }
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_line::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn line_that_sends_once_is_noticed() {
        is_noticed(Bug::SentOnce, nothing_is_lost_or_doubled_at_any_loss);
        is_noticed(Bug::SentOnce, flapping_and_one_way_partitions_lose_nothing);
    }

    #[test]
    fn copies_that_are_opened_again_are_noticed() {
        is_noticed(Bug::CopiesOpened, nothing_is_lost_or_doubled_at_any_loss);
    }

    #[test]
    fn forgotten_gap_is_noticed() {
        is_noticed(Bug::GapForgotten, nothing_is_lost_or_doubled_at_any_loss);
    }

    #[test]
    fn receipt_that_counts_twice_is_noticed() {
        is_noticed(Bug::ReceiptTwice, nothing_is_lost_or_doubled_at_any_loss);
    }

    #[test]
    fn receipt_that_goes_once_is_noticed() {
        is_noticed(Bug::ReceiptOnce, lost_receipt_is_repeated);
    }

    #[test]
    fn copy_that_is_not_noted_is_noticed() {
        is_noticed(
            Bug::CopiesUnnoted,
            late_copy_by_another_bearer_is_noted_once_and_opened_never,
        );
    }

    #[test]
    fn line_of_one_bearer_is_noticed() {
        is_noticed(
            Bug::OneBearer,
            message_cut_off_in_the_middle_is_finished_by_the_other_bearer,
        );
    }

    #[test]
    fn restart_from_the_first_symbol_is_noticed() {
        is_noticed(
            Bug::SymbolsFromTheFirst,
            restarted_sender_goes_on_where_it_was,
        );
    }
}
