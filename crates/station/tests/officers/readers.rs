//! Readers by name: who opens a text that says for whom it is.

use std::time::Duration;

use redphone_api::{DraftAct, Message, Refusal, Request, Response};

use crate::chancery::{Chancery, DRAFTER, Person, READER, RELEASER, WATCH, text};

const NAMED: Person = ("head of state", 7);

/// A FLASH of NORD that names these readers, at SUD with two readers and a watch officer.
fn sent(readers: &[&str]) -> Chancery {
    let mut nord = Chancery::staffed();
    let mut written = text("For your eyes.");
    written.precedence = "flash";
    written.readers = readers.iter().map(|&reader| reader.to_owned()).collect();
    nord.hold(DRAFTER, written).unwrap();
    assert_eq!(nord.read(1).readers, readers);
    nord.act(RELEASER, 1, DraftAct::Release, "").unwrap();
    nord.pair.run(Duration::from_secs(5));
    nord.staff_the_other_side();
    nord.at_the_other_side(|sud| {
        sud.enrol(NAMED, &["reader"]);
        sud.enrol(READER, &["reader"]);
        sud.enrol(WATCH, &["reader", "watch-officer"]);
    });
    nord
}

fn open(line: &mut Chancery, person: Person) -> Result<Message, Refusal> {
    let request = Request::Read {
        message: "NORD-0001".parse().unwrap(),
    };
    let mut opened = None;
    line.at_the_other_side(|sud| opened = Some(sud.order(person, "reader", request.clone())));
    match opened.unwrap()? {
        Response::Message(message) => Ok(*message),
        other => panic!("a message was asked for, not {other:?}"),
    }
}

#[test]
pub(crate) fn text_that_names_its_readers_is_opened_by_them_alone() {
    let mut line = sent(&["head of state"]);
    for other in [READER, WATCH] {
        let refusal = open(&mut line, other).unwrap_err();
        assert_eq!(refusal.exit_code(), 5);
        assert!(refusal.to_do.contains("names its readers"), "{refusal}");
    }
    let message = open(&mut line, NAMED).unwrap();
    assert_eq!(message.text, "For your eyes.");
    assert_eq!(message.readers, ["head of state"]);
}

#[test]
fn reader_may_be_named_by_a_role() {
    let mut line = sent(&["watch-officer"]);
    assert!(open(&mut line, READER).is_err());
    assert_eq!(open(&mut line, WATCH).unwrap().text, "For your eyes.");
}

#[test]
fn who_reads_it_there_is_shown_to_whoever_opens_the_socket() {
    let mut line = sent(&["head of state"]);
    let request = Request::Read {
        message: "NORD-0001".parse().unwrap(),
    };
    let now = line.pair.now;
    let Ok(Response::Message(message)) = line.pair.sides[1].ask(now, request) else {
        panic!("a message was asked for");
    };
    assert!(message.veiled && message.text.is_empty());
    assert_eq!(message.readers, ["head of state"]);
}

#[test]
fn readers_are_bounded() {
    let mut nord = Chancery::staffed();
    let mut written = text("One.");
    written.readers = vec!["one".to_owned(); 9];
    assert_eq!(nord.hold(DRAFTER, written).unwrap_err().exit_code(), 2);
}
