//! A form that waits: what must be fixed in it keeps it from its release, until a releaser lets it
//! stand by name.

use redphone_api::{DraftAct, RefusalKind};
use redphone_wire::{Ask, Authority, Form, Language, Reference, Request, UtcSeconds, Verb};

use crate::chancery::{Chancery, DRAFTER, RELEASER, SECOND, Written, text};
use crate::support::start;

/// A request whose one ask says this.
fn request(object: &str) -> Written {
    let at = |hours: u32| UtcSeconds(start().utc.seconds().0 + hours * 3_600);
    let form = Form::Request(Request {
        language: Language::English,
        lexicon: None,
        question: false,
        reference: Reference::New,
        asks: vec![Ask {
            number: 1,
            to: "the Government of SUD".to_owned(),
            verb: Verb::Stop,
            object: object.to_owned(),
            act_by: at(48),
            answer_by: at(24),
        }],
        authority: Authority {
            on_behalf_of: "the Government of NORD".to_owned(),
        },
        note: None,
    });
    Written {
        form: Some(form),
        ..text("")
    }
}

#[test]
fn muddled_form_is_not_released_until_a_releaser_lets_it_stand_by_name() {
    let mut nord = Chancery::staffed();
    nord.hold(DRAFTER, request("the scans as soon as possible"))
        .unwrap();
    let release = |nord: &mut Chancery, person| nord.act(person, 1, DraftAct::Release, "");

    let refusal = release(&mut nord, RELEASER).unwrap_err();
    assert_eq!(
        (refusal.kind, refusal.exit_code()),
        (RefusalKind::Clarity, 4)
    );
    assert!(refusal.what.contains("V02 in ask.1.object"), "{refusal}");

    nord.waive(RELEASER, 1, "V06", "another rule").unwrap();
    assert_eq!(release(&mut nord, RELEASER).unwrap_err().exit_code(), 4);
    nord.waive(RELEASER, 1, "V02", "they know the hour")
        .unwrap();
    let draft = release(&mut nord, RELEASER).unwrap();
    let waived: Vec<&str> = draft.waived.iter().map(|one| one.rule.as_str()).collect();
    assert_eq!(waived, ["V06", "V02"]);
}

#[test]
fn only_who_may_release_is_told_what_keeps_a_form() {
    let mut nord = Chancery::staffed();
    nord.hold(DRAFTER, request("the scans as soon as possible"))
        .unwrap();
    let own = nord.act(DRAFTER, 1, DraftAct::Release, "").unwrap_err();
    assert_eq!(own.kind, RefusalKind::Policy, "{own}");
}

#[test]
fn edit_of_a_form_makes_its_findings_count_again() {
    let mut nord = Chancery::staffed();
    nord.hold(DRAFTER, request("the scans as soon as possible"))
        .unwrap();
    nord.waive(RELEASER, 1, "V02", "they know the hour")
        .unwrap();
    nord.edit(DRAFTER, 1, request("the scans soon")).unwrap();
    let refusal = nord.act(SECOND, 1, DraftAct::Release, "").unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Clarity, "{refusal}");

    nord.edit(DRAFTER, 1, request("the scans from 192.0.2.7"))
        .unwrap();
    nord.act(SECOND, 1, DraftAct::Release, "").unwrap();
}

#[test]
fn form_is_reviewed_as_it_will_read() {
    let mut nord = Chancery::staffed();
    let draft = nord
        .hold(DRAFTER, request("the scans from 192.0.2.7"))
        .unwrap();
    let form = draft.form.unwrap();
    let asked = "We ask the Government of SUD: stop the scans";
    let mut lines = form.en.iter();
    assert!(
        lines.any(|line| line.label == "ASK 1" && line.text.contains(asked)),
        "{form:?}"
    );
}
