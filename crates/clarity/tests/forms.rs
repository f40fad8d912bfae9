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
    Against, Checked, Defaults, Draft, DraftNote, Expected, Finding, Language, Lexicon, Rules,
    Scope, Severity, check_draft,
};
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
