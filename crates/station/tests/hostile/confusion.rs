//! The confusion matrix: what is sealed for one kind, direction, line, generation or epoch is
//! taken in no other (FAULTS F50, F70).

use redphone_seal::{Cipher, SealError};
use redphone_station::FrameOutcome;
use redphone_wire::{
    Acknowledgement, AttachmentChunk, Coded, EnvelopeId, Environment, Frame, Kind, Letter1,
    Letter2, Letter3, Message, OrderWire, Precedence, Refresh, Serial, Service, TestMessage,
    UtcSeconds, from_bytes, to_bytes,
};

use crate::peer::{BEARER, World, message, party};

/// One body of every kind, in its one form.
fn bodies() -> Vec<(Kind, Vec<u8>)> {
    let serial = Serial(1);
    let at = UtcSeconds(1);
    let officer = "1st watch".to_owned();
    let chunk = AttachmentChunk {
        serial,
        index: 0,
        offset: 0,
        bytes: vec![1; 2_000],
    };
    let line = OrderWire {
        at,
        officer: officer.clone(),
        text: "we hear you".to_owned(),
    };
    let acknowledgement = Acknowledgement {
        serial,
        officer,
        at,
    };
    let coded = Coded {
        entry: 6,
        flash: true,
        serial,
        blanks: vec![1, 2, 3, 4],
    };
    let text = message(1, Precedence::Flash, "a formal message");
    vec![
        (Kind::Message, to_bytes(&text)),
        (Kind::Attachment, to_bytes(&chunk)),
        (Kind::Acknowledgement, to_bytes(&acknowledgement)),
        (Kind::OrderWire, to_bytes(&line)),
        (
            Kind::Service,
            to_bytes(&Service::Announce { highest: serial }),
        ),
        (Kind::Test, to_bytes(&TestMessage::CallUp { test: 1 })),
        (Kind::Refresh, to_bytes(&Refresh::Ready { epoch: 1 })),
        (Kind::Coded(0), coded.to_bytes()),
    ]
}

fn reads_as(kind: Kind, body: &[u8]) -> bool {
    match kind {
        Kind::Message => from_bytes::<Message>(body).is_ok(),
        Kind::Attachment => from_bytes::<AttachmentChunk>(body).is_ok(),
        Kind::Acknowledgement => from_bytes::<Acknowledgement>(body).is_ok(),
        Kind::OrderWire => from_bytes::<OrderWire>(body).is_ok(),
        Kind::Service => from_bytes::<Service>(body).is_ok(),
        Kind::Test => from_bytes::<TestMessage>(body).is_ok(),
        Kind::Refresh => from_bytes::<Refresh>(body).is_ok(),
        Kind::Coded(_) => Coded::from_bytes(body).is_ok(),
    }
}

/// Envelopes and frames of one body of every kind.
fn sealed(world: &mut World) -> Vec<(Kind, EnvelopeId, Vec<u8>, Vec<u8>)> {
    let mut all = Vec::new();
    for (kind, body) in bodies() {
        let (id, envelope) = world.seal(kind, &body);
        let frame = world.frame(id, &envelope);
        all.push((kind, id, envelope, frame));
    }
    all
}

#[test]
pub(crate) fn kind_is_sealed_and_nothing_outside_selects_the_decoder() {
    // Each body sealed as each other kind, as only a hostile peer does. Two pairs have one form:
    // there the sealed kind alone tells them apart, so they are named here.
    const ONE_FORM: [(Kind, Kind); 2] = [(Kind::Service, Kind::Test), (Kind::Test, Kind::Service)];
    let mut world = World::new(Environment::Exercise);
    let mut pairs = 0;
    for (kind, body) in bodies() {
        for other in Kind::ALL {
            pairs += 1;
            let taken = reads_as(other, &body);
            let one_form = ONE_FORM.contains(&(kind, other));
            assert_eq!(
                taken,
                kind == other || one_form,
                "{kind:?} sealed as {other:?}"
            );
            // An announcement that is sealed as a step of a test stays a step of a test; the other
            // way round it is an announcement.
            if !taken || (kind, other) == (Kind::Service, Kind::Test) {
                world.say(other, &body);
            }
        }
    }
    assert_eq!(pairs, 64);
    let desk = world.hub.desk().peer(&party("SUD"));
    let empty = desk.is_none_or(|desk| {
        desk.in_.is_empty() && desk.wire.is_empty() && desk.pieces.is_empty() && desk.announced == 0
    });
    assert!(empty, "0 of 55 taken: {desk:?}");
    assert_eq!(world.alarms(), ["SUD broke rule DESK-6 of the protocol."]);
}

#[test]
pub(crate) fn envelopes_open_in_no_other_direction_line_generation_epoch_or_number() {
    let mut world = World::new(Environment::Exercise);
    let all = sealed(&mut world);
    let mut other_line = World::with_seed(Environment::Exercise, 2);
    let mut live = World::new(Environment::Live);
    let mut tried = 0;
    let mut refuse = |cipher: &mut Cipher, id: EnvelopeId, envelope: &[u8], why: &str| {
        let opened = cipher.open(id, envelope);
        assert!(opened.is_err(), "{why} {id}: {opened:?}");
        assert!(
            !matches!(opened, Err(SealError::NewerKind { .. })),
            "{why} {id}"
        );
        tried += 1;
    };
    for (_, id, envelope, _) in &all {
        refuse(&mut world.cipher, *id, envelope, "reflected to its sender");
        refuse(&mut other_line.cipher, *id, envelope, "on another line");
        refuse(&mut live.cipher, *id, envelope, "EXERCISE on LIVE");
        for number in 0..8 {
            let other = EnvelopeId { number, ..*id };
            refuse(
                &mut world.cipher,
                other,
                envelope,
                "reflected under another number",
            );
        }
        for epoch in [1, 2, u32::MAX] {
            let other = EnvelopeId { epoch, ..*id };
            refuse(&mut world.cipher, other, envelope, "in another epoch");
        }
    }
    assert_eq!(tried, 8 * (3 + 8 + 3));

    // At the hub's own door: each under each other number, with frames that do open.
    let before = world.storage.look().clone();
    for (_, id, envelope, _) in &all {
        for (_, other, ..) in &all {
            if id == other {
                continue;
            }
            let frame = world.frame(*other, envelope);
            world.give(&frame);
            world.commit();
        }
    }
    assert!(
        *world.storage.look() == before,
        "0 of 56 taken under another number"
    );
    for (_, _, _, frame) in &all {
        let outcome = FrameOutcome::Took {
            news: true,
            whole: true,
        };
        assert_eq!(world.give(frame), outcome);
    }
}

#[test]
pub(crate) fn frames_are_taken_on_no_other_line_nor_by_their_sender() {
    let mut world = World::new(Environment::Exercise);
    let mut frames: Vec<Vec<u8>> = sealed(&mut world).into_iter().map(|one| one.3).collect();
    frames.push(world.cipher.contact_frame(None).unwrap());
    let cover = Frame::Cover { padding: 40 };
    frames.push(world.cipher.seal_frame(0, &cover).unwrap());
    let mut others = [
        World::with_seed(Environment::Exercise, 2),
        World::new(Environment::Live),
    ];
    for frame in &frames {
        assert!(world.cipher.open_frame(frame).is_none(), "reflected");
        assert!(
            world.cipher.open_late_frame(frame).is_none(),
            "reflected, late"
        );
        for other in &mut others {
            let before = other.storage.look().clone();
            let taken = other.hub.handle_frame(other.now, BEARER, frame);
            assert_eq!(taken, FrameOutcome::Refused);
            other.commit();
            assert!(*other.storage.look() == before);
        }
    }
    // And the hub's own frames, given back to it.
    for frame in our_frames(&mut world) {
        assert_eq!(
            world.give(&frame),
            FrameOutcome::Refused,
            "our own, reflected"
        );
    }
}

fn our_frames(world: &mut World) -> Vec<Vec<u8>> {
    world.ask(crate::peer::send("flash", "ours")).unwrap();
    let mut frames = Vec::new();
    for _ in 0..20 {
        while let Some(frame) = world.hub.poll_transmit(world.now, BEARER) {
            frames.push(frame);
        }
        world.pass(std::time::Duration::from_millis(100));
    }
    assert!(frames.len() >= 2, "a message and a contact frame");
    frames
}

#[test]
pub(crate) fn frames_of_an_older_generation_are_taken_by_no_newer_one() {
    let mut world = World::new(Environment::Exercise);
    let old = sealed(&mut world);
    let older_contact = world.cipher.contact_frame(None).unwrap();
    world.pair_again();
    let before = world.storage.look().clone();
    for (_, id, envelope, frame) in &old {
        assert_eq!(world.give(frame), FrameOutcome::Refused);
        assert!(world.cipher.open(*id, envelope).is_err());
        let resealed = world.frame(*id, envelope);
        world.give(&resealed);
        world.commit();
    }
    assert_eq!(world.give(&older_contact), FrameOutcome::Refused);
    world.commit();
    assert!(
        *world.storage.look() == before,
        "nothing of generation 1 moves generation 2"
    );
}

#[test]
pub(crate) fn contact_is_not_traffic_and_traffic_is_not_contact() {
    // The two have keys of their own; the forms differ too: no plain contact is a plain frame.
    let mut world = World::new(Environment::Exercise);
    let contact = world.cipher.contact();
    let plain = [vec![0; 8], to_bytes(&contact)].concat();
    for heard in 0..=255_u8 {
        let mut plain = plain.clone();
        plain[0] = heard;
        if let Ok(frame) = Frame::from_bytes(&plain) {
            // What reads as symbols is sealed with a traffic key and names an envelope that the
            // contact's bytes never are.
            let frame = world.cipher.seal_frame(0, &frame).unwrap();
            world.give(&frame);
            world.commit();
        }
    }
    let desk = world.hub.desk().peer(&party("SUD"));
    assert!(desk.is_none_or(|desk| desk.in_.is_empty() && desk.wire.is_empty()));
    assert!(world.flash_leaves());
}

#[test]
pub(crate) fn letters_are_taken_in_no_other_letters_place() {
    let letter1 = Letter1 {
        attempt: [1; 16],
        generation: 1,
        lower: redphone_wire::Fingerprint([1; 32]),
        higher: redphone_wire::Fingerprint([2; 32]),
        suites_from_lower: redphone_wire::Suites::DEFAULT,
        suites_from_higher: redphone_wire::Suites::DEFAULT,
        tape_lower: None,
        tape_higher: None,
        to_higher: vec![1; 1_120],
        ephemeral: vec![2; 1_216],
    };
    let letter2 = Letter2 {
        attempt: [1; 16],
        letter1: [3; 32],
        to_lower: vec![1; 1_120],
        to_ephemeral: vec![1; 1_120],
        confirm: [4; 32],
    };
    let letter3 = Letter3 {
        attempt: [1; 16],
        confirm: [4; 32],
    };
    let letters = [to_bytes(&letter1), to_bytes(&letter2), to_bytes(&letter3)];
    for (number, letter) in letters.iter().enumerate() {
        let read = [
            from_bytes::<Letter1>(letter).is_ok(),
            from_bytes::<Letter2>(letter).is_ok(),
            from_bytes::<Letter3>(letter).is_ok(),
        ];
        assert_eq!(read, [0, 1, 2].map(|other| other == number));
        for kind in Kind::ALL {
            assert!(!reads_as(kind, letter), "letter {} as {kind:?}", number + 1);
        }
    }
}
