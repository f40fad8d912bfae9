//! What must hold of the shipped rules.

use super::*;

fn rules() -> Rules {
    Rules::shipped().unwrap()
}

fn lexicon() -> Lexicon {
    Lexicon::starter().unwrap().with_names(["NORD", "SUD"])
}

/// The first place that a rule applies to.
fn place(rule: &Rule) -> Scope {
    let places = [Scope::Body, Scope::Answer, Scope::Ask]
        .into_iter()
        .chain(Scope::ALL);
    places
        .into_iter()
        .find(|scope| rule.applies(*scope))
        .unwrap()
}

/// Rules that no text alone can break: whoever checks forms has to show their examples.
const WITH_A_FORM: [&str; 8] = ["A07", "A08", "A09", "O03", "O05", "O06", "X02", "X04"];

/// How many rules there are of the parts of forms, C01 and on.
const OF_FORMS_ALONE: usize = 15;

#[test]
fn table_has_54_rules_and_those_of_forms_and_every_one_says_why_and_what_to_do() {
    let rules = rules();
    assert_eq!(rules.rules().count(), 54 + OF_FORMS_ALONE);
    for rule in rules.rules() {
        for said in [&rule.why, &rule.fix, &rule.bad, &rule.good] {
            assert!(!said.en.is_empty() && !said.ru.is_empty(), "{}", rule.id);
        }
        assert!(
            !rule.scopes.is_empty() && !rule.name.is_empty(),
            "{}",
            rule.id
        );
    }
}

#[test]
fn bad_example_of_every_rule_is_found_and_the_good_one_is_not() {
    let (rules, lexicon) = (rules(), lexicon());
    let mut wrong = Vec::new();
    for rule in rules.rules().filter(|rule| rule.kind != RuleKind::Form) {
        for language in Language::ALL {
            let found = |text: &str| {
                let findings = rules.check_text(text, language, place(rule), &lexicon);
                findings.iter().any(|finding| finding.rule == rule.id)
            };
            if !found(rule.bad.of(language)) {
                wrong.push(format!("{} misses: {}", rule.id, rule.bad.of(language)));
            }
            if found(rule.good.of(language)) {
                wrong.push(format!("{} finds: {}", rule.id, rule.good.of(language)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rules_of_forms_are_these_and_no_text_breaks_them() {
    let rules = rules();
    let of_forms = rules.rules().filter(|rule| rule.kind == RuleKind::Form);
    let ids: Vec<String> = of_forms.map(|rule| rule.id.to_string()).collect();
    let alone = (1..=OF_FORMS_ALONE).map(|number| format!("C{number:02}"));
    let mut expected: Vec<String> = WITH_A_FORM
        .map(str::to_owned)
        .into_iter()
        .chain(alone)
        .collect();
    expected.sort();
    assert_eq!(ids, expected);
}

#[test]
fn every_rule_of_texts_applies_somewhere() {
    for rule in rules().rules().filter(|rule| rule.kind != RuleKind::Form) {
        for written in &rule.scopes {
            let named = Scope::ALL.iter().any(|scope| scope.is_in(written));
            assert!(
                named,
                "{} applies to '{written}', which is nowhere",
                rule.id
            );
        }
    }
}

#[test]
fn published_sentences_of_2016_are_a_vague_consequence() {
    let published = "International law, including the law for armed conflict, applies to actions \
                     in cyberspace. We will hold Russia to those standards.";
    let findings = rules().check_text(published, Language::English, Scope::Body, &lexicon());
    let blocking: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Block)
        .map(|finding| finding.rule.to_string())
        .collect();
    assert_eq!(blocking, ["V06"]);
}

#[test]
fn table_that_is_wrong_is_refused_with_its_reason() {
    let refused = |toml: &str| Rules::parse(toml).unwrap_err();
    assert!(matches!(refused("x"), RulesError::Toml(_)));
    let numbered = OF_WARNINGS.replace("\"V06\"", "\"V6\"");
    assert_eq!(refused(&numbered), RulesError::Id("V6".to_owned()));
    let twice = SHIPPED.replace("\"V08\"", "\"V07\"");
    assert_eq!(refused(&twice), RulesError::Twice(RuleId::new('V', 7)));
    let pattern = OF_WARNINGS.replace("\"all options\"", "\"all ?x options\"");
    assert!(matches!(refused(&pattern), RulesError::Pattern(_)));
}

#[test]
fn rules_lexicon_and_code_book_in_the_binary_are_small() {
    const BYTES_MAX: usize = 300_000;
    const CODE_BOOK: &str = include_str!("../codebook/starter.toml");
    let rules = SHIPPED.len() + OF_FORMS.len() + OF_WARNINGS.len();
    let bytes = rules + Lexicon::STARTER.len() + CODE_BOOK.len();
    assert!(bytes <= BYTES_MAX, "{bytes}");
}

#[test]
fn no_statement_in_ascii_warns_in_russian() {
    let (rules, lists) = file::parse(OF_WARNINGS).unwrap();
    let of_rules = rules.into_iter().flat_map(|(_, _, ru)| ru);
    let of_lists = lists.into_iter().flat_map(|list| list.ru);
    for pattern in of_rules.chain(of_lists) {
        assert!(!pattern.is_ascii(), "{pattern}");
    }
    let warns = Warns::shipped().unwrap();
    assert!(warns.finds("Please move it."));
    assert!(warns.finds("Просим отвести корабль."));
    assert!(!warns.finds("The ship is at Severnaya."));
    assert!(!warns.finds("Корабль у Северной."));
}
