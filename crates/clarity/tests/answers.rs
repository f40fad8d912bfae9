//! The rules that need more than one text find their bad example and not their good one (rules A07
//! to A09, X02, X04; O03 to O06 stand in `forms`).

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails says so"
)]

use redphone_clarity::{
    Lexicon, ReadBackEntry, ReadBackItem, ReadBackKind, Rules, Value, check_answer, check_readback,
    check_versions, compare,
};
use redphone_wire::{Act, Answer, Ask, Language, Serial, UtcSeconds, Verb};

const BY: UtcSeconds = UtcSeconds(1_825_005_600);

fn rules() -> Rules {
    Rules::shipped().unwrap()
}

fn ask(number: u8) -> Ask {
    Ask {
        number,
        to: "the Government of SUD".to_owned(),
        verb: Verb::Stop,
        object: "T-007".to_owned(),
        act_by: BY,
        answer_by: BY,
    }
}

fn commit(ask: u8) -> Act {
    Act::Commit {
        ask,
        who: "the Government of SUD".to_owned(),
        verb: Verb::Stop,
        object: "T-007".to_owned(),
        by: BY,
    }
}

fn defer(ask: u8, until: UtcSeconds) -> Act {
    let who = "the Foreign Ministry of SUD".to_owned();
    Act::Defer { ask, until, who }
}

/// The rules that an answer to asks 1 and 2 breaks, and where.
fn found(language: Language, acts: Vec<Act>, note: Option<&str>) -> Vec<(String, String)> {
    let answer = Answer {
        language,
        ours: false,
        message: Serial(412),
        acts,
        note: note.map(str::to_owned),
    };
    let lexicon = Lexicon::starter().unwrap().with_names(["NORD", "SUD"]);
    let findings = check_answer(&answer, &[ask(1), ask(2)], &rules(), &lexicon);
    let say = |finding: redphone_clarity::Finding| (finding.rule.to_string(), finding.field);
    findings.into_iter().map(say).collect()
}

fn has(found: &[(String, String)], rule: &str) -> bool {
    found.iter().any(|(one, _)| one == rule)
}

#[test]
fn commit_that_its_note_takes_back_is_found() {
    for (language, bad, good) in [
        (
            Language::English,
            "We will try to stop it if possible.",
            "We will stop it.",
        ),
        (
            Language::English,
            "In principle we agree.",
            "The order left at 18:05Z.",
        ),
        (
            Language::Russian,
            "Мы, возможно, прекратим это.",
            "Мы прекратим это.",
        ),
        (
            Language::Russian,
            "В принципе мы согласны.",
            "Приказ отдан в 18:05Z.",
        ),
    ] {
        let of = |note| found(language, vec![commit(1), commit(2)], Some(note));
        assert!(has(&of(bad), "A07"), "{bad} {:?}", of(bad));
        assert!(!has(&of(good), "A07"), "{good} {:?}", of(good));
    }
}

#[test]
fn ask_without_an_act_is_found() {
    let open = found(Language::English, vec![commit(1)], None);
    assert_eq!(open, [("A08".to_owned(), "ask.2".to_owned())]);
    let both = vec![
        commit(1),
        Act::Refuse {
            ask: 2,
            reason: None,
        },
    ];
    assert_eq!(found(Language::English, both, None), []);
}

#[test]
fn prose_that_only_takes_note_answers_nothing() {
    for (language, note) in [
        (Language::English, "Your message has been noted."),
        (Language::Russian, "Ваше сообщение принято к сведению."),
    ] {
        let found = found(language, Vec::new(), Some(note));
        assert!(has(&found, "A01"), "{found:?}");
        let uncovered = found.iter().filter(|(rule, _)| rule == "A08");
        assert_eq!(uncovered.count(), 2, "{found:?}");
    }
}

#[test]
fn defer_without_a_time_is_found() {
    let timeless = found(
        Language::English,
        vec![commit(1), defer(2, UtcSeconds(0))],
        None,
    );
    assert_eq!(timeless, [("A09".to_owned(), "ask.2.until".to_owned())]);
    let timed = found(Language::English, vec![commit(1), defer(2, BY)], None);
    assert_eq!(timed, []);
}

#[test]
fn versions_that_differ_in_an_item_are_found() {
    let check = |en, ru| check_versions("note", en, ru, &rules());
    let found = check("We saw 3 servers.", "Мы видели 4 сервера.").unwrap();
    assert_eq!(found.rule.to_string(), "X02");
    assert_eq!(check("We saw 3 servers.", "Мы видели 3 сервера."), None);
}

#[test]
fn read_back_that_differs_is_found() {
    let item = ReadBackItem {
        field: "ask.1.act_by".to_owned(),
        index: 0,
        kind: ReadBackKind::Moment,
        value: Value::Moment(BY),
    };
    let of = |typed: &str| {
        let card = [ReadBackEntry {
            field: item.field.clone(),
            index: 0,
            kind: ReadBackKind::Moment,
            typed: typed.to_owned(),
        }];
        let verdicts = compare(std::slice::from_ref(&item), &card);
        let found = check_readback(&verdicts, &rules()).into_iter();
        found
            .map(|finding| (finding.rule.to_string(), finding.field))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("2027-10-31T19:00Z"),
        [("X04".to_owned(), "ask.1.act_by".to_owned())]
    );
    assert_eq!(of("2027-10-31T18:00Z"), []);
}
