//! Read-backs of a peer who keeps to no card: refused with their sentence, bounded, nothing counted.

use redphone_api::{NewAct, NewItem, ReadBack, Request, Response};
use redphone_desk::asks::Side;
use redphone_wire::limits::ITEM_BYTES_MAX;
use redphone_wire::{Act, Environment, Form, Item, Kind, Message, Precedence, Serial, to_bytes};

use crate::asks::{answer, asks, question};
use crate::peer::{World, message, party};

/// NORD 0001 asks one thing of SUD.
fn asked() -> World {
    let mut world = World::new(Environment::Exercise);
    let now = world.now;
    let form = question(asks(1));
    world
        .hub
        .send_form(now, &party("SUD"), Precedence::Routine, form, "1st watch")
        .unwrap();
    world.commit();
    world
}

fn say(world: &mut World, serial: u32, form: Form) {
    let formed = Message {
        form: Some(form),
        ..message(serial, Precedence::Routine, "")
    };
    world.say(Kind::Message, &to_bytes(&formed));
    world.sent.clear();
}

fn item(number: u16, value: &str) -> Item {
    Item {
        item: number,
        value: value.to_owned(),
    }
}

fn read_back(readback: u8, items: Vec<Item>) -> Form {
    answer(false, 1, vec![Act::ReadBack { readback, items }])
}

fn refused(world: &mut World, serial: u32) -> String {
    let desk = world.hub.desk().peer(&party("SUD")).unwrap();
    let reply = desk.reply(Side::Peer, Serial(serial)).unwrap();
    reply
        .refused
        .first()
        .map_or_else(String::new, |(_, why)| why.en())
}

fn view(world: &mut World, name: &str) -> ReadBack {
    let message = name.parse().unwrap();
    let Ok(Response::Message(message)) = world.ask(Request::Read { message }) else {
        panic!("it is here");
    };
    message.readback.unwrap()
}

fn answered(world: &mut World, name: &str, act: NewAct) {
    let request = Request::Answer {
        message: name.parse().unwrap(),
        acts: vec![act],
        note: String::new(),
        officer: "1st watch".to_owned(),
        check_only: false,
    };
    world.ask(request).unwrap();
}

#[test]
fn items_that_are_on_no_card_and_numbers_that_go_back_are_refused() {
    let (mut world, mut serial) = (asked(), 0);
    let of_nothing = Act::ReadBack {
        readback: 1,
        items: vec![item(1, "x")],
    };
    let hidden = "\u{202e}".repeat(ITEM_BYTES_MAX / 3);
    for (form, why) in [
        (read_back(1, vec![item(0, "x")]), "no item of that number"),
        (
            read_back(1, vec![item(60_000, "x")]),
            "no item of that number",
        ),
        (
            read_back(1, vec![item(1, "x"), item(1, "y")]),
            "named twice",
        ),
        (
            answer(false, 1, vec![Act::Correct { readback: 1 }]),
            "side that asked",
        ),
        (answer(false, 9, vec![of_nothing]), "no item to read back"),
        (read_back(7, vec![item(1, &hidden)]), ""),
        (
            read_back(7, vec![item(1, "doubled")]),
            "of this or a later number",
        ),
        (
            read_back(3, vec![item(1, "late")]),
            "of this or a later number",
        ),
    ] {
        serial += 1;
        say(&mut world, serial, form);
        let told = refused(&mut world, serial);
        assert!(
            told.contains(why) && told.is_empty() == why.is_empty(),
            "{serial}: {told}"
        );
    }
    // Without an item, or with the number 0, it is no form of this protocol.
    for form in [read_back(8, Vec::new()), read_back(0, vec![item(1, "x")])] {
        say(&mut world, serial + 1, form);
        assert!(
            world
                .hub
                .desk()
                .incoming(&party("SUD"), Serial(serial + 1))
                .is_none()
        );
    }
    let view = view(&mut world, "NORD-0001");
    assert_eq!((view.number, view.carried_by.as_str()), (7, "SUD 0006"));
    assert_eq!(
        view.wrong.len(),
        view.items.len(),
        "what is not given is wrong"
    );
    assert!(!view.items[0].read.contains('\u{202e}'));
    assert!(world.flash_leaves());
}

#[test]
fn correction_of_what_was_right_is_no_miss_and_is_read_back_again() {
    let mut world = asked();
    say(&mut world, 1, question(asks(1)));
    let card = redphone_desk::card(&question(asks(1)));
    let right = |items: &[u16]| NewAct::ReadBack {
        items: items
            .iter()
            .map(|number| NewItem {
                item: *number,
                value: card[usize::from(*number - 1)].value.to_string(),
            })
            .collect(),
    };
    let all: Vec<u16> = (1..=u16::try_from(card.len()).unwrap()).collect();
    answered(&mut world, "SUD-0001", right(&all));
    for round in 1..=5_u8 {
        let items = vec![item(2, "something else")];
        let act = Act::Correction {
            readback: round,
            items,
        };
        say(&mut world, u32::from(round) + 1, answer(true, 1, vec![act]));
        let view = view(&mut world, "SUD-0001");
        assert!(
            view.speak.is_empty() && view.items[1].misses == 0,
            "{view:?}"
        );
        let due: Vec<bool> = view.items.iter().map(|one| one.due).collect();
        assert!(due[1] && due.iter().filter(|due| **due).count() == 1);
        answered(&mut world, "SUD-0001", right(&[2]));
    }
    say(
        &mut world,
        7,
        answer(true, 1, vec![Act::Correct { readback: 6 }]),
    );
    assert!(view(&mut world, "SUD-0001").confirmed_at.is_some());
}
