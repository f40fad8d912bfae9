//! Good forms pass, and one thing dropped or blurred in them does not (rules C01 to C15, O03 to O06).

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails says so"
)]

mod support;

use std::sync::LazyLock;

use redphone_clarity::{
    Against, Checked, Defaults, Draft, DraftNote, DraftReference, Expected, Finding, Language,
    Lexicon, Rules, Scope, Severity, check_draft,
};
use redphone_wire::{Form, UtcSeconds};
use support::{DELIVERED, RELEASED, mutants, warnings};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::shipped().unwrap());
static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::starter().unwrap().with_names(["NORD", "SUD"]));

/// What the check says of a draft.
fn checked(draft: &Draft) -> Checked {
    let against = Against {
        rules: &RULES,
        lexicon: &LEXICON,
        defaults: &Defaults::default(),
        expected: Expected {
            now: RELEASED,
            delivered: Some(DELIVERED),
        },
        earlier: None,
    };
    check_draft(draft, against)
}

/// What blocks a draft: rule and field.
fn blocking(draft: &Draft) -> Vec<(String, String)> {
    let found = checked(draft).findings.into_iter();
    let blocks = |finding: &Finding| finding.severity == Severity::Block;
    let say = |finding: Finding| (finding.rule.to_string(), finding.field);
    found.filter(blocks).map(say).collect()
}

#[test]
fn well_formed_warnings_are_not_blocked() {
    let mut blocked = Vec::new();
    for (name, draft) in warnings() {
        blocked.extend(
            blocking(&draft)
                .into_iter()
                .map(|lack| (name.clone(), lack)),
        );
    }
    assert!(blocked.is_empty(), "{blocked:#?}");
}

#[test]
fn draft_of_a_form_makes_the_same_form() {
    for (name, draft) in warnings() {
        let form = checked(&draft).form.unwrap();
        let again = Draft::of(&form).unwrap();
        assert_eq!(checked(&again).form, Some(form), "{name}");
        let file = toml::to_string(&again).unwrap();
        assert_eq!(toml::from_str::<Draft>(&file).unwrap(), again, "{name}");
    }
}

#[test]
fn every_part_or_field_that_is_dropped_blocks() {
    let passed = unblocked(mutants::dropped, 800);
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn every_time_out_of_order_or_of_two_readings_blocks() {
    let passed = unblocked(mutants::mistimed, 400);
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn every_blurred_word_blocks() {
    let passed = unblocked(mutants::blurred, 200);
    assert!(passed.is_empty(), "{passed:#?}");
}

/// A whole draft, changed.
fn changed(change: impl FnOnce(&mut Draft)) -> Draft {
    let mut draft: Draft = toml::from_str(include_str!("warning.toml")).unwrap();
    draft.reference = None;
    change(&mut draft);
    draft
}

fn found(draft: &Draft, earlier: Option<&Form>) -> Vec<String> {
    let against = Against {
        rules: &RULES,
        lexicon: &LEXICON,
        defaults: &Defaults::default(),
        expected: Expected {
            now: RELEASED,
            delivered: None,
        },
        earlier,
    };
    let findings = check_draft(draft, against).findings.into_iter();
    findings.map(|finding| finding.rule.to_string()).collect()
}

#[test]
fn line_consequence_and_assurance_belong_together() {
    let mark = |word: &str| Some(word.to_owned());
    let no_consequence = changed(|d| d.consequence.as_mut().unwrap().mark = mark("none"));
    assert!(found(&no_consequence, None).contains(&"O04".to_owned()));
    let no_line = changed(|d| d.bright_line.as_mut().unwrap().mark = mark("none"));
    assert!(found(&no_line, None).contains(&"O05".to_owned()));
    let no_assurance = changed(|d| d.assurance.as_mut().unwrap().mark = mark("none"));
    assert!(found(&no_assurance, None).contains(&"O06".to_owned()));

    let good = found(&changed(|_| ()), None);
    for rule in ["O04", "O05", "O06"] {
        assert!(!good.contains(&rule.to_owned()), "{rule} {good:?}");
    }
}

#[test]
fn listed_changes_are_the_real_ones() {
    let earlier = checked(&changed(|_| ())).form.unwrap();
    let refer = |changes: &[&str], change: fn(&mut Draft)| {
        let draft = changed(|draft| {
            draft.reference = Some(DraftReference {
                mark: None,
                kind: Some("reinforces".to_owned()),
                serial: Some(388),
                changes: Some(changes.iter().map(|part| (*part).to_owned()).collect()),
            });
            change(draft);
        });
        let mut rules = found(&draft, Some(&earlier));
        rules.retain(|rule| rule.starts_with("C1"));
        rules
    };
    let later: fn(&mut Draft) = |draft| {
        let until = "2028-02-20T00:00Z".to_owned();
        draft.assurance.as_mut().unwrap().until = Some(until);
    };
    assert_eq!(refer(&["assurance"], later), [""; 0]);
    assert_eq!(refer(&[], |_| ()), [""; 0]);
    assert_eq!(refer(&["assurance"], |_| ()), ["C13"]);
    assert_eq!(refer(&[], later), ["C14"]);
    assert_eq!(refer(&["ask"], later), ["C13", "C14"]);
}

#[test]
fn time_that_is_over_when_the_message_arrives_blocks_by_itself() {
    let draft = changed(|_| ());
    let form = checked(&draft).form.unwrap();
    let due = form.asks()[0].answer_by;
    let at = |now, delivered| {
        let expected = Expected { now, delivered };
        let lacks = redphone_clarity::cross(&form, expected, None).into_iter();
        let time = lacks.filter(|lack| lack.field == "ask.1.answer_by");
        time.map(|lack| lack.rule).collect::<Vec<_>>()
    };
    assert_eq!(at(RELEASED, Some(UtcSeconds(due.0 - 1))), [""; 0]);
    assert_eq!(at(RELEASED, Some(due)), ["C09"]);
    assert_eq!(at(due, None), ["C08"]);
}

/// What was said on 31 October 2016, as it was published.
const OF_2016: &str = "International law, including the law for armed conflict, applies to actions in \
                       cyberspace. We will hold Russia to those standards.";

#[test]
fn warning_of_2016_lacks_six_parts_as_a_form() {
    let draft = Draft {
        marker: "WARNING".to_owned(),
        language: Some("en".to_owned()),
        authority: warnings()[0].1.authority.clone(),
        note: Some(DraftNote {
            mark: None,
            text: Some(OF_2016.to_owned()),
        }),
        ..Draft::default()
    };
    let missing: Vec<String> = blocking(&draft)
        .into_iter()
        .filter(|(rule, _)| rule == "C01")
        .map(|(_, field)| field)
        .collect();
    let parts = [
        "conduct",
        "basis",
        "bright_line",
        "consequence",
        "ask",
        "assurance",
    ];
    assert_eq!(missing, parts);
}

#[test]
fn warning_of_2016_has_a_vague_consequence_as_prose() {
    let found = RULES.check_text(OF_2016, Language::English, Scope::Body, &LEXICON);
    let vague = found
        .iter()
        .find(|finding| finding.rule.to_string() == "V06")
        .unwrap();
    assert_eq!(vague.severity, Severity::Block);
    assert_eq!(
        &OF_2016[vague.span.clone()],
        "hold Russia to those standards"
    );
}

/// The mutants that nothing blocks, of at least so many in each language.
fn unblocked(mutate: fn(&Draft) -> Vec<mutants::Mutant>, least: usize) -> Vec<(String, String)> {
    let mut passed = Vec::new();
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for (name, draft) in warnings() {
        for (what, mutant) in mutate(&draft) {
            *seen.entry(name[..2].to_owned()).or_default() += 1;
            if blocking(&mutant).is_empty() {
                passed.push((name.clone(), what));
            }
        }
    }
    println!("mutants: {seen:?}");
    assert!(seen.values().all(|count| *count >= least), "{seen:?}");
    passed
}
