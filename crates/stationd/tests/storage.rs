//! What must hold of the journal when the process that writes it is killed at any moment.
//!
//! The test runs itself again as the writer ([`writer`]), reads from its output what was accepted,
//! kills it, and looks for that in the store. FAULTS F01, F02, F07, F15, F16. The faults of single
//! system calls are injected by strace; without it on the machine they are not tested, which the
//! test says.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use redphone_journal::{Journal, Opened, StationKey, Step, StorageError};
use redphone_stationd::{FileSlot, SqliteStorage};
use redphone_wire::Utc;
use zeroize::Zeroizing;

#[path = "storage/power_cut.rs"]
mod power_cut;
#[path = "storage/trace.rs"]
mod trace;

const HOME: &str = "REDPHONE_TEST_WRITER_HOME";
const STEPS: &str = "REDPHONE_TEST_WRITER_STEPS";
/// Makes the writer a planted bug: it tells of a step before it appends it.
const TELLS_FIRST: &str = "REDPHONE_TEST_WRITER_TELLS_FIRST";
const ROUNDS: u32 = 100;

#[test]
fn every_accepted_record_is_there_after_a_kill_at_any_moment() {
    let seed = std::env::var("REDPHONE_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let random: u64 = seed.unwrap_or(0x5eed_0002);
    println!("REDPHONE_SEED={random}");
    let accepted = kill_at_random_moments("kill", random, false);
    println!("{accepted} steps accepted over {ROUNDS} kills");
}

#[test]
fn planted_acceptance_before_the_append_is_noticed_at_a_kill() {
    let outcome = std::panic::catch_unwind(|| kill_at_random_moments("tells-first", 7, true));
    assert!(outcome.is_err());
}

/// Kills a writer again and again, and looks each time for all it told of; returns its last step.
fn kill_at_random_moments(name: &str, mut random: u64, tells_first: bool) -> u64 {
    let home = new_home(name);
    let mut accepted = 0;
    for round in 0..ROUNDS {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let patience = Duration::from_micros(random >> 33 & 0xffff);
        accepted = write_until_killed(&home, patience, tells_first).max(accepted);
        check(&home, accepted, round);
    }
    assert!(
        accepted > u64::from(ROUNDS),
        "the writer was hardly let to write"
    );
    std::fs::remove_dir_all(home).unwrap();
    accepted
}

#[test]
fn fault_of_any_system_call_that_makes_durable_loses_nothing_accepted() {
    if Command::new("strace").arg("--version").output().is_err() {
        println!("not tested: there is no strace on this machine");
        return;
    }
    const SYNCS: &str = "fsync,fdatasync";
    const ALL: &str = "fsync,fdatasync,pwrite64,ftruncate,unlink,rename";
    for (calls, fault) in [
        (SYNCS, "error=EIO"),
        ("pwrite64", "error=ENOSPC"),
        ("pwrite64", "error=EIO"),
        (ALL, "signal=KILL"),
    ] {
        let mut reached = 0;
        for nth in (1..25).chain((25..300).step_by(29)) {
            let home = new_home("fault");
            let fault = format!("{fault}:when={nth}");
            let (accepted, came) = write_under(&home, calls, &fault);
            check(&home, accepted, nth);
            std::fs::remove_dir_all(home).unwrap();
            if !came {
                break;
            }
            reached += 1;
        }
        println!("{calls} {fault}: {reached} faults");
        assert!(reached > 10, "{calls} {fault}: only {reached} faults came");
    }
}

/// Not a test by itself: what the test above runs and kills.
#[test]
fn writer() {
    let Some(home) = std::env::var_os(HOME).map(PathBuf::from) else {
        return;
    };
    let mut out = std::io::stdout();
    let tells_first = std::env::var_os(TELLS_FIRST).is_some();
    let founds = !home.join("station.db").exists();
    if founds {
        found(&home);
        out.write_all(b"accepted 0\n").unwrap();
        out.flush().unwrap();
    }
    let (mut journal, opened) = open(&home);
    let mut number = counter(&opened);
    let steps = std::env::var(STEPS)
        .ok()
        .and_then(|steps| steps.parse().ok());
    let last = number.saturating_add(steps.unwrap_or(u64::MAX));
    while number < last {
        number += 1;
        let random = draw(number);
        // One write: a line is told whole or not at all.
        let told = format!("accepted {number}\n");
        if tells_first {
            out.write_all(told.as_bytes()).unwrap();
            out.flush().unwrap();
        }
        journal.append(Utc(number), step(number), random).unwrap();
        if !tells_first {
            out.write_all(told.as_bytes()).unwrap();
            out.flush().unwrap();
        }
        if number.is_multiple_of(17) {
            journal.rotate(Utc(number), draw(number ^ 1 << 60)).unwrap();
        }
        if founds && number.is_multiple_of(10) {
            drop(journal);
            (journal, _) = open(&home);
        }
    }
}

/// Lets a writer write for a while and kills it; returns the last number it told of.
fn write_until_killed(home: &Path, patience: Duration, tells_first: bool) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["writer", "--exact", "--nocapture", "--test-threads=1"])
        .env(HOME, home)
        .envs(tells_first.then_some((TELLS_FIRST, "1")))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let told = |line: &String| line.rsplit_once("accepted ")?.1.parse::<u64>().ok();
    // It has begun: from here on the moment of the kill is random.
    let first = lines.by_ref().find_map(|line| told(&line)).unwrap();
    std::thread::sleep(patience);
    child.kill().unwrap();
    child.wait().unwrap();
    lines.filter_map(|line| told(&line)).last().unwrap_or(first)
}

/// Lets a writer write a fixed number of steps while one system call fails; returns the last number
/// that it told of, and whether the fault came.
fn write_under(home: &Path, calls: &str, fault: &str) -> (u64, bool) {
    let trace = home.join("trace");
    // Faster, but with it strace 6.1 sends no signals.
    let filter = fault.starts_with("error").then_some("--seccomp-bpf");
    let output = Command::new("strace")
        .args(filter)
        .args(["-f", "-o"])
        .arg(&trace)
        .args(["-e", &format!("trace={calls}")])
        .args(["-e", &format!("inject={calls}:{fault}")])
        .arg(std::env::current_exe().unwrap())
        .args(["writer", "--exact", "--nocapture", "--test-threads=1"])
        .env(HOME, home)
        .env(STEPS, "20")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut told = text.lines().rev();
    let told = told.find_map(|line| line.rsplit_once("accepted ")?.1.parse().ok());
    let trace = std::fs::read_to_string(trace).unwrap();
    let came = trace.contains("(INJECTED)") || !output.status.success();
    (told.unwrap_or(0), came)
}

fn new_home(name: &str) -> PathBuf {
    let home = std::env::temp_dir().join(format!("redphone-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    found(&home);
    home
}

fn found(home: &Path) {
    let storage = SqliteStorage::create(&home.join("station.db")).unwrap();
    drop(Journal::create(storage, &key(home), Utc(0), [0xff; 32]).unwrap());
}

/// Looks for everything accepted. One step more may be there, whole: the one that was being told.
fn check(home: &Path, accepted: u64, round: u32) {
    let (mut journal, opened) = open(home);
    let last = counter(&opened);
    assert!(
        last == accepted || last == accepted + 1,
        "round {round}: {accepted} accepted, {last} found"
    );
    let mut from = 0;
    let mut found = Vec::new();
    loop {
        let page = journal.records(from, 500).unwrap();
        let Some((number, ..)) = page.last() else {
            break;
        };
        from = number + 1;
        found.extend(page.into_iter().map(|(_, utc, text)| (utc.0, text)));
    }
    let expected = (1..=last).flat_map(|number| {
        let records = step(number).records.into_iter();
        records.map(move |text| (number, text))
    });
    assert!(
        found.into_iter().eq(expected),
        "round {round}: other records"
    );
    for number in (1..=last).rev().take(50) {
        let body = journal.body(format!("text/{number}").as_bytes()).unwrap();
        assert_eq!(
            body,
            step(number).bodies[0].1,
            "round {round}: body {number}"
        );
    }
    let verdict = journal.verify().unwrap();
    assert!(verdict.is_whole(), "round {round}: {verdict:?}");
}

fn step(number: u64) -> Step {
    let value = Zeroizing::new(number.to_be_bytes().to_vec());
    let text = format!("step {number}");
    Step {
        records: vec![
            text.clone().into_bytes(),
            format!("{text}, second").into_bytes(),
        ],
        rows: vec![(b"counter".to_vec(), Some(value))],
        bodies: vec![(
            format!("text/{number}").into_bytes(),
            Some(text.into_bytes()),
        )],
        snapshot: number
            .is_multiple_of(13)
            .then(|| number.to_be_bytes().to_vec()),
    }
}

fn counter(opened: &Opened) -> u64 {
    let row = opened.rows.first();
    row.map_or(0, |(_, value)| {
        u64::from_be_bytes(value.as_slice().try_into().unwrap())
    })
}

/// Opens after a writer that was killed: a dying process holds the store a little longer.
fn open_storage(home: &Path) -> SqliteStorage {
    for _ in 0..200 {
        match SqliteStorage::open(&home.join("station.db")) {
            Err(StorageError::Busy(_)) => std::thread::sleep(Duration::from_millis(25)),
            other => return other.unwrap(),
        }
    }
    panic!("the store stays busy");
}

fn open(home: &Path) -> (Journal<SqliteStorage>, Opened) {
    let storage = open_storage(home);
    let (mut journal, opened) = Journal::open(storage, &key(home)).unwrap();
    journal.replay(|_, _, _| Ok::<(), ()>(())).unwrap();
    (journal, opened)
}

fn key(home: &Path) -> StationKey {
    let key = StationKey::from_key_file("5a".repeat(32).as_bytes()).unwrap();
    key.with_slot(Arc::new(FileSlot::new(home.join("slot"))))
}

fn draw(number: u64) -> [u8; 32] {
    let mut draw = [7; 32];
    draw[..8].copy_from_slice(&number.to_be_bytes());
    draw
}
