//! A translation stands below the original at both stations, beside its rivals, and in no other
//! place.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails says so"
)]

mod support;

use std::time::Duration;

use redphone_api::{Message, Refusal, RefusalKind, Request, Response, Sent, TranslationView};
use redphone_wire::{
    Form, Grade, Information, Language, Mark, Part, Serial, Translation, to_bytes,
};
use support::{Pair, flash};

const NORD: usize = 0;
const SUD: usize = 1;
const NOTE: &str = "We will not close the line before 18:00Z.";
const TRUE: &str = "Мы не закроем линию до 18:00Z.";
const FALSE: &str = "Мы закроем линию до 18:00Z.";

fn ask(pair: &mut Pair, side: usize, request: Request) -> Result<Response, Refusal> {
    let now = pair.now;
    let answer = pair.sides[side].ask(now, request);
    pair.run(Duration::from_millis(200));
    answer
}

fn send(pair: &mut Pair, side: usize, form: &Form) -> Result<Sent, Refusal> {
    let request = Request::SendForm {
        to: None,
        precedence: "priority".to_owned(),
        form: to_bytes(form),
        officer: "1st watch".to_owned(),
    };
    let Response::Sent(sent) = ask(pair, side, request)? else {
        panic!("sent");
    };
    Ok(sent)
}

fn translate(
    pair: &mut Pair,
    side: usize,
    (ours, message, field): (bool, u32, &str),
    (grade, text): (Grade, &str),
) -> Result<Sent, Refusal> {
    let form = Form::Translation(Translation {
        language: Language::Russian,
        ours,
        message: Serial(message),
        field: field.to_owned(),
        grade,
        by: "2nd watch".to_owned(),
        text: text.to_owned(),
    });
    send(pair, side, &form)
}

fn read(pair: &mut Pair, side: usize, name: &str) -> Message {
    let message = name.parse().unwrap();
    let Response::Message(message) = ask(pair, side, Request::Read { message }).unwrap() else {
        panic!("a message");
    };
    *message
}

/// Name, grade, text, and whether it differs.
fn brief(views: &[TranslationView]) -> Vec<(&str, &str, &str, bool)> {
    let brief = views.iter().map(|view| {
        let (name, grade) = (view.name.as_str(), view.grade.en.as_str());
        (name, grade, view.text.as_str(), view.differs)
    });
    brief.collect()
}

/// Two stations, with an INFORMATION of NORD that has a note.
fn with_a_note() -> Pair {
    let mut pair = Pair::paired();
    let information = Form::Information(Information {
        language: Language::English,
        lexicon: None,
        event: Part::Marked(Mark::NotDisclosed),
        basis: Part::Marked(Mark::None),
        note: Some(NOTE.to_owned()),
    });
    send(&mut pair, NORD, &information).unwrap();
    pair
}

#[test]
fn rivals_stand_below_the_original_at_both_stations_with_grade_and_whose() {
    let mut pair = with_a_note();
    translate(
        &mut pair,
        SUD,
        (false, 1, "note.text"),
        (Grade::Sight, FALSE),
    )
    .unwrap();
    translate(
        &mut pair,
        NORD,
        (true, 1, "note.text"),
        (Grade::Official, TRUE),
    )
    .unwrap();

    let here = read(&mut pair, NORD, "0001");
    let there = read(&mut pair, SUD, "NORD-0001");
    for message in [&here, &there] {
        let mut listed = brief(&message.translations);
        listed.sort_unstable();
        let rivals = [
            ("NORD 0002", "official", TRUE, false),
            ("SUD 0001", "sight", FALSE, true),
        ];
        assert_eq!(listed, rivals);
        let view = &message.translations[0];
        assert_eq!(
            (view.label.en.as_str(), view.label.ru.as_str()),
            ("NOTE", "ПРИМЕЧАНИЕ")
        );
        assert_eq!(view.by, "2nd watch");
        let form = message.form.as_ref().unwrap();
        let note = form
            .ru
            .iter()
            .find(|line| line.label == "ПРИМЕЧАНИЕ")
            .unwrap();
        assert_eq!(note.text, format!("«{NOTE}»"), "the original stays");
    }
    let itself = read(&mut pair, SUD, "NORD-0002");
    assert_eq!(
        itself.difference, None,
        "it is no other wording of the original"
    );
    let itself = itself.form.unwrap();
    assert_eq!(itself.marker, "TRANSLATION");
    assert!(
        itself
            .en
            .iter()
            .any(|line| line.text == "of our message 0001, note.text"),
        "{itself:?}"
    );
}

#[test]
fn official_translation_that_differs_does_not_leave() {
    let mut pair = with_a_note();
    let refusal = translate(
        &mut pair,
        NORD,
        (true, 1, "note.text"),
        (Grade::Official, FALSE),
    );
    let refusal = refusal.unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Clarity);
    assert_eq!(refusal.findings[0].rule, "X02");
    assert_eq!(read(&mut pair, SUD, "NORD-0001").translations, []);
}

#[test]
fn translation_of_what_is_not_there_or_into_the_same_language_is_refused() {
    let mut pair = with_a_note();
    let rough = (Grade::Rough, TRUE);
    let field = translate(&mut pair, SUD, (false, 1, "conduct.act"), rough).unwrap_err();
    assert_eq!(field.kind, RefusalKind::Usage);
    assert!(field.to_do.contains("note.text"), "{field}");
    let message = translate(&mut pair, SUD, (true, 7, "note.text"), rough).unwrap_err();
    assert_eq!(message.kind, RefusalKind::NotFound);

    ask(&mut pair, SUD, flash("Линия открыта.")).unwrap();
    let same = translate(&mut pair, NORD, (false, 1, "text"), rough).unwrap_err();
    assert_eq!(same.kind, RefusalKind::Usage, "{same}");
}

#[test]
fn translation_of_a_field_that_is_not_there_is_listed_under_nothing() {
    let mut pair = with_a_note();
    let form = Form::Translation(Translation {
        language: Language::Russian,
        ours: false,
        message: Serial(1),
        field: "conduct.act".to_owned(),
        grade: Grade::Official,
        by: "2nd\u{202e} watch".to_owned(),
        text: TRUE.to_owned(),
    });
    let (now, nord) = (pair.now, support::name("NORD"));
    let hub = &mut pair.sides[SUD].hub;
    let priority = redphone_wire::Precedence::Priority;
    hub.send_form(now, &nord, priority, form, "1st watch")
        .unwrap();
    hub.commit(now).unwrap();
    pair.run(Duration::from_millis(200));
    assert_eq!(read(&mut pair, NORD, "0001").translations, []);
    let itself = read(&mut pair, NORD, "SUD-0001").form.unwrap();
    assert!(
        itself
            .en
            .iter()
            .any(|line| line.text == "official; 2nd<U+202E> watch"),
        "{itself:?}"
    );
}

#[test]
fn text_of_a_plain_statement_is_translated_and_crosses_once() {
    let mut pair = Pair::paired();
    ask(&mut pair, NORD, flash("The line is open.")).unwrap();
    translate(
        &mut pair,
        SUD,
        (false, 1, "text"),
        (Grade::Rough, "Линия открыта."),
    )
    .unwrap();
    let here = read(&mut pair, NORD, "0001");
    assert_eq!(here.text, "The line is open.");
    assert_eq!(
        brief(&here.translations),
        [("SUD 0001", "rough", "Линия открыта.", false)]
    );
    let request = Request::List {
        tray: redphone_api::Tray::In,
        peer: None,
        limit: 10,
    };
    let Response::Messages { messages } = ask(&mut pair, NORD, request).unwrap() else {
        panic!("messages");
    };
    assert_eq!(messages.len(), 1);
}
