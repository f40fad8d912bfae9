//! Lies of a peer who holds the keys: kept as what he claims, and two texts under one serial as
//! evidence (FAULTS F57, F58).

use redphone_api::{Request, Response, Tray};
use redphone_desk::BodyName;
use redphone_journal::Storage;
use redphone_wire::{
    Acknowledgement, Environment, Kind, Precedence, Serial, Service, UtcSeconds, to_bytes,
};

use crate::peer::{World, message, party, send};

#[test]
pub(crate) fn two_texts_under_one_serial_are_told_and_both_are_kept() {
    let mut world = World::new(Environment::Exercise);
    let first = to_bytes(&message(1, Precedence::Routine, "we hold fire"));
    let second = to_bytes(&message(1, Precedence::Routine, "we open fire"));
    world.say(Kind::Message, &first);
    world.say(Kind::Message, &second);
    world.say(Kind::Message, &first);

    let alarms = world.alarms();
    let told: Vec<_> = alarms.iter().filter(|a| a.contains("DESK-2")).collect();
    assert_eq!(told, ["SUD broke rule DESK-2 of the protocol."]);
    let said = world
        .events
        .iter()
        .find(|event| event.said.contains("DESK-2"));
    let said = &said.unwrap().said;
    assert!(
        said.contains("0001") && said.contains("second text is kept"),
        "{said}"
    );
    let id = redphone_wire::EnvelopeId {
        epoch: 0,
        number: 1,
    };
    let kept = BodyName::unknown(&party("SUD"), 1, id);
    let mut disk = world.storage.clone();
    let blobs = disk.look().blobs.keys().cloned().collect::<Vec<_>>();
    let there = blobs.iter().any(|name| {
        let name = String::from_utf8_lossy(name).into_owned();
        name.contains(&String::from_utf8_lossy(kept.as_bytes()).into_owned())
    });
    assert!(
        there || disk.blob(kept.as_bytes()).unwrap().is_some(),
        "{blobs:?}"
    );
}

#[test]
pub(crate) fn second_texts_kept_as_evidence_are_bounded() {
    let mut world = World::new(Environment::Exercise);
    let long = "x".repeat(60_000);
    world.say(
        Kind::Message,
        &to_bytes(&message(1, Precedence::Routine, "a")),
    );
    let before = world.storage.look().blobs.len();
    for number in 0..200 {
        let text = format!("{number}{long}");
        world.say(
            Kind::Message,
            &to_bytes(&message(1, Precedence::Routine, &text)),
        );
    }
    let kept = world.storage.look().blobs.len() - before;
    assert!((1..=64).contains(&kept), "{kept}");
}

#[test]
pub(crate) fn claims_about_messages_never_sent_or_about_time_change_no_rung_of_ours() {
    let mut world = World::new(Environment::Exercise);
    world.ask(send("routine", "one")).unwrap();
    for serial in [0, 2, u32::MAX] {
        world.serve(&Service::OnDesk {
            serial: Serial(serial),
            at: UtcSeconds(u32::MAX),
        });
        let acknowledgement = Acknowledgement {
            serial: Serial(serial),
            officer: "nobody".to_owned(),
            at: UtcSeconds(0),
        };
        world.say(Kind::Acknowledgement, &to_bytes(&acknowledgement));
    }
    // A claim about the message that was sent, before its receipt, and by a clock of 2106.
    world.serve(&Service::OnDesk {
        serial: Serial(1),
        at: UtcSeconds(u32::MAX),
    });
    let sent = world.hub.desk().outgoing(&party("SUD"), Serial(1)).unwrap();
    assert!(
        sent.at_station.is_none(),
        "only a receipt proves AT STATION"
    );
    assert!(sent.acknowledged.is_empty());
    let list = Request::List {
        tray: Tray::Out,
        peer: None,
        limit: 10,
    };
    let Ok(Response::Messages { messages }) = world.ask(list) else {
        panic!("messages were asked for");
    };
    let proofs: Vec<_> = messages[0].ladder.iter().map(|rung| &rung.proof).collect();
    assert!(
        proofs.iter().any(|proof| proof.contains("by their clock")),
        "{proofs:?}"
    );
}

#[test]
pub(crate) fn peer_does_not_lift_what_we_suspended() {
    let mut world = World::new(Environment::Exercise);
    let suspend = Request::Subject {
        peer: None,
        subject: "exercises".to_owned(),
        suspend: true,
        because: "by our government".to_owned(),
        officer: "1st watch".to_owned(),
    };
    world.ask(suspend).unwrap();
    for suspended in [false, true, false] {
        world.serve(&Service::Subject {
            subject: "exercises".to_owned(),
            suspended,
            because: "it is over".to_owned(),
            at: UtcSeconds(0),
        });
    }
    for number in 0..200 {
        world.serve(&Service::Subject {
            subject: format!("subject {number}"),
            suspended: true,
            because: "no".to_owned(),
            at: UtcSeconds(0),
        });
    }
    let desk = world.hub.desk().peer(&party("SUD")).unwrap();
    assert!(desk.suspended["exercises"].ours);
    assert_eq!(desk.suspended.len(), 65);
    let resume = Request::Subject {
        peer: None,
        subject: "exercises".to_owned(),
        suspend: false,
        because: "resolved".to_owned(),
        officer: "1st watch".to_owned(),
    };
    world.ask(resume).unwrap();
}

#[test]
pub(crate) fn claim_to_hold_what_was_never_sent_moves_no_serial() {
    let mut world = World::new(Environment::Exercise);
    for highest in [9, 65_000, u32::MAX] {
        let highest = Serial(highest);
        world.say(Kind::Service, &to_bytes(&Service::Holds { highest }));
    }
    let alarms = world.alarms();
    assert_eq!(alarms, ["SUD broke rule DESK-4 of the protocol."]);
    let Ok(Response::Sent(sent)) = world.ask(send("routine", "goes on")) else {
        panic!("a message was released");
    };
    assert_eq!(sent.serial, 1);
}
