//! Real stations whose clocks are wrong, jump, race, or start again. FAULTS: F23 to F27.
//!
//! The wall clock is faked for one process by libfaketime; the monotonic clock of a reboot by a
//! time namespace, which needs root. Without them the tests say that they were not run.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use stations::{Homes, Station, scratch};

const HOST: &str = "127.0.0.1";

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// Whether a command line runs here; says so where it does not.
fn runs(line: &str) -> bool {
    let words = words(line);
    let output = Command::new(&words[0]).args(&words[1..]).output();
    let runs = output.is_ok_and(|output| output.status.success());
    if !runs {
        assert!(
            std::env::var_os("CI").is_none(),
            "this test wants root and faketime: cargo xtask test installs it"
        );
        eprintln!("not tested: this machine does not run {line}");
    }
    runs
}

fn both_ready(homes: &Homes, stations: &mut [Station; 2]) {
    for (side, station) in stations.iter_mut().enumerate() {
        assert!(homes.ready(side, station));
    }
}

#[test]
fn station_whose_clock_is_wrong_at_its_start_exchanges_everything_and_the_difference_is_shown() {
    if !runs("faketime -f +1d true") {
        return;
    }
    let root = scratch("wrong-clock");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_521, 17_531]);
    let nord = homes.start(0, &[]);
    let mut stations = [nord, homes.start(1, &[])];
    both_ready(&homes, &mut stations);
    for (by, seconds) in [
        ("+40d", 40 * 86_400),
        ("-3h", -10_800),
        ("+365d", 31_536_000),
    ] {
        stations[1].kill();
        let wrapper = format!("env DONT_FAKE_MONOTONIC=1 faketime -f {by}");
        stations[1] = homes.start(1, &words(&wrapper));
        both_ready(&homes, &mut stations);

        homes.exchange();

        let shown = homes.run(0, &["status", "--json"]);
        let differs = shown.split("\"clock_difference_s\":").nth(1).unwrap();
        let differs = differs.split([',', '}']).next().unwrap();
        let differs: i64 = differs.parse().unwrap();
        assert!((differs - seconds).abs() < 600, "{by}: {differs} s shown");
        assert_eq!(homes.alarms(0), Vec::<String>::new(), "{by}");
    }
    assert_eq!(homes.tray(1, "inbox"), homes.tray(0, "outbox"));
    drop(stations);
    let _ = fs::remove_dir_all(root);
}

#[test]
fn clock_that_jumps_under_a_running_station_is_said_and_holds_up_nothing() {
    if !runs("faketime -f +1d true") {
        return;
    }
    let root = scratch("jump");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_523, 17_533]);
    let library = Command::new("sh")
        .args(["-c", "faketime -f +0 printenv LD_PRELOAD"])
        .output();
    let library = String::from_utf8(library.unwrap().stdout).unwrap();
    let clock = root.join("clock");
    fs::write(&clock, "+0\n").unwrap();
    let wrapper = format!(
        "env LD_PRELOAD={} FAKETIME_TIMESTAMP_FILE={} FAKETIME_NO_CACHE=1 DONT_FAKE_MONOTONIC=1",
        library.trim(),
        clock.display()
    );
    let mut stations = [homes.start(0, &[]), homes.start(1, &words(&wrapper))];
    both_ready(&homes, &mut stations);
    homes.exchange();
    for by in ["+40d", "+0", "-3h", "+0"] {
        let next = clock.with_extension("next");
        fs::write(&next, format!("{by}\n")).unwrap();
        fs::rename(next, &clock).unwrap();

        homes.exchange();

        let alarms = homes.alarms(1);
        assert!(
            alarms.len() == 1 && alarms[0].contains("The wall clock jumped by"),
            "{by}: {alarms:?}"
        );
        assert_eq!(homes.alarms(0), Vec::<String>::new(), "{by}");
    }
    assert_eq!(homes.tray(1, "inbox"), homes.tray(0, "outbox"));
    drop(stations);
    let _ = fs::remove_dir_all(root);
}

#[test]
fn station_after_a_reboot_goes_by_a_monotonic_clock_that_starts_again() {
    let long_up = "unshare --time --fork --monotonic 10000000 --boottime 10000000";
    if !runs(&format!("{long_up} true")) {
        return;
    }
    let root = scratch("reboot");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_525, 17_535]);
    let nord = homes.start(0, &words(long_up));
    let mut stations = [nord, homes.start(1, &words(long_up))];
    both_ready(&homes, &mut stations);
    homes.exchange();
    homes.run(0, &["send", "--as", "watch", "Before the reboot."]);
    for station in &mut stations {
        station.kill();
    }

    stations = [homes.start_again(0), homes.start_again(1)];
    homes.run(0, &["wait", "2", "--timeout", "60s"]);
    homes.exchange();
    assert_eq!(homes.tray(1, "inbox"), homes.tray(0, "outbox"));
    drop(stations);
    let _ = fs::remove_dir_all(root);
}

/// A figure of a station.
fn figure(homes: &Homes, side: usize, name: &str) -> f64 {
    use std::io::{Read, Write};
    let socket = Path::new(&homes.home(side)).join("api.sock");
    let mut stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
    let head = b"GET /metrics HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n";
    stream.write_all(head).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn clock_that_runs_ten_times_too_fast_or_slow_makes_no_loop_and_no_false_down() {
    if !runs("faketime -f +1d true") {
        return;
    }
    let root = scratch("pace");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_527, 17_537]);
    let mut turns = Vec::new();
    for pace in ["x1", "x10", "x0.1"] {
        // All its clocks: also the one that it paces itself by.
        let wrapper = words(&format!("faketime -f {pace}"));
        let mut stations = [homes.start(0, &[]), homes.start(1, &wrapper)];
        both_ready(&homes, &mut stations);
        homes.exchange();
        let before = figure(&homes, 1, "redphone_commit_seconds_count");
        std::thread::sleep(Duration::from_secs(5));
        turns.push(figure(&homes, 1, "redphone_commit_seconds_count") - before);
        let shown = homes.run(0, &["status", "--json"]);
        assert!(!shown.contains("\"state\":\"DOWN\""), "{pace}: {shown}");
        homes.exchange();
        assert_eq!(homes.tray(1, "inbox"), homes.tray(0, "outbox"));
        drop(stations);
    }
    println!("turns of an idle station at x1, x10, x0.1: {turns:?}");
    // A loop without end makes tens of thousands; its bound is that of the true clock.
    assert!(turns.iter().all(|count| *count <= 50.0 * (turns[0] + 10.0)));
    let _ = fs::remove_dir_all(root);
}
