//! Acts and asks: their bytes, their bounds, their words (rules ASK-1 and ASK-2).

use std::collections::BTreeSet;

use redphone_wire::limits::{ASK_OBJECT_BYTES_MAX, ASKS_MAX, ITEMS_MAX, REASON_BYTES_MAX};
use redphone_wire::{Act, ActField, ActWord, Ask, Item, UtcSeconds, Verb, from_bytes, to_bytes};

#[test]
fn acts_have_these_bytes() {
    assert_eq!(to_bytes(&Act::Received), [0x82, 0x00, 0x80]);
    assert_eq!(
        to_bytes(&Act::Withdraw { ask: 2 }),
        [0x82, 0x0e, 0x81, 0x02]
    );
    let commit = Act::Commit {
        ask: 1,
        who: "N".to_owned(),
        verb: Verb::Publish,
        object: "it".to_owned(),
        by: UtcSeconds(7),
    };
    let bytes = b"\x82\x04\x85\x01\x61N\x0b\x62it\x07";
    assert_eq!(to_bytes(&commit), bytes);
    for (index, act) in ActWord::ALL.iter().enumerate() {
        assert_eq!(to_bytes(act), [u8::try_from(index).unwrap()]);
    }
    assert!(
        from_bytes::<Act>(&[0x82, 0x0f, 0x81, 0x02]).is_err(),
        "a later act"
    );
    assert!(from_bytes::<Verb>(&[0x0c]).is_err(), "a later verb");
}

#[test]
fn act_within_its_bounds_passes_and_beyond_them_its_field_is_named() {
    for act in acts() {
        assert_eq!(act.out_of_bounds(), None, "{act:?}");
    }
    let long = "x".repeat(REASON_BYTES_MAX + 1);
    let refuse = |ask, reason: &str| Act::Refuse {
        ask,
        reason: Some(reason.to_owned()),
    };
    let commit = |object: &str, by| Act::Commit {
        ask: 1,
        who: "NORD".to_owned(),
        verb: Verb::Stop,
        object: object.to_owned(),
        by: UtcSeconds(by),
    };
    let item = Item {
        item: 1,
        value: " ".to_owned(),
    };
    let read_back = |readback, items| Act::ReadBack { readback, items };
    let counter = |asks| Act::Counter { ask: 1, asks };
    let dispute = |items| Act::Dispute { ask: 1, items };
    let bad = [
        (refuse(0, "no"), ActField::Number),
        (refuse(17, "no"), ActField::Number),
        (refuse(1, &long), ActField::Reason),
        (refuse(1, " "), ActField::Reason),
        (
            commit(&"x".repeat(ASK_OBJECT_BYTES_MAX + 1), 1),
            ActField::Object,
        ),
        (commit("it", 0), ActField::Time),
        (read_back(0, vec![item.clone()]), ActField::Number),
        (read_back(1, vec![item]), ActField::Items),
        (counter(Vec::new()), ActField::Asks),
        (counter(vec![ask(); ASKS_MAX + 1]), ActField::Asks),
        (counter(vec![Ask { number: 0, ..ask() }]), ActField::Number),
        (dispute(Vec::new()), ActField::Items),
        (dispute(vec![1; ITEMS_MAX + 1]), ActField::Items),
    ];
    for (act, field) in bad {
        assert_eq!(act.out_of_bounds(), Some(field), "{act:?}");
    }
}

#[test]
fn acts_and_verbs_have_words_of_their_own_in_both_languages() {
    let acts = ActWord::ALL.map(|act| (act.en(), act.ru()));
    let verbs = Verb::ALL.map(|verb| (verb.en(), verb.ru()));
    let mut seen = BTreeSet::new();
    for (english, russian) in acts.into_iter().chain(verbs) {
        assert!(english.is_ascii() && seen.insert(english), "{english}");
        let cyrillic = |c: char| c == ' ' || matches!(c, 'а'..='я' | 'А'..='Я');
        assert!(
            russian.chars().all(cyrillic) && seen.insert(russian),
            "{russian}"
        );
    }
}

fn ask() -> Ask {
    Ask {
        number: 1,
        to: "SUD".to_owned(),
        verb: Verb::Preserve,
        object: "the register's log".to_owned(),
        act_by: UtcSeconds(9),
        answer_by: UtcSeconds(8),
    }
}

/// Every act, with every optional part there and away.
pub(super) fn acts() -> Vec<Act> {
    let (at, until, by) = (UtcSeconds(7), UtcSeconds(8), UtcSeconds(9));
    let (who, reason) = ("Оператор реестра".to_owned(), "no such log".to_owned());
    let items = vec![Item {
        item: 300,
        value: "2 h".to_owned(),
    }];
    let refuse = |reason| Act::Refuse { ask: 1, reason };
    let done = |evidence| Act::Done {
        ask: 16,
        at,
        evidence,
    };
    vec![
        Act::Received,
        Act::ReadBack {
            readback: 1,
            items: items.clone(),
        },
        Act::Correct { readback: 1 },
        Act::Correction { readback: 1, items },
        Act::Commit {
            ask: 1,
            who: who.clone(),
            verb: Verb::Preserve,
            object: ask().object,
            by,
        },
        refuse(None),
        refuse(Some(reason.clone())),
        Act::Unable {
            ask: 1,
            reason: reason.clone(),
        },
        Act::Counter {
            ask: 1,
            asks: vec![ask()],
        },
        Act::Defer { ask: 1, until, who },
        Act::Dispute {
            ask: 1,
            items: vec![1, 300],
        },
        Act::Decline { ask: 1 },
        done(None),
        done(Some(reason.clone())),
        Act::Verified { ask: 1 },
        Act::NotVerified {
            ask: 1,
            seen: reason,
        },
        Act::Withdraw { ask: 1 },
    ]
}
