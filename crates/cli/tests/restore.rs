//! A home is lost and restored from its backup: the line is paired anew, and nothing that was
//! accepted is lost, doubled or forgotten. FAULTS: F41.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::fs;
use std::time::{Duration, Instant};

use stations::{Homes, has_strace, killing, scratch};

const HOST: &str = "127.0.0.1";
const WITHIN: Duration = Duration::from_secs(20);

#[test]
fn lost_home_is_restored_and_its_line_goes_on_after_a_pairing_anew() {
    let root = scratch("restore");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_321, 17_331]);
    let kept = homes.path("nord.backup");
    let [mut nord, mut sud] = [homes.start(0, &[]), homes.start(1, &[])];
    assert!(homes.ready(0, &mut nord) && homes.ready(1, &mut sud));
    homes.run(0, &["send", "--as", "1st watch", "one"]);
    homes.run(1, &["send", "--as", "2nd watch", "first of theirs"]);
    for side in [0, 1] {
        homes.run(side, &["wait", "1", "--timeout", "20s"]);
    }
    sud.kill();
    homes.run(0, &["send", "--as", "1st watch", "nobody hears this"]);
    nord.kill();
    homes.run(0, &["backup", "--out", &kept]);
    fs::remove_dir_all(homes.home(0)).unwrap();

    homes.run(0, &["restore", &kept]);
    let mut nord = homes.start_again(0);
    assert!(homes.ready(0, &mut nord));
    restored_station_says_what_is_in_doubt(&homes);

    let mut sud = homes.start_again(1);
    assert!(homes.ready(1, &mut sud));
    homes.pair("again");
    let settled = || !homes.run(0, &["status"]).contains("HELD");
    eventually("SUD says which messages it holds", settled);
    assert_eq!(homes.tray(1, "inbox"), ["NORD 0001"]);
    homes.run(0, &["release", "0002", "--as", "1st watch"]);
    homes.run(0, &["send", "--as", "1st watch", "three"]);
    homes.run(1, &["send", "--as", "2nd watch", "second of theirs"]);
    for (side, serial) in [(0, "2"), (0, "3"), (1, "2")] {
        homes.run(side, &["wait", serial, "--timeout", "20s"]);
    }
    let ours = ["NORD 0001", "NORD 0002", "NORD 0003"];
    assert_eq!(homes.tray(1, "inbox"), ours);
    assert_eq!(homes.tray(0, "inbox"), ["SUD 0001", "SUD 0002"]);
    assert!(
        homes
            .run(1, &["read", "NORD-0002"])
            .contains("nobody hears this")
    );

    nord.kill();
    sud.kill();
    for side in [0, 1] {
        homes.run(side, &["journal", "verify"]);
    }
    let _ = fs::remove_dir_all(root);
}

/// Of the calls that write pages every so many-th is tried.
const PWRITE_STRIDE: usize = 5;
/// No backup makes so many calls of one kind.
const POINTS_MAX: u32 = 400;

#[test]
fn backup_or_restore_killed_at_any_durability_call_is_whole_or_known_as_half() {
    if !has_strace() {
        return;
    }
    let root = scratch("keep-points");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_323, 17_333]);
    let whole = homes.path("whole");
    homes.run(0, &["backup", "--out", &whole]);
    let mut halves = 0;
    for call in ["fsync", "fdatasync", "pwrite64"] {
        let stride = if call == "pwrite64" { PWRITE_STRIDE } else { 1 };
        for restoring in [false, true] {
            for point in (1..POINTS_MAX).step_by(stride) {
                let (written, new) = (homes.path("written"), homes.path("new"));
                let wrapper = killing(call, point);
                let killed = if restoring {
                    !homes.keep(&wrapper, &written, &["restore", &whole])
                } else {
                    !homes.keep(&wrapper, &homes.home(0), &["backup", "--out", &written])
                };
                let opens = homes.keep(&[], &new, &["restore", &written]);
                assert!(killed || opens, "{call} {point}");
                let checked = homes.keep(&[], &new, &["journal", "verify"]);
                assert_eq!(opens, checked, "{call} {point}");
                halves += u32::from(!opens);
                for gone in [&written, &new] {
                    let _ = fs::remove_dir_all(gone);
                }
                if !killed {
                    break;
                }
            }
        }
    }
    println!("{halves} halves");
    assert!(halves > 20, "only {halves} were cut short");
    let _ = fs::remove_dir_all(root);
}

fn restored_station_says_what_is_in_doubt(homes: &Homes) {
    for command in ["status", "line"] {
        let shown = homes.run(0, &[command]).replace("\n    ", " ");
        assert!(shown.contains("pair with SUD anew"), "{command}: {shown}");
    }
    let doctor = homes.try_run(0, &["doctor"]);
    let told = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert_eq!(doctor.status.code(), Some(1), "{told}");
    assert!(told.contains("restored from a backup"), "{told}");
    let refused = homes.try_run(0, &["send", "--as", "1st watch", "too early"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(5), "{told}");
    assert!(told.contains("no keys of the line to SUD"), "{told}");
    let held = homes.run(0, &["read", "0002"]).replace("\n        ", " ");
    assert!(held.contains("release it again"), "{held}");
    assert!(held.contains("UNKNOWN"), "{held}");
    let waited = homes.try_run(0, &["wait", "2", "--timeout", "1s"]);
    assert_eq!(waited.status.code(), Some(7));
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + WITHIN;
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
