//! How fast, and with how many bytes, on bearers from a local network to 75 bit/s.

#![allow(clippy::unwrap_used)] // A broken test stops.

mod pair;

use pair::{Pair, lan, ms, secs, serial, spec, spread, udp};
use redphone_line::BearerKind;
use redphone_wire::Precedence;

const ENVELOPE: usize = 205; // 280 letters of English, sealed

/// Sends one after the other; times to the peer and to the receipt.
fn send(
    pair: &mut Pair,
    count: usize,
    pause: u64,
) -> (Vec<std::time::Duration>, Vec<std::time::Duration>) {
    let mut at_peer = Vec::new();
    let mut receipted = Vec::new();
    for _ in 0..count {
        let id = pair.submit(0, ENVELOPE, Precedence::Immediate);
        assert!(pair.run_until_receipted(secs(3_600)), "seed {}", pair.seed);
        at_peer.push(pair.at_peer(0, id).unwrap());
        receipted.push(pair.receipted(0, id).unwrap());
        pair.run(ms(pause));
    }
    (at_peer, receipted)
}

#[test]
fn satellite_sends_no_byte_more_than_twice() {
    let satellite = spec(BearerKind::Udp, 1_200, 8_000_000, 28);
    let mut pair = Pair::warm(11, satellite, ms(300), 0.02);
    let before = pair.links[0].bytes(0);
    let (at_peer, receipted) = send(&mut pair, 100, 1_000);
    let bytes = pair.links[0].bytes(0) - before;
    let (peer, peer_worst) = spread(at_peer);
    let (receipt, receipt_worst) = spread(receipted);
    println!(
        "satellite: at peer {peer:?} ({peer_worst:?}), receipted {receipt:?} ({receipt_worst:?}), bytes x{:.2}",
        bytes as f64 / (100.0 * 225.0)
    );
    assert!(peer <= ms(310) && receipt <= ms(620));
    assert!(bytes <= 2 * 100 * 229, "{bytes}");
}

#[test]
fn fifty_percent_loss_each_way_is_beaten_within_half_a_second() {
    let mut receipts = Vec::new();
    for seed in 0..5 {
        let path = spec(BearerKind::Udp, 1_200, 100_000_000, 28);
        let mut pair = Pair::warm(seed, path, ms(20), 0.5);
        let (at_peer, receipted) = send(&mut pair, 100, 300);
        let (peer, peer_worst) = spread(at_peer);
        let (receipt, receipt_worst) = spread(receipted.clone());
        println!(
            "50 %: at peer {peer:?} ({peer_worst:?}), receipted {receipt:?} ({receipt_worst:?})"
        );
        receipts.extend(receipted);
    }
    let (receipt, worst) = spread(receipts);
    assert!(receipt <= ms(150), "{receipt:?}");
    assert!(worst <= ms(500), "{worst:?}");
}

#[test]
fn slow_serial_bearers_take_what_their_bits_take() {
    for (baud, peer_max, receipt_max) in [(75, 31.0, 38.0), (300, 7.8, 9.5)] {
        let mut pair = Pair::warm(1, serial(baud), ms(5), 0.0);
        let before = [pair.links[0].bytes(0), pair.links[0].bytes(1)];
        let (at_peer, receipted) = send(&mut pair, 5, 60_000);
        let (_, peer) = spread(at_peer);
        let (_, receipt) = spread(receipted);
        let out = (pair.links[0].bytes(0) - before[0]) / 5;
        let back = (pair.links[0].bytes(1) - before[1]) / 5;
        println!("{baud} baud: at peer {peer:?}, receipted {receipt:?}, frames {out} + {back} B");
        assert!(peer.as_secs_f64() <= peer_max && receipt.as_secs_f64() <= receipt_max);
        assert!(out + 3 <= 230 && back + 3 <= 45, "{out} {back}");
    }
}

/// The seal makes of every code up to serial 16,383 an envelope of 40 bytes at most.
#[test]
fn flash_code_is_there_in_9_s_and_64_bytes_at_75_baud() {
    const CODE_ENVELOPE: usize = 40;
    let mut pair = Pair::warm(1, serial(75), ms(5), 0.0);
    for _ in 0..8 {
        let before = pair.links[0].bytes(0);
        let id = pair.submit(0, CODE_ENVELOPE, Precedence::Flash);
        assert!(pair.run_until_receipted(secs(600)));
        let at_peer = pair.at_peer(0, id).unwrap();
        pair.run(ms(120_000));
        let out = pair.links[0].bytes(0) - before + 3;
        println!("code at 75 baud: at peer {at_peer:?}, {out} bytes");
        assert!(at_peer <= secs(9), "{at_peer:?}");
        assert!(out <= 64, "{out}");
    }
}

#[test]
fn narrow_datagram_bearers_take_what_their_bits_take() {
    for (bits, most) in [(9_600, 0.3), (2_400, 1.0), (300, 7.0), (75, 27.0)] {
        let mut pair = Pair::warm(1, udp(bits), ms(1), 0.0);
        let (at_peer, receipted) = send(&mut pair, 5, 60_000);
        let (_, peer) = spread(at_peer);
        let (_, receipt) = spread(receipted);
        println!("udp {bits} bit/s: at peer {peer:?}, receipted {receipt:?}");
        assert!(peer.as_secs_f64() <= most, "{bits}: {peer:?}");
    }
}

#[test]
fn link_back_after_an_outage_is_used_at_once() {
    for (outage, seeds) in [(1, 10), (5, 10), (60, 10), (3_600, 2)] {
        for seed in 0..seeds {
            let mut pair = Pair::warm(seed, lan(), ms(1), 0.0);
            pair.links[0].cut = [true; 2];
            let id = pair.submit(0, ENVELOPE, Precedence::Immediate);
            let jitter = pair.draw() % 300;
            pair.run(secs(outage) + ms(jitter));
            pair.links[0].cut = [false; 2];
            let up = pair.now;
            assert!(pair.run_until_receipted(secs(60)), "seed {seed}");
            let after = pair.sides[0].receipted[&id] - up;
            assert!(
                after <= ms(500),
                "seed {seed}, outage {outage} s: {after:?}"
            );
        }
    }
}

#[test]
fn full_queue_flows_at_once_after_an_outage_and_is_not_shouted_into_it() {
    let mut pair = Pair::warm(3, lan(), ms(1), 0.0);
    pair.links[0].cut = [true; 2];
    for _ in 0..2_000 {
        pair.submit(0, ENVELOPE, Precedence::Priority);
    }
    pair.run(secs(10));
    let before = pair.links[0].left[0].len();
    pair.run(secs(50));
    let shouted = pair.links[0].left[0].len() - before;
    println!("frames in 50 s of outage: {shouted}");
    assert!(shouted <= 250);
    pair.links[0].cut = [false; 2];
    let up = pair.now;
    assert!(pair.run_until_receipted(secs(60)));
    println!("2,000 receipted {:?} after the link is back", pair.now - up);
    assert!(pair.now - up <= secs(1));
}

#[test]
fn silent_bearer_is_probed_and_not_shouted_at() {
    let mut pair = Pair::warm(3, lan(), ms(1), 0.0);
    pair.links[0].cut = [true; 2];
    for _ in 0..20 {
        pair.submit(0, ENVELOPE, Precedence::Priority);
    }
    pair.run(secs(10));
    let before = pair.links[0].left[0].len();
    pair.run(secs(10));
    let probes = pair.links[0].left[0].len() - before;
    assert!(probes <= 45, "{probes} in 10 s");
}

#[test]
fn first_frame_heard_after_an_outage_wakes_a_slow_bearer() {
    let mut pair = Pair::warm(3, serial(300), ms(5), 0.0);
    pair.links[0].cut = [true; 2];
    let id = pair.submit(0, ENVELOPE, Precedence::Immediate);
    pair.run(secs(600));
    let probes = pair.links[0].left[0].len();
    while pair.links[0].left[0].len() == probes {
        pair.run(ms(100));
    }
    pair.run(secs(8));
    pair.links[0].cut = [false; 2];
    let up = pair.now;
    pair.submit(1, ENVELOPE, Precedence::Immediate);
    assert!(pair.run_until_receipted(secs(60)));
    let after = pair.sides[0].receipted[&id] - up;
    assert!(after <= secs(19), "{after:?}");
}

#[test]
fn idle_line_sends_nothing() {
    let mut pair = Pair::warm(1, lan(), ms(1), 0.0);
    pair.run(secs(600));
    let before = pair.links[0].left[0].len() + pair.links[0].left[1].len();
    pair.run(secs(86_400));
    let after = pair.links[0].left[0].len() + pair.links[0].left[1].len();
    assert_eq!(after, before);
}

#[test]
fn bearers_add_up() {
    let time = |bearers: usize| {
        let mut pair = Pair::new(7);
        for _ in 0..bearers {
            pair.link(udp(96_000), ms(20), 0.0);
        }
        for _ in 0..10 {
            pair.submit(0, ENVELOPE, Precedence::Immediate);
        }
        assert!(pair.run_until_receipted(secs(60)));
        let start = pair.now;
        for _ in 0..8 {
            pair.submit_chunk(0, 65_000, Precedence::Priority, Some(520_000));
        }
        assert!(pair.run_until_receipted(secs(3_600)));
        (pair.now - start).as_secs_f64()
    };
    let (one, two) = (time(1), time(2));
    println!("520 kB over one bearer of 96 kbit/s {one:.1} s, over two {two:.1} s");
    assert!(two < one * 0.6, "{one} {two}");
}

#[test]
fn megabyte_crosses_a_local_network_in_a_few_frames_more_than_needed() {
    let mut pair = Pair::warm(5, lan(), std::time::Duration::from_micros(200), 0.0);
    let before = pair.links[0].left[0].len();
    let start = pair.now;
    for _ in 0..16 {
        pair.submit_chunk(0, 65_600, Precedence::Priority, Some(1_000_000));
    }
    assert!(pair.run_until_receipted(secs(60)));
    let frames = pair.links[0].left[0].len() - before;
    println!(
        "1 MB on a LAN: {:?}, {frames} frames, {} copies",
        pair.now - start,
        pair.sides[1].copies
    );
    assert!(pair.now - start <= ms(30));
    assert!(frames <= 16 * 49 + 20);
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_line::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn shouts_into_a_silence_are_noticed() {
        is_noticed(
            Bug::SilenceShouted,
            silent_bearer_is_probed_and_not_shouted_at,
        );
    }

    #[test]
    fn frame_after_a_silence_that_wakes_nothing_is_noticed() {
        is_noticed(
            Bug::WakeForgotten,
            first_frame_heard_after_an_outage_wakes_a_slow_bearer,
        );
    }

    #[test]
    fn more_symbols_than_needed_are_noticed() {
        is_noticed(
            Bug::QuotaForgotten,
            megabyte_crosses_a_local_network_in_a_few_frames_more_than_needed,
        );
    }
}
