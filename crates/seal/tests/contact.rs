//! What contact frames give away about restored and copied stations (rules CONTACT-1 to CONTACT-8),
//! and what the running hash does (rule SEAL-12).

#![allow(clippy::panic, clippy::unwrap_used)]

use redphone_seal::{
    Cipher, ContactVerdict, Effort, Hold, Identity, LogVerdict, OpenedFrame, Pairing, SealError,
    Sealed, Tape, Terms, answer,
};
use redphone_wire::{
    Coded, Direction, EnvelopeId, Environment, Kind, Message, Precedence, Serial, Suites, TapeKey,
    UtcSeconds, to_bytes,
};
use zeroize::Zeroizing;

#[test]
fn first_life_sends_at_once_and_a_later_one_waits_for_contact() {
    let (mut nord, mut sud) = pair();
    assert_eq!(nord.hold(), None);

    nord.start_life([9; 32]);

    assert_eq!(nord.hold(), Some(Hold::FirstContact));
    let held = nord.seal(Kind::OrderWire, b"x", Effort::Fast, [1; 32]);
    assert_eq!(held.err(), Some(SealError::Held(Hold::FirstContact)));
    assert!(
        nord.seal(Kind::Message, &flash(), Effort::Fast, [1; 32])
            .is_ok()
    );

    meet(&mut nord, &mut sud);
    assert_eq!(meet(&mut sud, &mut nord), ContactVerdict::Normal);
    assert_eq!(nord.hold(), None, "the peer has heard the present life");
}

#[test]
fn flash_code_goes_when_all_else_is_held_and_another_waits() {
    let (mut nord, _) = pair();
    nord.start_life([9; 32]);
    for flash in [true, false] {
        let coded = Coded {
            entry: 6,
            flash,
            serial: Serial(1),
            blanks: vec![1; 7],
        };
        let sealed = nord.seal(Kind::Coded(0x35), &coded.to_bytes(), Effort::Fast, [1; 32]);
        assert_eq!(sealed.is_ok(), flash);
    }
}

#[test]
fn contact_from_before_the_start_does_not_end_the_wait() {
    let (mut nord, mut sud) = pair();
    meet(&mut nord, &mut sud);
    let recorded = sud.contact_frame(None).unwrap();

    nord.start_life([9; 32]);
    hear(&mut nord, &recorded);

    assert_eq!(nord.hold(), Some(Hold::FirstContact));
}

#[test]
fn something_outside_the_machine_may_vouch_for_a_start() {
    let (mut nord, _) = pair();
    nord.start_life([9; 32]);
    nord.trust_start();
    assert_eq!(nord.hold(), None);
}

#[test]
fn old_contact_changes_nothing() {
    let (mut nord, mut sud) = pair();
    let early = nord.contact_frame(None).unwrap();
    pass(&mut nord, &mut sud);
    meet(&mut nord, &mut sud);
    let before = sud.contact();

    assert_eq!(hear(&mut sud, &early), ContactVerdict::Old);

    assert_eq!(sud.hold(), None);
    assert_eq!(sud.contact(), before);
}

#[test]
fn newer_life_with_lower_marks_is_a_restored_peer() {
    let (mut nord, mut sud) = pair();
    let backup = rows(&mut nord);
    pass(&mut nord, &mut sud);
    meet(&mut nord, &mut sud);

    let mut nord = restore(backup);
    nord.start_life([9; 32]);

    assert_eq!(meet(&mut nord, &mut sud), ContactVerdict::PeerRestored);
    assert_eq!(sud.hold(), Some(Hold::PeerRestored));
}

#[test]
fn peer_that_proves_more_than_we_know_shows_that_we_are_restored() {
    let (mut nord, mut sud) = pair();
    let backup = rows(&mut nord);
    pass(&mut nord, &mut sud);

    let mut nord = restore(backup);
    nord.start_life([9; 32]);

    assert_eq!(meet(&mut sud, &mut nord), ContactVerdict::WeAreRestored);
    let refused = nord.seal(Kind::Message, &flash(), Effort::Fast, [1; 32]);
    assert_eq!(refused.err(), Some(SealError::Held(Hold::WeAreRestored)));
    assert!(!nord.lift_hold(), "only a new pairing mends it");
    assert_eq!(nord.hold(), Some(Hold::WeAreRestored));
}

#[test]
fn mark_that_cannot_be_checked_holds_all_but_flash_until_officers_decide() {
    let (mut nord, mut sud) = pair();
    pass(&mut nord, &mut sud);
    let OpenedFrame::Contact(mut frame) =
        nord.open_frame(&sud.contact_frame(None).unwrap()).unwrap()
    else {
        panic!("a contact frame");
    };
    let mark = frame.contact.received.as_mut().unwrap();
    mark.id.number += 7;

    assert_eq!(nord.handle_contact(&frame), ContactVerdict::Unprovable);

    assert_eq!(nord.hold(), Some(Hold::Unprovable));
    assert!(
        nord.seal(Kind::Message, &flash(), Effort::Fast, [1; 32])
            .is_ok()
    );
    let held = nord.seal(Kind::OrderWire, b"x", Effort::Fast, [1; 32]);
    assert_eq!(held.err(), Some(SealError::Held(Hold::Unprovable)));
    assert!(nord.lift_hold());
}

#[test]
fn second_id_of_one_life_is_a_copy_and_its_envelopes_are_refused() {
    let (mut nord, mut sud) = pair();
    let home = rows(&mut nord);
    let (mut one, mut two) = (restore(home.clone()), restore(home));
    one.start_life([7; 32]);
    two.start_life([8; 32]);
    meet(&mut one, &mut sud);

    assert_eq!(meet(&mut two, &mut sud), ContactVerdict::PeerCloned);

    assert_eq!(sud.hold(), Some(Hold::PeerCloned));
    let of_copy = two
        .seal(Kind::Message, &flash(), Effort::Fast, [2; 32])
        .unwrap();
    let refused = sud.open(of_copy.id, &of_copy.envelope);
    assert_eq!(refused.err(), Some(SealError::CloneRefused(of_copy.id)));
    let of_first = one
        .seal(Kind::Message, &flash(), Effort::Fast, [1; 32])
        .unwrap();
    assert!(sud.open(of_first.id, &of_first.envelope).is_ok());
}

#[test]
fn another_mark_under_an_opened_number_is_a_copy() {
    let (mut nord, mut sud) = pair();
    let sealed = pass(&mut nord, &mut sud);

    let same = sud.handle_refused_mark(sealed.id, sealed.mark);
    assert_eq!(same, ContactVerdict::Normal);
    let other = sud.handle_refused_mark(sealed.id, sealed.mark ^ 1);
    assert_eq!(other, ContactVerdict::PeerCloned);
    assert_eq!(sud.hold(), Some(Hold::PeerCloned));
}

#[test]
fn running_hashes_agree_until_one_side_differs() {
    let (mut nord, mut sud) = pair();
    for _ in 0..3 {
        pass(&mut nord, &mut sud);
    }
    let (at, log) = sud.log_hash(Direction::FromLower);

    assert!(at.is_some());
    assert_eq!(nord.check_log(at, log), LogVerdict::Agree);
    assert_eq!(nord.check_log(at, [0; 16]), LogVerdict::Differ);
    let ahead = at.map(|id| EnvelopeId {
        number: id.number + 1,
        ..id
    });
    assert_eq!(nord.check_log(ahead, log), LogVerdict::Differ);
}

type Rows = Vec<(Vec<u8>, Zeroizing<Vec<u8>>)>;

/// Two stations, paired by tapes, both in their first life.
fn pair() -> (Cipher, Cipher) {
    let identity = |name: &str, random| {
        let name = name.parse().unwrap();
        Identity::generate(name, Environment::Exercise, random).unwrap()
    };
    let (one, other) = (identity("NORD", [1; 32]), identity("SUD", [2; 32]));
    let (lower, higher) = if one.fingerprint() < other.fingerprint() {
        (one, other)
    } else {
        (other, one)
    };
    let tape = |byte| {
        Some(Tape {
            reel: [byte; 8],
            key: TapeKey {
                number: 0,
                key: [byte; 32],
            },
        })
    };
    let terms = Terms {
        generation: 1,
        suites_from_lower: Suites::DEFAULT,
        suites_from_higher: Suites::DEFAULT,
        tape_lower: tape(3),
        tape_higher: tape(4),
        cards: false,
    };
    let (pairing, letter1) = Pairing::begin(&lower, higher.card(), terms.clone(), [5; 32]).unwrap();
    let (letter2, mut of_higher) =
        answer(&higher, lower.card(), &letter1, &terms, [6; 32]).unwrap();
    let (letter3, mut of_lower) = pairing.finish(&lower, &letter2).unwrap();
    of_higher.confirm(&letter3).unwrap();
    of_lower.start_life([1; 32]);
    of_higher.start_life([2; 32]);
    (of_lower, of_higher)
}

fn flash() -> Vec<u8> {
    to_bytes(&Message {
        serial: Serial(1),
        precedence: Precedence::Flash,
        released: UtcSeconds(1),
        releaser: "1st watch".to_owned(),
        text: "This is an exercise.".to_owned(),
        attachments: Vec::new(),
        form: None,
        readers: None,
    })
}

/// One envelope from one to the other.
fn pass(from: &mut Cipher, to: &mut Cipher) -> Sealed {
    let sealed = from
        .seal(Kind::OrderWire, b"hear you", Effort::Fast, [3; 32])
        .unwrap();
    to.open(sealed.id, &sealed.envelope).unwrap();
    sealed
}

/// One contact frame from one to the other.
fn meet(from: &mut Cipher, to: &mut Cipher) -> ContactVerdict {
    let frame = from.contact_frame(None).unwrap();
    hear(to, &frame)
}

fn hear(to: &mut Cipher, frame: &[u8]) -> ContactVerdict {
    match to.open_frame(frame) {
        Some(OpenedFrame::Contact(contact)) => to.handle_contact(&contact),
        other => panic!("not a contact frame: {other:?}"),
    }
}

/// The vault as it is, for a backup or a copy.
fn rows(cipher: &mut Cipher) -> Rows {
    let changes = cipher.changes().into_iter();
    changes
        .filter_map(|change| Some((change.row, change.value?)))
        .collect()
}

fn restore(rows: Rows) -> Cipher {
    Cipher::restore(rows).unwrap()
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_seal::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn copy_taken_for_the_first_is_noticed() {
        is_noticed(
            Bug::CopyUnnoticed,
            second_id_of_one_life_is_a_copy_and_its_envelopes_are_refused,
        );
    }

    #[test]
    fn restored_peer_taken_for_another_start_is_noticed() {
        is_noticed(
            Bug::RestoredUnnoticed,
            newer_life_with_lower_marks_is_a_restored_peer,
        );
    }
}
