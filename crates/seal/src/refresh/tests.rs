//! The refresh, over real keys: healing, loss, doubles, crossings, tapes.

use std::time::Duration;

use redphone_wire::{EnvelopeId, Kind, Mix, NoReason, Now, Refresh, TapeKey, Utc};
use redphone_wire::{from_bytes, to_bytes};

use crate::testing::{Draws, copy, open, pair, seal, state};
use crate::words::Language;
use crate::{Cipher, ContactVerdict, Effort, OpenedFrame, RefreshObstacle, Rule, SealError};

fn at(minutes: u64) -> Now {
    Now {
        monotonic: Duration::from_secs(60 * minutes),
        utc: Utc(1_800_000_000_000 + 60_000 * minutes),
    }
}

fn tape(number: u32) -> TapeKey {
    TapeKey {
        number,
        key: [number as u8 + 100; 32],
    }
}

/// Seals a step, opens it, handles it, and carries the answer back.
fn carry(from: &mut Cipher, to: &mut Cipher, step: &Refresh) {
    let sealed = from
        .seal(Kind::Refresh, &to_bytes(step), Effort::Fast, [3; 32])
        .unwrap();
    let opened = to.open(sealed.id, &sealed.envelope).unwrap();
    let step = from_bytes(&opened.message).unwrap();
    if let Some(answer) = to.handle_refresh(&step).unwrap() {
        carry(to, from, &answer);
    }
}

/// One whole exchange: `a` offers, both directions heal.
fn heal(a: &mut Cipher, b: &mut Cipher, minutes: u64, random: [u8; 32]) {
    let offer = a.offer(at(minutes), random).unwrap();
    carry(a, b, &offer);
    let there = b.open_epoch(true, random).unwrap();
    carry(b, a, &there);
    let back = a.open_epoch(true, random).unwrap();
    carry(a, b, &back);
}

fn talk(a: &mut Cipher, b: &mut Cipher) {
    let sealed = seal(a, "there");
    assert_eq!(open(b, &sealed).message, b"there");
    let sealed = seal(b, "back");
    assert_eq!(open(a, &sealed).message, b"back");
}

#[test]
fn one_exchange_moves_both_directions_and_the_words_agree() {
    let (mut nord, mut sud) = pair();
    let before = nord.line_words(nord.words_epochs(), Language::English);
    heal(&mut nord, &mut sud, 0, [1; 32]);

    assert_eq!((nord.sending_epoch(), sud.sending_epoch()), (1, 1));
    talk(&mut nord, &mut sud);
    assert_eq!(nord.words_epochs(), (1, 1));
    let words = nord.line_words((1, 1), Language::English).unwrap();
    assert_eq!(
        sud.line_words((1, 1), Language::English),
        Some(words.clone())
    );
    assert_ne!(before, Some(words.clone()));
    let checked = sud.check_line_words((1, 1), &words.join(" "));
    assert_eq!(checked, Some(Ok(())));
}

#[test]
fn thief_of_all_rows_is_locked_out_by_the_next_refresh() {
    let (mut nord, mut sud) = pair();
    heal(&mut nord, &mut sud, 0, [1; 32]);
    talk(&mut nord, &mut sud);
    let mut thieves = [copy(&nord), copy(&sud)];

    // The thieves hear everything from here on, and can open it until the refresh is done.
    let mut heard = Vec::new();
    let offer = nord.offer(at(20), [2; 32]).unwrap();
    heard.push(offer.clone());
    carry(&mut nord, &mut sud, &offer);
    let there = sud.open_epoch(false, [3; 32]).unwrap();
    heard.push(there.clone());
    carry(&mut sud, &mut nord, &there);
    let back = nord.open_epoch(false, [4; 32]).unwrap();
    heard.push(back.clone());
    carry(&mut nord, &mut sud, &back);

    let from_nord = seal(&mut nord, "after the refresh");
    let from_sud = seal(&mut sud, "after the refresh");
    assert_eq!((from_nord.id.epoch, from_sud.id.epoch), (2, 2));
    for thief in &mut thieves {
        for step in &heard {
            let _ = thief.handle_refresh(step);
        }
        for sealed in [&from_nord, &from_sud] {
            let refused = thief.open(sealed.id, &sealed.envelope);
            assert_eq!(refused, Err(SealError::EpochUnknown(2)));
        }
    }
    open(&mut sud, &from_nord);
    open(&mut nord, &from_sud);
}

#[test]
fn old_traffic_stays_closed_to_a_thief_of_later_rows() {
    let (mut nord, mut sud) = pair();
    let old = seal(&mut nord, "before");
    open(&mut sud, &old);
    heal(&mut nord, &mut sud, 0, [1; 32]);
    talk(&mut nord, &mut sud);
    for rows in [copy(&nord), copy(&sud)] {
        let mut thief = rows;
        assert!(thief.open(old.id, &old.envelope).is_err());
        assert!(thief.in_epochs[&0].chain.is_none());
        assert!(thief.in_epochs[&0].next.is_none());
        assert!(
            thief
                .out_epochs
                .get(&0)
                .is_none_or(|old| old.chain.is_none() && old.next.is_none())
        );
    }
}

#[test]
fn stragglers_of_the_old_epoch_open_and_its_chain_is_gone() {
    let (mut nord, mut sud) = pair();
    let late: Vec<_> = (0..5).map(|_| seal(&mut nord, "late")).collect();
    open(&mut sud, &late[1]);
    heal(&mut nord, &mut sud, 0, [1; 32]);
    talk(&mut nord, &mut sud);

    assert!(
        sud.in_epochs[&0].chain.is_none(),
        "closed by the end it was told"
    );
    for number in [4, 0, 3, 2] {
        assert_eq!(open(&mut sud, &late[number]).message, b"late");
    }
    let end = sud.in_epochs[&0].end.unwrap();
    let beyond = EnvelopeId {
        epoch: 0,
        number: end,
    };
    let refused = sud.open(beyond, &late[0].envelope);
    assert_eq!(refused, Err(SealError::AlreadyOpened(beyond)));
}

#[test]
fn epoch_tells_where_the_last_one_ended_until_it_is_receipted() {
    let (mut nord, mut sud) = pair();
    heal(&mut nord, &mut sud, 0, [1; 32]);
    assert!(nord.out_epochs[&1].parent_end.is_some());
    let sealed = seal(&mut nord, "first");
    open(&mut sud, &sealed);
    let numbers: Vec<u32> = (0..10).collect();
    nord.receipted(0, &numbers);
    nord.receipted(1, &[sealed.id.number]);
    assert_eq!(nord.out_epochs[&1].parent_end, None);
    assert_eq!(
        nord.sending_epochs(),
        [1],
        "nothing of epoch 0 is unreceipted"
    );
    let refused = nord.seal_frame(0, &redphone_wire::Frame::Cover { padding: 3 });
    assert_eq!(refused, Err(SealError::EpochUnknown(0)));
}

#[test]
fn end_before_what_was_opened_is_a_broken_rule() {
    let (mut nord, mut sud) = pair();
    heal(&mut nord, &mut sud, 0, [1; 32]);
    nord.out_epochs.get_mut(&1).unwrap().parent_end = Some(1);
    let sealed = seal(&mut nord, "lies");
    let refused = sud.open(sealed.id, &sealed.envelope).unwrap_err();
    assert_eq!(refused, SealError::PeerMisbehaved(Rule::ParentEnd));
    assert!(refused.is_opened());
}

#[test]
fn first_answer_is_final_even_if_the_tape_comes_later() {
    let (mut nord, mut sud) = pair();
    nord.install_tape(nord.sending(), &tape(5)).unwrap();
    let opening = nord.open_epoch(true, [1; 32]).unwrap();
    let no = Refresh::No {
        epoch: 1,
        reason: NoReason::TapeUnknown,
    };
    assert_eq!(sud.handle_refresh(&opening), Ok(Some(no.clone())));
    sud.install_tape(nord.sending(), &tape(5)).unwrap();
    assert_eq!(sud.handle_refresh(&opening), Ok(Some(no.clone())));
    let waits = SealError::RefreshNotPossible(RefreshObstacle::OpeningWaits);
    assert_eq!(nord.open_epoch(true, [2; 32]), Err(waits));
    assert_eq!(nord.waiting_opening(), Some(opening));

    nord.handle_refresh(&no).unwrap();
    assert_eq!(nord.tapes(nord.sending()), [5], "not used by a void epoch");
    let again = nord.open_epoch(true, [2; 32]).unwrap();
    assert!(
        matches!(
            again,
            Refresh::Open {
                epoch: 2,
                parent: 0,
                ..
            }
        ),
        "number 1 is burnt"
    );
    carry(&mut nord, &mut sud, &again);
    assert_eq!(nord.sending_epoch(), 2);
    assert_eq!(nord.tape_next(nord.sending()), 6);
    talk(&mut nord, &mut sud);
}

#[test]
fn offer_is_answered_once_and_its_second_secret_used_once() {
    let (mut nord, mut sud) = pair();
    let offer = nord.offer(at(0), [1; 32]).unwrap();
    sud.handle_refresh(&offer).unwrap();
    let opening = sud.open_epoch(false, [2; 32]).unwrap();
    sud.handle_refresh(&offer).unwrap();
    assert!(
        sud.exchange
            .rows()
            .iter()
            .all(|row| !matches!(row, crate::rows::Row::TheirOffer(_)))
    );
    carry(&mut sud, &mut nord, &opening);
    let Refresh::Open { mix, .. } = opening else {
        panic!("an opening");
    };
    let again = Refresh::Open {
        epoch: 2,
        parent: 1,
        mix,
        tape: None,
    };
    let no = Refresh::No {
        epoch: 2,
        reason: NoReason::OfferUnknown,
    };
    assert_eq!(nord.handle_refresh(&again), Ok(Some(no)));
    let back = |epoch| Refresh::Open {
        epoch,
        parent: epoch - 1,
        mix: Mix::Back { offer: 0 },
        tape: None,
    };
    let ready = Refresh::Ready { epoch: 1 };
    assert_eq!(sud.handle_refresh(&back(1)), Ok(Some(ready)));
    let no = Refresh::No {
        epoch: 2,
        reason: NoReason::OfferUnknown,
    };
    assert_eq!(sud.handle_refresh(&back(2)), Ok(Some(no)));
}

#[test]
fn offers_are_ten_minutes_apart_and_only_the_two_newest_count() {
    let (mut nord, mut sud) = pair();
    let offers: Vec<_> = (0..3)
        .map(|count| nord.offer(at(10 * count), [count as u8; 32]).unwrap())
        .collect();
    assert_eq!(nord.offer(at(29), [9; 32]), None);
    sud.handle_refresh(&offers[0]).unwrap();
    let too_old = sud.open_epoch(false, [1; 32]).unwrap();
    let no = nord.handle_refresh(&too_old).unwrap().unwrap();
    assert!(matches!(
        no,
        Refresh::No {
            reason: NoReason::OfferUnknown,
            ..
        }
    ));
    sud.handle_refresh(&no).unwrap();
    assert!(nord.open_epoch(false, [1; 32]).is_err(), "no second secret");

    let not_a_key = Refresh::Offer {
        offer: 9,
        key: vec![0xff; 1_216],
    };
    let refused = sud.handle_refresh(&not_a_key);
    assert_eq!(refused, Err(SealError::PeerMisbehaved(Rule::RefreshForm)));
}

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

#[test]
fn epochs_and_keys_stay_within_their_bounds_over_months() {
    let (mut nord, mut sud) = pair();
    let mut draws = Draws::new(17);
    // As if nobody ever receipted: the oldest keys go.
    nord.send_unconfirmed();
    sud.send_unconfirmed();
    for hour in 0..100 {
        heal(&mut nord, &mut sud, 60 * hour, draws.bytes());
        // Some envelopes of every epoch are lost, and nothing is ever receipted.
        for _ in 0..50 {
            seal(&mut nord, "lost");
        }
        talk(&mut nord, &mut sud);
        assert!(sud.receiving_epochs().len() <= 64 && nord.sending_epochs().len() <= 65);
        assert!(sud.gaps.len() <= 4_096 && nord.sent.len() <= 1_088);
    }
    assert_eq!(state(&copy(&sud)), state(&sud));
}

/// What one side may do in the storm.
fn act(own: &mut Cipher, draws: &mut Draws, minutes: u64) -> Option<Refresh> {
    let random = draws.bytes();
    match draws.below(3) {
        0 => own.offer(at(minutes), random),
        1 => own.open_epoch(draws.below(2) == 0, random).ok(),
        _ => {
            // It falls and starts again from its vault.
            let direction = own.sending();
            let number = own.tape_next(direction);
            *own = copy(own);
            let _ = own.install_tape(direction, &tape(number % 50));
            let theirs = own.tape_next(direction.reverse());
            let _ = own.install_tape(direction.reverse(), &tape(theirs % 50));
            None
        }
    }
}

#[test]
fn lost_doubled_late_and_crossed_steps_converge() {
    for seed in 0..25 {
        let mut draws = Draws::new(seed);
        let (mut nord, mut sud) = pair();
        // Everything ever said to each side; each may arrive at any time, again and again.
        let mut said: [Vec<Refresh>; 2] = [Vec::new(), Vec::new()];
        for round in 0..120 {
            let side = draws.below(2);
            let other = 1 - side;
            let own = if side == 0 { &mut nord } else { &mut sud };
            if draws.below(3) == 0 || said[side].is_empty() {
                said[other].extend(act(own, &mut draws, 11 * round));
            } else {
                let step = said[side][draws.below(said[side].len())].clone();
                let answer = own.handle_refresh(&step).unwrap();
                // Half of the answers are lost.
                said[other].extend(answer.filter(|_| draws.below(2) == 0));
            }
            if draws.below(4) == 0 && nord.in_epochs.contains_key(&sud.sending_epoch()) {
                let sealed = seal(&mut sud, "in between");
                open(&mut nord, &sealed);
            }
        }
        // The line carries again: what waits is repeated and answered.
        for _ in 0..2 {
            if let Some(waiting) = nord.waiting_opening() {
                let answer = sud.handle_refresh(&waiting).unwrap().unwrap();
                nord.handle_refresh(&answer).unwrap();
            }
            if let Some(waiting) = sud.waiting_opening() {
                let answer = nord.handle_refresh(&waiting).unwrap().unwrap();
                sud.handle_refresh(&answer).unwrap();
            }
        }
        assert_eq!(
            (nord.waiting_opening(), sud.waiting_opening()),
            (None, None)
        );
        talk(&mut nord, &mut sud);
        let epochs = nord.words_epochs();
        let words = nord.line_words(epochs, Language::Russian);
        assert!(words.is_some() && words == sud.line_words(epochs, Language::Russian));
        let before = nord.sending_epoch();
        let offer = nord.offer(at(100_000), draws.bytes()).unwrap();
        carry(&mut nord, &mut sud, &offer);
        for _ in 0..4 {
            if let Ok(step) = sud.open_epoch(false, draws.bytes()) {
                carry(&mut sud, &mut nord, &step);
            }
            if let Ok(step) = nord.open_epoch(false, draws.bytes()) {
                carry(&mut nord, &mut sud, &step);
            }
        }
        assert!(nord.sending_epoch() > before, "a next refresh succeeds");
        talk(&mut nord, &mut sud);
    }
}
