//! The life of a warning's asks, as both desks see it.

use std::time::Duration;

use redphone_api::{NewAct, NewAsk, RefusalKind, Request, Response};
use redphone_desk::asks::{AskKey, Side};
use redphone_wire::{PartName, Reference, ReferenceKind, Serial};

use crate::support::flash;
use crate::warned::{
    NORD, SUD, answer, ask_for, board, commit, defer, flags, hours, pass_hours, read, states, told,
    warn, warned,
};

#[test]
fn warning_lists_its_asks_on_both_desks_and_the_receipt_delivers_them() {
    let mut pair = warned();
    let delivered = vec!["delivered".to_owned(); 2];
    assert_eq!(
        states(&mut pair, "NORD-0001"),
        [delivered.clone(), delivered]
    );
    let waited_for = board(&mut pair, NORD);
    assert_eq!(
        (waited_for.counts.waited_for, waited_for.counts.owed),
        (2, 0)
    );
    let owed = board(&mut pair, SUD);
    assert_eq!((owed.counts.waited_for, owed.counts.owed), (0, 2));
    assert_eq!(owed.owed[0].message, "NORD 0001");
    let form = read(&mut pair, SUD, "NORD-0001").form.unwrap();
    assert_eq!(form.marker, "WARNING");
    assert!(!form.ru.is_empty());
}

#[test]
pub(crate) fn noted_in_prose_closes_nothing_and_both_sides_see_that_it_evades() {
    const CLOSES_NONE: &str = "This closes none of asks 1-2 of NORD 0001.";
    let mut pair = warned();
    let now = pair.now;
    let sent = pair.sides[SUD].ask(now, flash("Noted: NORD 0001."));
    let Ok(Response::Sent(sent)) = sent else {
        panic!("{sent:?}");
    };
    assert!(sent.notes.iter().any(|note| note == CLOSES_NONE));
    let answered = answer(&mut pair, SUD, "NORD-0001", Vec::new(), "We note it.").unwrap();
    assert_eq!(answered.said[0].en, CLOSES_NONE);
    assert_eq!(answered.left_open.len(), 2);
    pair.run(Duration::from_millis(200));

    for side in [NORD, SUD] {
        let asks = read(&mut pair, side, "NORD-0001").asks;
        assert!(asks.iter().all(|ask| ask.unanswered));
        assert!(asks.iter().all(|ask| flags(ask) == ["evaded"]));
        for reply in ["SUD-0001", "SUD-0002"] {
            let left = read(&mut pair, side, reply).reply.unwrap().left_open;
            assert_eq!(left.len(), 2, "{reply}");
            assert_eq!(
                left[0].because.en,
                "no act on it, and prose answers nothing"
            );
        }
    }
    // It is told once: what is evaded already says nothing new.
    assert_eq!(told(&pair, NORD, "evaded: prose answers nothing"), 2);
}

#[test]
fn text_of_the_asker_about_his_own_message_evades_nothing() {
    let mut pair = warned();
    let now = pair.now;
    pair.sides[NORD]
        .ask(now, flash("NORD 0001 still stands."))
        .unwrap();
    pair.run(Duration::from_millis(200));
    for side in [NORD, SUD] {
        let asks = read(&mut pair, side, "NORD-0001").asks;
        assert!(asks.iter().all(|ask| ask.flags.is_empty()));
        assert_eq!(read(&mut pair, side, "NORD-0002").reply, None);
    }
}

#[test]
pub(crate) fn commitment_on_one_ask_and_deferral_of_the_other_move_these_and_no_more() {
    let mut pair = warned();
    let acts = vec![commit(1), defer(2, 6)];
    let answered = answer(&mut pair, SUD, "NORD-0001", acts, "").unwrap();
    assert_eq!(answered.said[0].en, "This leaves ask 2 of NORD 0001 open.");
    pair.run(Duration::from_millis(200));

    let moved = ["committed", "deferred"].map(str::to_owned).to_vec();
    assert_eq!(states(&mut pair, "NORD-0001"), [moved.clone(), moved]);
    let reply = read(&mut pair, NORD, "SUD-0001").reply.unwrap();
    assert_eq!(
        reply.left_open[0].because.en,
        "DEFER UNTIL does not close an ask"
    );
    assert!(told(&pair, NORD, "Ask 1 of NORD 0001 committed.") == 1);
}

#[test]
fn check_says_what_would_stay_open_and_sends_nothing() {
    let mut pair = warned();
    let request = Request::Answer {
        message: "NORD-0001".parse().unwrap(),
        acts: vec![commit(1)],
        note: String::new(),
        officer: String::new(),
        check_only: true,
    };
    let answered = ask_for(&mut pair, SUD, request).unwrap();
    assert_eq!(answered.said[0].en, "This leaves ask 2 of NORD 0001 open.");
    assert_eq!(answered.sent, None);
    pair.run(Duration::from_millis(200));
    assert_eq!(states(&mut pair, "NORD-0001")[SUD][0], "delivered");
    let peer = &pair.sides[SUD].peer;
    let sent = &pair.sides[SUD].hub.desk().peer(peer).unwrap().out;
    assert!(sent.is_empty());
}

#[test]
fn act_that_the_table_refuses_comes_back_with_its_sentence_and_nothing_leaves() {
    let mut pair = warned();
    answer(&mut pair, SUD, "NORD-0001", vec![commit(1)], "").unwrap();
    pair.run(Duration::from_millis(200));
    for (side, acts, kind, words) in [
        (
            SUD,
            vec![defer(1, 6)],
            RefusalKind::Policy,
            "a commitment stands",
        ),
        (
            SUD,
            vec![NewAct::Verified { ask: 1 }],
            RefusalKind::Policy,
            "only the side that asked",
        ),
        (
            SUD,
            vec![commit(9)],
            RefusalKind::Policy,
            "no ask of that number",
        ),
        (
            SUD,
            vec![defer(2, 7), commit(1)],
            RefusalKind::Policy,
            "Act 2: ",
        ),
        (
            SUD,
            vec![NewAct::Unable {
                ask: 2,
                reason: " ".to_owned(),
            }],
            RefusalKind::Clarity,
            "the field 'reason' is empty",
        ),
        (
            NORD,
            vec![commit(1)],
            RefusalKind::Policy,
            "only the side that was asked",
        ),
    ] {
        let before = read(&mut pair, NORD, "NORD-0001").asks;
        let refused = answer(&mut pair, side, "NORD-0001", acts, "").unwrap_err();
        assert_eq!(refused.kind, kind, "{refused}");
        assert!(refused.what.contains(words), "{refused}");
        pair.run(Duration::from_millis(200));
        assert_eq!(read(&mut pair, NORD, "NORD-0001").asks, before);
    }
    let peer = &pair.sides[SUD].peer;
    assert_eq!(pair.sides[SUD].hub.desk().peer(peer).unwrap().out.len(), 1);
}

#[test]
fn time_that_is_over_lapses_an_ask_and_breaks_a_commitment_by_timers_alone() {
    let mut pair = warned();
    let acts = vec![commit(1), defer(2, 2)];
    answer(&mut pair, SUD, "NORD-0001", acts, "").unwrap();
    pair.run(Duration::from_millis(200));
    let now = pair.now;
    let due = pair.sides[NORD].hub.poll_timeout(now).unwrap();
    assert!(due <= now.monotonic + Duration::from_secs(2 * 3_600 + 1));

    pass_hours(&mut pair, 3);
    assert_eq!(states(&mut pair, "NORD-0001")[NORD], ["committed", "open"]);
    pass_hours(&mut pair, 6);
    assert_eq!(states(&mut pair, "NORD-0001")[SUD], ["committed", "lapsed"]);
    assert_eq!(told(&pair, SUD, "Ask 2 of NORD 0001 lapsed."), 1);
    pass_hours(&mut pair, 12);
    let broken = ["breached", "lapsed"].map(str::to_owned).to_vec();
    assert_eq!(states(&mut pair, "NORD-0001"), [broken.clone(), broken]);
    let counts = board(&mut pair, NORD).counts;
    assert_eq!((counts.lapsed, counts.breached), (1, 1));
}

#[test]
fn superseding_or_withdrawing_form_ends_the_earlier_asks() {
    for kind in [ReferenceKind::Supersedes, ReferenceKind::Withdraws] {
        let mut pair = warned();
        let reference = Reference::To {
            kind,
            message: Serial(1),
            changes: vec![PartName::Asks],
        };
        warn(&mut pair, reference);
        pair.run(Duration::from_millis(200));
        let ended = vec!["superseded".to_owned(); 2];
        assert_eq!(states(&mut pair, "NORD-0001"), [ended.clone(), ended]);
        assert_eq!(states(&mut pair, "NORD-0002")[SUD], ["delivered"; 2]);
    }
}

#[test]
fn asks_of_a_counter_are_asks_of_the_answer_and_can_be_answered() {
    let mut pair = warned();
    let back = NewAsk {
        to: "the Government of NORD".to_owned(),
        verb: "provide".to_owned(),
        object: "the log records".to_owned(),
        act_by: hours(9),
        answer_by: hours(8),
    };
    let counter = |ask| NewAct::Counter {
        ask,
        asks: vec![back.clone()],
    };
    let acts = vec![counter(1), counter(2)];
    answer(&mut pair, SUD, "NORD-0001", acts, "").unwrap();
    pair.run(Duration::from_millis(200));
    assert_eq!(states(&mut pair, "NORD-0001")[NORD], ["countered"; 2]);
    let delivered = vec!["delivered".to_owned(); 2];
    assert_eq!(
        states(&mut pair, "SUD-0001"),
        [delivered.clone(), delivered]
    );
    assert_eq!(board(&mut pair, NORD).counts.countered, 2);

    let decline = vec![NewAct::Decline { ask: 2 }];
    answer(&mut pair, NORD, "SUD-0001", decline, "").unwrap();
    pair.run(Duration::from_millis(200));
    assert_eq!(states(&mut pair, "SUD-0001")[SUD][1], "declined");
}

#[test]
fn restart_in_the_middle_reads_the_same_book_as_the_hub_that_went_on() {
    let mut pair = warned();
    answer(&mut pair, SUD, "NORD-0001", vec![defer(2, 6)], "").unwrap();
    pair.run(Duration::from_millis(200));
    for side in [NORD, SUD] {
        let live = pair.sides[side].hub.desk().clone();
        let (now, disk) = (pair.now, pair.sides[side].disk.clone());
        pair.sides[side].restart(now, disk, 77);
        assert_eq!(*pair.sides[side].hub.desk(), live, "replay");
        pair.sides[side].hub.close(now).unwrap();
        let disk = pair.sides[side].disk.clone();
        pair.sides[side].restart(now, disk, 78);
        assert_eq!(*pair.sides[side].hub.desk(), live, "snapshot");
    }

    answer(&mut pair, SUD, "NORD-0001", vec![commit(1)], "").unwrap();
    pair.run(Duration::from_secs(2));
    let moved = ["committed", "deferred"].map(str::to_owned).to_vec();
    assert_eq!(states(&mut pair, "NORD-0001"), [moved.clone(), moved]);
    let peer = pair.sides[NORD].peer.clone();
    let book = pair.sides[NORD].hub.desk().asks(&peer).unwrap();
    let key = AskKey {
        asker: Side::Us,
        serial: Serial(1),
        number: 1,
    };
    assert!(book.ask(key).is_some());
}
