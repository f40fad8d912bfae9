//! A million frames of somebody without the keys: none is taken, nothing moves, and the genuine
//! next message opens (FAULTS F31, F44; invariant I5).

use redphone_station::FrameOutcome;
use redphone_wire::{Environment, Kind, Precedence, Serial, to_bytes};

use crate::peer::{World, message, party, send};

const FORGED: u32 = 1_000_000;

/// Real frames of this line, both ways, which a forger may cut up.
fn captured(world: &mut World) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    for serial in 1..=20 {
        let text = "genuine ".repeat(serial as usize);
        let body = to_bytes(&message(serial, Precedence::Routine, &text));
        world.say(Kind::Message, &body);
        world.ask(send("routine", &text)).unwrap();
        while let Some(frame) = world.hub.poll_transmit(world.now, crate::peer::BEARER) {
            frames.push(frame);
        }
        world.pass(std::time::Duration::from_millis(200));
    }
    frames.append(&mut world.sent);
    assert!(frames.len() >= 40);
    frames
}

/// One forged frame: noise, or captured frames with bits changed, cut or spliced.
fn forge(world: &mut World, captured: &[Vec<u8>]) -> Vec<u8> {
    let pick = |draw: u64| &captured[draw as usize % captured.len()];
    let (way, one, other, at) = (world.draw(), world.draw(), world.draw(), world.draw());
    let mut frame = pick(one).clone();
    let at = at as usize % frame.len();
    match way % 5 {
        0 => {
            let length = other as usize % 80;
            frame = (0..length).map(|_| world.draw() as u8).collect();
        }
        1 => frame[at] ^= 1 << (other % 8),
        2 => frame.truncate(at),
        3 => {
            let tail = pick(other);
            let from = at.min(tail.len() - 1);
            frame.truncate(at);
            frame.extend_from_slice(&tail[from..]);
        }
        _ => frame.insert(at, other as u8),
    }
    frame
}

#[test]
pub(crate) fn million_forged_frames_move_nothing() {
    let mut world = World::new(Environment::Exercise);
    let genuine = captured(&mut world);
    let before = world.storage.look().clone();
    let desk = world.hub.desk().clone();
    let events = world.events.len();

    let mut forged = 0;
    while forged < FORGED {
        let frame = forge(&mut world, &genuine);
        if genuine.contains(&frame) {
            continue;
        }
        forged += 1;
        let outcome = world
            .hub
            .handle_frame(world.now, crate::peer::BEARER, &frame);
        assert_eq!(
            outcome,
            FrameOutcome::Refused,
            "forged frame {forged}: {frame:02x?}"
        );
        if forged % 1_000 == 0 {
            world.commit();
            let records = world.storage.look().records.len();
            assert_eq!(
                records,
                before.records.len(),
                "after {forged} forged frames"
            );
        }
    }

    assert!(
        *world.storage.look() == before,
        "no record, no row, no body"
    );
    assert_eq!(*world.hub.desk(), desk);
    assert_eq!(world.events.len(), events);
    world.pass(std::time::Duration::from_secs(2));
    let told = format!("{FORGED} frames were refused");
    let told = world
        .events
        .iter()
        .filter(|event| event.said.starts_with(&told));
    assert_eq!(told.count(), 1, "all of them in one line");

    world.say(
        Kind::Message,
        &to_bytes(&message(21, Precedence::Flash, "genuine")),
    );
    assert!(
        world
            .hub
            .desk()
            .incoming(&party("SUD"), Serial(21))
            .is_some()
    );
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn replayed_frames_are_copies_and_note_nothing() {
    let mut world = World::new(Environment::Exercise);
    captured(&mut world);
    let mut frames = Vec::new();
    for serial in 21..=40 {
        let body = to_bytes(&message(serial, Precedence::Routine, "x"));
        world.say(Kind::Message, &body);
    }
    frames.append(&mut world.sent);
    let records = world.storage.look().records.len();
    for _ in 0..50 {
        for frame in frames.iter().rev() {
            let outcome = world
                .hub
                .handle_frame(world.now, crate::peer::BEARER, frame);
            assert_eq!(outcome, FrameOutcome::AlsoCame);
        }
        world.commit();
    }
    assert_eq!(world.storage.look().records.len(), records);
}
