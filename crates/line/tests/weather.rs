//! Any mix of bearers, loss, delay, doubles, cuts, bearers taken out and restarts: whatever the
//! seed, all is opened exactly once and receipted. `LINE_SEEDS=2000` runs more.
#![allow(clippy::indexing_slicing)] // A broken test stops.

mod pair;

use pair::{Pair, ms, secs, serial, spec, udp};
use redphone_line::{BearerKind, BearerSpec, Carries, Cover};
use redphone_wire::Precedence;

fn any_bearer(pair: &mut Pair) -> BearerSpec {
    let draw = pair.draw();
    let mut spec = match draw % 6 {
        0 => udp(2_400),
        1 => udp(9_600),
        2 => serial(1_200),
        3 => serial(9_600),
        4 => spec(BearerKind::Quic, 1_200, 10_000_000, 60),
        _ => spec(BearerKind::Udp, 300, 1_000_000, 28),
    };
    if draw >> 8 & 7 == 0 {
        spec.cover = Some(Cover {
            frame_bytes: 200,
            interval: spec.air_time(200) + ms(20),
        });
    }
    spec.cost = (draw >> 16 & 1) as u32;
    spec
}

fn story(seed: u64) {
    let mut pair = Pair::new(seed);
    for number in 0..1 + seed % 3 {
        let mut bearer = any_bearer(&mut pair);
        let draw = pair.draw();
        if number > 0 && draw & 3 == 0 {
            bearer.carries = [Carries::In, Carries::Out][(draw >> 2 & 1) as usize];
        }
        let loss = (draw >> 8 & 0xff) as f64 / 512.0;
        pair.link(bearer, ms(draw >> 16 & 0x3ff), loss);
        let link = pair.links.len() - 1;
        pair.links[link].double = (draw >> 32 & 0xf) as f64 / 32.0;
        pair.links[link].jitter = ms(draw >> 40 & 0x7ff);
    }
    for step in 0..30 {
        let draw = pair.draw();
        let bytes = 30 + (draw >> 8) as usize % if step % 10 == 9 { 8_000 } else { 400 };
        let attachment = (step % 10 == 9).then_some(8_000);
        let precedence = Precedence::ALL[(draw >> 40 & 3) as usize];
        pair.submit_chunk((draw & 1) as usize, bytes, precedence, attachment);
        let link = (draw >> 44) as usize % pair.links.len();
        let (now, id) = (pair.now(), pair.links[link].id);
        match draw >> 56 & 15 {
            0 => pair.links[link].cut = [true, false],
            1 => pair.links[link].cut = [true; 2],
            2..=5 => pair.links[link].cut = [false; 2],
            6 => pair.sides[0].line.set_out(now, id, true),
            7 | 8 => pair.sides[0].line.set_out(now, id, false),
            9 => pair.sides[1].line.set_connected(now, id, false),
            10 | 11 => pair.sides[1].line.set_connected(now, id, true),
            12 => pair.restart((draw >> 50 & 1) as usize, 2 + step),
            _ => {}
        }
        pair.run(ms(draw >> 24 & 0x7ff));
    }
    let now = pair.now();
    for link in 0..pair.links.len() {
        let id = pair.links[link].id;
        pair.links[link].cut = [false; 2];
        pair.sides[0].line.set_out(now, id, false);
        pair.sides[1].line.set_connected(now, id, true);
    }
    assert!(pair.run_until_receipted(secs(4_000)), "seed {seed}");
    for side in 0..2 {
        let sent = pair.sides[side].submitted.len();
        assert_eq!(pair.sides[1 - side].opened.len(), sent, "seed {seed}");
    }
    if pair.links.iter().any(|link| link.spec.cover.is_some()) {
        return;
    }
    // What is late changes nothing, and then the line is still.
    pair.run(secs(4_000));
    let still: usize = pair.links.iter().map(|link| link.left[0].len()).sum();
    pair.run(secs(4_000));
    let after: usize = pair.links.iter().map(|link| link.left[0].len()).sum();
    assert_eq!(still, after, "seed {seed}");
}

#[test]
fn all_is_opened_once_and_receipted_in_any_weather() {
    let seeds = std::env::var("LINE_SEEDS").ok();
    let seeds = seeds.and_then(|seeds| seeds.parse().ok()).unwrap_or(30);
    for seed in 0..seeds {
        story(seed);
    }
}
