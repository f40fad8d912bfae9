//! A station killed at every durability call loses nothing that was accepted, and doubles nothing.
//!
//! One fixed scenario: three messages each way. One side runs under strace, which kills it at the
//! N-th call of one kind, N = 1, 2, ... until it survives; then it starts again, and everything
//! must be there once. A point is tried again with `REDPHONE_KILL_POINT="pwrite64 109"`. FAULTS:
//! F01, F02, F07.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::time::Duration;

use stations::{Homes, NAMES, has_strace, killing, scratch};

/// Calls that make something durable, or change what is.
const CALLS: [&str; 6] = [
    "fdatasync",
    "fsync",
    "ftruncate",
    "pwrite64",
    "rename",
    "unlink",
];
/// No scenario makes so many calls of one kind.
const POINTS_MAX: u32 = 400;
/// Every such point of the frequent calls is tried; of `pwrite64` every third in a short run.
const PWRITE_STRIDE: usize = 3;

const HOST: &str = "127.0.0.1";
#[cfg(feature = "planted-bugs")]
const PLANTED: &str = "REDPHONE_PLANTED=AnswersBeforeCommit";

#[test]
fn killed_at_every_durability_call_nothing_is_lost_or_doubled() {
    if !has_strace() {
        return;
    }
    let root = scratch("kill-points");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_301, 17_311]);
    if let Ok(asked) = std::env::var("REDPHONE_KILL_POINT") {
        let (call, point) = asked.split_once(' ').expect("a call and a number");
        one_point(&homes, call, point.parse().expect("a number"));
        return;
    }
    let all = std::env::var_os("REDPHONE_KILL_POINTS_ALL").is_some();
    let mut points = 0;
    for call in CALLS {
        let stride = if call == "pwrite64" && !all {
            PWRITE_STRIDE
        } else {
            1
        };
        for point in (1..POINTS_MAX).step_by(stride) {
            let copy = homes.copy(&root.join("copy"));
            let killed = one_point(&copy, call, point);
            points += u32::from(killed);
            if !killed {
                break;
            }
        }
    }
    println!("{points} kill points");
    assert!(points > 20, "only {points} kill points were reached");
    let _ = std::fs::remove_dir_all(root);
}

/// Kills SUD at one point while messages go both ways. False when the point was not reached.
fn one_point(homes: &Homes, call: &str, point: u32) -> bool {
    one_point_with(homes, call, point, &[])
}

/// The same, with words before the station's own command line.
fn one_point_with(homes: &Homes, call: &str, point: u32, words: &[&str]) -> bool {
    let mut nord = homes.start(0, &[]);
    assert!(homes.ready(0, &mut nord));
    let words = words.iter().map(|word| (*word).to_owned());
    let wrapper: Vec<String> = words.chain(killing(call, point)).collect();
    let mut sud = homes.start(1, &wrapper);
    let mut accepted = 0;
    let mut alive = homes.ready(1, &mut sud);
    for number in 0..3 {
        homes.run(
            0,
            &["send", "--as", "1st watch", &format!("from NORD {number}")],
        );
        if alive {
            let text = format!("from SUD {number}");
            let sent = homes.try_run(1, &["send", "--as", "2nd watch", &text]);
            accepted += usize::from(sent.status.success());
            alive = !sud.has_ended();
        }
    }
    if alive {
        alive = receipted(homes, 0) && !sud.has_ended();
    }
    sud.kill();
    let mut sud = homes.start_again(1);
    assert!(
        receipted(homes, 0),
        "{call} {point}: NORD has no receipt\n{}\n{}",
        status(homes, 0),
        status(homes, 1)
    );
    let at_sud = homes.tray(1, "inbox");
    assert_eq!(at_sud, names(0, 3), "{call} {point}");

    let released = homes.tray(1, "outbox").len();
    assert!(
        released >= accepted,
        "{call} {point}: an accepted message is gone"
    );
    for serial in 1..=released {
        let wait = ["wait", &serial.to_string(), "--timeout", "20s"];
        let waited = homes.try_run(1, &wait);
        assert!(waited.status.success(), "{call} {point}: {serial} of SUD");
    }
    assert_eq!(homes.tray(0, "inbox"), names(1, released), "{call} {point}");
    sud.kill();
    homes.run(1, &["journal", "verify"]);
    !alive
}

fn names(side: usize, count: usize) -> Vec<String> {
    (1..=count)
        .map(|serial| format!("{} {serial:04}", NAMES[side]))
        .collect()
}

fn receipted(homes: &Homes, side: usize) -> bool {
    (1..=3).all(|serial| {
        let wait = ["wait", &serial.to_string(), "--timeout", "20s"];
        homes.try_run(side, &wait).status.success()
    })
}

/// What a station shows of itself.
fn status(homes: &Homes, side: usize) -> String {
    let shown = homes.try_run(side, &["status"]);
    String::from_utf8_lossy(&shown.stdout).into_owned()
}

/// Answers that are ahead of the journal: some kill must show that an accepted message is gone.
#[cfg(feature = "planted-bugs")]
#[test]
fn planted_answers_ahead_of_the_journal_are_noticed_at_a_kill() {
    if !has_strace() {
        eprintln!("not tested: strace is not installed");
        return;
    }
    let root = scratch("answers-first");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_305, 17_315]);
    let noticed = (1..POINTS_MAX).any(|point| {
        let copy = homes.copy(&root.join("copy"));
        let point = || one_point_with(&copy, "pwrite64", point, &["env", PLANTED]);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(point));
        let words = outcome.err().and_then(|why| why.downcast::<String>().ok());
        words.is_some_and(|words| words.contains("an accepted message is gone"))
    });
    assert!(noticed, "it went unseen at every kill");
    let _ = std::fs::remove_dir_all(root);
}

#[test]
fn killed_at_random_moments_under_traffic_nothing_is_lost_or_doubled() {
    let root = scratch("random-kills");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_303, 17_313]);
    let seed = std::env::var("REDPHONE_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(0x5eed_u64);
    println!("REDPHONE_SEED={seed}");
    let mut state = seed;
    let mut running = [homes.start(0, &[]), homes.start(1, &[])];
    let mut accepted = [0_usize; 2];
    for round in 0..20 {
        for side in [0, 1] {
            let station = &mut running[side];
            assert!(homes.ready(side, station), "round {round}");
            let text = format!("round {round}");
            let sent = homes.try_run(side, &["send", "--as", "watch", &text]);
            accepted[side] += usize::from(sent.status.success());
        }
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let side = usize::from(state >> 40 & 1 == 1);
        std::thread::sleep(Duration::from_micros(state >> 33 & 0x3fff));
        running[side].kill();
        running[side] = homes.start_again(side);
    }
    for side in [0, 1] {
        assert!(homes.ready(side, &mut running[side]));
    }
    for side in [0, 1] {
        let released = homes.tray(side, "outbox");
        assert!(released.len() >= accepted[side]);
        for serial in 1..=released.len() {
            let wait = ["wait", &serial.to_string(), "--timeout", "30s"];
            assert!(
                homes.try_run(side, &wait).status.success(),
                "{serial} of {side}"
            );
        }
        assert_eq!(homes.tray(1 - side, "inbox"), released);
    }
    drop(running);
    let _ = std::fs::remove_dir_all(root);
}
