//! When contact frames go, seen by a peer who says what he likes about what he has heard (rule
//! CONTACT-9).

use std::time::Duration;

use redphone_api::Request;
use redphone_seal::{ContactFrame, OpenedFrame};
use redphone_wire::Environment;

use crate::peer::{BEARER, World};

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
