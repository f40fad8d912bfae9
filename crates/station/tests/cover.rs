//! On a bearer with cover every frame is of one size, and one leaves at each interval, whatever
//! there is to say (rules LINE-19, FRAME-7).

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use redphone_api::{NewAttachment, Request};
use redphone_line::{BearerSpec, Cover};
use support::{BEARER, Pair, flash, spec};

const FRAME_BYTES: usize = 160;
const INTERVAL: Duration = Duration::from_millis(50);

fn covered() -> BearerSpec {
    BearerSpec {
        cover: Some(Cover {
            frame_bytes: FRAME_BYTES,
            interval: INTERVAL,
        }),
        ..spec(8_000_000)
    }
}

/// Frames of each size that each side sent.
type Sizes = [BTreeMap<usize, u32>; 2];

/// Lets time pass in steps of an interval, and counts what leaves.
fn run(pair: &mut Pair, intervals: u32, sizes: &mut Sizes) {
    for _ in 0..intervals {
        for from in [0, 1] {
            let now = pair.now;
            while let Some(frame) = pair.sides[from].hub.poll_transmit(now, BEARER) {
                *sizes[from].entry(frame.len()).or_default() += 1;
                let to = &mut pair.sides[1 - from];
                to.hub.handle_frame(now, BEARER, &frame);
                let events = to.hub.commit(now).unwrap();
                to.events.extend(events);
            }
        }
        pair.step(INTERVAL);
    }
}

fn restart(pair: &mut Pair, side: usize, seed: u64) {
    let (now, disk) = (pair.now, pair.sides[side].disk.clone());
    let restarted = &mut pair.sides[side];
    restarted.restart(now, disk, seed);
    let peer = restarted.peer.clone();
    restarted.hub.add_bearer(now, &peer, BEARER, covered());
    restarted.hub.commit(now).unwrap();
}

fn busy_line() -> Sizes {
    let mut sizes = Sizes::default();
    let mut pair = Pair::paired();
    for side in [0, 1] {
        let peer = pair.sides[side].peer.clone();
        let now = pair.now;
        pair.sides[side]
            .hub
            .add_bearer(now, &peer, BEARER, covered());
    }
    run(&mut pair, 100, &mut sizes);
    let chart = NewAttachment {
        name: "chart.bin".to_owned(),
        media_type: "application/octet-stream".to_owned(),
        bytes: vec![7; 2_000],
    };
    let mut request = flash("All of it.");
    if let Request::Send { attachments, .. } = &mut request {
        attachments.push(chart);
    }
    let now = pair.now;
    pair.sides[0].ask(now, request).unwrap();
    pair.sides[1].ask(now, flash("Heard you.")).unwrap();
    run(&mut pair, 100, &mut sizes);
    restart(&mut pair, 1, 9);
    restart(&mut pair, 0, 10);
    run(&mut pair, 100, &mut sizes);
    let peer = None;
    pair.sides[0]
        .ask(pair.now, Request::TestNow { peer })
        .unwrap();
    run(&mut pair, 300, &mut sizes);
    sizes
}

fn is_even(sizes: &Sizes) -> bool {
    let one_size = |sent: &BTreeMap<usize, u32>| sent.keys().eq([&FRAME_BYTES]);
    sizes.iter().all(one_size)
}

#[test]
fn every_frame_of_a_bearer_with_cover_is_of_one_size() {
    let sizes = busy_line();
    assert!(is_even(&sizes), "{sizes:?}");
    for sent in sizes {
        let frames = sent[&FRAME_BYTES];
        assert!((595..=600).contains(&frames), "{frames} in 600 intervals");
    }
}

#[cfg(feature = "planted-bugs")]
#[test]
fn planted_contact_without_padding_is_noticed() {
    use redphone_station::planted::{Bug, plant};
    plant(Some(Bug::ContactUnpadded));
    let sizes = busy_line();
    plant(None);
    assert!(!is_even(&sizes), "went unseen");
}
