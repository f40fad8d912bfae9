//! Writes the corpora of the rooms that touch the world, and of what a disk gives back.

use redphone_bearers::courier::export_bag;
use redphone_bearers::delimit::wrap;
use redphone_journal::{Disk, Journal, StationKey};
use redphone_seal::words::{Language, fingerprint_words};
use redphone_seal::{Identity, Pairing, Terms, make_reel};
use redphone_station::{About, Founding, Hub, Record};
use redphone_wire::{
    EnvelopeId, Environment, Fingerprint, Now, PartyName, Precedence, Serial, Suites, Utc, to_bytes,
};

use super::corpora::{write, write_all};

const AT: Utc = Utc(1_793_461_512_345);

pub(crate) fn corpora() {
    streams_and_bags();
    configurations();
    calls();
    words();
    records();
    rows();
    snapshot();
    journals();
}

fn streams_and_bags() {
    let frames = [vec![1], vec![0; 30], vec![0xff; 254], vec![7; 255]];
    let stream: Vec<u8> = frames.iter().flat_map(|frame| wrap(frame, true)).collect();
    write_all("serial_stream", "four", &stream);
    write("serial_stream", "noise", &[0x55; 600]);
    write("serial_stream", "zeros", &[0; 40]);
    write("serial_stream", "code-too-long", &[0, 9, 1, 2, 0]);

    let place = std::env::temp_dir().join(format!("redphone-corpus-{}", std::process::id()));
    std::fs::create_dir_all(&place).unwrap();
    let nord = "NORD".parse().unwrap();
    let bag = export_bag(&place, &nord, 1, &frames).unwrap();
    let bytes = std::fs::read(bag).unwrap();
    std::fs::remove_dir_all(place).unwrap();
    write_all("courier_bag", "four", &bytes);
    // Its digest is put behind it by the check.
    write("courier_bag", "undigested", &bytes[..bytes.len() - 32]);
    let mut newer = bytes[..bytes.len() - 32].to_vec();
    newer[14] = 2;
    write("courier_bag", "newer", &newer);
    let beyond = [&bytes[..15], &[0xff, 0xff, 1, 2]].concat();
    write("courier_bag", "length-beyond", &beyond);
    write("courier_bag", "no-frame", &[&bytes[..15], &[0, 0]].concat());
}

fn configurations() {
    write("config", "sample", redphone_stationd::SAMPLE.as_bytes());
    let bearers = "[[udp]]\nname = \"lan\"\npeer = \"SUD\"\nbind = \"127.0.0.1:7101\"\n\
         address = \"127.0.0.1:7102\"\nrate_bit_s = 1000000\n\n\
         [[quic]]\nname = \"ip\"\npeer = \"SUD\"\nbind = \"[::1]:7103\"\n\
         address = \"[::1]:7104\"\n\n\
         [[serial]]\nname = \"hf\"\npeer = \"SUD\"\ndevice = \"/dev/ttyS0\"\nbaud = 300\n\n\
         [[courier]]\nname = \"bag\"\npeer = \"SUD\"\n";
    write("config", "bearers", bearers.as_bytes());
    write("config", "empty", b"");
    write("config", "unknown", b"[api]\nsocked = 'x'\n");
    write("config", "deep", "[a.".repeat(200).as_bytes());
    let many = "[[courier]]\nname = 'b'\npeer = 'SUD'\n".repeat(100);
    write("config", "many", many.as_bytes());
    write(
        "config",
        "huge-number",
        b"[storage]\nreserve_bytes = 99999999999999999999\n",
    );
}

fn calls() {
    let bodies: [(u8, &str, &str); 9] = [
        (0, "bearer", r#"{"out":true,"because":"ice"}"#),
        (1, "card", r#"{"card":"-----","words":"EAGLE-19"}"#),
        (2, "export", r#"{"dir":"/media/bag","bearer":null}"#),
        (3, "desk", r#"{"desk":"NORD-1"}"#),
        (4, "nothing", "{}"),
        (
            5,
            "send",
            r#"{"precedence":"flash","text":"One.","officer":"1st watch","attachments":[{"name":"m","media_type":"a/b","bytes":"00ff"}]}"#,
        ),
        (
            8,
            "pair",
            r#"{"peer":"SUD","suites":["a","b"],"letter":null}"#,
        ),
        (10, "tape", r#"{"peer":"SUD","keys":4294967295}"#),
        (12, "test", r#"{"peer":null}"#),
    ];
    for (call, name, body) in bodies {
        write_all("http_body", name, &[&[call], body.as_bytes()].concat());
    }
    write("http_body", "list", b"\x04[]");
    let deep = [b"\x05".to_vec(), b"{\"text\":".repeat(300)].concat();
    write("http_body", "deep", &deep);
    write("http_body", "twice", br#"{"desk":"a","desk":"b"}"#);
}

fn words() {
    for (name, language) in [
        ("english", Language::English),
        ("russian", Language::Russian),
    ] {
        let words = fingerprint_words(&Fingerprint([7; 32]), language).join(" ");
        write("typed_words", name, words.as_bytes());
        write(
            "typed_words",
            &format!("{name}-lower"),
            words.to_lowercase().as_bytes(),
        );
        write(
            "typed_words",
            &format!("{name}-run"),
            words.replace('-', "").as_bytes(),
        );
    }
    write("typed_words", "long", "EAGLE-19 ".repeat(200).as_bytes());
}

fn records() {
    let sud: PartyName = "SUD".parse().unwrap();
    let id = EnvelopeId {
        epoch: 1,
        number: 7,
    };
    let all = [
        Record::Started { life: u32::MAX },
        Record::Alarm {
            peer: Some(sud.clone()),
            what: "ice".to_owned(),
        },
        Record::Opened {
            peer: sud.clone(),
            id,
            kind: 0,
            serial: Some(Serial(1)),
            mark: 3,
        },
        Record::Sealed {
            peer: sud.clone(),
            id,
            mark: 1,
            waiting: None,
            precedence: Precedence::Flash,
            about: About::Message(Serial(1)),
        },
        Record::Sealed {
            peer: sud.clone(),
            id,
            mark: 1,
            waiting: None,
            precedence: Precedence::Routine,
            about: About::Piece(Serial(u32::MAX), u8::MAX, u32::MAX),
        },
        Record::Receipted {
            peer: sud.clone(),
            epoch: 1,
            numbers: vec![0, u32::MAX],
        },
        Record::TestCalled {
            peer: sud,
            hours: vec![0, u32::MAX],
            early: 0,
            missed: u32::MAX,
        },
    ];
    for (number, record) in all.iter().enumerate() {
        write_all("hub_record", &format!("case-{number}"), &to_bytes(record));
    }
}

fn rows() {
    let (nord, sud) = ("NORD".parse().unwrap(), "SUD".parse().unwrap());
    let reel = make_reel(Environment::Exercise, nord, sud, 1, 1, [5; 32]).unwrap();
    let tape = [reel.id.as_slice(), &to_bytes(&reel.keys[0])].concat();
    write_all("hub_rows", "tape", &[&[0], tape.as_slice()].concat());
    write("hub_rows", "empty", &[0]);
    let identity =
        |name: &str| Identity::generate(name.parse().unwrap(), Environment::Exercise, [1; 32]);
    let (one, other) = (identity("NORD").unwrap(), identity("SUD").unwrap());
    let terms = Terms {
        generation: 1,
        suites_from_lower: Suites::DEFAULT,
        suites_from_higher: Suites::DEFAULT,
        tape_lower: None,
        tape_higher: None,
        cards: true,
    };
    let (lower, higher) = if one.fingerprint() < other.fingerprint() {
        (&one, &other)
    } else {
        (&other, &one)
    };
    let (pairing, _) = Pairing::begin(lower, higher.card(), terms, [3; 32]).unwrap();
    let waits = [&[1], pairing.to_secret().as_slice()].concat();
    write_all("hub_rows", "pairing", &waits);
}

/// A snapshot as a hub makes one.
fn snapshot() {
    let key = StationKey::from_key_file("5a".repeat(32).as_bytes()).unwrap();
    let founding = Founding {
        name: "NORD".parse().unwrap(),
        environment: Environment::Exercise,
    };
    let now = Now {
        monotonic: std::time::Duration::from_secs(1),
        utc: AT,
    };
    let disk = Disk::new();
    drop(Hub::create(disk.open(), &key, &founding, now, entropy(1)).unwrap());
    let mut hub = Hub::open(disk.open(), &key, now, entropy(2)).unwrap();
    hub.commit(now).unwrap();
    hub.close(now).unwrap();
    let (_, opened) = Journal::open(disk.open(), &key).unwrap();
    write_all("hub_snapshot", "founded", &opened.snapshot.unwrap());
    write("hub_snapshot", "empty", b"");
}

fn journals() {
    write("journal_rows", "as-it-was", b"");
    for what in 0..8_u8 {
        for place in [0_u8, 1, 9] {
            let change = [what, 0, place, 3, 1, 2, 3];
            write("journal_rows", &format!("change-{what}-{place}"), &change);
        }
    }
}

fn entropy(seed: u64) -> redphone_station::Entropy {
    let mut state = seed;
    Box::new(move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (state >> 33) as u8;
        }
        true
    })
}
