//! How many bytes an envelope has, how many a line seals, and what becomes of a newer kind.

use std::collections::BTreeSet;

use redphone_wire::{
    Coded, Echo, Frame, Message, Number, Precedence, Received, Serial, Shape, Suite, Symbols,
    UtcSeconds, to_bytes,
};

use super::*;
use crate::testing::{Draws, open, pair, pair_with};

fn message(text: &str) -> Vec<u8> {
    to_bytes(&Message {
        serial: Serial(412),
        precedence: Precedence::Flash,
        released: UtcSeconds(1_793_461_512),
        releaser: "1st watch".to_owned(),
        text: text.to_owned(),
        attachments: Vec::new(),
        form: None,
        readers: None,
    })
}

fn envelope_bytes(text: &str, effort: Effort) -> usize {
    let (mut nord, mut sud) = pair();
    let message = message(text);
    let sealed = nord.seal(Kind::Message, &message, effort, [1; 32]).unwrap();
    assert_eq!(open(&mut sud, &sealed).message, message);
    sealed.envelope.len()
}

/// Texts that were written after the dictionary.
const ENGLISH: [&str; 2] = [
    "We have detected activity against the registration servers of three counties in the state of \
     Ohio. It comes from addresses on your territory and began at 0412Z today. We ask you to find \
     and stop it by 1800Z. If the servers are touched again we will regard it as interference.",
    "Between 0200Z and 0415Z unknown operators entered the control network of a substation near \
     Tver and opened two breakers. The tools match those used on your test range. Confirm by \
     0900Z that this is not your operation, otherwise we shall treat more as hostile.",
];
const RUSSIAN: [&str; 2] = [
    "Мы обнаружили активность, направленную против серверов регистрации в трёх округах штата \
     Огайо. Она ведётся с адресов на вашей территории и началась сегодня в 0412Z. Просим найти и \
     прекратить её до 1800Z. Если серверы снова будут затронуты, мы будем считать это \
     вмешательством.",
    "С 0200Z до 0415Z неизвестные вошли в управляющую сеть подстанции под Тверью и отключили два \
     выключателя. Использованы те же средства, что и на вашем полигоне. Просим подтвердить до \
     0900Z, что это не ваша операция. Иначе дальнейшее проникновение сочтём враждебным.",
];

#[test]
fn warnings_take_few_bytes_in_both_languages() {
    for (texts, most) in [(ENGLISH, [160, 192]), (RUSSIAN, [192, 256])] {
        for (text, most) in texts.into_iter().zip(most) {
            let best = envelope_bytes(text, Effort::Best);
            println!("{} B of text in {best} B", text.len());
            assert!(best <= most, "{} B of text in {best} B: {text}", text.len());
            assert!(envelope_bytes(text, Effort::Fast) < text.len());
        }
    }
}

/// The serial bearer adds 3 bytes to a frame; 64 go in 8.6 s at 75 baud.
#[test]
fn code_takes_40_bytes_as_an_envelope_and_60_as_a_frame() {
    let (mut nord, mut sud) = pair();
    for (serial, blanks) in [(1, 0), (127, 7), (128, 8), (16_383, 8)] {
        let coded = Coded {
            entry: 1,
            flash: true,
            serial: Serial(serial),
            blanks: vec![0x5a; blanks],
        };
        let body = coded.to_bytes();
        let sealed = nord
            .seal(Kind::Coded(0x35), &body, Effort::Best, [1; 32])
            .unwrap();
        assert!(sealed.envelope.len() <= 40, "{coded:?}");
        let frame = Frame::Symbols(Symbols {
            number: Number::low(sealed.id.number),
            mark: sealed.mark,
            shape: Shape::Single { repeat: 0 },
            bytes: sealed.envelope.clone(),
        });
        let frame = nord.seal_frame(sealed.id.epoch, &frame).unwrap();
        assert!(frame.len() <= 60, "{coded:?}");
        let opened = open(&mut sud, &sealed);
        assert_eq!((opened.kind, opened.message), (Kind::Coded(0x35), body));
    }
}

/// The most bytes that sealing adds to messages of every length from 0 to 479.
fn most_added(suites: Suites) -> usize {
    let (mut nord, _) = pair_with(suites, suites);
    let mut draws = Draws::new(23);
    let added = (0..480).map(|length| {
        let noise: Vec<u8> = (0..15).flat_map(|_| draws.bytes()).take(length).collect();
        let sealed = nord
            .seal(Kind::Refresh, &noise, Effort::Fast, [1; 32])
            .unwrap();
        sealed.envelope.len() - length
    });
    added.max().unwrap()
}

#[test]
fn envelope_adds_at_most_forty_bytes_up_to_512() {
    for suite in [
        Suite::ChaCha20Poly1305,
        Suite::Aes256GcmSiv,
        Suite::Kuznyechik,
    ] {
        let added = most_added(Suites::new(suite, None).unwrap());
        assert!(added <= 40, "{suite:?}: {added} bytes more");
    }
}

#[test]
fn cascade_adds_sixteen_bytes_more() {
    for inner in Suite::ALL {
        for outer in Suite::ALL {
            let Some(cascade) = Suites::new(inner, Some(outer)) else {
                continue;
            };
            let added = most_added(cascade);
            assert!(added <= 56, "{inner:?} in {outer:?}: {added} bytes more");
        }
    }
}

#[test]
fn two_way_line_seals_no_more_than_can_be_receipted_but_flash() {
    let (mut nord, mut sud) = pair();
    let text = |nord: &mut Cipher| nord.seal(Kind::OrderWire, b"x", Effort::Fast, [1; 32]);
    let mut sealed = Vec::new();
    let refused = loop {
        match text(&mut nord) {
            Ok(one) => sealed.push(one),
            Err(refused) => break refused,
        }
    };
    assert_eq!((refused, sealed.len()), (SealError::WindowFull, 961));
    let flash = message("x");
    for number in 961..=1_024 {
        let one = nord.seal(Kind::Message, &flash, Effort::Fast, [1; 32]);
        assert_eq!(one.unwrap().id.number, number, "FLASH has room of its own");
    }
    let beyond = nord.seal(Kind::Message, &flash, Effort::Fast, [1; 32]);
    assert_eq!(beyond, Err(SealError::WindowFull), "no receipt reaches it");

    // The very first receipt after a long outage still fits, and makes room.
    open(&mut sud, &sealed[0]);
    let echo = Echo {
        number: 0,
        repeat: 0,
    };
    let receipt = sud.receipt(0, Received::new(1, &BTreeSet::new()), 1, echo);
    assert_eq!(nord.check_receipt(&receipt.unwrap()), Ok(()));
    let numbers: Vec<u32> = (0..100).collect();
    nord.receipted(0, &numbers);
    assert!(text(&mut nord).is_ok());
}

#[test]
fn one_way_line_never_waits_for_receipts_and_keeps_few_keys() {
    let (mut nord, _) = pair();
    nord.send_unconfirmed();
    for _ in 0..2_000 {
        nord.seal(Kind::OrderWire, b"x", Effort::Fast, [1; 32])
            .unwrap();
    }
    assert_eq!(nord.sent.len(), 1_088);
}

#[test]
fn newer_kind_counts_as_opened_and_is_handed_over() {
    let (nord, mut sud) = pair();
    let (gap_key, _) = nord.out_epochs[&0].chain.as_ref().unwrap().step().unwrap();
    let body = Body {
        kind: 100,
        life: nord.life.tag(),
        end: None,
        message: b"from the future".to_vec(),
    };
    let body = body.to_bytes(Effort::Fast).unwrap();
    let envelope = seal_body(&nord, FIRST, &gap_key, [1; 8], body);

    let refused = sud.open(FIRST, &envelope).unwrap_err();

    assert!(refused.is_opened());
    let message = b"from the future".to_vec();
    assert_eq!(refused, SealError::NewerKind { kind: 100, message });
    let again = sud.open(FIRST, &envelope);
    assert_eq!(again, Err(SealError::AlreadyOpened(FIRST)));
}

const FIRST: EnvelopeId = EnvelopeId {
    epoch: 0,
    number: 0,
};

/// Seals any bytes as a body, as a newer or a hostile peer may.
fn seal_body(
    cipher: &Cipher,
    id: EnvelopeId,
    gap_key: &Secret,
    salt: [u8; 8],
    body: Vec<u8>,
) -> Vec<u8> {
    let keys = Keys::new(gap_key, &salt, &[0; 32]);
    let ad = envelope_ad(&cipher.line, cipher.sending, id, &salt);
    let sealed = suite::seal(cipher.suites_out, &keys.mk, &ad, body).unwrap();
    [&salt[..], &sealed].concat()
}
