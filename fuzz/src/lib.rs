//! What must hold of every decoder, whatever bytes it is given.
//!
//! Each target is one function of bytes that panics when a promise is broken: a value that was
//! decoded encodes to the very bytes it came from, and what reads a peer's bytes never panics and
//! never takes long. `cargo fuzz run NAME` searches with them; the plain test
//! `crates/stationd/tests/decoders.rs` replays the corpora and mutations of them on every run.

#![forbid(unsafe_code)]

mod outer;

use std::fmt::Debug;
use std::time::Duration;

use redphone_api::{Event, MessageRef, Request, Response, hex};
use redphone_line::{Arrival, BearerId, Line, LineConfig};
use redphone_seal::armour;
use redphone_seal::{Cipher, Identity};
use redphone_wire::{
    Acknowledgement, AttachmentChunk, Card, Coded, Contact, Frame, Letter1, Letter2, Letter3,
    Message, Now, OrderWire, PartyName, Reel, Refresh, Service, Suites, TestMessage, from_bytes,
    shown, shown_name, to_bytes,
};
use zeroize::Zeroizing;

/// A decoder, named as its fuzz target and its folder of the corpus are.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 35] = [
    ("acknowledgement", one_form::<Acknowledgement>),
    ("armour", armoured),
    ("attachment_chunk", one_form::<AttachmentChunk>),
    ("card", one_form::<Card>),
    ("coded", coded),
    ("config", outer::config),
    ("contact", one_form::<Contact>),
    ("courier_bag", outer::courier_bag),
    ("event_json", json::<Event>),
    ("frame", frame),
    ("hexadecimal", hexadecimal),
    ("http_body", |bytes| _ = outer::http_body(bytes)),
    ("hub_record", |bytes| _ = outer::hub_record(bytes)),
    ("hub_rows", |bytes| _ = outer::hub_rows(bytes)),
    ("hub_snapshot", |bytes| _ = outer::hub_snapshot(bytes)),
    ("identity_file", identity_file),
    ("journal_rows", |bytes| _ = outer::journal_rows(bytes)),
    ("letter1", one_form::<Letter1>),
    ("letter2", one_form::<Letter2>),
    ("letter3", one_form::<Letter3>),
    ("message", one_form::<Message>),
    ("message_ref", message_ref),
    ("order_wire", one_form::<OrderWire>),
    ("party_name", party_name),
    ("reel", one_form::<Reel>),
    ("refresh", one_form::<Refresh>),
    ("request_json", json::<Request>),
    ("response_json", json::<Response>),
    ("rows", rows),
    ("serial_stream", outer::serial_stream),
    ("service", one_form::<Service>),
    ("symbols", symbols),
    ("test_message", one_form::<TestMessage>),
    ("text_shown", text_shown),
    ("typed_words", |bytes| _ = outer::typed_words(bytes)),
];

/// Runs one target by its name.
///
/// # Panics
///
/// When the target's promise is broken, or there is no such target.
pub fn search(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(of, _)| *of == name);
    assert!(target.is_some(), "no target is named {name}");
    if let Some((_, check)) = target {
        check(bytes);
    }
}

/// Whether the target's decoder takes these bytes: a corpus of refusals alone would show little.
pub fn is_taken(name: &str, bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes);
    match name {
        "acknowledgement" => from_bytes::<Acknowledgement>(bytes).is_ok(),
        "attachment_chunk" => from_bytes::<AttachmentChunk>(bytes).is_ok(),
        "card" => from_bytes::<Card>(bytes).is_ok(),
        "coded" => Coded::from_bytes(bytes).is_ok(),
        "contact" => from_bytes::<Contact>(bytes).is_ok(),
        "frame" => Frame::from_bytes(bytes).is_ok(),
        "identity_file" => Identity::from_secret(bytes).is_ok(),
        "letter1" => from_bytes::<Letter1>(bytes).is_ok(),
        "letter2" => from_bytes::<Letter2>(bytes).is_ok(),
        "letter3" => from_bytes::<Letter3>(bytes).is_ok(),
        "message" => from_bytes::<Message>(bytes).is_ok(),
        "order_wire" => from_bytes::<OrderWire>(bytes).is_ok(),
        "reel" => from_bytes::<Reel>(bytes).is_ok(),
        "refresh" => from_bytes::<Refresh>(bytes).is_ok(),
        "service" => from_bytes::<Service>(bytes).is_ok(),
        "test_message" => from_bytes::<TestMessage>(bytes).is_ok(),
        "request_json" => serde_json::from_slice::<Request>(bytes).is_ok(),
        "response_json" => serde_json::from_slice::<Response>(bytes).is_ok(),
        "event_json" => serde_json::from_slice::<Event>(bytes).is_ok(),
        "armour" => text.is_ok_and(|text| armour::letter_from_text(text).is_ok()),
        "party_name" => text.is_ok_and(|text| text.parse::<PartyName>().is_ok()),
        "message_ref" => text.is_ok_and(|text| text.parse::<MessageRef>().is_ok()),
        "config" => text.is_ok_and(|text| redphone_stationd::Config::parse(text).is_ok()),
        "courier_bag" => outer::is_bag(bytes),
        "http_body" => outer::http_body(bytes),
        "hub_record" => outer::hub_record(bytes),
        "hub_rows" => outer::hub_rows(bytes),
        "hub_snapshot" => outer::hub_snapshot(bytes),
        "journal_rows" => outer::journal_rows(bytes),
        "typed_words" => outer::typed_words(bytes),
        "rows" => Cipher::restore(all_rows(bytes)).is_ok(),
        _ => !bytes.is_empty(),
    }
}

/// Bytes are refused, or are the one encoding of a value (rule WIRE-1).
fn one_form<T>(bytes: &[u8])
where
    T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()> + PartialEq + Debug,
{
    if let Ok(value) = from_bytes::<T>(bytes) {
        let again = to_bytes(&value);
        assert!(again == bytes, "a second encoding of {value:?}");
        assert!(from_bytes::<T>(&again).is_ok_and(|back| back == value));
    }
}

/// A coded message has one form and stays within its bounds.
fn coded(bytes: &[u8]) {
    if let Ok(coded) = Coded::from_bytes(bytes) {
        assert!(coded.to_bytes() == bytes, "a second encoding of {coded:?}");
        assert!(bytes.len() <= 14);
    }
}

/// A frame has one form, padded or not, and its number resolves without wrapping.
fn frame(bytes: &[u8]) {
    let Ok(frame) = Frame::from_bytes(bytes) else {
        return;
    };
    assert!(frame.to_bytes() == bytes, "a second encoding of {frame:?}");
    match frame.unpadded() {
        Frame::Receipt(receipt) => {
            let highest = receipt.received.highest();
            assert!(highest.is_none_or(|number| receipt.received.contains(number)));
        }
        Frame::Symbols(symbols) => {
            for cumulative in [0, 255, 256, u32::MAX] {
                let _ = symbols.number.resolve(cumulative);
            }
        }
        Frame::Cover { .. } | Frame::Padded { .. } => {}
    }
}

/// Frames one after the other, each after a byte that says how long it is, at one line's door.
fn symbols(mut bytes: &[u8]) {
    const BEARER: BearerId = BearerId(1);
    let mut line = Line::new(LineConfig::default());
    let mut now = Now::default();
    while let Some((length, rest)) = bytes.split_first() {
        let (one, after) = rest.split_at(rest.len().min(usize::from(*length)));
        bytes = after;
        now.monotonic += Duration::from_millis(1);
        let Ok(frame) = Frame::from_bytes(one) else {
            continue;
        };
        line.heard(now, BEARER);
        match frame.unpadded() {
            Frame::Receipt(receipt) => {
                line.handle_receipt(now, BEARER, &receipt);
            }
            Frame::Symbols(symbols) => {
                let arrival = line.handle_symbols(now, BEARER, 0, &symbols);
                match arrival {
                    Arrival::Whole { id, mark, envelope } if envelope.len() % 2 == 0 => {
                        line.handle_opened(now, BEARER, id, mark);
                    }
                    Arrival::Whole { id, mark, .. } => line.handle_unopenable(id, mark),
                    _ => {}
                }
            }
            Frame::Cover { .. } | Frame::Padded { .. } => {}
        }
        line.handle_timeout(now);
    }
}

/// Text in armour is refused, or is what its armour is made of again.
fn armoured(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(card) = armour::card_from_text(text) {
        let again = armour::card_to_text(&card);
        assert_eq!(armour::card_from_text(&again), Ok(card));
    }
    if let Ok(reel) = armour::reel_from_text(text) {
        let again = armour::reel_to_text(&reel);
        assert!(armour::reel_from_text(&again) == Ok(reel));
    }
    if let Ok(letter) = armour::letter_from_text(text) {
        let again = armour::letter_to_text(&letter);
        assert_eq!(armour::letter_from_text(&again), Ok(letter));
    }
}

/// A station's own secret file, damaged or altered.
fn identity_file(bytes: &[u8]) {
    if let Ok(identity) = Identity::from_secret(bytes) {
        assert!(
            *identity.to_secret() == bytes,
            "a second encoding of a secret"
        );
    }
}

/// Rows of the vault: each a length of two bytes and an id, then the same of a value. A cipher
/// comes of them or it does not, and one that came is written as rows that restore it.
fn rows(bytes: &[u8]) {
    if let Ok(mut cipher) = Cipher::restore(all_rows(bytes)) {
        cipher.start_life([7; 32]);
        let _ = (cipher.receiving_epochs(), cipher.contact(), cipher.hold());
        let _ = cipher.open_late_frame(&[7; 60]);
        drop(cipher.changes());
    }
}

/// A row of the vault: its id and its secret.
type Row = (Vec<u8>, Zeroizing<Vec<u8>>);

fn all_rows(mut bytes: &[u8]) -> Vec<Row> {
    let mut rows = Vec::new();
    while let Some((row, after)) = take_row(bytes) {
        bytes = after;
        rows.push(row);
    }
    rows
}

fn take_row(bytes: &[u8]) -> Option<(Row, &[u8])> {
    let (id, rest) = take_field(bytes)?;
    let (value, rest) = take_field(rest)?;
    Some(((id.to_vec(), Zeroizing::new(value.to_vec())), rest))
}

fn take_field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// JSON of the operator's border comes back as the same value.
fn json<T>(bytes: &[u8])
where
    T: serde::de::DeserializeOwned + serde::Serialize + PartialEq,
{
    if let Ok(value) = serde_json::from_slice::<T>(bytes) {
        let again = serde_json::to_vec(&value).unwrap_or_default();
        let back = serde_json::from_slice::<T>(&again);
        assert!(
            back.is_ok_and(|back| back == value),
            "JSON that does not come back"
        );
    }
}

fn hexadecimal(bytes: &[u8]) {
    let digits = hex::encode(bytes);
    assert_eq!(hex::decode(&digits).as_deref(), Some(bytes));
    if let Some(bytes) = std::str::from_utf8(bytes).ok().and_then(hex::decode) {
        assert!(hex::encode(&bytes).len() == 2 * bytes.len());
    }
}

fn message_ref(bytes: &[u8]) {
    let Ok(words) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(reference) = words.parse::<MessageRef>() {
        assert!(reference.from.is_none_or(|from| !from.is_empty()));
    }
}

fn party_name(bytes: &[u8]) {
    one_form::<PartyName>(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(name) = text.parse::<PartyName>() {
        assert_eq!(name.as_str(), text);
        assert!(text.is_ascii() && shown_name(text) == text);
    }
    if let Ok(suites) = text.parse::<Suites>() {
        assert_eq!(suites.to_string(), text);
    }
}

/// Whatever is shown does nothing, stays short where one character runs, and is shown as itself.
fn text_shown(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let line = shown(text);
    assert!(!line.chars().any(char::is_control));
    assert_eq!(shown(&line), line, "shown twice");
    assert!(line.len() <= 12 * text.len());
}
