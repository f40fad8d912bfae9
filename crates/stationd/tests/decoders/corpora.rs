//! Writes the corpora: valid encodings of every shape, edges of every bound, files of the vectors.

use std::fs;

use redphone_api::{Event, EventKind, Request, Response, Tray};
use redphone_seal::armour::{self, Letter};
use redphone_seal::{Cipher, Identity, Pairing, Terms, answer, make_reel};
use redphone_wire::limits::BITMAP_BYTES_MAX;
use redphone_wire::{
    Acknowledgement, AttachmentChunk, AttachmentInfo, Coded, Contact, ContactMark, Difference,
    Echo, EnvelopeId, Environment, Frame, Message, Mix, NoReason, Number, OrderWire, Precedence,
    Receipt, Received, Refresh, Serial, Service, Shape, Suites, Symbols, TestMessage, UtcSeconds,
    to_bytes,
};

use super::folder;

#[test]
#[ignore = "writes fuzz/corpus; run it after a change of what crosses the line"]
fn corpora_are_written() {
    messages();
    bodies();
    services();
    tests_and_refreshes();
    frames();
    cards_and_letters();
    texts();
    super::outer::corpora();
}

pub(crate) fn write(target: &str, name: &str, bytes: &[u8]) {
    let folder = folder().join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

/// The value, one byte short of it, one byte more.
pub(crate) fn write_all(target: &str, name: &str, bytes: &[u8]) {
    write(target, name, bytes);
    write(target, &format!("{name}-short"), &bytes[..bytes.len() - 1]);
    write(target, &format!("{name}-long"), &[bytes, &[0]].concat());
}

const AT: UtcSeconds = UtcSeconds(1_793_461_512);

fn messages() {
    let mut message = Message {
        serial: Serial(412),
        precedence: Precedence::Flash,
        released: AT,
        releaser: "1st watch".to_owned(),
        text: "This is not an exercise. Это не учение.".to_owned(),
        attachments: Vec::new(),
        form: None,
        readers: None,
    };
    write_all("message", "flash", &to_bytes(&message));
    message.attachments = vec![
        AttachmentInfo {
            name: "map.png".to_owned(),
            media_type: "image/png".to_owned(),
            bytes: 70_000,
            digest: [9; 32],
        };
        8
    ];
    message.serial = Serial(u32::MAX);
    write("message", "attachments", &to_bytes(&message));
    message.attachments.clear();
    message.text = "x".repeat(300);
    write("message", "longer", &to_bytes(&message));
    message.text = "\u{202e}\u{200f}e\u{301}\u{301}\u{301}\u{301}".repeat(20);
    write("message", "unseen", &to_bytes(&message));
}

fn bodies() {
    for (name, length) in [("one", 1), ("many", 300)] {
        let chunk = AttachmentChunk {
            serial: Serial(7),
            index: u8::MAX,
            offset: u32::MAX,
            bytes: vec![1; length],
        };
        write_all("attachment_chunk", name, &to_bytes(&chunk));
    }
    let acknowledgement = Acknowledgement {
        serial: Serial(7),
        officer: "1st watch".to_owned(),
        at: AT,
    };
    write_all("acknowledgement", "one", &to_bytes(&acknowledgement));
    for (name, officer) in [("one", "1st watch"), ("nameless", "")] {
        let line = OrderWire {
            at: AT,
            officer: officer.to_owned(),
            text: "слышу вас".to_owned(),
        };
        write_all("order_wire", name, &to_bytes(&line));
    }
    for (name, serial, blanks) in [
        ("code", 412, 8),
        ("no-blanks", 1, 0),
        ("serial", u32::MAX, 7),
    ] {
        let coded = Coded {
            entry: 6,
            flash: blanks > 0,
            serial: Serial(serial),
            blanks: vec![0x9f; blanks],
        };
        write_all("coded", name, &coded.to_bytes());
    }
    let id = EnvelopeId {
        epoch: 1,
        number: 300,
    };
    let mark = ContactMark {
        id,
        salt: [2; 8],
        proof: [3; 8],
    };
    for (name, received) in [("first", None), ("later", Some(mark))] {
        let contact = Contact {
            life: 3,
            life_id: [1; 8],
            sent: id,
            received,
            tape_out: 2,
            tape_in: u32::MAX,
        };
        write_all("contact", name, &to_bytes(&contact));
    }
}

fn services() {
    let because = "ice".to_owned();
    let serial = Serial(7);
    let all = [
        Service::Announce { highest: serial },
        Service::Bearer {
            name: "hf".to_owned(),
            out: true,
            because: because.clone(),
        },
        Service::Desk {
            silent: true,
            since: AT,
        },
        Service::Missing {
            ranges: vec![(Serial(0), Serial(u32::MAX)); 33],
        },
        Service::Holds { highest: serial },
        Service::NotHeld { serial },
        Service::OnDesk { serial, at: AT },
        Service::Subject {
            subject: "exercises".to_owned(),
            suspended: true,
            because,
            at: AT,
        },
    ];
    for (number, service) in all.iter().enumerate() {
        write_all("service", &format!("case-{number}"), &to_bytes(service));
    }
    // Longer forms of the same value, which are refused.
    for (name, form) in [
        ("integer-in-two", &[0x82, 0x00, 0x81, 0x18, 0x01][..]),
        ("case-in-two", &[0x82, 0x18, 0x00, 0x81, 0x01]),
        ("no-length", &[0x9f, 0x00, 0x81, 0x01, 0xff]),
        ("absent-written", &[0x82, 0x00, 0x82, 0x01, 0xf6]),
        (
            "length-of-all",
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ),
    ] {
        write("service", name, form);
    }
}

fn tests_and_refreshes() {
    let difference = Some(Difference {
        cyrillic: true,
        letter: 40,
    });
    let all = [
        TestMessage::CallUp { test: 497_777 },
        TestMessage::Ready { test: u32::MAX },
        TestMessage::Text {
            test: 1,
            number: 1,
            latin: "a b c".to_owned(),
            cyrillic: "а б в".to_owned(),
            highest: Serial(7),
        },
        TestMessage::Result {
            test: 1,
            difference,
            highest: Serial(7),
            log_at: Some(EnvelopeId {
                epoch: 1,
                number: 2,
            }),
            log: [3; 16],
        },
    ];
    for (number, test) in all.iter().enumerate() {
        write_all("test_message", &format!("case-{number}"), &to_bytes(test));
    }
    let there = Mix::There {
        offer: 1,
        ciphertext: vec![5; 1_120],
    };
    let open = |mix, tape| Refresh::Open {
        epoch: 2,
        parent: 1,
        mix,
        tape,
    };
    let all = [
        Refresh::Offer {
            offer: 1,
            key: vec![4; 1_216],
        },
        open(there, None),
        open(Mix::Nothing, Some(7)),
        open(Mix::Back { offer: 1 }, Some(u32::MAX)),
        Refresh::Ready { epoch: 2 },
        Refresh::No {
            epoch: 2,
            reason: NoReason::TapeUnknown,
        },
    ];
    for (number, refresh) in all.iter().enumerate() {
        write_all("refresh", &format!("case-{number}"), &to_bytes(refresh));
    }
}

fn frames() {
    let symbols = |number, shape, length| {
        Frame::Symbols(Symbols {
            number,
            mark: 0xa5,
            shape,
            bytes: vec![7; length],
        })
    };
    let multi = |first, source, count| Shape::Multi {
        first,
        source,
        count,
    };
    let receipt = Receipt {
        epoch: 300,
        received: Received {
            cumulative: u32::MAX,
            bitmap: vec![0xff; BITMAP_BYTES_MAX],
        },
        heard: 7,
        echo: Echo {
            number: 1,
            repeat: 2,
        },
        proof: [9; 8],
    };
    let single = Shape::Single { repeat: 0xabc };
    let padded = symbols(Number::Low(5), single, 20).padded_to(60).unwrap();
    let all = [
        ("single-short", symbols(Number::Low(0x1ff), single, 20)),
        ("single-long", symbols(Number::Full(u32::MAX), single, 20)),
        (
            "multi-short",
            symbols(Number::Low(1), multi(65_535, 2, 1), 20),
        ),
        (
            "multi-long",
            symbols(Number::Full(5), multi(0, 4_095, 1), 16),
        ),
        ("pack-short", symbols(Number::Low(1), multi(0, 3, 4), 80)),
        (
            "pack-long",
            symbols(Number::Full(7), multi(65_533, 9, 3), 30),
        ),
        ("receipt", Frame::Receipt(receipt)),
        ("cover", Frame::Cover { padding: 50 }),
        ("padded", padded),
    ];
    let mut door = Vec::new();
    for (name, frame) in all {
        let bytes = frame.to_bytes();
        write_all("frame", name, &bytes);
        door.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
        door.extend_from_slice(&bytes[..bytes.len().min(255)]);
    }
    write_all("symbols", "one-of-each", &door);
    let mut whole = Vec::new();
    for first in 0..4 {
        let bytes = symbols(Number::Low(0), multi(first, 3, 1), 30).to_bytes();
        whole.push(u8::try_from(bytes.len()).unwrap());
        whole.extend_from_slice(&bytes);
    }
    write("symbols", "whole", &whole);
}

fn cards_and_letters() {
    let identity = |name: &str, byte| {
        Identity::generate(name.parse().unwrap(), Environment::Exercise, [byte; 32]).unwrap()
    };
    let (mut lower, mut higher) = (identity("NORD", 1), identity("SUD", 2));
    if lower.fingerprint() > higher.fingerprint() {
        std::mem::swap(&mut lower, &mut higher);
    }
    let terms = Terms {
        generation: 1,
        suites_from_lower: Suites::DEFAULT,
        suites_from_higher: Suites::DEFAULT,
        tape_lower: None,
        tape_higher: None,
        cards: true,
    };
    let (pairing, one) = Pairing::begin(&lower, higher.card(), terms.clone(), [3; 32]).unwrap();
    let (two, mut cipher) = answer(&higher, lower.card(), &one, &terms, [4; 32]).unwrap();
    let (three, _) = pairing.finish(&lower, &two).unwrap();
    write_all("card", "one", &to_bytes(lower.card()));
    write_all("letter1", "one", &to_bytes(&one));
    write_all("letter2", "one", &to_bytes(&two));
    write_all("letter3", "one", &to_bytes(&three));
    write_all("identity_file", "one", &lower.to_secret());

    let (nord, sud) = ("NORD".parse().unwrap(), "SUD".parse().unwrap());
    let reel = make_reel(Environment::Live, nord, sud, 7, 3, [5; 32]).unwrap();
    write_all("reel", "one", &to_bytes(&reel));
    write(
        "armour",
        "card",
        armour::card_to_text(lower.card()).as_bytes(),
    );
    write("armour", "reel", armour::reel_to_text(&reel).as_bytes());
    write(
        "armour",
        "letter1",
        armour::letter_to_text(&Letter::First(one)).as_bytes(),
    );
    write(
        "armour",
        "letter2",
        armour::letter_to_text(&Letter::Second(two)).as_bytes(),
    );
    let third = armour::letter_to_text(&Letter::Third(three.clone()));
    write_all("armour", "letter3", third.as_bytes());
    write(
        "armour",
        "relabelled",
        third.replace("LETTER 3", "LETTER 2").as_bytes(),
    );
    write("armour", "mailed", third.replace('\n', "\r\n").as_bytes());
    write("armour", "no-end", b"-----BEGIN REDPHONE CARD-----\n");

    cipher.confirm(&three).unwrap();
    write_all("rows", "line", &rows_of(&mut cipher));
}

fn rows_of(cipher: &mut Cipher) -> Vec<u8> {
    cipher.start_life([6; 32]);
    let mut bytes = Vec::new();
    for change in cipher.changes() {
        let value = change.value.unwrap();
        for field in [&change.row[..], &value[..]] {
            bytes.extend_from_slice(&u16::try_from(field.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(field);
        }
    }
    bytes
}

fn texts() {
    for (name, text) in [
        ("nord", "NORD"),
        ("longest", "A23456789012345B"),
        ("too-long", "A234567890123456X"),
        ("cyrillic", "НОРД"),
        ("cascade", "sm4+chacha20-poly1305"),
    ] {
        write("party_name", name, text.as_bytes());
        write(
            "party_name",
            &format!("{name}-cbor"),
            &to_bytes(&text.to_owned()),
        );
    }
    for (number, text) in [
        "0412",
        "SUD 0412",
        "SUD-0412",
        "sud0412",
        "NORD-0007>SUD",
        "0007>",
        ">",
        "Я7",
        "-1",
    ]
    .iter()
    .enumerate()
    {
        write("message_ref", &format!("form-{number}"), text.as_bytes());
    }
    for (number, text) in ["00", "fF", "0", "0g", "я1", ""].iter().enumerate() {
        write("hexadecimal", &format!("form-{number}"), text.as_bytes());
    }
    for (name, text) in [
        ("plain", "This is not an exercise. Это не учение."),
        ("turned", "\u{202e}\u{2066}txt.exe\u{2069}"),
        ("bomb", &"\u{200f}".repeat(500)),
        ("piled", &format!("e{}", "\u{301}\u{302}".repeat(100))),
        ("colours", "\u{1b}[2J\u{9b}31m\r\n\t\0"),
        ("tags", "\u{e0064}\u{feff}\u{3164}"),
    ] {
        write("text_shown", name, text.as_bytes());
    }
    json();
}

fn json() {
    let requests = [
        Request::Status,
        Request::List {
            tray: Tray::In,
            peer: None,
            limit: u32::MAX,
        },
        Request::Send {
            to: Some("SUD".to_owned()),
            precedence: "flash".to_owned(),
            text: "This is an exercise.".to_owned(),
            subject: String::new(),
            officer: "1st watch".to_owned(),
            attachments: Vec::new(),
        },
    ];
    for (number, request) in requests.iter().enumerate() {
        let bytes = serde_json::to_vec(request).unwrap();
        write_all("request_json", &format!("case-{number}"), &bytes);
    }
    let done = Response::Done {
        said: "Written on the order wire to SUD.".to_owned(),
    };
    write_all("response_json", "done", &serde_json::to_vec(&done).unwrap());
    write("response_json", "deep", "[".repeat(500).as_bytes());
    write("request_json", "deep", "{\"a\":".repeat(500).as_bytes());
    let event = Event {
        id: u64::MAX,
        at: 1_793_461_512_345,
        kind: EventKind::Alarm,
        peer: "SUD".to_owned(),
        message: "SUD 0412".to_owned(),
        said: "FLASH arrived by udp.".to_owned(),
    };
    write_all("event_json", "alarm", &serde_json::to_vec(&event).unwrap());
}
