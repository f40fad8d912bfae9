//! Orders: what is signed beside a request, what is open, and who opens a text.

use redphone_api::{Message, Request, Response, SignedBy, Tray};
use redphone_station::{Right, right};

use crate::chancery::{CHIEF, Chancery, DRAFTER, READER, RELEASER, WATCH};
use crate::support::flash;

/// NORD with a message of SUD, a watch officer and a reader.
fn watched() -> Chancery {
    let mut nord = Chancery::staffed();
    nord.enrol(WATCH, &["watch-officer"]);
    nord.enrol(READER, &["reader"]);
    let now = nord.pair.now;
    nord.pair.sides[1].ask(now, flash("Secret.")).unwrap();
    nord.pair.run(std::time::Duration::from_secs(5));
    nord
}

fn acknowledge() -> Request {
    Request::Acknowledge {
        message: "SUD-0001".parse().unwrap(),
        officer: "anybody".to_owned(),
    }
}

fn read() -> Request {
    Request::Read {
        message: "SUD-0001".parse().unwrap(),
    }
}

/// Requests of every row that is not carried by a proof of its own.
fn samples() -> Vec<Request> {
    [about_texts(), about_the_station(), open_ones()].concat()
}

fn about_texts() -> Vec<Request> {
    let word = || "SUD".to_owned();
    let message = || "SUD-0001".parse().unwrap();
    vec![
        acknowledge(),
        read(),
        Request::Asks { peer: None },
        Request::Attachment {
            message: message(),
            index: 0,
        },
        Request::Subject {
            peer: None,
            subject: word(),
            suspend: true,
            because: word(),
            officer: word(),
        },
        Request::OrderWire {
            peer: None,
            text: word(),
            officer: word(),
        },
        Request::TestNow { peer: None },
        Request::ReleaseAgain {
            message: "0001".parse().unwrap(),
            officer: word(),
        },
        Request::DraftRead {
            number: 1,
            officer: None,
        },
        flash("One."),
    ]
}

fn about_the_station() -> Vec<Request> {
    let word = || "SUD".to_owned();
    vec![
        Request::Backup,
        Request::Bearer {
            name: word(),
            out: true,
            because: word(),
        },
        Request::CardImport {
            card: word(),
            words: word(),
        },
        Request::Courier {
            dir: None,
            bearer: None,
            pack: true,
        },
        Request::LiftHold {
            peer: None,
            because: word(),
            officer: word(),
        },
        Request::Serials {
            peer: None,
            highest: 1,
            officer: word(),
        },
        Request::Pair {
            peer: word(),
            with: word(),
            suites: None,
            letter: None,
            generation: None,
        },
        Request::TapeInstall {
            reel: word(),
            for_pairing: false,
        },
        Request::TapeMake {
            peer: word(),
            keys: 1,
            first: None,
        },
        Request::Journal {
            after: None,
            limit: 9,
        },
        Request::LineWords { peer: None },
    ]
}

fn open_ones() -> Vec<Request> {
    let message = "SUD-0001".parse().unwrap();
    vec![
        Request::AskTable,
        Request::CardShow,
        Request::DraftList,
        Request::List {
            tray: Tray::In,
            peer: None,
            limit: 9,
        },
        Request::JournalVerify,
        Request::Officers,
        Request::OrderWireList {
            peer: None,
            limit: 9,
        },
        Request::Shown { message },
        Request::Status,
    ]
}

#[test]
pub(crate) fn whoever_opens_the_socket_gets_what_is_open_and_nothing_else() {
    let mut nord = watched();
    for request in samples() {
        let named = format!("{request:?}");
        let row = right(&request);
        let answer = nord.ask(request);
        match row {
            Right::Open(_) | Right::Veiled(..) => {
                let answer = format!("{:?}", answer.expect(&named));
                assert!(!answer.contains("Secret"), "{named}: {answer}");
            }
            Right::Held | Right::Ordered(..) => {
                let refusal = answer.expect_err(&named);
                assert_eq!(refusal.exit_code(), 5, "{named}: {refusal}");
                assert!(refusal.to_do.contains("--key"), "{named}: {refusal}");
            }
            Right::Carried => panic!("{named} carries a proof of its own"),
        }
    }
}

#[test]
pub(crate) fn signature_is_for_one_request_once() {
    let mut nord = watched();
    let signed = nord.signed(WATCH, "watch-officer", acknowledge());
    let Request::Signed { by, .. } = signed.clone() else {
        panic!("it was signed");
    };
    let wire = |text: &str| Request::OrderWire {
        peer: None,
        text: text.to_owned(),
        officer: String::new(),
    };
    let beside = |request, by: &SignedBy| Request::Signed {
        order: Box::new(request),
        by: by.clone(),
    };
    let other_act = nord.ask(beside(wire("We are here."), &by)).unwrap_err();
    assert_eq!(other_act.exit_code(), 8, "{other_act}");
    let Request::Signed { by: of_one, .. } = nord.signed(WATCH, "watch-officer", wire("One."))
    else {
        panic!("it was signed");
    };
    let other_words = nord.ask(beside(wire("Two."), &of_one)).unwrap_err();
    assert_eq!(other_words.exit_code(), 8, "{other_words}");
    nord.ask(signed.clone()).unwrap();
    let again = nord.ask(signed).unwrap_err();
    assert_eq!(again.exit_code(), 8, "{again}");
}

#[test]
fn order_is_of_those_whom_the_table_permits_it() {
    let mut nord = watched();
    for (person, role) in [
        (CHIEF, "administrator"),
        (DRAFTER, "drafter"),
        (READER, "reader"),
        (RELEASER, "releaser"),
    ] {
        let refusal = nord.order(person, role, acknowledge()).unwrap_err();
        assert_eq!(refusal.exit_code(), 5, "{role}");
        assert!(refusal.what.contains("watch-officer"), "{refusal}");
    }
    let refusal = nord.order(READER, "watch-officer", acknowledge());
    assert_eq!(refusal.unwrap_err().exit_code(), 5, "a role that he lacks");
    nord.order(WATCH, "watch-officer", acknowledge()).unwrap();
}

#[test]
fn name_that_a_request_claims_gives_way_to_the_one_that_was_proved() {
    let mut nord = watched();
    nord.order(WATCH, "watch-officer", acknowledge()).unwrap();
    let message = opened(nord.ask(read()));
    assert_eq!(message.summary.acknowledged_by, ["4th watch"]);
}

#[test]
fn text_is_opened_by_a_reader_and_stands_in_the_journal() {
    let mut nord = watched();
    let veiled = opened(nord.ask(read()));
    assert!(veiled.veiled && veiled.text.is_empty(), "{veiled:?}");
    assert_eq!(veiled.summary.name, "SUD 0001");
    for (person, role) in [(CHIEF, "administrator"), (WATCH, "watch-officer")] {
        let refusal = nord.order(person, role, read()).unwrap_err();
        assert_eq!(refusal.exit_code(), 5, "{role}");
    }
    let message = opened(nord.order(READER, "reader", read()));
    assert_eq!((message.text.as_str(), message.veiled), ("Secret.", false));
    let said = journal(&mut nord);
    let opening = "5th watch, reader, signed for: open (message that names no reader) SUD 0001";
    assert!(said.iter().any(|line| line == opening), "{said:?}");
}

#[test]
fn order_that_is_refused_is_used_up_and_stands_in_the_journal() {
    let mut nord = watched();
    let wrong = Request::Bearer {
        name: "no such".to_owned(),
        out: true,
        because: "work".to_owned(),
    };
    let signed = nord.signed(CHIEF, "administrator", wrong);
    assert_eq!(nord.ask(signed.clone()).unwrap_err().exit_code(), 3);
    assert_eq!(nord.ask(signed).unwrap_err().exit_code(), 8);
    let said = journal(&mut nord);
    let tried = "chief, administrator, signed for: manage (bearer) no such";
    assert!(said.iter().any(|line| line == tried), "{said:?}");
}

#[test]
fn signature_beside_what_nobody_signs_is_refused() {
    let mut nord = watched();
    let Request::Signed { by, .. } = nord.signed(WATCH, "watch-officer", acknowledge()) else {
        panic!("it was signed");
    };
    let status = Request::Signed {
        order: Box::new(Request::Status),
        by,
    };
    assert_eq!(nord.ask(status).unwrap_err().exit_code(), 2);
}

fn opened(answer: Result<Response, redphone_api::Refusal>) -> Message {
    match answer {
        Ok(Response::Message(message)) => *message,
        other => panic!("a message was asked for, not {other:?}"),
    }
}

fn journal(nord: &mut Chancery) -> Vec<String> {
    let request = Request::Journal {
        after: None,
        limit: 1_000,
    };
    match nord.order(CHIEF, "administrator", request).unwrap() {
        Response::Journal { lines } => lines.into_iter().map(|line| line.what).collect(),
        other => panic!("the journal was asked for, not {other:?}"),
    }
}
