//! Acts of a peer who keeps to no table: refused, kept with their message, bounded (FAULTS F52).

use redphone_api::{EventKind, Request, Response};
use redphone_desk::asks::{ASKS_HELD_MAX, AskState, Side};
use redphone_wire::limits::ASKS_MAX;
use redphone_wire::{
    Act, Answer, Ask, Authority, Environment, Form, Kind, Language, Message, Precedence, Reference,
    Request as Asking, Serial, Service, UtcSeconds, Verb, to_bytes,
};

use crate::peer::{World, message, party};

/// Later than anything here.
const FAR: UtcSeconds = UtcSeconds(1_900_000_000);

pub(crate) fn asks(count: u8) -> Vec<Ask> {
    let ask = |number| Ask {
        number,
        to: "the other side".to_owned(),
        verb: Verb::Confirm,
        object: "that it is so".to_owned(),
        act_by: FAR,
        answer_by: FAR,
    };
    (1..=count).map(ask).collect()
}

pub(crate) fn question(asks: Vec<Ask>) -> Form {
    Form::Request(Asking {
        language: Language::English,
        lexicon: None,
        question: true,
        reference: Reference::New,
        asks,
        authority: Authority {
            on_behalf_of: "a government".to_owned(),
        },
        note: None,
    })
}

pub(crate) fn answer(ours: bool, to: u32, acts: Vec<Act>) -> Form {
    Form::Answer(Answer {
        language: Language::English,
        ours,
        message: Serial(to),
        acts,
        note: None,
    })
}

fn formed(serial: u32, form: Form) -> Message {
    Message {
        form: Some(form),
        ..message(serial, Precedence::Routine, "")
    }
}

fn say(world: &mut World, serial: u32, form: Form) {
    world.say(Kind::Message, &to_bytes(&formed(serial, form)));
    world.sent.clear();
}

/// NORD 0001 asks two things of SUD.
fn asked() -> World {
    let mut world = World::new(Environment::Exercise);
    let now = world.now;
    let form = question(asks(2));
    world
        .hub
        .send_form(now, &party("SUD"), Precedence::Routine, form, "1st watch")
        .unwrap();
    world.commit();
    world
}

fn states(world: &World) -> Vec<AskState> {
    let book = world.hub.desk().asks(&party("SUD")).unwrap();
    let of_message = book.of_message(Side::Us, Serial(1));
    of_message.map(|(_, held)| held.state).collect()
}

fn commit(ask: u8) -> Act {
    Act::Commit {
        ask,
        who: "nobody".to_owned(),
        verb: Verb::Confirm,
        object: "that it is so".to_owned(),
        by: FAR,
    }
}

#[test]
fn ten_thousand_acts_on_what_nobody_asked_or_by_the_wrong_side_move_nothing() {
    let mut world = asked();
    let before = world.disk();
    let mut serial = 0;
    for round in 0..625 {
        serial += 1;
        let acts = match round % 3 {
            // Asks that there are not, of messages that there are not.
            0 => vec![commit(9); ASKS_MAX],
            1 => vec![Act::Verified { ask: 1 }; ASKS_MAX],
            _ => vec![Act::Withdraw { ask: 2 }; ASKS_MAX],
        };
        // Now as the side that was asked, now as if NORD's asks were his.
        let (ours, to) = [(false, 1), (true, 1), (false, 4_000_000)][round % 3];
        say(&mut world, serial, answer(ours, to, acts));
    }
    assert_eq!(states(&world), [AskState::Sent; 2]);
    assert!(
        world.disk() - before < 3_000_000,
        "{}",
        world.disk() - before
    );
    let told = world
        .events
        .iter()
        .filter(|event| event.kind == EventKind::Ask);
    assert_eq!(told.count(), 625, "one for each message");

    let read = Request::Read {
        message: "SUD-0001".parse().unwrap(),
    };
    let Ok(Response::Message(read)) = world.ask(read) else {
        panic!("it is kept");
    };
    let refused = read.reply.unwrap().refused;
    assert_eq!(refused.len(), ASKS_MAX);
    assert!(refused[0].because.en.contains("no ask of that number"));
    assert!(world.flash_leaves());
}

#[test]
fn book_that_the_peer_fills_refuses_his_asks_and_takes_ours() {
    let mut world = asked();
    let full = u32::try_from(ASKS_HELD_MAX / ASKS_MAX).unwrap();
    for serial in 1..=full + 8 {
        say(&mut world, serial, question(asks(16)));
    }
    let book = world.hub.desk().asks(&party("SUD")).unwrap();
    let theirs = book.iter().filter(|(key, _)| key.asker == Side::Peer);
    assert_eq!(theirs.count(), ASKS_HELD_MAX);
    let desk = world.hub.desk().peer(&party("SUD")).unwrap();
    let reply = desk.reply(Side::Peer, Serial(full + 1)).unwrap();
    assert!(reply.refused[0].1.en().contains("the book is full"));

    let now = world.now;
    let form = question(asks(2));
    let sent = world
        .hub
        .send_form(now, &party("SUD"), Precedence::Routine, form, "1st watch");
    assert!(sent.is_ok());
    world.commit();
    assert!(world.flash_leaves());
}

#[test]
fn answers_behind_a_gap_are_bounded_and_count_in_the_end() {
    let mut world = asked();
    // Serial 1 never comes.
    for serial in 2..=400 {
        let acts = vec![Act::Decline { ask: 1 }];
        say(&mut world, serial, answer(false, 1, acts));
    }
    let desk = world.hub.desk().peer(&party("SUD")).unwrap();
    let waiting = (2..=400).filter(|serial| desk.reply_waits(Serial(*serial)));
    assert_eq!(waiting.count(), 256);
    assert_eq!(states(&world)[0], AskState::Declined);
}

#[test]
fn answer_counts_once_what_is_missing_before_it_is_held_no_longer() {
    let mut world = asked();
    say(
        &mut world,
        2,
        answer(false, 1, vec![Act::Decline { ask: 1 }]),
    );
    assert_eq!(states(&world)[0], AskState::Sent);
    world.serve(&Service::NotHeld { serial: Serial(1) });
    assert_eq!(states(&world)[0], AskState::Declined);
}
