//! Release by two at a running hub: who may, what waits, what goes, and what a restart loses.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

mod answered;
mod books;
mod chancery;
mod codes;
mod forms;
mod kept;
mod orders;
#[cfg(feature = "planted-bugs")]
mod planted;
mod readers;
mod released;
#[path = "../support/mod.rs"]
mod support;

use redphone_api::{DraftAct, DraftStage, Request, Response};

use chancery::{CHIEF, Chancery, DRAFTER, RELEASER, SECOND, text};

#[test]
fn station_without_officers_releases_at_once_and_says_so() {
    let mut pair = support::Pair::paired();
    let now = pair.now;
    let answer = pair.sides[0].ask(now, support::flash("One."));
    let Response::Sent(sent) = answer.unwrap() else {
        panic!("a message was sent");
    };
    assert!(sent.notes[0].contains("no officer is enrolled"), "{sent:?}");
}

#[test]
fn send_is_refused_as_soon_as_one_administrator_is_enrolled() {
    let mut nord = Chancery::empty();
    nord.enrol_first();
    let now = nord.pair.now;
    let refusal = nord.pair.sides[0]
        .ask(now, support::flash("One."))
        .unwrap_err();
    assert_eq!(refusal.exit_code(), 5);
    assert!(refusal.what.contains("sign for that"), "{refusal}");
    let key_in_hand = nord.enrol_unsigned(RELEASER, &["releaser"]).unwrap_err();
    assert_eq!(key_in_hand.exit_code(), 5);
}

#[test]
fn key_of_the_stopped_station_enrols_an_administrator_again() {
    let mut nord = Chancery::empty();
    nord.enrol_first();
    let refused = nord
        .enrol_unsigned(RELEASER, &["administrator"])
        .unwrap_err();
    assert_eq!(refused.exit_code(), 5);
    nord.pair.sides[0].hub.set_key_in_hand();
    let refused = nord.enrol_unsigned(RELEASER, &["releaser"]).unwrap_err();
    assert_eq!(refused.exit_code(), 5);
    nord.enrol_unsigned(RELEASER, &["administrator"]).unwrap();
}

#[test]
fn officer_is_told_who_may_release_and_only_they_do() {
    let mut nord = Chancery::staffed();
    let draft = nord.hold(DRAFTER, text("One.")).unwrap();
    assert_eq!(draft.summary.stage, DraftStage::Held);
    assert_eq!(draft.summary.may_release, [RELEASER.0, SECOND.0]);
    for (person, role, code) in [
        (DRAFTER, "drafter", 5),
        (DRAFTER, "releaser", 5),
        (CHIEF, "releaser", 5),
        (CHIEF, "administrator", 5),
        (RELEASER, "juggler", 2),
    ] {
        let refusal = nord
            .act_as(person, role, 1, DraftAct::Release, "")
            .unwrap_err();
        assert_eq!(refusal.exit_code(), code, "{refusal}");
    }
    let forged = nord.act_with_key_of(DRAFTER, RELEASER, 1, DraftAct::Release);
    assert_eq!(forged.unwrap_err().exit_code(), 8);
    let draft = nord.act(RELEASER, 1, DraftAct::Release, "").unwrap();
    assert_eq!(draft.summary.stage, DraftStage::Released);
}

#[test]
fn releaser_sees_what_changed_since_he_last_looked() {
    let mut nord = Chancery::staffed();
    nord.hold(
        DRAFTER,
        text("Do not tamper.\nThere would be consequences."),
    )
    .unwrap();
    let first = nord.act(RELEASER, 1, DraftAct::Review, "").unwrap();
    assert_eq!((first.seen, first.changed.len()), (None, 0));
    let edited = nord.edit(DRAFTER, 1, text("Do not tamper.\nWe will expel four."));
    assert_eq!(edited.unwrap().summary.revision, 2);

    let second = nord.act(RELEASER, 1, DraftAct::Review, "").unwrap();
    assert_eq!(second.seen, Some(1));
    let lines: Vec<&str> = second.changed.iter().map(|one| one.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "Do not tamper.",
            "There would be consequences.",
            "We will expel four."
        ]
    );
    let third = nord.act(RELEASER, 1, DraftAct::Review, "").unwrap();
    assert_eq!((third.seen, third.changed.len()), (Some(2), 0));
}

#[test]
fn revision_that_was_looked_at_is_the_one_that_is_released() {
    let mut nord = Chancery::staffed();
    nord.hold(DRAFTER, text("One.")).unwrap();
    let old = nord.request(RELEASER, "releaser", 1, DraftAct::Release, "");
    nord.edit(DRAFTER, 1, text("Two.")).unwrap();
    let now = nord.pair.now;
    let refusal = nord.pair.sides[0].ask(now, old).unwrap_err();
    assert_eq!(refusal.exit_code(), 5);
    assert!(
        refusal.what.contains("revision 2 is the newest"),
        "{refusal}"
    );
}

#[test]
fn proof_of_the_station_that_exercises_is_none_at_another() {
    let mut nord = Chancery::staffed();
    let hold = nord.hold_request(DRAFTER, text("One."));
    let now = nord.pair.now;
    // SUD has the same officers under the same keys.
    nord.staff_the_other_side();
    let Request::DraftHold {
        mut draft,
        attachments,
        by,
    } = hold
    else {
        panic!("a draft is held");
    };
    draft.to = "NORD".to_owned();
    let copied = Request::DraftHold {
        draft,
        attachments,
        by,
    };
    let refusal = nord.pair.sides[1].ask(now, copied).unwrap_err();
    assert_eq!(refusal.exit_code(), 8, "{refusal}");
}
