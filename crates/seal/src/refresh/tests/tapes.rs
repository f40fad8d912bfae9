//! Lines that live on tapes, and contacts that say what one side misses.

use super::*;

#[test]
fn one_way_line_lives_on_tape_alone_and_lost_epochs_do_no_harm() {
    let (mut nord, mut sud) = pair();
    let direction = nord.sending();
    for number in 1..=12 {
        nord.install_tape(direction, &tape(number)).unwrap();
        sud.install_tape(direction, &tape(number)).unwrap();
    }
    let before = seal(&mut nord, "before");
    let mut frames = Vec::new();
    for turn in 1..=8 {
        assert_eq!(nord.turn_epoch(), Ok(turn as u32));
        let sealed = seal(&mut nord, "on tape");
        let cover = redphone_wire::Frame::Cover { padding: 8 };
        frames.push((sealed, nord.seal_frame(turn as u32, &cover).unwrap()));
    }
    // Seven epochs never arrive; the eighth does, then a straggler of the third.
    assert!(sud.open_frame(&frames[7].1).is_some());
    assert_eq!(sud.tapes(direction).len(), 12, "a frame moves nothing");
    let opened = open(&mut sud, &frames[7].0);
    assert_eq!(opened.message, b"on tape");
    assert_eq!(
        sud.tapes(direction),
        [9, 10, 11, 12],
        "used keys are erased"
    );
    assert_eq!(open(&mut sud, &frames[2].0).message, b"on tape");
    assert_eq!(open(&mut sud, &before).message, b"before");
    let restored = copy(&sud);
    assert_eq!(state(&restored), state(&sud));
    assert_eq!(restored.ahead.len(), sud.ahead.len());
}

fn contact(from: &mut Cipher, to: &mut Cipher) -> ContactVerdict {
    let frame = from.contact_frame(None).unwrap();
    match to.open_frame(&frame) {
        Some(OpenedFrame::Contact(contact)) => to.handle_contact(&contact),
        other => panic!("not a contact frame: {other:?}"),
    }
}

#[test]
fn missing_tape_is_named_by_the_contact() {
    let (mut nord, mut sud) = pair();
    let direction = nord.sending();
    for number in 5..=8 {
        nord.install_tape(direction, &tape(number)).unwrap();
        if number != 6 {
            sud.install_tape(direction, &tape(number)).unwrap();
        }
    }
    nord.turn_epoch().unwrap();
    assert_eq!(contact(&mut nord, &mut sud), ContactVerdict::Normal);
    nord.turn_epoch().unwrap();
    nord.turn_epoch().unwrap();
    let missing = ContactVerdict::TapeMissing { number: 6 };
    assert_eq!(contact(&mut nord, &mut sud), missing);

    sud.install_tape(direction, &tape(6)).unwrap();
    assert_eq!(contact(&mut nord, &mut sud), ContactVerdict::Normal);
    let sealed = seal(&mut nord, "on tape");
    assert_eq!(open(&mut sud, &sealed).message, b"on tape");

    nord.turn_epoch().unwrap();
    nord.install_tape(direction, &tape(9)).unwrap();
    nord.turn_epoch().unwrap();
    let missing = ContactVerdict::TapeMissing { number: 9 };
    assert_eq!(contact(&mut nord, &mut sud), missing);
}

#[test]
fn contact_tells_a_receiver_that_was_dark_where_to_look() {
    let (mut nord, mut sud) = pair();
    let direction = nord.sending();
    for number in 0..30 {
        nord.install_tape(direction, &tape(number)).unwrap();
        sud.install_tape(direction, &tape(number)).unwrap();
    }
    for _ in 0..20 {
        nord.turn_epoch().unwrap();
    }
    let cover = redphone_wire::Frame::Cover { padding: 8 };
    let frame = nord.seal_frame(20, &cover).unwrap();
    assert_eq!(sud.open_frame(&frame), None, "more than 8 keys ahead");
    assert!(
        sud.open_late_frame(&frame).is_some(),
        "a bag tries them all"
    );

    assert_eq!(contact(&mut nord, &mut sud), ContactVerdict::Normal);

    assert!(sud.open_frame(&frame).is_some());
    let sealed = seal(&mut nord, "on tape");
    assert_eq!(open(&mut sud, &sealed).message, b"on tape");
    assert_eq!(sud.tape_next(direction), 20);
}

#[test]
fn tape_numbers_are_used_once_and_bounded() {
    let (mut nord, _) = pair();
    let direction = nord.sending();
    nord.install_tape(direction, &tape(3)).unwrap();
    nord.install_tape(direction, &tape(3)).unwrap();
    let other = TapeKey {
        number: 3,
        key: [0; 32],
    };
    let used = |number| {
        let why = RefreshObstacle::TapeNumberUsed(number);
        Err(SealError::RefreshNotPossible(why))
    };
    assert_eq!(nord.install_tape(direction, &other), used(3), "other bytes");
    nord.turn_epoch().unwrap();
    for number in 0..=3 {
        assert_eq!(nord.install_tape(direction, &tape(number)), used(number));
    }
    for number in 4..34 {
        nord.install_tape(direction, &tape(number)).unwrap();
    }
    let full = SealError::RefreshNotPossible(RefreshObstacle::TapesFull);
    assert_eq!(nord.install_tape(direction, &tape(34)), Err(full));
}
