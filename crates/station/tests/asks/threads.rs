//! Threads at two desks: what refers to what, what no longer stands, what crossed, what is not
//! here, and how long each step took (rule DESK-9).

use std::time::Duration;

use redphone_api::{ChangeMark, Request, Response, RungName, Thread, Tray};
use redphone_wire::{Form, Mark, Part, PartName, Precedence, Reference, ReferenceKind, Serial};

use crate::support::{Pair, entropy, flash, key};
use crate::warned::{NORD, SUD, answer, board, commit, read, told, warn, warned, warning};

fn to(kind: ReferenceKind, serial: u32, changes: &[PartName]) -> Reference {
    Reference::To {
        kind,
        message: Serial(serial),
        changes: changes.to_vec(),
    }
}

fn warn_without_asks(pair: &mut Pair, reference: Reference) {
    let Form::Warning(mut warning) = warning(reference) else {
        panic!("a warning was asked for");
    };
    warning.asks = Part::Marked(Mark::None);
    let (now, form) = (pair.now, Form::Warning(warning));
    let peer = pair.sides[NORD].peer.clone();
    let hub = &mut pair.sides[NORD].hub;
    hub.send_form(now, &peer, Precedence::Immediate, form, "1st watch")
        .unwrap();
    hub.commit(now).unwrap();
}

fn threads(pair: &mut Pair, side: usize, of: Option<&str>) -> Vec<Thread> {
    let request = Request::Threads {
        of: of.map(|of| of.parse().unwrap()),
        peer: None,
        limit: 100,
    };
    let now = pair.now;
    match pair.sides[side].ask(now, request) {
        Ok(Response::Threads { threads }) => threads,
        other => panic!("{other:?}"),
    }
}

fn names(thread: &Thread) -> Vec<&str> {
    let messages = thread.messages.iter();
    messages.map(|message| message.name.as_str()).collect()
}

#[test]
fn messages_that_refer_to_each_other_are_one_thread_at_both_desks() {
    let mut pair = warned();
    pair.run(Duration::from_secs(2));
    answer(&mut pair, SUD, "NORD-0001", vec![commit(1)], "").unwrap();
    pair.run(Duration::from_secs(2));
    let now = pair.now;
    pair.sides[SUD].ask(now, flash("Another matter.")).unwrap();
    pair.run(Duration::from_secs(2));
    warn(&mut pair, to(ReferenceKind::Reinforces, 1, &[]));
    pair.run(Duration::from_secs(2));

    for side in [NORD, SUD] {
        let found = threads(&mut pair, side, Some("SUD-0001"));
        assert_eq!(names(&found[0]), ["NORD 0001", "SUD 0001", "NORD 0002"]);
        assert!(found[0].held && found[0].first == "NORD 0001");
        assert_eq!(found[0].asks_open, 3);
        let firsts: Vec<_> = threads(&mut pair, side, None);
        let firsts: Vec<&str> = firsts.iter().map(|thread| thread.first.as_str()).collect();
        assert_eq!(firsts, ["NORD 0001", "SUD 0002"]);
        let place = read(&mut pair, side, "SUD-0001").summary.place;
        assert_eq!(place.refers.unwrap().kind, "answers");
        assert!(place.ended.is_none() && place.crossed.is_empty());
    }
}

#[test]
fn message_that_no_longer_stands_says_so_wherever_it_is_shown() {
    let mut pair = warned();
    warn(
        &mut pair,
        to(ReferenceKind::Supersedes, 1, &[PartName::Asks]),
    );
    pair.run(Duration::from_millis(200));
    warn(&mut pair, to(ReferenceKind::Withdraws, 2, &[]));
    pair.run(Duration::from_millis(200));

    for (side, tray) in [(NORD, Tray::Out), (SUD, Tray::In)] {
        let ended = |pair: &mut Pair, message: &str| {
            let ended = read(pair, side, message).summary.place.ended;
            ended.map(|ended| (ended.kind, ended.message))
        };
        let by = |kind: &str, by: &str| Some((kind.to_owned(), by.to_owned()));
        assert_eq!(ended(&mut pair, "NORD-0001"), by("supersedes", "NORD 0002"));
        assert_eq!(ended(&mut pair, "NORD-0002"), by("withdraws", "NORD 0003"));
        assert_eq!(ended(&mut pair, "NORD-0003"), None);
        let asks = read(&mut pair, side, "NORD-0001").asks;
        assert!(asks.iter().all(|ask| ask.ended.is_some()));
        let now = pair.now;
        let list = Request::List {
            tray,
            peer: None,
            limit: 10,
        };
        let Ok(Response::Messages { messages }) = pair.sides[side].ask(now, list) else {
            panic!("a list was asked for");
        };
        let flagged = messages.iter().filter(|one| one.place.ended.is_some());
        assert_eq!(flagged.count(), 2);
        assert_eq!(board(&mut pair, side).asks.len(), 2, "those of NORD 0003");
    }
}

#[test]
fn reader_sees_what_changed_and_what_the_writer_did_not_list() {
    let mut pair = warned();
    let other = to(ReferenceKind::Clarifies, 1, &[PartName::Consequence]);
    warn(&mut pair, other);
    pair.run(Duration::from_millis(200));
    let found = read(&mut pair, SUD, "NORD-0002").difference.unwrap();
    assert_eq!(found.message, "NORD 0001");
    // The two differ in nothing but how they refer; a change is listed that is none.
    assert_eq!(found.wrongly_listed, ["consequence"]);
    assert!(found.en.is_empty() && found.ru.is_empty());
    warn_without_asks(&mut pair, to(ReferenceKind::Clarifies, 1, &[]));
    pair.run(Duration::from_millis(200));
    let found = read(&mut pair, SUD, "NORD-0003").difference.unwrap();
    assert_eq!(found.wrongly_listed, ["ask"]);
    for lines in [&found.en, &found.ru] {
        let mark = |mark| lines.iter().filter(|line| line.mark == mark).count();
        assert_eq!((mark(ChangeMark::Removed), mark(ChangeMark::Added)), (2, 1));
    }
    assert!(read(&mut pair, SUD, "NORD-0001").difference.is_none());
}

#[test]
fn messages_released_before_either_writer_could_have_the_other_crossed() {
    let mut pair = warned();
    pair.run(Duration::from_secs(2));
    // Neither has the other's when it writes: no frame passes in between.
    let now = pair.now;
    pair.sides[NORD].ask(now, flash("We ask again.")).unwrap();
    pair.sides[SUD].ask(now, flash("We answer soon.")).unwrap();
    pair.run(Duration::from_secs(2));

    let crossed =
        |pair: &mut Pair, side, message: &str| read(pair, side, message).summary.place.crossed;
    for side in [NORD, SUD] {
        assert_eq!(crossed(&mut pair, side, "NORD-0002"), ["SUD 0001"]);
        assert_eq!(crossed(&mut pair, side, "SUD-0001"), ["NORD 0002"]);
        assert!(crossed(&mut pair, side, "NORD-0001").is_empty());
    }
    let now = pair.now;
    let later = flash("We answer NORD 0002 now.");
    pair.sides[SUD].ask(now, later).unwrap();
    pair.run(Duration::from_secs(2));
    assert!(crossed(&mut pair, NORD, "SUD-0002").is_empty());
}

#[test]
fn reference_to_what_is_not_here_is_said_and_mends_itself() {
    let mut late = Pair::paired();
    warn(&mut late, Reference::New);
    lose_frames(&mut late);
    warn(&mut late, to(ReferenceKind::Reinforces, 1, &[]));
    late.run(Duration::from_millis(5));
    let place = read(&mut late, SUD, "NORD-0002").summary.place;
    let held = place.refers.unwrap();
    assert_eq!((held.message.as_str(), held.held), ("NORD 0001", false));
    let thread = threads(&mut late, SUD, Some("NORD-0002")).remove(0);
    assert_eq!((thread.first.as_str(), thread.held), ("NORD 0001", false));
    late.run(Duration::from_secs(30));
    assert!(
        read(&mut late, SUD, "NORD-0002")
            .summary
            .place
            .refers
            .unwrap()
            .held
    );
}

/// What NORD sends now is lost.
fn lose_frames(pair: &mut Pair) {
    let now = pair.now;
    while pair.sides[NORD]
        .hub
        .poll_transmit(now, crate::support::BEARER)
        .is_some()
    {}
}

#[test]
fn each_step_has_its_time_and_says_by_whose_clock() {
    let mut pair = warned();
    pair.step(Duration::from_secs(60));
    let now = pair.now;
    let shown = Request::Shown {
        message: "NORD-0001".parse().unwrap(),
    };
    pair.sides[SUD].ask(now, shown).unwrap();
    pair.run(Duration::from_secs(1));
    answer(&mut pair, SUD, "NORD-0001", vec![commit(1)], "").unwrap();
    pair.run(Duration::from_secs(1));
    let ours = read(&mut pair, NORD, "NORD-0001").summary.ladder;
    let reached: Vec<_> = ours
        .iter()
        .filter(|rung| rung.at.is_some())
        .map(|rung| (rung.rung, rung.their_clock))
        .collect();
    assert_eq!(
        reached,
        [
            (RungName::Released, false),
            (RungName::OnLine, false),
            (RungName::AtStation, false),
            (RungName::OnDesk, true),
            (RungName::Answered, false),
        ]
    );
    assert_eq!(told(&pair, NORD, "ON DESK"), 1);
    let theirs = read(&mut pair, SUD, "NORD-0001").summary.ladder;
    let released = theirs.first().unwrap();
    assert!(released.their_clock && released.rung == RungName::Released);
}

#[test]
fn threads_are_the_same_after_a_restart() {
    let mut pair = warned();
    warn(
        &mut pair,
        to(ReferenceKind::Supersedes, 1, &[PartName::Asks]),
    );
    let now = pair.now;
    pair.sides[SUD]
        .ask(now, flash("Noted: NORD 0001."))
        .unwrap();
    pair.run(Duration::from_secs(2));
    for snapshot in [false, true] {
        let before = threads(&mut pair, SUD, None);
        let now = pair.now;
        if snapshot {
            pair.sides[SUD].hub.close(now).unwrap();
        }
        let disk = pair.sides[SUD].disk.clone();
        pair.sides[SUD].hub =
            redphone_station::Hub::open(disk.open(), &key(), now, entropy(77)).unwrap();
        pair.sides[SUD].hub.commit(now).unwrap();
        assert_eq!(threads(&mut pair, SUD, None), before);
    }
}
