//! A form with something that must be fixed does not leave; one without reads the same on both
//! desks.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails says so"
)]

mod support;

use std::time::Duration;

use redphone_api::{Checked, FindingWeight, Refusal, RefusalKind, Request, Response};
use redphone_wire::{
    Ask, Assurance, Authority, BrightLine, Consequence, Form, Language, LexiconId, Mark, Part,
    PartName, Reference, ReferenceKind, Serial, UtcSeconds, Verb, Warning, to_bytes,
};
use support::{Pair, start};

const NORD: usize = 0;
const SUD: usize = 1;

fn hours(hours: u32) -> UtcSeconds {
    UtcSeconds(start().utc.seconds().0 + hours * 3_600)
}

/// A warning without a fault.
fn warning() -> Warning {
    Warning {
        language: Language::English,
        lexicon: redphone_desk::shipped_lexicon().map(|lexicon| lexicon.id()),
        reference: Reference::New,
        conduct: Part::Marked(Mark::NotDisclosed),
        basis: Part::Marked(Mark::NotDisclosed),
        bright_line: Part::Filled(BrightLine {
            act: "T-007".to_owned(),
            count: 1,
            place: "the registers listed in Annex 1".to_owned(),
            from: hours(24),
            to: hours(72),
            judge: "our record".to_owned(),
        }),
        consequence: Part::Filled(Consequence {
            actor: "the Treasury of NORD".to_owned(),
            act: "block the assets listed in Annex 2".to_owned(),
            within_s: 86_400,
        }),
        asks: Part::Filled(vec![Ask {
            number: 1,
            to: "the Government of SUD".to_owned(),
            verb: Verb::Stop,
            object: "T-007 in the registers listed in Annex 1".to_owned(),
            act_by: hours(24),
            answer_by: hours(12),
        }]),
        assurance: Part::Filled(Assurance {
            condition: "we record no entry".to_owned(),
            act: "we will not block these assets".to_owned(),
            until: hours(720),
        }),
        authority: Authority {
            on_behalf_of: "the Government of NORD".to_owned(),
        },
        contact: None,
        note: None,
    }
}

fn send(pair: &mut Pair, warning: Warning) -> Result<Response, Refusal> {
    let now = pair.now;
    let request = Request::SendForm {
        to: None,
        precedence: "immediate".to_owned(),
        form: to_bytes(&Form::Warning(Box::new(warning))),
        officer: "1st watch".to_owned(),
    };
    pair.sides[NORD].ask(now, request)
}

fn read(pair: &mut Pair, side: usize, message: &str) -> redphone_api::Message {
    let now = pair.now;
    let message = message.parse().unwrap();
    let read = pair.sides[side].ask(now, Request::Read { message });
    let Response::Message(message) = read.unwrap() else {
        panic!("a message");
    };
    *message
}

fn refused(pair: &mut Pair, warning: Warning) -> String {
    let refusal = send(pair, warning).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Clarity, "{refusal}");
    assert_eq!(refusal.exit_code(), 4);
    refusal.what
}

#[test]
fn muddled_warning_does_not_leave_and_takes_no_serial() {
    let mut pair = Pair::paired();
    let mut vague = warning();
    if let Part::Filled(consequence) = &mut vague.consequence {
        consequence.act = "answer with serious consequences".to_owned();
    }
    assert!(refused(&mut pair, vague).contains("V06 in consequence.act"));

    let mut late = warning();
    if let Part::Filled(asks) = &mut late.asks {
        asks[0].answer_by = start().utc.seconds();
    }
    assert!(refused(&mut pair, late).contains("C08 in ask.1.answer_by"));

    let Response::Sent(sent) = send(&mut pair, warning()).unwrap() else {
        panic!("sent");
    };
    assert_eq!(sent.serial, 1, "what was refused took none");
}

#[test]
fn refusal_has_its_findings_as_data_and_the_check_says_the_same_before() {
    let mut pair = Pair::paired();
    send(&mut pair, warning()).unwrap();
    pair.run(Duration::from_millis(200));
    let mut vague = warning();
    if let Part::Filled(consequence) = &mut vague.consequence {
        consequence.act = "answer with serious consequences".to_owned();
    }
    let form = to_bytes(&Form::Warning(Box::new(vague.clone())));
    let checked = check(&mut pair, "", form, "").unwrap();
    assert!(checked.blocked && checked.stops && checked.expected_at.is_some());

    let refusal = send(&mut pair, vague).unwrap_err();
    let told = &refusal.findings[0];
    let consequence = "answer with serious consequences";
    assert_eq!(
        (told.rule.as_str(), told.field.as_str()),
        ("V06", "consequence.act")
    );
    assert_eq!(told.severity, FindingWeight::MustFix);
    assert_eq!(
        &consequence[told.span[0]..told.span[1]],
        "serious consequences"
    );
    assert!(!told.why.ru.is_empty() && !told.fix.en.is_empty());
    let same: Vec<_> = checked
        .findings
        .iter()
        .filter(|one| one.severity == told.severity)
        .collect();
    assert_eq!(same, [told]);
    assert_eq!(
        check(&mut pair, "", vec![0xff], "").unwrap_err().kind,
        RefusalKind::Usage
    );
}

#[test]
fn draft_is_checked_with_what_the_station_knows_and_makes_its_form() {
    let mut pair = Pair::paired();
    send(&mut pair, warning()).unwrap();
    let draft = |serial: u32| {
        format!(
            "marker = \"REQUEST\"\nlanguage = \"en\"\n\
             reference = {{ kind = \"clarifies\", serial = {serial}, changes = [] }}\n\
             [[ask]]\nto = \"the Government of SUD\"\nverb = \"stop\"\n\
             object = \"T-007 in another register\"\nact_by = \"2091-10-31T18:00Z\"\n\
             answer_by = \"2091-10-30T18:00Z\"\n\
             [authority]\non_behalf_of = \"the Government of NORD\"\n"
        )
    };
    let against_ours = check(&mut pair, &draft(1), vec![], "").unwrap();
    assert!(
        against_ours.stops,
        "the asks differ from those of NORD 0001 and are not listed"
    );
    assert!(
        against_ours.findings.iter().any(|one| one.rule == "C14"),
        "{against_ours:?}"
    );
    let alone = check(&mut pair, &draft(7), vec![], "").unwrap();
    assert!(!alone.stops && !alone.form.is_empty(), "{alone:?}");

    let broken = check(&mut pair, "marker = 7", vec![], "").unwrap_err();
    assert_eq!(broken.kind, RefusalKind::Usage);
    assert!(broken.what.contains("That is no draft"), "{broken}");
    for (draft, text) in [("", ""), ("marker = 7", "Two things.")] {
        assert!(check(&mut pair, draft, vec![], text).is_err());
    }
}

#[test]
fn statement_that_warns_with_something_to_fix_stays_and_any_other_goes() {
    assert!(muddled_statement_leaves().is_err());
    let mut pair = Pair::paired();
    for text in [
        "There will be serious consequences.",
        "We warn you: the line is closed at 18:00.",
        "Please call at 18:00.",
        "Будут приняты адекватные меры.",
        "Просим позвонить в 18:00.",
        "Please call at 18:00Z. Просим позвонить в 18:00.",
    ] {
        assert!(check(&mut pair, "", vec![], text).unwrap().stops, "{text}");
        let refusal = say(&mut pair, text).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Clarity, "{text}");
        assert!(!refusal.findings.is_empty(), "{text}");
    }
    for text in [
        "The watch changes at 18:00.",
        "How do you read?",
        "We received your message as soon as possible.",
        "Вахта сменяется в 18:00.",
        "We warn you: the line is closed at 18:00Z.",
        "Please call at 18:00Z. Просим позвонить в 18:00Z.",
    ] {
        assert!(!check(&mut pair, "", vec![], text).unwrap().stops, "{text}");
        say(&mut pair, text).unwrap();
    }
}

#[test]
#[cfg(feature = "planted-bugs")]
fn planted_statement_that_is_not_checked_is_noticed() {
    use redphone_station::planted::{Bug, plant};
    plant(Some(Bug::StatementUnchecked));
    let left = muddled_statement_leaves();
    plant(None);
    assert!(left.is_ok());
}

/// Tries to send the second sentence of 31 October 2016.
fn muddled_statement_leaves() -> Result<Response, Refusal> {
    say(&mut Pair::paired(), "We will hold SUD to those standards.")
}

#[test]
fn finding_is_let_stand_by_name_with_a_reason_that_stands_in_the_journal() {
    let mut pair = Pair::paired();
    let send = |text: &str| Request::Send {
        to: None,
        precedence: "routine".to_owned(),
        text: text.to_owned(),
        subject: String::new(),
        officer: "1st watch".to_owned(),
        attachments: Vec::new(),
    };
    let mut anyway = |rule: &str, because: &str| {
        let request = Request::SendAnyway {
            send: Box::new(send("Please call at 18:00.")),
            waived: vec![rule.to_owned()],
            because: because.to_owned(),
        };
        let now = pair.now;
        pair.sides[NORD].ask(now, request)
    };
    assert_eq!(anyway("V05", " ").unwrap_err().kind, RefusalKind::Usage);
    assert_eq!(
        anyway("Z99", "by voice").unwrap_err().kind,
        RefusalKind::Usage
    );
    assert_eq!(
        anyway("V06", "by voice").unwrap_err().kind,
        RefusalKind::Clarity
    );
    let Response::Sent(sent) = anyway("V05", "agreed by voice").unwrap() else {
        panic!("sent");
    };
    assert_eq!(sent.serial, 1);
    let journal = Request::Journal {
        after: None,
        limit: 20,
    };
    let now = pair.now;
    let Response::Journal { lines } = pair.sides[NORD].ask(now, journal).unwrap() else {
        panic!("lines");
    };
    let told = "V05 let stand in NORD 0001 by 1st watch: agreed by voice";
    assert!(lines.iter().any(|line| line.what == told), "{lines:?}");
}

fn say(pair: &mut Pair, text: &str) -> Result<Response, Refusal> {
    let now = pair.now;
    pair.sides[NORD].ask(now, support::flash(text))
}

fn check(pair: &mut Pair, draft: &str, form: Vec<u8>, text: &str) -> Result<Checked, Refusal> {
    let request = Request::Check {
        to: None,
        precedence: "immediate".to_owned(),
        draft: draft.to_owned(),
        form,
        text: text.to_owned(),
        language: None,
        answer: false,
    };
    let now = pair.now;
    let Response::Checked(checked) = pair.sides[NORD].ask(now, request)? else {
        panic!("checked");
    };
    Ok(*checked)
}

#[test]
fn form_reads_the_same_on_both_desks_in_both_languages() {
    let mut pair = Pair::paired();
    send(&mut pair, warning()).unwrap();
    pair.run(Duration::from_millis(200));

    let ours = read(&mut pair, NORD, "0001").form.unwrap();
    let theirs = read(&mut pair, SUD, "NORD 0001").form.unwrap();
    assert_eq!(ours, theirs);
    assert_eq!(
        (ours.marker.as_str(), ours.language.as_str()),
        ("WARNING", "en")
    );
    let line = |label: &str| {
        let found = ours.ru.iter().find(|line| line.label == label).unwrap();
        found.text.clone()
    };
    assert!(line("ЧЕРТА").contains("проникновение в реестр избирателей (T-007)"));
    assert_eq!(line("ОСНОВАНИЕ"), "определено, не раскрывается");
}

#[test]
fn change_that_is_not_listed_is_found_against_the_earlier_message() {
    let mut pair = Pair::paired();
    send(&mut pair, warning()).unwrap();
    let mut second = warning();
    if let Part::Filled(line) = &mut second.bright_line {
        line.count = 2;
    }
    let refer = |changes| Reference::To {
        kind: ReferenceKind::Reinforces,
        message: Serial(1),
        changes,
    };
    second.reference = refer(Vec::new());
    assert!(refused(&mut pair, second.clone()).contains("C14 in reference.changes"));
    second.reference = refer(vec![PartName::BrightLine]);
    assert!(send(&mut pair, second).is_ok());
}

#[test]
fn form_with_terms_of_another_lexicon_or_of_none_does_not_leave() {
    let mut pair = Pair::paired();
    for lexicon in [None, Some(other_lexicon())] {
        let mut warning = warning();
        warning.lexicon = lexicon;
        assert!(refused(&mut pair, warning).contains("C05 in lexicon"));
    }
}

#[test]
fn terms_of_a_lexicon_that_is_not_held_stand_as_their_numbers() {
    let mut warning = warning();
    for (lexicon, words) in [
        (
            redphone_desk::shipped_lexicon().map(|lexicon| lexicon.id()),
            true,
        ),
        (Some(other_lexicon()), false),
        (None, false),
    ] {
        warning.lexicon = lexicon;
        let form = Form::Warning(Box::new(warning.clone()));
        let lines = redphone_desk::lines_of(
            &form,
            redphone_desk::shipped_lexicon().as_deref(),
            Language::English,
        );
        let line = lines
            .iter()
            .find(|line| line.label == "BRIGHT LINE")
            .unwrap();
        assert!(line.text.contains("T-007"), "{line:?}");
        assert_eq!(line.text.contains("voter register"), words, "{line:?}");
    }
}

/// The name and version of ours, another content.
fn other_lexicon() -> LexiconId {
    LexiconId {
        digest: [7; 8],
        ..redphone_desk::shipped_lexicon()
            .map(|lexicon| lexicon.id())
            .unwrap()
    }
}

#[test]
fn bytes_that_are_no_form_are_refused() {
    let mut pair = Pair::paired();
    let now = pair.now;
    for form in [vec![], vec![0xff; 40], to_bytes(&7_u8)] {
        let request = Request::SendForm {
            to: None,
            precedence: "flash".to_owned(),
            form,
            officer: "1st watch".to_owned(),
        };
        let refusal = pair.sides[NORD].ask(now, request).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Usage, "{refusal}");
    }
}
