//! Tests of sealing and opening, through the public face of [`Cipher`].

use std::collections::{BTreeMap, BTreeSet};

use redphone_wire::limits::{BODY_BYTES_MAX, JUMP_MAX, WINDOW};
use redphone_wire::{
    Direction, Echo, EnvelopeId, Frame, Kind, Message, Number, Precedence, Received, Serial, Shape,
    Suite, Suites, Symbols, UtcSeconds, to_bytes,
};

use crate::epoch::EpochKeys;
use crate::testing::{Draws, copy, open, pair, pair_with, seal, state};
use crate::{Cipher, Effort, OpenedFrame, SealError, Sealed};

const ECHO: Echo = Echo {
    number: 0,
    repeat: 0,
};

fn symbol_frame(sealed: &Sealed) -> Frame {
    Frame::Symbols(Symbols {
        number: Number::low(sealed.id.number),
        mark: sealed.mark,
        shape: Shape::Single { repeat: 0 },
        bytes: sealed.envelope.clone(),
    })
}

fn id(epoch: u32, number: u32) -> EnvelopeId {
    EnvelopeId { epoch, number }
}

#[test]
fn envelope_opens_exactly_once_and_on_the_other_side_only() {
    let (mut nord, mut sud) = pair();
    let sealed = seal(&mut nord, "Please confirm.");

    assert!(nord.open(sealed.id, &sealed.envelope).is_err(), "reflected");
    let opened = open(&mut sud, &sealed);
    assert_eq!(opened.message, b"Please confirm.");
    assert_eq!(opened.kind, Kind::OrderWire);

    let again = sud.open(sealed.id, &sealed.envelope);
    assert_eq!(again, Err(SealError::AlreadyOpened(sealed.id)));
}

#[test]
fn every_suite_carries_messages_both_ways() {
    let suites = [
        Suites::DEFAULT,
        Suites::new(Suite::Aes256GcmSiv, None).unwrap(),
        Suites::new(Suite::Kuznyechik, None).unwrap(),
        Suites::new(Suite::Sm4, Some(Suite::ChaCha20Poly1305)).unwrap(),
    ];
    for (ours, theirs) in suites.into_iter().zip(suites.into_iter().rev()) {
        let (mut nord, mut sud) = pair_with(ours, theirs);
        assert_eq!(nord.suites(), (ours, theirs));
        let (there, back) = (seal(&mut nord, "there"), seal(&mut sud, "back"));
        assert_eq!(open(&mut sud, &there).message, b"there");
        assert_eq!(open(&mut nord, &back).message, b"back");
    }
}

#[test]
fn every_changed_byte_of_an_envelope_is_refused_and_moves_nothing() {
    let (mut nord, mut sud) = pair();
    let sealed = seal(&mut nord, "Please confirm.");
    let before = state(&sud);
    for index in 0..sealed.envelope.len() {
        let mut changed = sealed.envelope.clone();
        changed[index] ^= 1;
        let refused = sud.open(sealed.id, &changed);
        assert_eq!(refused, Err(SealError::NotAuthentic), "byte {index}");
    }
    for length in 0..sealed.envelope.len() {
        assert!(sud.open(sealed.id, &sealed.envelope[..length]).is_err());
    }
    for number in [1, 2, 500] {
        let refused = sud.open(id(0, number), &sealed.envelope);
        assert_eq!(refused, Err(SealError::NotAuthentic));
    }
    let refused = sud.open(id(1, 0), &sealed.envelope);
    assert_eq!(refused, Err(SealError::EpochUnknown(1)));
    assert_eq!(state(&sud), before);
    assert_eq!(open(&mut sud, &sealed).message, b"Please confirm.");
}

#[test]
fn keys_differ_by_direction_epoch_number_and_line() {
    let (mut nord, mut sud) = pair();
    let mut salts = BTreeSet::new();
    for cipher in [&mut nord, &mut sud] {
        for _ in 0..20 {
            let sealed = cipher.seal(Kind::Test, b"same", Effort::Fast, [0; 32]);
            salts.insert(sealed.unwrap().envelope[..8].to_vec());
        }
    }
    assert_eq!(
        salts.len(),
        40,
        "equal body and randomness, other key, other salt"
    );
}

#[test]
fn every_root_direction_and_number_has_keys_of_its_own() {
    let mut keys = BTreeSet::new();
    for root in 0..4 {
        for direction in [Direction::FromLower, Direction::FromHigher] {
            let epoch = EpochKeys::from_root(&[root; 32], direction);
            keys.extend([*epoch.frames, *epoch.next, *epoch.words]);
            let mut chain = epoch.chain;
            for _ in 0..50 {
                let (gap_key, after) = chain.step().unwrap();
                keys.extend([*chain.key, *gap_key]);
                chain = after;
            }
        }
    }
    assert_eq!(keys.len(), 4 * 2 * (3 + 100));
}

#[test]
fn skipped_envelopes_open_later_in_any_order() {
    let (mut nord, mut sud) = pair();
    let mut draws = Draws::new(7);
    let mut waiting: Vec<Sealed> = (0..100)
        .map(|number| seal(&mut nord, &format!("message {number}")))
        .collect();
    while !waiting.is_empty() {
        let sealed = waiting.swap_remove(draws.below(waiting.len()));
        let expected = format!("message {}", sealed.id.number);
        assert_eq!(open(&mut sud, &sealed).message, expected.as_bytes());
        assert!(sud.open(sealed.id, &sealed.envelope).is_err());
    }
    assert!(sud.gaps.is_empty());
    assert_eq!(nord.log_hash(nord.sending()), sud.log_hash(nord.sending()));
}

#[test]
fn jump_is_bounded_and_gives_up_the_oldest_keys_in_words() {
    let (mut nord, mut sud) = pair();
    let early = seal(&mut nord, "early");
    let late = loop {
        let sealed = seal(&mut nord, "more");
        if sealed.id.number == WINDOW + 2 {
            break sealed;
        }
    };
    let too_far = sud.open(id(0, JUMP_MAX + 1), &late.envelope);
    assert_eq!(too_far, Err(SealError::JumpTooFar(id(0, JUMP_MAX + 1))));

    let opened = open(&mut sud, &late);

    assert_eq!(opened.given_up.len(), 1);
    assert_eq!(opened.given_up[0].first, id(0, 0));
    assert_eq!(opened.given_up[0].count, 2);
    assert_eq!(sud.gaps.len(), WINDOW as usize);
    let gone = sud.open(early.id, &early.envelope);
    assert_eq!(gone, Err(SealError::KeyGone(early.id)));
    let again = sud.open(late.id, &late.envelope);
    assert_eq!(again, Err(SealError::AlreadyOpened(late.id)));
}

#[test]
fn last_number_is_refused_and_nothing_wraps() {
    let (mut nord, mut sud) = pair();
    for (cipher, is_out) in [(&mut nord, true), (&mut sud, false)] {
        let out = cipher.out_epochs.get_mut(&0).and_then(|e| e.chain.as_mut());
        let held = cipher.in_epochs.get_mut(&0).and_then(|e| e.chain.as_mut());
        let chain = if is_out { out } else { held };
        chain.unwrap().next = u32::MAX - 1;
    }
    let last = seal(&mut nord, "last");
    assert_eq!(last.id.number, u32::MAX - 1);
    open(&mut sud, &last);

    let refused = nord.seal(Kind::Test, b"more", Effort::Fast, [0; 32]);
    assert_eq!(refused, Err(SealError::Exhausted));
    let refused = sud.open(id(0, u32::MAX), &last.envelope);
    assert_eq!(refused, Err(SealError::JumpTooFar(id(0, u32::MAX))));
}

#[test]
fn restored_copy_that_repeats_its_randomness_repeats_no_key() {
    let (mut nord, _) = pair();
    let mut restored = copy(&nord);

    let first = nord.seal(Kind::OrderWire, b"What we said.", Effort::Fast, [9; 32]);
    let second = restored.seal(
        Kind::OrderWire,
        b"What we said later.",
        Effort::Fast,
        [9; 32],
    );

    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.id, second.id);
    assert_ne!(
        first.envelope[..8],
        second.envelope[..8],
        "the salt, so the key"
    );
}

#[test]
fn forged_frames_move_nothing() {
    let (mut nord, mut sud) = pair();
    let sealed = seal(&mut nord, "Please confirm.");
    let frame = nord.seal_frame(0, &symbol_frame(&sealed)).unwrap();
    let before = state(&sud);
    sud.changes();
    let mut draws = Draws::new(11);
    for round in 0..100_000_usize {
        let noise = draws.bytes();
        let mut forged = if round % 2 == 0 {
            frame.clone()
        } else {
            noise.repeat(round % 7 + 1)
        };
        let place = round % forged.len();
        forged[place] ^= noise[0] | 1;
        assert_eq!(sud.open_frame(&forged), None);
    }
    assert_eq!(sud.changes(), []);
    assert_eq!(state(&sud), before);

    let opened = sud.open_frame(&frame);
    let frame = symbol_frame(&sealed);
    assert_eq!(opened, Some(OpenedFrame::Traffic { epoch: 0, frame }));
}

#[test]
fn frame_is_not_opened_by_its_sender() {
    let (mut nord, _) = pair();
    let sealed = seal(&mut nord, "Please confirm.");
    let frame = nord.seal_frame(0, &symbol_frame(&sealed)).unwrap();
    assert_eq!(frame.len(), 4 + sealed.envelope.len() + 16);
    assert_eq!(nord.open_frame(&frame), None, "reflected");
    assert_eq!(nord.open_frame(&[]), None);
    assert_eq!(nord.open_frame(&[0; 16]), None);
}

#[test]
fn receipt_needs_the_key_of_the_message() {
    let (mut nord, mut sud) = pair();
    let sealed: Vec<Sealed> = (0..3).map(|_| seal(&mut nord, "text")).collect();
    let nothing = sud.receipt(0, Received::default(), 0, ECHO);
    assert_eq!(nothing, None, "nothing was opened");

    open(&mut sud, &sealed[2]);
    let received = Received::new(0, &BTreeSet::from([2]));
    let receipt = sud.receipt(0, received, 5, ECHO).unwrap();
    assert_eq!(nord.check_receipt(&receipt), Ok(()));

    let mut claims_more = receipt.clone();
    claims_more.received = Received::new(3, &BTreeSet::new());
    assert_eq!(
        nord.check_receipt(&claims_more),
        Err(SealError::ProofRefused)
    );
    let mut other_proof = receipt.clone();
    other_proof.proof[7] ^= 1;
    assert_eq!(
        nord.check_receipt(&other_proof),
        Err(SealError::ProofRefused)
    );
    let not_the_tip = sud.receipt(0, Received::new(1, &BTreeSet::new()), 5, ECHO);
    assert_eq!(not_the_tip, None);
}

#[test]
fn receipt_keys_are_erased_but_for_the_highest() {
    let (mut nord, mut sud) = pair();
    for _ in 0..5 {
        let sealed = seal(&mut nord, "text");
        open(&mut sud, &sealed);
    }
    let old = sud.receipt(0, Received::new(5, &BTreeSet::new()), 5, ECHO);
    nord.receipted(0, &[0, 1, 2, 3, 4]);
    assert_eq!(nord.sent.len(), 1);
    assert_eq!(
        nord.check_receipt(&old.clone().unwrap()),
        Ok(()),
        "repeated"
    );

    let more = seal(&mut nord, "more");
    open(&mut sud, &more);
    nord.receipted(0, &[5]);
    let refused = nord.check_receipt(&old.unwrap());
    assert_eq!(refused, Err(SealError::ReceiptOld));
}

#[test]
fn changes_build_up_the_state_and_a_message_costs_little() {
    let (mut nord, mut sud) = pair();
    let mut vaults = [BTreeMap::new(), BTreeMap::new()];
    let mut draws = Draws::new(13);
    let mut flying = [Vec::new(), Vec::new()];
    for round in 0..600 {
        let side = draws.below(2);
        let (own, other) = if side == 0 {
            (&mut nord, &mut sud)
        } else {
            (&mut sud, &mut nord)
        };
        if draws.below(2) == 0 {
            flying[side].push(seal(own, &format!("round {round}")));
        } else if !flying[side].is_empty() {
            let sealed = flying[side].swap_remove(draws.below(flying[side].len()));
            open(other, &sealed);
        }
        if draws.below(10) == 0 {
            let upto: Vec<u32> = (0..draws.below(100) as u32).collect();
            own.receipted(0, &upto);
        }
        for (cipher, vault) in [&mut nord, &mut sud].into_iter().zip(&mut vaults) {
            let changes = cipher.changes();
            let bytes = |change: &crate::RowChange| change.value.as_ref().map_or(0, |v| v.len());
            let written: usize = changes.iter().map(bytes).sum();
            assert!(round < 2 || written < 4_000, "{written} bytes");
            for change in changes {
                match change.value {
                    Some(value) => vault.insert(change.row, value),
                    None => vault.remove(&change.row),
                };
            }
            if round % 20 == 0 {
                let restored = Cipher::restore(vault.clone()).unwrap();
                assert_eq!(state(&restored), state(cipher));
            }
        }
    }
    for sealed in flying[0].drain(..) {
        open(&mut sud, &sealed);
    }
    sud.changes();
    let sealed = seal(&mut nord, "one more");
    let changes = nord.changes();
    let bytes: usize = changes
        .iter()
        .map(|c| c.row.len() + c.value.as_ref().unwrap().len())
        .sum();
    assert!(changes.len() == 2 && bytes < 160, "{changes:?}");
    open(&mut sud, &sealed);
    assert_eq!(sud.changes().len(), 2);
}

#[test]
fn damaged_or_missing_rows_are_named() {
    let (mut nord, _) = pair();
    seal(&mut nord, "text");
    let rows: Vec<_> = state(&nord)
        .into_iter()
        .map(|change| (change.row, change.value.unwrap()))
        .collect();
    for index in 0..rows.len() {
        let name = String::from_utf8(rows[index].0.clone()).unwrap();
        let mut longer = rows.clone();
        longer[index].1.push(0);
        assert!(Cipher::restore(longer).is_err(), "{name} longer");
        let mut shorter = rows.clone();
        shorter[index].1.pop();
        assert!(Cipher::restore(shorter).is_err(), "{name} shorter");
        let mut other = rows.clone();
        other[index].0.push(b'x');
        assert!(Cipher::restore(other).is_err(), "{name} named otherwise");
    }
    for required in ["1/line", "1/standing", "1/sending", "1/exchange", "1/out/0"] {
        let without = rows.iter().filter(|(name, _)| name != required.as_bytes());
        assert!(Cipher::restore(without.cloned()).is_err(), "{required}");
    }
}

#[test]
fn newer_kind_counts_as_opened_and_is_handed_over() {
    let (nord, mut sud) = pair();
    let (gap_key, _) = nord.out_epochs[&0].chain.as_ref().unwrap().step().unwrap();
    let body = crate::body::Body {
        kind: 200,
        life: nord.life.tag(),
        end: None,
        message: b"from the future".to_vec(),
    };
    let body = body.to_bytes(Effort::Fast).unwrap();
    let envelope = crate::envelope::seal_body(&nord, id(0, 0), &gap_key, [1; 8], body);

    let refused = sud.open(id(0, 0), &envelope).unwrap_err();

    assert!(refused.is_opened());
    let message = b"from the future".to_vec();
    assert_eq!(refused, SealError::NewerKind { kind: 200, message });
    let again = sud.open(id(0, 0), &envelope);
    assert_eq!(again, Err(SealError::AlreadyOpened(id(0, 0))));
}

#[test]
fn too_long_a_message_is_refused_and_moves_nothing() {
    let (mut nord, _) = pair();
    let before = state(&nord);
    let noise = vec![7; BODY_BYTES_MAX + 1];
    let refused = nord.seal(Kind::Attachment, &noise, Effort::Fast, [0; 32]);
    assert_eq!(refused, Err(SealError::MessageTooLong));
    assert_eq!(state(&nord), before);
}

#[test]
fn debug_hides_keys() {
    let (mut nord, _) = pair();
    seal(&mut nord, "text");
    let secrets: Vec<String> = state(&nord)
        .iter()
        .flat_map(|change| {
            change
                .value
                .as_ref()
                .unwrap()
                .windows(4)
                .map(|w| format!("{w:?}"))
                .collect::<Vec<_>>()
        })
        .collect();
    let shown = format!("{nord:?} {:?}", nord.rows());
    for secret in secrets {
        assert!(!shown.contains(secret.trim_matches(['[', ']'])), "{secret}");
    }
}

fn message(text: &str) -> Vec<u8> {
    to_bytes(&Message {
        serial: Serial(412),
        precedence: Precedence::Flash,
        released: UtcSeconds(1_793_461_512),
        releaser: "1st watch".to_owned(),
        text: text.to_owned(),
        attachments: Vec::new(),
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
    assert_eq!((refused, sealed.len()), (SealError::WindowFull, 1_088));
    let flash = message("x");
    let sealed_flash = nord.seal(Kind::Message, &flash, Effort::Fast, [1; 32]);
    assert!(sealed_flash.is_ok(), "FLASH has room of its own");

    // The very first receipt after a long outage still fits, and makes room.
    open(&mut sud, &sealed[0]);
    let receipt = sud.receipt(0, Received::new(1, &BTreeSet::new()), 1, ECHO);
    assert_eq!(nord.check_receipt(&receipt.unwrap()), Ok(()));
    let numbers: Vec<u32> = (0..10).collect();
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
