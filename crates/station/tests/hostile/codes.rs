//! Codes of a peer: a message where the book reads them, kept and said once where it does not.

use redphone_api::{MessageRef, Request, Response};
use redphone_desk::Desk;
use redphone_wire::{Coded, Environment, Kind, Precedence, Serial, to_bytes};

use crate::peer::{World, message, party};

/// C-06: from 2027-10-31 18:00, four hours, we speak at 19:30.
const BLANKS: [u8; 7] = [0x3e, 0xdb, 0xb8, 4, 0x3e, 0xdc, 0x12];

fn code(entry: u8, serial: u32) -> Coded {
    Coded {
        entry,
        flash: true,
        serial: Serial(serial),
        blanks: BLANKS.to_vec(),
    }
}

/// The kind of a code of the starter code book.
fn starter() -> Kind {
    Kind::Coded(redphone_clarity::CodeBook::starter().unwrap().check())
}

fn held(desk: &Desk, serial: u32) -> Option<Precedence> {
    let message = desk.incoming(&party("SUD"), Serial(serial))?;
    Some(message.precedence)
}

#[test]
pub(crate) fn code_is_a_message_of_its_precedence_in_both_languages() {
    let mut world = World::new(Environment::Exercise);
    world.say(starter(), &code(6, 1).to_bytes());
    assert_eq!(held(world.hub.desk(), 1), Some(Precedence::Flash));
    let message = MessageRef {
        from: Some("SUD".to_owned()),
        to: None,
        serial: 1,
    };
    let Ok(Response::Message(read)) = world.ask(Request::Read { message }) else {
        panic!("the message is there");
    };
    let text = read.text;
    assert!(text.starts_with("This message names a period of time."));
    assert!(text.contains("Number of hours that the period lasts: 4."));
    assert!(text.contains("\n\nЭто сообщение называет период времени."));
    assert!(text.ends_with("по этой линии в это время: 2027-10-31 19:30 UTC."));
    assert!(world.alarms().is_empty());
}

#[test]
pub(crate) fn code_that_the_book_does_not_read_is_kept_and_said_once() {
    let mut world = World::new(Environment::Exercise);
    let longer = Coded {
        blanks: vec![1; 8],
        ..code(6, 2)
    };
    let routine = Coded {
        flash: false,
        ..code(6, 3)
    };
    for coded in [code(63, 1), longer, routine] {
        world.say(starter(), &coded.to_bytes());
    }
    assert!((1..=3).all(|serial| held(world.hub.desk(), serial).is_none()));
    let alarms = world.alarms();
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert!(alarms[0].starts_with("SUD sent a code of a code book that is not held here."));
}

#[test]
pub(crate) fn code_and_message_never_share_a_serial() {
    let mut world = World::new(Environment::Exercise);
    let body = to_bytes(&message(1, Precedence::Routine, "In words."));
    world.say(Kind::Message, &body);
    for _ in 0..2 {
        world.say(starter(), &code(6, 1).to_bytes());
        world.say(starter(), &code(6, 2).to_bytes());
    }
    assert_eq!(held(world.hub.desk(), 1), Some(Precedence::Routine));
    assert_eq!(held(world.hub.desk(), 2), Some(Precedence::Flash));
    assert_eq!(world.alarms(), ["SUD broke rule DESK-2 of the protocol."]);
}

#[test]
pub(crate) fn code_of_a_book_that_is_not_held_is_kept_and_never_guessed() {
    let mut world = World::new(Environment::Exercise);
    let Kind::Coded(check) = starter() else {
        panic!("a code");
    };
    for other in (0..128).filter(|other| *other != check) {
        world.say(Kind::Coded(other), &code(6, 1).to_bytes());
    }
    assert!(held(world.hub.desk(), 1).is_none());
    let alarms = world.alarms();
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    world.say(starter(), &code(6, 1).to_bytes());
    assert_eq!(held(world.hub.desk(), 1), Some(Precedence::Flash));
}
