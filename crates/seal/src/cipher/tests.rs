//! Sealing and opening through the public face of [`Cipher`](crate::Cipher): once, by one side, and
//! nothing moves before a tag fits.

use std::collections::BTreeSet;

use redphone_wire::limits::{BODY_BYTES_MAX, JUMP_MAX, WINDOW};
use redphone_wire::{
    Direction, Echo, EnvelopeId, Frame, Kind, Number, Received, Shape, Suite, Suites, Symbols,
};

use crate::epoch::EpochKeys;
use crate::testing::{Draws, copy, open, pair, pair_with, seal, state};
use crate::{Effort, OpenedFrame, SealError, Sealed};

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
    nord.send_unconfirmed(); // Only a one-way line runs so far ahead.
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
