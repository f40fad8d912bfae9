//! Floods by a peer who holds the keys: work, memory and disk stay bounded, he is named once in
//! words, and our own FLASH leaves first (FAULTS F52, F53).

use std::time::{Duration, Instant};

use redphone_api::{EventKind, Request, Response, Tray};
use redphone_wire::limits::{ATTACHMENT_BYTES_MAX, JUMP_MAX};
use redphone_wire::{
    Acknowledgement, AttachmentChunk, AttachmentInfo, Environment, Frame, Kind, Number, Precedence,
    Refresh, Serial, Service, Shape, Symbols, UtcSeconds, to_bytes,
};

use crate::peer::{World, message, party, send};

const MINUTE: Duration = Duration::from_secs(60);

fn world() -> World {
    World::new(Environment::Exercise)
}

/// Alarms in which this word occurs.
fn named(world: &mut World, word: &str) -> usize {
    let alarms = world.alarms();
    alarms.iter().filter(|alarm| alarm.contains(word)).count()
}

/// NORD's messages, all of them at SUD's station.
fn with_messages(count: u32) -> World {
    let mut world = world();
    for number in 0..count {
        let text = format!("message {number}");
        world.ask(send("routine", &text)).unwrap();
        if number % 16 == 15 {
            for _ in 0..40 {
                world.listen(true);
                world.pass(Duration::from_millis(20));
            }
        }
    }
    assert_eq!(world.texts(), count as usize);
    world
}

#[test]
pub(crate) fn asking_again_and_again_for_everything_is_answered_once_in_a_time() {
    let mut world = with_messages(48);
    let heard = world.texts();
    let everything = Service::Missing {
        ranges: vec![(Serial(0), Serial(u32::MAX)); 32],
    };
    // He never gives a receipt, so each of the 48 is on its way once, however often he asks.
    let before = world.disk();
    for _ in 0..200 {
        world.serve(&everything);
        world.pass(Duration::from_millis(50));
        world.listen(false);
    }
    assert_eq!(world.texts(), heard + 48);
    assert!(world.disk() - before < 500_000, "{}", world.disk() - before);
    assert!(world.flash_leaves());

    // He gives receipts and asks again: a thousand in ten minutes and no more.
    for _ in 0..60 {
        world.serve(&everything);
        for _ in 0..20 {
            world.listen(true);
            world.pass(Duration::from_millis(100));
        }
    }
    assert!(world.texts() <= heard + 1 + 1_024, "{}", world.texts());
    assert_eq!(named(&mut world, "DESK-7"), 1);
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn serials_that_jump_are_asked_for_in_ranges_and_cost_no_walk() {
    let mut world = world();
    let begun = Instant::now();
    let mut highest = 0;
    while highest < 40_000_000 {
        highest += 65_536;
        let serial = Serial(highest);
        world.serve(&Service::Announce { highest: serial });
    }
    world.serve(&Service::Announce {
        highest: Serial(u32::MAX),
    });
    for _ in 0..100 {
        world.pass(MINUTE);
        world.listen(false);
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "bounded time");
    assert_eq!(named(&mut world, "DESK-3"), 1);
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn serials_broken_by_the_same_rule_are_named_once() {
    let mut world = world();
    for serial in 0..2_000 {
        world.serve(&Service::OnDesk {
            serial: Serial(serial + 1_000_000),
            at: UtcSeconds(0),
        });
    }
    assert_eq!(named(&mut world, "DESK-4"), 1);
    let told = |event: &&redphone_api::Event| event.kind == EventKind::Refused;
    assert_eq!(world.events.iter().filter(told).count(), 1);
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn service_messages_that_say_nothing_new_are_neither_noted_nor_told() {
    let mut world = world();
    world.ask(send("routine", "one")).unwrap();
    world.listen(true);
    let before = world.events.len();
    for _ in 0..500 {
        world.serve(&Service::Announce { highest: Serial(9) });
        world.serve(&Service::Desk {
            silent: true,
            since: UtcSeconds(0),
        });
        world.serve(&Service::NotHeld { serial: Serial(2) });
        world.serve(&Service::OnDesk {
            serial: Serial(1),
            at: UtcSeconds(0),
        });
        world.serve(&Service::Bearer {
            name: "hf".to_owned(),
            out: true,
            because: "ice".to_owned(),
        });
        let acknowledgement = Acknowledgement {
            serial: Serial(1),
            officer: "duty officer".to_owned(),
            at: UtcSeconds(0),
        };
        world.say(Kind::Acknowledgement, &to_bytes(&acknowledgement));
    }
    let told = world.events.len() - before;
    assert!(told < 80, "{told} events");
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn everything_flash_is_named_once_demoted_and_ours_leaves_first() {
    let mut world = world();
    for serial in 1..=200 {
        let body = to_bytes(&message(serial, Precedence::Flash, "urgent, all of it"));
        world.say(Kind::Message, &body);
    }
    assert_eq!(named(&mut world, "as FLASH within an hour"), 1);
    let urgencies = |world: &mut World| {
        let list = Request::List {
            tray: Tray::In,
            peer: None,
            limit: 1_000,
        };
        let Ok(Response::Messages { messages }) = world.ask(list) else {
            panic!("a list was asked for");
        };
        assert!(messages.iter().all(|one| one.precedence == "FLASH"));
        let flash = messages.iter().filter(|one| one.handled_as == "FLASH");
        flash.count()
    };
    assert_eq!(urgencies(&mut world), 30, "the first of the hour");
    world.pass(MINUTE * 60);
    let body = to_bytes(&message(201, Precedence::Flash, "urgent"));
    world.say(Kind::Message, &body);
    assert_eq!(urgencies(&mut world), 31, "another hour");
    for number in 0..100 {
        world.ask(send("routine", &format!("{number}"))).unwrap();
    }
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn open_groups_without_end_are_bounded_and_a_whole_message_still_comes() {
    let mut world = world();
    let disk = world.disk();
    for number in 0..20_000_u32 {
        let symbols = Symbols {
            number: Number::Full(number % 60_000),
            mark: (number >> 3) as u8,
            shape: Shape::Multi {
                first: (number % 7) as u16,
                source: 60,
                count: 1,
            },
            bytes: vec![number as u8; 1_000],
        };
        let frame = world
            .cipher
            .seal_frame(0, &Frame::Symbols(symbols))
            .unwrap();
        world.give(&frame);
        world.sent.clear();
    }
    world.commit();
    assert_eq!(
        world.disk(),
        disk,
        "symbols are not durable before they are whole"
    );
    let body = to_bytes(&message(1, Precedence::Routine, "whole"));
    world.say(Kind::Message, &body);
    assert!(
        world
            .hub
            .desk()
            .incoming(&party("SUD"), Serial(1))
            .is_some()
    );
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn far_jumps_in_vain_take_a_second_of_work_a_minute() {
    let mut world = world();
    let records = world.storage.look().records.len();
    let begun = Instant::now();
    for number in 0..3_000_u32 {
        let symbols = Symbols {
            number: Number::Full(JUMP_MAX - number % 100),
            mark: 7,
            shape: Shape::Single { repeat: number },
            bytes: vec![7; 40],
        };
        let frame = world
            .cipher
            .seal_frame(0, &Frame::Symbols(symbols))
            .unwrap();
        world.give(&frame);
        world.commit();
    }
    // Eight walks of the chain: seconds where nothing is optimised, and not half an hour.
    assert!(
        begun.elapsed() < Duration::from_secs(120),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(named(&mut world, "SEAL-10"), 1);
    assert_eq!(world.storage.look().records.len(), records + 1);
    let body = to_bytes(&message(1, Precedence::Routine, "the next in turn"));
    world.say(Kind::Message, &body);
    assert!(
        world
            .hub
            .desk()
            .incoming(&party("SUD"), Serial(1))
            .is_some()
    );
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn stream_full_of_gaps_keeps_a_bounded_number_of_keys() {
    let mut world = world();
    for number in 0..12_000_u32 {
        let (id, envelope) = world.seal(Kind::OrderWire, b"x");
        if number % 300 == 299 {
            let frame = world.frame(id, &envelope);
            world.give(&frame);
            world.commit();
        }
    }
    let rows = world.storage.look().rows.len();
    assert!(rows < 4_096 + 2_000, "{rows} rows");
    assert!(world.alarms().len() < 300);
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn pieces_of_a_byte_or_of_nothing_announced_are_bounded() {
    let mut world = world();
    let disk = world.disk();
    let piece = |serial, index, offset, bytes| {
        to_bytes(&AttachmentChunk {
            serial: Serial(serial),
            index,
            offset,
            bytes,
        })
    };
    for offset in 0..1_000 {
        world.say(Kind::Attachment, &piece(1, 0, offset * 2, vec![1]));
    }
    for serial in 2..500 {
        world.say(Kind::Attachment, &piece(serial, 0, 0, vec![1; 2_000]));
    }
    let desk = world.hub.desk();
    let held = (1..500)
        .filter(|serial| desk.pieces(&party("SUD"), Serial(*serial), 0).is_some())
        .count();
    assert!(held <= 64, "{held} attachments that nothing announced");
    let first = desk.pieces(&party("SUD"), Serial(1), 0).unwrap();
    assert!(first.offsets().count() <= 1, "one short piece");
    assert_eq!(named(&mut world, "DESK-5"), 1);
    assert!(world.disk() - disk < 2_000_000);
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn pieces_that_overlap_or_do_not_fit_are_refused_and_the_whole_still_comes() {
    let mut world = world();
    let info = AttachmentInfo {
        name: "map.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: 6_000,
        digest: [1; 32],
    };
    let mut announcing = message(1, Precedence::Routine, "see the map");
    announcing.attachments = vec![info];
    world.say(Kind::Message, &to_bytes(&announcing));
    let mut give = |index, offset, length| {
        let piece = AttachmentChunk {
            serial: Serial(1),
            index,
            offset,
            bytes: vec![7; length],
        };
        world.say(Kind::Attachment, &to_bytes(&piece));
    };
    give(0, 0, 2_000);
    give(0, 1_999, 2_000);
    give(0, 0, 1_500);
    give(1, 0, 2_000);
    give(0, 4_000, 2_001);
    give(0, u32::MAX, 2_000);
    give(0, ATTACHMENT_BYTES_MAX as u32, 2_000);
    give(0, 4_000, 2_000);
    give(0, 2_000, 2_000);
    let pieces = world
        .hub
        .desk()
        .pieces(&party("SUD"), Serial(1), 0)
        .unwrap();
    assert_eq!((pieces.bytes(), pieces.verdict()), (6_000, Some(false)));
    assert_eq!(named(&mut world, "DESK-5"), 1);
}

#[test]
pub(crate) fn refreshes_without_end_are_taken_as_often_as_keys_wear_out() {
    let mut world = world();
    for epoch in 0..1_000 {
        let refresh = if epoch % 2 == 0 {
            Refresh::Ready { epoch }
        } else {
            Refresh::Offer {
                offer: epoch,
                key: vec![4; 1_216],
            }
        };
        world.say(Kind::Refresh, &to_bytes(&refresh));
    }
    let outstanding = world.listen(false);
    assert!(outstanding < 400, "{outstanding} frames in answer");
    assert!(named(&mut world, "REF") <= 1);
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn peer_that_never_gives_receipts_does_not_hold_up_flash() {
    let mut world = world();
    for number in 0..1_500 {
        world.ask(send("routine", &format!("{number}"))).unwrap();
        if number % 100 == 0 {
            world.listen(false);
            world.pass(Duration::from_millis(100));
        }
    }
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn bodies_of_every_kind_with_any_bytes_are_survived() {
    let mut world = world();
    for round in 0..4_000_u64 {
        let kind = Kind::ALL[round as usize % Kind::ALL.len()];
        let length = (world.draw() % 80) as usize;
        let body: Vec<u8> = (0..length).map(|_| world.draw() as u8).collect();
        world.say(kind, &body);
        world.sent.clear();
    }
    assert_eq!(named(&mut world, "DESK-6"), 1);
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn envelope_whose_tag_does_not_fit_moves_nothing() {
    let mut world = world();
    let body = to_bytes(&message(1, Precedence::Routine, "genuine"));
    let (id, envelope) = world.seal(Kind::Message, &body);
    let before = world.storage.look().clone();
    let mut altered = envelope.clone();
    *altered.last_mut().unwrap() ^= 1;
    let frame = world.frame(id, &altered);
    world.give(&frame);
    world.commit();
    assert!(*world.storage.look() == before);

    let frame = world.frame(id, &envelope);
    world.give(&frame);
    world.commit();
    let sud = party("SUD");
    assert!(
        world.hub.desk().incoming(&sud, Serial(1)).is_some(),
        "the genuine one opens"
    );
}
