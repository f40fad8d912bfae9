//! Read-backs through two hubs: compared item by item, confirmed or corrected by the sender, spoken on
//! the order wire when an item is missed too often, and the same after a restart.

use std::time::Duration;

use redphone_api::{
    Answered, NewAct, NewItem, OrderWireLine, ReadBack, ReadBackStanding, Refusal, RefusalKind,
    Request, Response, RungName,
};
use redphone_clarity::ReadBackItem;
use redphone_wire::Reference;

use crate::support::Pair;
use crate::warned::{NORD, SUD, answer, defer, flags, read, states, warned, warning};

/// The card of the warning.
fn card() -> Vec<ReadBackItem> {
    redphone_desk::card(&warning(Reference::New))
}

/// The number of the item that SUD gets wrong: by when ask 1 is to be done.
fn wrong() -> u16 {
    let card = card();
    let at = card.iter().position(|item| item.field == "ask.1.act_by");
    u16::try_from(at.unwrap() + 1).unwrap()
}

fn item(number: u16, value: &str) -> NewItem {
    NewItem {
        item: number,
        value: value.to_owned(),
    }
}

/// The whole card, filled in; with one item wrong where a value is given.
fn filled(value: Option<&str>) -> Vec<NewItem> {
    let items = (1_u16..).zip(card());
    let said = items.map(|(number, of)| match value {
        Some(value) if number == wrong() => item(number, value),
        _ => item(number, &of.value.to_string()),
    });
    said.collect()
}

fn say(pair: &mut Pair, side: usize, message: &str, act: NewAct) -> Result<Answered, Refusal> {
    let said = answer(pair, side, message, vec![act], "");
    pair.run(Duration::from_millis(200));
    said
}

fn read_back(pair: &mut Pair, items: Vec<NewItem>) -> Result<Answered, Refusal> {
    say(pair, SUD, "NORD-0001", NewAct::ReadBack { items })
}

fn correct(pair: &mut Pair, message: &str) -> Result<Answered, Refusal> {
    say(pair, NORD, message, NewAct::Correct { allow: Vec::new() })
}

fn correction(pair: &mut Pair) -> Result<Answered, Refusal> {
    let allow = Vec::new();
    say(pair, NORD, "NORD-0001", NewAct::Correction { allow })
}

fn view(pair: &mut Pair, side: usize) -> ReadBack {
    read(pair, side, "NORD-0001").readback.unwrap()
}

fn rung(pair: &mut Pair, side: usize) -> Option<u64> {
    let ladder = read(pair, side, "NORD-0001").summary.ladder;
    let rung = ladder.iter().find(|rung| rung.rung == RungName::ReadBack);
    rung.unwrap().at
}

/// What stations wrote on the order wire.
fn spoken(pair: &mut Pair, side: usize) -> Vec<OrderWireLine> {
    let now = pair.now;
    let request = Request::OrderWireList {
        peer: None,
        limit: 100,
    };
    let Ok(Response::OrderWire { lines }) = pair.sides[side].ask(now, request) else {
        panic!("a list was asked for");
    };
    lines
}

#[test]
fn card_that_differs_in_one_item_is_corrected_and_the_message_understood_at_correct() {
    let mut pair = warned();
    let partial = filled(None).split_off(1);
    let refused = read_back(&mut pair, partial).unwrap_err();
    assert!(refused.what.contains("Blank on the card"), "{refused:?}");

    read_back(&mut pair, filled(Some("2026-01-01T00:00Z"))).unwrap();
    for side in [NORD, SUD] {
        let view = view(&mut pair, side);
        assert_eq!((view.number, &view.wrong[..]), (1, &[wrong()][..]));
        assert_eq!(view.standing, ReadBackStanding::Waits);
        let wrong = &view.items[usize::from(wrong() - 1)];
        assert_eq!(wrong.read, "2026-01-01T00:00Z");
        assert!(wrong.says.as_ref().is_some_and(|says| *says != wrong.read));
    }
    let hasty = correct(&mut pair, "NORD-0001").unwrap_err();
    assert_eq!(hasty.kind, RefusalKind::Clarity);
    correction(&mut pair).unwrap();
    let view = view(&mut pair, SUD);
    assert_eq!(view.standing, ReadBackStanding::Corrected);
    let due: Vec<u16> = view
        .items
        .iter()
        .filter(|one| one.due)
        .map(|one| one.item)
        .collect();
    assert_eq!(due, [wrong()]);

    let right = card()[usize::from(wrong() - 1)].value.to_string();
    read_back(&mut pair, vec![item(wrong(), &right)]).unwrap();
    assert_eq!([rung(&mut pair, NORD), rung(&mut pair, SUD)], [None; 2]);
    assert_eq!(states(&mut pair, "NORD-0001")[NORD][0], "delivered");
    // The word may name what came with the read-back.
    correct(&mut pair, "SUD-0002").unwrap();
    for side in [NORD, SUD] {
        assert!(rung(&mut pair, side).is_some());
        assert_eq!(states(&mut pair, "NORD-0001")[side], ["open", "open"]);
        assert!(flags(&read(&mut pair, side, "NORD-0001").asks[0]).is_empty());
        assert!(spoken(&mut pair, side).is_empty());
    }
}

#[test]
fn answer_before_the_read_back_is_taken_and_flagged_and_the_read_back_still_counts() {
    let mut pair = warned();
    answer(&mut pair, SUD, "NORD-0001", vec![defer(1, 6)], "").unwrap();
    read_back(&mut pair, filled(None)).unwrap();
    correct(&mut pair, "NORD-0001").unwrap();
    for side in [NORD, SUD] {
        assert_eq!(states(&mut pair, "NORD-0001")[side], ["deferred", "open"]);
        let asks = read(&mut pair, side, "NORD-0001").asks;
        assert_eq!(flags(&asks[0]), ["not read back"]);
        assert!(flags(&asks[1]).is_empty());
        assert!(rung(&mut pair, side).is_some());
    }
}

#[test]
fn item_that_the_sender_takes_for_the_same_is_let_pass_by_number_only() {
    let mut pair = warned();
    read_back(&mut pair, filled(Some("2026-01-01T00:00Z"))).unwrap();
    let other = vec![wrong(), 1];
    let refused = say(
        &mut pair,
        NORD,
        "SUD-0001",
        NewAct::Correct { allow: other },
    );
    assert!(refused.unwrap_err().what.contains("does not differ"));
    let allow = vec![wrong()];
    let nothing = say(&mut pair, NORD, "SUD-0001", NewAct::Correction { allow });
    assert!(nothing.unwrap_err().what.contains("differs"));
    let allow = vec![wrong()];
    say(&mut pair, NORD, "SUD-0001", NewAct::Correct { allow }).unwrap();
    assert!(rung(&mut pair, SUD).is_some());
}

#[test]
fn word_without_a_read_back_and_a_read_back_of_what_is_confirmed_are_refused() {
    let mut pair = warned();
    let early = correct(&mut pair, "NORD-0001").unwrap_err();
    assert!(early.what.contains("No read-back of NORD 0001 waits"));
    let ours = say(
        &mut pair,
        NORD,
        "NORD-0001",
        NewAct::ReadBack {
            items: filled(None),
        },
    );
    assert!(ours.unwrap_err().what.contains("by the other side"));
    read_back(&mut pair, filled(None)).unwrap();
    correct(&mut pair, "NORD-0001").unwrap();
    let late = read_back(&mut pair, filled(None)).unwrap_err();
    assert!(late.what.contains("was read back and confirmed"));
    let doubled = correct(&mut pair, "SUD-0001").unwrap_err();
    assert!(doubled.what.contains("No read-back of NORD 0001 waits"));
}

#[test]
pub(crate) fn item_missed_three_times_goes_to_the_order_wire_once_whatever_restarts() {
    let mut pair = warned();
    read_back(&mut pair, filled(Some("2026-01-01T00:00Z"))).unwrap();
    for round in 1..=5 {
        if round == 3 {
            // A station that dies before the append has neither corrected nor spoken.
            let now = pair.now;
            let request = Request::Answer {
                message: "NORD-0001".parse().unwrap(),
                acts: vec![NewAct::Correction { allow: Vec::new() }],
                note: String::new(),
                officer: "1st watch".to_owned(),
                check_only: false,
            };
            pair.sides[NORD].hub.handle_request(now, request).unwrap();
            let disk = pair.sides[NORD].disk.clone();
            pair.sides[NORD].restart(now, disk, 71);
            pair.run(Duration::from_millis(200));
            assert!(spoken(&mut pair, NORD).is_empty());
        }
        correction(&mut pair).unwrap();
        let now = pair.now;
        let disk = pair.sides[NORD].disk.clone();
        pair.sides[NORD].restart(now, disk, 80 + round);
        // The line contacts the other side again before it goes on.
        pair.run(Duration::from_secs(3));
        for side in [NORD, SUD] {
            let lines = spoken(&mut pair, side);
            let opened = usize::from(round >= 3);
            assert_eq!(lines.len(), opened, "round {round}, side {side}");
            let view = view(&mut pair, side);
            assert_eq!(view.speak.len(), usize::from(round >= 3), "round {round}");
            let misses = view.items[usize::from(wrong() - 1)].misses;
            assert_eq!(u64::from(misses), round);
        }
        read_back(&mut pair, vec![item(wrong(), "2026-01-02T00:00Z")]).unwrap();
    }
    let line = &spoken(&mut pair, SUD)[0].text;
    let named = format!("item {} (ask 1, act by)", wrong());
    assert!(line.contains(&named) && !line.contains("2026"), "{line}");
}
