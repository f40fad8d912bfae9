//! The refresh, over real keys: healing, what a thief is left with, answers that are final.

mod storm;
mod tapes;

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
