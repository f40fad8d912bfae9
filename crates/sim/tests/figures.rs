//! Figures of docs/BENCHMARKS.md that follow from the bytes and the timers alone: two real hubs,
//! simulated time, fixed seeds. Every gate is a goal of that document; `--nocapture` shows what
//! was measured.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

mod rig;

use std::time::Duration;

use redphone_wire::{AttachmentChunk, Serial, to_bytes};

use rig::{Cost, ENGLISH, Line, RUSSIAN, ms, serial, udp};

/// A rate at which a message takes no time that counts.
const FAST_BIT_S: u64 = 100_000_000;
const SEED: u64 = 1;

fn show(what: &str, measured: &dyn std::fmt::Debug) {
    eprintln!("{what}: {measured:?}");
}

/// What a text costs on an idle serial bearer, 8N1, to the bit.
fn by_serial(baud: u64, text: &str) -> Cost {
    let mut line = Line::new(SEED, serial(baud), ms(0));
    let cost = line.cost(text, ms(120_000));
    show(&format!("serial, {baud} baud, {} bytes", text.len()), &cost);
    cost
}

/// The same by `udp`, on a link of exactly so many bits a second.
fn by_udp(bit_s: u64, text: &str) -> Cost {
    let mut line = Line::new(SEED, udp(bit_s), ms(0));
    let cost = line.cost(text, ms(120_000));
    show(&format!("udp, {bit_s} bit/s, {} bytes", text.len()), &cost);
    cost
}

/// Sorted times until the receipt of 100 messages, and of their arrivals.
fn hundred(line: &mut Line, pause: Duration) -> (Vec<Duration>, Vec<Duration>) {
    let (mut receipted, mut there) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        let begin = line.world.time;
        let serial = line.send(0, "priority", ENGLISH);
        receipted.push(line.until_receipted(0, serial, ms(600_000)) - begin);
        there.push(line.held_at(0, serial) - begin);
        line.run(pause);
    }
    receipted.sort();
    there.sort();
    (receipted, there)
}

#[test]
fn samples_are_as_long_as_they_say() {
    assert_eq!(ENGLISH.len(), 280);
    assert_eq!(RUSSIAN.len(), 469);
}

#[test]
fn envelope_adds_at_most_40_bytes_and_a_frame_22() {
    let mut line = Line::new(SEED, udp(FAST_BIT_S), ms(0));
    for bytes in 1..=400 {
        let before = line.carried(0);
        line.world.sealed[0].clear();
        let serial = line.send_attachment("routine", bytes);
        line.run(ms(2_000));
        let sealed = std::mem::take(&mut line.world.sealed[0]);
        let [text, piece] = sealed.as_slice() else {
            panic!("{bytes}: a text and a piece, not {}", sealed.len());
        };
        let chunk = AttachmentChunk {
            serial: Serial(serial),
            index: 0,
            offset: 0,
            bytes: vec![0; bytes],
        };
        let added = piece - to_bytes(&chunk).len();
        assert!(added <= 40, "{bytes}: {added}");
        let (frames, sent) = line.carried(0);
        let frames = frames - before.0;
        let plain = (sent - before.1) as usize - 28 * frames as usize;
        assert!(plain - text - piece <= 22 * 2, "{bytes}: {plain}");
        assert_eq!(frames, 2, "{bytes}");
    }
}

#[test]
fn english_by_serial_takes_230_bytes_and_45_back() {
    let cost = by_serial(300, ENGLISH);
    assert!(cost.out.1 <= 230 && cost.back.1 <= 45, "{cost:?}");
    assert_eq!((cost.out.0, cost.back.0), (1, 1), "one frame each way");
}

#[test]
fn russian_by_serial_takes_310_bytes_and_45_back() {
    let cost = by_serial(300, RUSSIAN);
    assert!(cost.out.1 <= 310 && cost.back.1 <= 45, "{cost:?}");
}

#[test]
fn english_by_udp_takes_280_bytes_and_80_back_with_headers() {
    for rate in [FAST_BIT_S, 9_600] {
        let cost = by_udp(rate, ENGLISH);
        assert!(cost.out.1 <= 280 && cost.back.1 <= 80, "{cost:?}");
    }
}

#[test]
fn serial_at_300_baud_is_there_in_7_8_s_and_receipted_in_9_5() {
    let cost = by_serial(300, ENGLISH);
    assert!(cost.there <= ms(7_800), "{cost:?}");
    assert!(cost.receipted <= ms(9_500), "{cost:?}");
}

#[test]
fn serial_at_75_baud_is_there_in_31_s_and_receipted_in_38() {
    let cost = by_serial(75, ENGLISH);
    assert!(cost.there <= ms(31_000), "{cost:?}");
    assert!(cost.receipted <= ms(38_000), "{cost:?}");
    let cost = by_serial(75, RUSSIAN);
    assert!(cost.there <= ms(42_000), "{cost:?}");
}

#[test]
fn udp_at_narrow_rates_is_there_in_time() {
    let goals = [(9_600, 300), (2_400, 1_000), (300, 7_000), (75, 27_000)];
    for (rate, goal) in goals {
        let cost = by_udp(rate, ENGLISH);
        assert!(cost.there <= ms(goal), "{rate}: {cost:?}");
    }
}

#[test]
fn half_lost_each_way_is_receipted_in_150_ms_and_at_worst_500() {
    for seed in 1..=3 {
        let mut line = Line::new(seed, udp(FAST_BIT_S), ms(20));
        line.weather(ms(20), 500);
        let (receipted, _) = hundred(&mut line, ms(1_000));
        show("50 % lost, p50, worst", &(receipted[50], receipted[99]));
        assert!(receipted[50] <= ms(150), "{:?}", receipted[50]);
        assert!(receipted[99] <= ms(500), "{:?}", receipted[99]);
    }
}

#[test]
fn satellite_is_there_in_310_ms_receipted_in_620_with_two_copies_at_most() {
    let mut line = Line::new(SEED, udp(FAST_BIT_S), ms(300));
    line.weather(ms(300), 20);
    let before = line.carried(0);
    let (receipted, there) = hundred(&mut line, ms(2_000));
    let (frames, bytes) = line.carried(0);
    show(
        "satellite, p50 there, receipted",
        &(there[50], receipted[50]),
    );
    show("satellite, worst", &(there[99], receipted[99]));
    assert!(there[50] <= ms(310), "{:?}", there[50]);
    assert!(receipted[50] <= ms(620), "{:?}", receipted[50]);
    let one = Line::new(SEED, udp(FAST_BIT_S), ms(0)).cost(ENGLISH, ms(1_000));
    let copies = (bytes - before.1) as f64 / (one.out.1 * 100) as f64;
    show("satellite, copies of each byte", &copies);
    assert!(copies <= 2.0, "{copies} in {} frames", frames - before.0);
}

#[test]
fn link_that_comes_back_after_a_minute_is_used_within_half_a_second() {
    for delay in [0, 20, 50] {
        let mut line = Line::new(SEED, udp(FAST_BIT_S), ms(delay));
        line.cut(ms(delay), true);
        let serial = line.send(0, "priority", ENGLISH);
        line.run(ms(60_000));
        line.cut(ms(delay), false);
        let up = line.world.time;
        let after = line.until_receipted(0, serial, ms(600_000)) - up;
        show("receipted after the link came back", &after);
        assert!(after <= ms(500), "{after:?}");
    }
}

#[test]
fn flash_in_the_middle_of_a_megabyte_waits_for_one_frame_at_most() {
    const FRAME_AIR_TIME: Duration = ms(100);
    let mut line = Line::new(SEED, udp(9_600), ms(0));
    let begin = line.world.time;
    let serial = line.send(0, "flash", ENGLISH);
    line.until_receipted(0, serial, ms(60_000));
    let idle = line.held_at(0, serial) - begin;
    line.run(ms(10_000));
    let large = line.send_attachment("routine", 1 << 20);
    line.run(ms(60_000));
    for _ in 0..20 {
        let begin = line.world.time;
        let serial = line.send(0, "flash", ENGLISH);
        line.until_receipted(0, serial, ms(60_000));
        let busy = line.held_at(0, serial) - begin;
        show("FLASH on an idle line, on a busy one", &(idle, busy));
        assert!(busy <= idle + FRAME_AIR_TIME, "{busy:?}");
        line.run(ms(7_777));
    }
    assert!(!line.is_whole(large), "the line was busy throughout");
}

/// From the start of both stations to the first message at the peer. Keys are stored.
fn cold(bit_s: u64, precedence: &str) -> Duration {
    let mut line = Line::new(SEED, udp(bit_s), ms(0));
    let start = line.world.time;
    for side in [0, 1] {
        line.world.side(side).crash();
        assert!(line.world.side(side).start(start).unwrap());
    }
    let serial = line.send(0, precedence, ENGLISH);
    line.until_receipted(0, serial, ms(600_000));
    let took = line.held_at(0, serial) - start;
    show(&format!("cold line, {bit_s} bit/s, {precedence}"), &took);
    took
}

#[test]
fn flash_on_a_cold_line_is_there_in_2_s_at_2400_bit_s_and_12_at_300() {
    assert!(cold(2_400, "flash") <= ms(2_000));
    assert!(cold(300, "flash") <= ms(12_000));
}

/// What is not FLASH waits for the first contact after a start: a frame each way.
#[test]
fn routine_on_a_cold_line_is_there_in_2_s_at_2400_bit_s_and_12_at_300() {
    assert!(cold(2_400, "routine") <= ms(2_000));
    assert!(cold(300, "routine") <= ms(12_000));
}

#[test]
fn idle_line_is_silent_between_tests() {
    for spec in [udp(FAST_BIT_S), serial(300)] {
        let mut line = Line::new(SEED, spec, ms(0));
        let mut busy_minutes = 0;
        for _ in 0..240 {
            let before = (line.carried(0), line.carried(1));
            line.run(ms(60_000));
            busy_minutes += u32::from((line.carried(0), line.carried(1)) != before);
        }
        // A test an hour, of a minute or two.
        assert!(busy_minutes <= 8, "{busy_minutes} minutes of 240");
    }
}
