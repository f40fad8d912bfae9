//! From release to the line: the recall window, and that what goes goes once.

use std::time::Duration;

use redphone_api::{DraftAct, DraftStage, MessageRef, Request, Response, Tray};
use redphone_desk::hold::Charter;
use redphone_wire::{Form, Information, Language, Mark, Part};

use crate::chancery::{Chancery, DRAFTER, RELEASER, SECOND, Written, text};

const SECOND_LONG: Duration = Duration::from_secs(1);

/// Releaser and text of each message that SUD holds.
fn arrived(nord: &mut Chancery) -> Vec<(String, String)> {
    nord.pair.run(Duration::from_millis(300));
    let now = nord.pair.now;
    let list = Request::List {
        tray: Tray::In,
        peer: None,
        limit: 10,
    };
    let Ok(Response::Messages { messages }) = nord.pair.sides[1].ask(now, list) else {
        panic!("messages were asked for");
    };
    let mut read = |serial: u32| {
        let message = MessageRef {
            from: Some("NORD".to_owned()),
            to: None,
            serial,
        };
        match nord.pair.sides[1].ask(now, Request::Read { message }) {
            Ok(Response::Message(message)) => (message.summary.releaser.clone(), message.text),
            other => panic!("a message was asked for, not {other:?}"),
        }
    };
    messages.iter().rev().map(|one| read(one.serial)).collect()
}

fn wait(nord: &mut Chancery, seconds: u32) {
    for _ in 0..seconds {
        nord.pair.step(SECOND_LONG);
    }
}

fn one(releaser: &str, text: &str) -> Vec<(String, String)> {
    vec![(releaser.to_owned(), text.to_owned())]
}

fn released(written: Written) -> Chancery {
    let mut nord = Chancery::staffed();
    nord.hold(DRAFTER, written).unwrap();
    let draft = nord.act(RELEASER, 1, DraftAct::Release, "").unwrap();
    assert_eq!(draft.summary.recallable_ms, Some(20_000));
    nord
}

#[test]
fn released_draft_waits_for_its_window_and_goes_once() {
    let mut nord = released(text("We see no launch."));
    wait(&mut nord, 19);
    assert!(arrived(&mut nord).is_empty());
    wait(&mut nord, 1);
    assert_eq!(arrived(&mut nord), one("2nd watch", "We see no launch."));
    let draft = nord.read(1);
    assert_eq!(
        (draft.summary.stage, draft.summary.serial),
        (DraftStage::Sent, Some(1))
    );
    wait(&mut nord, 60);
    assert_eq!(arrived(&mut nord).len(), 1);
}

#[test]
fn file_of_a_draft_goes_with_it_whole() {
    let mut written = text("See the chart.");
    written.file = Some((0..200_000_u32).map(|n| n.to_le_bytes()[1]).collect());
    let mut nord = released(written);
    wait(&mut nord, 21);
    nord.pair.run(Duration::from_secs(2));
    let now = nord.pair.now;
    let message = "NORD-0001".parse().unwrap();
    let Ok(Response::Message(message)) = nord.pair.sides[1].ask(now, Request::Read { message })
    else {
        panic!("a message was asked for");
    };
    assert!(message.attached[0].whole, "{:?}", message.attached);
}

fn information(note: &str) -> Form {
    Form::Information(Information {
        language: Language::English,
        lexicon: None,
        event: Part::Marked(Mark::NotDisclosed),
        basis: Part::Marked(Mark::None),
        note: Some(note.to_owned()),
    })
}

#[test]
fn form_needs_two_releasers_and_goes_as_it_was_signed() {
    let mut nord = Chancery::staffed();
    let mut written = text("");
    written.form = Some(information("A cable is cut."));
    let draft = nord.hold(DRAFTER, written.clone()).unwrap();
    assert_eq!(
        (draft.summary.kind.as_str(), draft.summary.releasers),
        ("information", 2)
    );
    assert_eq!(
        (draft.text.as_str(), draft.form.unwrap().marker.as_str()),
        ("", "INFORMATION")
    );
    written.form = Some(information("Two cables are cut."));
    nord.edit(DRAFTER, 1, written).unwrap();
    let held = nord.act(RELEASER, 1, DraftAct::Release, "").unwrap();
    assert_eq!(held.summary.stage, DraftStage::Held);
    nord.act(SECOND, 1, DraftAct::Release, "").unwrap();
    wait(&mut nord, 20);
    nord.pair.run(Duration::from_millis(300));
    let now = nord.pair.now;
    let message = "NORD-0001".parse().unwrap();
    let Ok(Response::Message(message)) = nord.pair.sides[1].ask(now, Request::Read { message })
    else {
        panic!("a message was asked for");
    };
    let form = message.form.unwrap();
    assert!(
        form.en.iter().any(|line| line.text.contains("Two cables")),
        "{form:?}"
    );
    assert_eq!(message.summary.releaser, "2nd watch, 3rd watch");
}

#[test]
fn flash_goes_at_once_and_cannot_be_recalled() {
    let mut nord = Chancery::staffed();
    let mut written = text("Two aircraft left our control.");
    written.precedence = "flash";
    nord.hold(DRAFTER, written).unwrap();
    let draft = nord.act(RELEASER, 1, DraftAct::Release, "").unwrap();
    assert_eq!(draft.summary.stage, DraftStage::Sent);
    let refusal = nord.act(RELEASER, 1, DraftAct::Recall, "no").unwrap_err();
    assert_eq!(refusal.exit_code(), 5);
    assert_eq!(arrived(&mut nord).len(), 1);
}

#[test]
fn recalled_draft_goes_when_it_was_edited_and_released_anew() {
    let mut nord = released(text("One."));
    wait(&mut nord, 10);
    let act = DraftAct::Recall;
    let draft = nord
        .act_as(DRAFTER, "drafter", 1, act, "wrong hour")
        .unwrap();
    assert_eq!(draft.summary.stage, DraftStage::SentBack);
    assert_eq!(draft.summary.because, "wrong hour (1st watch)");
    wait(&mut nord, 30);
    assert!(arrived(&mut nord).is_empty());
    nord.edit(DRAFTER, 1, text("Two.")).unwrap();
    nord.act(SECOND, 1, DraftAct::Release, "").unwrap();
    wait(&mut nord, 20);
    assert_eq!(arrived(&mut nord), one("3rd watch", "Two."));
}

#[test]
fn restart_in_the_recall_window_loses_nothing_and_sends_once() {
    for restart_after in [0, 1, 10, 19, 20, 21, 40] {
        let mut nord = released(text("We see no launch."));
        wait(&mut nord, restart_after);
        let (now, disk) = (nord.pair.now, nord.pair.sides[0].disk.clone());
        nord.pair.sides[0].restart(now, disk, 500 + u64::from(restart_after));
        if restart_after < 20 {
            assert!(arrived(&mut nord).is_empty(), "after {restart_after} s");
        }
        wait(&mut nord, 25);
        let expected = one("2nd watch", "We see no launch.");
        assert_eq!(arrived(&mut nord), expected, "after {restart_after} s");
    }
}

#[test]
fn restart_finds_officers_drafts_and_releases_as_they_were() {
    let mut nord = Chancery::staffed();
    nord.pair.sides[0].hub.set_charter(charter_of_two());
    nord.hold(DRAFTER, text("One.")).unwrap();
    nord.act(RELEASER, 1, DraftAct::Release, "").unwrap();
    let live = nord.pair.sides[0].hub.desk().clone();
    let (now, disk) = (nord.pair.now, nord.pair.sides[0].disk.clone());
    nord.pair.sides[0].restart(now, disk, 900);
    assert!(*nord.pair.sides[0].hub.desk() == live, "replay equals live");
    nord.pair.sides[0].hub.set_charter(charter_of_two());
    let draft = nord.act(SECOND, 1, DraftAct::Release, "").unwrap();
    assert_eq!(draft.summary.released_by, ["2nd watch", "3rd watch"]);
    wait(&mut nord, 20);
    assert_eq!(arrived(&mut nord), one("2nd watch, 3rd watch", "One."));
}

fn charter_of_two() -> Charter {
    let statement = "statement".parse().unwrap();
    Charter::default().with_releasers(statement, 2).unwrap()
}

#[test]
fn what_cannot_go_when_its_window_is_over_is_sent_back_and_said() {
    let mut written = text("One.");
    written.subject = "exercise".to_owned();
    let mut nord = released(written);
    let suspend = Request::Subject {
        peer: None,
        subject: "exercise".to_owned(),
        suspend: true,
        because: "it is over".to_owned(),
        officer: "1st watch".to_owned(),
    };
    nord.order(RELEASER, "releaser", suspend).unwrap();
    wait(&mut nord, 20);
    assert!(arrived(&mut nord).is_empty());
    let draft = nord.read(1);
    assert_eq!(draft.summary.stage, DraftStage::SentBack);
    assert!(draft.summary.because.contains("suspended"), "{draft:?}");
}

#[test]
fn releaser_revoked_in_the_window_stops_his_draft() {
    let mut nord = released(text("One."));
    nord.revoke(RELEASER);
    wait(&mut nord, 30);
    assert!(arrived(&mut nord).is_empty());
    assert_eq!(nord.read(1).summary.stage, DraftStage::SentBack);
}
