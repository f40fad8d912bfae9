//! When contact frames go, seen by a peer who says what he likes about what he has heard (rule
//! CONTACT-9).

use std::time::Duration;

use redphone_api::Request;
use redphone_seal::{ContactFrame, OpenedFrame};
use redphone_station::FrameOutcome;
use redphone_wire::{Echo, Environment, Frame, Kind, Precedence, Received, to_bytes};

use crate::peer::{BEARER, World, message, send};

const SECOND: Duration = Duration::from_secs(1);

/// Takes every frame that the hub has, and returns the contact frames among them.
fn contacts(world: &mut World) -> Vec<ContactFrame> {
    let mut contacts = Vec::new();
    while let Some(frame) = world.hub.poll_transmit(world.now, BEARER) {
        if let Some(OpenedFrame::Contact(contact)) = world.cipher.open_frame(&frame) {
            contacts.push(contact);
        }
    }
    contacts
}

/// SUD says what it knows of NORD, in a frame that it seals anew.
fn say_contact(world: &mut World) {
    let frame = world.cipher.contact_frame(None).unwrap();
    world.give(&frame);
    world.commit();
}

/// Both have heard each other as they live now, and nothing more is due.
fn met() -> World {
    let mut world = World::new(Environment::Exercise);
    for _ in 0..4 {
        for contact in contacts(&mut world) {
            world.cipher.handle_contact(&contact);
        }
        say_contact(&mut world);
        world.pass(SECOND);
    }
    world.pass(SECOND * 700);
    contacts(&mut world);
    world
}

/// SUD has heard nothing of NORD, which has given up asking.
fn deaf() -> World {
    let mut world = World::new(Environment::Exercise);
    for _ in 0..1_000 {
        contacts(&mut world);
        world.pass(SECOND);
    }
    say_contact(&mut world);
    assert_eq!(contacts(&mut world).len(), 1, "the two crossed");
    world.pass(SECOND * 700);
    world
}

#[test]
pub(crate) fn contact_frame_goes_with_every_test_of_ours() {
    let mut world = met();
    for _ in 0..3 {
        world.ask(Request::TestNow { peer: None }).unwrap();
        let mut sent = 0;
        for _ in 0..100 {
            sent += contacts(&mut world).len();
            world.pass(SECOND / 100);
        }
        assert_eq!(sent, 1);
        say_contact(&mut world);
        world.pass(SECOND * 700);
        assert_eq!(contacts(&mut world).len(), 0, "the answer came");
    }
}

#[test]
pub(crate) fn peer_that_knows_our_life_is_answered_once() {
    let mut world = met();
    say_contact(&mut world);
    assert_eq!(contacts(&mut world).len(), 1);
    for _ in 0..20 {
        world.pass(SECOND / 100);
        say_contact(&mut world);
        assert_eq!(contacts(&mut world).len(), 0);
    }
}

#[test]
pub(crate) fn peer_that_does_not_know_our_life_is_told_it_in_the_end() {
    let mut world = deaf();
    say_contact(&mut world);
    assert_eq!(contacts(&mut world).len(), 1, "lost");
    world.pass(SECOND / 100);
    say_contact(&mut world);
    let mut told = Vec::new();
    for _ in 0..200 {
        told.extend(contacts(&mut world));
        world.pass(SECOND / 100);
    }
    assert_eq!(told.len(), 1);
}

#[test]
pub(crate) fn contact_frames_without_end_are_answered_a_few_times() {
    let mut world = deaf();
    let frame = world.cipher.contact_frame(None).unwrap();
    let mut answers = 0;
    for _ in 0..36_000 {
        world.give(&frame);
        world.commit();
        answers += contacts(&mut world).len();
        world.pass(SECOND / 10);
    }
    assert!(answers <= 48, "{answers} in an hour");
}

/// A receipt of SUD for everything of NORD up to a number.
fn receipt(world: &mut World, cumulative: u32) -> Vec<u8> {
    let received = Received {
        cumulative,
        bitmap: Vec::new(),
    };
    let echo = Echo {
        number: 0,
        repeat: 0,
    };
    let receipt = world.cipher.receipt(0, received, 0, echo).unwrap();
    let epoch = world.cipher.sending_epoch();
    let frame = Frame::Receipt(receipt);
    world.cipher.seal_frame(epoch, &frame).unwrap()
}

#[test]
pub(crate) fn frames_that_come_again_are_no_news_and_move_no_bearer() {
    let mut world = met();
    let body = to_bytes(&message(1, Precedence::Routine, "Moved."));
    let (id, envelope) = world.seal(Kind::Message, &body);
    let text = world.frame(id, &envelope);
    world.ask(send("routine", "Where are you?")).unwrap();
    while world.heard.is_empty() {
        world.listen(false);
        world.pass(SECOND / 100);
    }
    let (last, ..) = world.heard[world.heard.len() - 1];
    let receipt = receipt(&mut world, last.number + 1);
    let early = world.cipher.contact_frame(None).unwrap();
    world.cipher.start_life([4; 32]);
    let later = world.cipher.contact_frame(None).unwrap();
    let epoch = world.cipher.sending_epoch();
    let cover = Frame::Cover { padding: 9 };
    let cover = world.cipher.seal_frame(epoch, &cover).unwrap();

    let mut news = |frame: &[u8]| {
        let outcome = world.give(frame);
        world.commit();
        matches!(outcome, FrameOutcome::Took { news: true, .. })
    };
    assert!(!news(&cover));
    for frame in [&text, &receipt, &early, &later] {
        assert!(news(frame));
        assert!(!news(frame));
    }
    for frame in [&text, &receipt, &early, &later, &cover] {
        assert!(!news(frame), "a recording");
    }
}
