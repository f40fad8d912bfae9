//! Clocks that are wrong, jump, run fast or start again, and machines that stand still: two real
//! hubs, simulated time, fixed seeds. FAULTS: F10, F23 to F27.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

use std::time::Duration;

use redphone_api::{LineState, LineStatus, Request, Response};
use redphone_line::BearerId;
use redphone_sim::World;

const SEED: u64 = 1;
const DAY_MS: i64 = 86_400_000;
const HOUR: Duration = Duration::from_secs(3_600);
/// In fair weather a text is receipted within this, by the fastest of the bearers.
const RECEIPTED_WITHIN: Duration = Duration::from_secs(10);

fn world() -> World {
    println!("seed {SEED}");
    let mut world = World::new(SEED).unwrap();
    run(&mut world, HOUR);
    world
}

fn run(world: &mut World, time: Duration) {
    let until = world.time + time;
    world.run_until(until).unwrap();
}

fn send(world: &mut World, from: usize) -> u32 {
    let request = Request::Send {
        to: None,
        precedence: "routine".to_owned(),
        text: "How do you read?".to_owned(),
        subject: String::new(),
        officer: "1st watch".to_owned(),
        attachments: Vec::new(),
    };
    match world.ask(from, request).unwrap() {
        Some(Response::Sent(sent)) => sent.serial,
        other => panic!("not released: {other:?}"),
    }
}

/// One message each way, and its receipt.
fn exchange(world: &mut World) {
    for from in [0, 1] {
        let serial = send(world, from);
        run(world, RECEIPTED_WITHIN);
        assert!(world.held_at.contains_key(&(from, serial)), "it is held");
        assert!(world.receipted_at.contains_key(&(from, serial)));
    }
}

fn line(world: &mut World, index: usize) -> LineStatus {
    match world.ask(index, Request::Status).unwrap() {
        Some(Response::Status(status)) => status.lines[0].clone(),
        other => panic!("no status: {other:?}"),
    }
}

/// Nobody was woken, and both lines carry.
fn all_is_quiet(world: &mut World) {
    for index in [0, 1] {
        assert_eq!(world.side(index).alarms, Vec::<String>::new());
        let line = line(world, index);
        assert!(
            matches!(line.state, LineState::Up | LineState::UpDeskSilent),
            "side {index}: {:?}",
            line.state
        );
    }
}

/// Tests that ended well so far, as one side wrote them down.
fn tests_held(world: &mut World) -> usize {
    let lines = world.journal(0, 1_000);
    let held = |line: &&String| line.contains("test with SUD: ");
    lines.iter().filter(held).count()
}

fn frames(world: &World) -> u64 {
    (0..2)
        .flat_map(|from| (1..4).map(move |bearer| (from, BearerId(bearer))))
        .map(|(from, bearer)| world.sent(from, bearer).0)
        .sum()
}

/// Hours of a line whose clocks differ by so much, a message each way in each.
fn clocks_differ(by_ms: i64) {
    let mut world = world();
    world.side(0).clock_error_ms = by_ms;
    for _ in 0..5 {
        exchange(&mut world);
        run(&mut world, HOUR);
    }
    let differs = line(&mut world, 1).clock_difference_s.unwrap();
    assert!((differs - by_ms / 1_000).abs() <= 60, "{differs} s shown");
    assert_eq!(line(&mut world, 0).test.missed, 0);
    all_is_quiet(&mut world);
}

fn clocks_a_year_apart_change_nothing() {
    for by_ms in [40 * DAY_MS, -DAY_MS / 8, 365 * DAY_MS, -365 * DAY_MS] {
        clocks_differ(by_ms);
    }
}

#[test]
fn two_stations_a_year_apart_exchange_everything_and_the_difference_is_shown() {
    clocks_a_year_apart_change_nothing();
}

fn jumps(bug: bool) {
    let mut world = world();
    world.side(0).paced_by_wall = bug;
    let held = tests_held(&mut world);
    let begun = world.time;
    for by_ms in [
        40 * DAY_MS,
        0,
        -DAY_MS / 8,
        0,
        365 * DAY_MS,
        -365 * DAY_MS,
        0,
    ] {
        world.side(0).clock_error_ms = by_ms;
        exchange(&mut world);
        run(&mut world, HOUR);
    }
    let hours = usize::try_from((world.time - begun).as_secs() / 3_600).unwrap();
    let held = tests_held(&mut world) - held;
    println!("{held} tests in {hours} hours");
    assert!(held <= hours + 1, "doubled: {held} tests in {hours} hours");
    assert!(held + 1 >= hours, "skipped: {held} tests in {hours} hours");
    all_is_quiet(&mut world);
}

#[test]
fn clock_that_jumps_both_ways_and_back_expires_nothing_and_skips_no_test() {
    jumps(false);
}

fn reboot(bug: bool) {
    let mut world = world();
    world.side(0).stamps_of_another_boot = bug;
    run(&mut world, 9 * HOUR);
    let waits = send(&mut world, 0);
    for index in [0, 1] {
        world.side(index).crash();
        let time = world.time;
        assert!(world.side(index).start(time).unwrap());
        world.tell(index).unwrap();
    }
    run(&mut world, RECEIPTED_WITHIN);
    assert!(world.receipted_at.contains_key(&(0, waits)));
    exchange(&mut world);
    run(&mut world, 3 * HOUR);
    all_is_quiet(&mut world);
}

#[test]
fn monotonic_clock_that_starts_again_holds_up_nothing() {
    reboot(false);
}

#[test]
fn station_that_stood_still_for_an_hour_goes_on_without_a_burst_of_alarms() {
    let mut world = world();
    for seconds in [1, 60, 3_600] {
        let pause = Duration::from_secs(seconds);
        world.side(1).paused_until = world.time + pause;
        let serial = send(&mut world, 0);
        run(&mut world, pause);
        let sent = frames(&world);
        run(&mut world, RECEIPTED_WITHIN);
        assert!(world.receipted_at.contains_key(&(0, serial)), "{pause:?}");
        println!("{} frames after {pause:?}", frames(&world) - sent);
        exchange(&mut world);
    }
    all_is_quiet(&mut world);
}

/// Six hours with the wall clock of one side at a tenth or ten times its pace; frames sent.
fn frames_with_pace(tenths: i64) -> u64 {
    let mut world = world();
    let before = frames(&world);
    let step = Duration::from_secs(10);
    for _ in 0..2_160 {
        world.side(0).clock_error_ms += 1_000 * (tenths - 10);
        run(&mut world, step);
    }
    let carried = frames(&world) - before;
    all_is_quiet(&mut world);
    carried
}

#[test]
fn clock_ten_times_too_fast_or_slow_makes_no_loop_and_no_false_down() {
    let true_clock = frames_with_pace(10);
    for tenths in [1, 100] {
        let carried = frames_with_pace(tenths);
        println!("{carried} frames, {true_clock} with a true clock");
        assert!(carried <= 4 * true_clock + 100);
    }
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_station::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn dropping_what_is_dated_in_the_future_is_noticed() {
        is_noticed(Bug::FutureDropped, clocks_a_year_apart_change_nothing);
    }

    #[test]
    fn age_by_the_wall_clock_is_noticed() {
        is_noticed(Bug::AgeByWallClock, clocks_a_year_apart_change_nothing);
    }
}

/// These bugs are of the simulated machine, so that every build can have them.
#[test]
fn planted_pace_by_the_wall_clock_is_noticed() {
    assert!(std::panic::catch_unwind(|| jumps(true)).is_err());
}

#[test]
fn planted_stamps_of_an_earlier_boot_are_noticed() {
    assert!(std::panic::catch_unwind(|| reboot(true)).is_err());
}
