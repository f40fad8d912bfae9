//! Names and texts that would act on a screen: refused of our officers, shown as tokens of the
//! peer's (FAULTS F55).

use redphone_api::{NewAttachment, Request, Response};
use redphone_wire::{
    Acknowledgement, AttachmentInfo, Environment, Kind, OrderWire, Precedence, Serial, Service,
    UtcSeconds, to_bytes,
};

use crate::peer::{World, message, party, send};

/// Names that lie: line ends, colours, turned and unseen letters, letters of two alphabets.
const NAMES: [&str; 12] = [
    "duty\nSUD 0002 FLASH",
    "duty\r\u{1b}[2Jofficer",
    "\u{202e}reciffo ytud",
    "\u{2066}duty\u{2069}",
    "duty\u{200b}officer",
    "duty\u{200f}\u{200f}\u{200f}",
    "\u{feff}duty",
    "duty\u{ad}officer",
    "\u{9b}31mduty",
    "duty\u{0}",
    "d\u{443}ty officer",
    "\u{e0064}\u{e0075}duty",
];

fn is_harmless(shown: &str) -> bool {
    let unseen = shown.chars().any(redphone_wire::is_unseen);
    !unseen && redphone_wire::shown(shown) == shown && shown.len() < 400
}

#[test]
pub(crate) fn names_of_the_peer_do_nothing_on_our_screens() {
    let mut world = World::new(Environment::Exercise);
    world.ask(send("routine", "ours")).unwrap();
    for (serial, name) in (1..).zip(NAMES) {
        let mut text = message(serial, Precedence::Routine, "text");
        text.releaser = name.to_owned();
        text.attachments = vec![AttachmentInfo {
            name: name.to_owned(),
            media_type: name.to_owned(),
            bytes: 4_000,
            digest: [1; 32],
        }];
        world.say(Kind::Message, &to_bytes(&text));
        let line = OrderWire {
            at: UtcSeconds(1),
            officer: name.to_owned(),
            text: "text".to_owned(),
        };
        world.say(Kind::OrderWire, &to_bytes(&line));
        let acknowledgement = Acknowledgement {
            serial: Serial(1),
            officer: name.to_owned(),
            at: UtcSeconds(1),
        };
        world.say(Kind::Acknowledgement, &to_bytes(&acknowledgement));
        world.serve(&Service::Bearer {
            name: name.to_owned(),
            out: true,
            because: name.to_owned(),
        });
        world.serve(&Service::Subject {
            subject: name.to_owned(),
            suspended: true,
            because: name.to_owned(),
            at: UtcSeconds(1),
        });
    }
    let desk = world.hub.desk().peer(&party("SUD")).unwrap();
    assert_eq!(
        desk.in_.len(),
        NAMES.len(),
        "no message is lost for its names"
    );
    for held in desk.in_.values() {
        assert!(is_harmless(&held.releaser), "{:?}", held.releaser);
        let info = &held.attachments[0];
        assert!(
            is_harmless(&info.name) && is_harmless(&info.media_type),
            "{info:?}"
        );
    }
    assert!(desk.in_[&Serial(11)].releaser.contains("two alphabets"));
    assert!(desk.wire.values().all(|line| is_harmless(&line.officer)));
    let claims = &desk.out[&Serial(1)].acknowledged;
    assert_eq!(claims.len(), NAMES.len());
    assert!(claims.iter().all(|(name, _)| is_harmless(name)));
    assert!(desk.suspended.keys().all(|subject| is_harmless(subject)));
    for event in &world.events {
        assert!(is_harmless(&event.said), "{:?}", event.said);
    }
    let journal = Request::Journal {
        after: None,
        limit: 1_000,
    };
    let Ok(Response::Journal { lines }) = world.ask(journal) else {
        panic!("the journal was asked for");
    };
    assert!(lines.iter().all(|line| is_harmless(&line.what)));
}

#[test]
fn names_of_our_own_with_unseen_letters_are_refused() {
    let mut world = World::new(Environment::Exercise);
    for name in NAMES.iter().filter(|name| !is_harmless(name)) {
        let with = |officer: &str, subject: &str, file: &str| Request::Send {
            to: None,
            precedence: "routine".to_owned(),
            text: "text".to_owned(),
            subject: subject.to_owned(),
            officer: officer.to_owned(),
            attachments: vec![NewAttachment {
                name: file.to_owned(),
                media_type: "text/plain".to_owned(),
                bytes: vec![1],
            }],
        };
        assert!(world.ask(with(name, "", "a.txt")).is_err(), "{name:?}");
        assert!(
            world.ask(with("1st watch", name, "a.txt")).is_err(),
            "{name:?}"
        );
        assert!(world.ask(with("1st watch", "", name)).is_err(), "{name:?}");
    }
    let desk = world.hub.desk().peer(&party("SUD"));
    assert!(desk.is_none_or(|desk| desk.out.is_empty()));
}

#[test]
pub(crate) fn text_bomb_is_kept_as_it_came_and_shown_short() {
    let mut world = World::new(Environment::Exercise);
    let bomb = format!("a{}b", "\u{200f}".repeat(21_000));
    world.say(
        Kind::Message,
        &to_bytes(&message(1, Precedence::Routine, &bomb)),
    );
    let read = Request::Read {
        message: "SUD 0001".parse().unwrap(),
    };
    let Ok(Response::Message(read)) = world.ask(read) else {
        panic!("a message was asked for");
    };
    assert_eq!(read.text, bomb, "what came is what is kept");
    assert_eq!(redphone_wire::shown(&read.text), "a<U+200F x21000>b");
}
