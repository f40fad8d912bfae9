//! Paths that drop long frames without a word (fault F36, rule LINE-21).

#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // A broken test stops.

mod pair;

use pair::{Pair, ms, secs, spec, udp};
use redphone_line::{BearerKind, Carries, Cover};
use redphone_wire::Precedence;

fn wide() -> redphone_line::BearerSpec {
    spec(BearerKind::Udp, 1_200, 10_000_000, 28)
}

fn length_in_use(pair: &Pair, side: usize) -> usize {
    pair.sides[side].line.statuses()[0].mtu
}

/// Long and short messages each way, on a path that begins to drop long frames.
fn long_frames_vanish(seed: u64, path_bytes: usize, loss: f64) {
    let mut pair = Pair::warm(seed, wide(), ms(20), loss);
    pair.links[0].path_bytes = path_bytes;
    for side in 0..2 {
        pair.submit(side, 4_000, Precedence::Flash);
        pair.submit(side, 200, Precedence::Routine);
        pair.submit(side, 9_000, Precedence::Routine);
    }
    assert!(pair.run_until_receipted(secs(60)), "seed {seed}");
    for side in 0..2 {
        let length = length_in_use(&pair, side);
        assert!(length <= path_bytes, "seed {seed}: {length}");
    }
    let at = pair.submit(0, 4_000, Precedence::Flash);
    assert!(pair.run_until_receipted(secs(10)), "seed {seed}");
    let took = pair.receipted(0, at).unwrap();
    assert!(took < secs(1), "seed {seed}: {took:?}");
}

#[test]
fn long_frames_that_vanish_are_followed_by_shorter_ones() {
    for (seed, path_bytes) in [(1, 600), (2, 548), (3, 1_100), (4, 200)] {
        long_frames_vanish(seed, path_bytes, 0.0);
    }
    for seed in 5..10 {
        long_frames_vanish(seed, 600, 0.2);
    }
}

/// The path is narrow when the bearer comes back, and nobody has said a short word.
#[test]
fn outage_that_ends_in_a_narrower_path_is_no_end() {
    let mut pair = Pair::warm(11, wide(), ms(20), 0.0);
    pair.links[0].cut = [true; 2];
    for side in 0..2 {
        pair.submit(side, 4_000, Precedence::Immediate);
    }
    pair.run(secs(3_600));
    pair.links[0].path_bytes = 600;
    pair.links[0].cut = [false; 2];
    assert!(pair.run_until_receipted(secs(120)));
}

#[test]
fn wide_path_is_used_again_when_it_is_back() {
    let mut pair = Pair::warm(12, wide(), ms(20), 0.0);
    pair.links[0].path_bytes = 600;
    pair.submit(0, 4_000, Precedence::Immediate);
    assert!(pair.run_until_receipted(secs(60)));
    pair.links[0].path_bytes = usize::MAX;
    for _ in 0..30 {
        pair.run(secs(60));
        pair.submit(0, 205, Precedence::Immediate);
        assert!(pair.run_until_receipted(secs(10)));
    }
    assert_eq!(length_in_use(&pair, 0), 1_200);
    let before = pair.links[0].left[0].len();
    pair.submit(0, 4_000, Precedence::Immediate);
    assert!(pair.run_until_receipted(secs(10)));
    assert!(pair.links[0].left[0].len() - before <= 5);
}

#[test]
fn narrow_path_is_tried_rarely() {
    let mut pair = Pair::warm(13, wide(), ms(20), 0.0);
    pair.links[0].path_bytes = 600;
    pair.submit(0, 4_000, Precedence::Immediate);
    assert!(pair.run_until_receipted(secs(60)));
    let before = pair.links[0].left[0].len();
    for _ in 0..3_600 {
        pair.submit(0, 205, Precedence::Immediate);
        pair.run(secs(1));
    }
    let left = &pair.links[0].left[0][before..];
    let tries = left.iter().filter(|(_, bytes)| *bytes > 600).count();
    assert!((4..15).contains(&tries), "{tries}");
    assert!(length_in_use(&pair, 0) <= 600);
}

#[test]
fn loss_and_outages_of_everything_leave_the_length_alone() {
    for seed in 20..30 {
        let mut pair = Pair::warm(seed, wide(), ms(20), 0.3);
        for number in 0..40 {
            pair.links[0].cut = [number % 4 == 1; 2];
            for side in 0..2 {
                pair.submit(side, 4_000, Precedence::ALL[number % 4]);
                pair.submit(side, 205, Precedence::ALL[number % 4]);
            }
            pair.run(secs(5));
        }
        assert_eq!(length_in_use(&pair, 0), 1_200, "seed {seed}");
        assert_eq!(length_in_use(&pair, 1), 1_200, "seed {seed}");
    }
}

#[test]
fn bearers_with_cover_and_of_one_way_keep_their_length() {
    let mut covered = wide();
    covered.cover = Some(Cover {
        frame_bytes: 600,
        interval: ms(20),
    });
    let mut one_way = udp(100_000);
    one_way.carries = Carries::Out;
    for (seed, bearer) in [(31, covered), (32, one_way)] {
        let mut pair = Pair::new(seed);
        let length = bearer.mtu;
        pair.link(bearer, ms(20), 0.0);
        pair.links[0].path_bytes = 400;
        pair.submit(0, 4_000, Precedence::Immediate);
        pair.run(secs(300));
        assert_eq!(length_in_use(&pair, 0), length);
    }
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_line::planted::{Bug, is_noticed};

    #[test]
    fn planted_length_that_never_shrinks_is_noticed() {
        is_noticed(
            Bug::SizeKept,
            super::long_frames_that_vanish_are_followed_by_shorter_ones,
        );
    }
}
