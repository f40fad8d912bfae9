//! How well the rules find what they say they find, on sentences and warnings written without them.
//!
//! Rules are tuned on `*-tuning.tsv` only. Run with `--nocapture` to see the figures, and what is
//! missed of the tuning sets.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use redphone_clarity::{Finding, Language, Lexicon, Rules, Scope, Severity};

/// A sentence with its labels.
struct Labelled {
    text: String,
    hedged: bool,
    agentless: bool,
}

/// Counts of what was found and what should have been.
#[derive(Default)]
struct Score {
    right: u32,
    false_alarms: u32,
    missed: u32,
}

impl Score {
    fn add(&mut self, found: bool, labelled: bool) {
        match (found, labelled) {
            (true, true) => self.right += 1,
            (true, false) => self.false_alarms += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    fn precision(&self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.false_alarms).max(1))
    }

    fn recall(&self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }

    fn f1(&self) -> f64 {
        2.0 * self.precision() * self.recall()
            / (self.precision() + self.recall()).max(f64::EPSILON)
    }

    fn print(&self, what: &str) {
        println!(
            "{what}: precision {:.3}, recall {:.3}, F1 {:.3}",
            self.precision(),
            self.recall(),
            self.f1()
        );
    }
}

#[test]
fn hedges_and_agentless_passives_are_found_as_people_find_them() {
    let (hedges, passives) = scores("en", "en.tsv", Language::English);
    assert!(hedges.f1() >= 0.80);
    assert!(passives.precision() >= 0.95 && passives.recall() >= 0.86);
    let (hedges, passives) = scores("ru", "ru.tsv", Language::Russian);
    assert!(hedges.f1() >= 0.75);
    assert!(passives.precision() >= 0.90 && passives.recall() >= 0.84);
}

#[test]
fn tuning_sets_are_shown_with_what_is_missed() {
    scores("en, tuning", "en-tuning.tsv", Language::English);
    scores("ru, tuning", "ru-tuning.tsv", Language::Russian);
}

#[test]
fn no_free_text_of_a_well_formed_warning_is_blocked() {
    let (rules, lexicon) = (rules(), lexicon());
    let mut blocked = Vec::new();
    let mut texts = 0;
    for language in Language::ALL {
        let folder = data().join("warnings").join(language.code());
        let mut files: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        files.sort();
        assert!(files.len() >= 40);
        for file in files {
            for (scope, text) in free_texts(&fs::read_to_string(&file).unwrap()) {
                texts += 1;
                for finding in rules.check_text(&text, language, scope, &lexicon) {
                    if finding.severity == Severity::Block {
                        let word = text.get(finding.span.clone()).unwrap();
                        blocked.push(format!(
                            "{} {scope} {}: {word}",
                            file.display(),
                            finding.rule
                        ));
                    }
                }
            }
        }
    }
    println!(
        "{texts} free texts of warnings, {} blocking findings",
        blocked.len()
    );
    assert!(blocked.is_empty(), "{blocked:#?}");
}

/// The time of a check, printed and not gated. Meant for `--release`.
#[test]
fn time_of_a_check_is_shown() {
    const BYTES: usize = 2_048;
    const ROUNDS: u32 = 50;
    let started = Instant::now();
    let (rules, lexicon) = (rules(), lexicon());
    println!("rules and lexicon read in {:?}", started.elapsed());
    for (file, language) in [
        ("en-tuning.tsv", Language::English),
        ("ru-tuning.tsv", Language::Russian),
    ] {
        let text: Vec<String> = sentences(file)
            .into_iter()
            .map(|sentence| sentence.text)
            .collect();
        let text = text.join(" ");
        for bytes in [BYTES, text.len()] {
            let part = text.get(..text.floor_char_boundary(bytes)).unwrap();
            let started = Instant::now();
            for _ in 0..ROUNDS {
                let findings = rules.check_text(part, language, Scope::Body, &lexicon);
                assert!(!findings.is_empty());
            }
            println!(
                "{} bytes of {language:?}: {:?}",
                part.len(),
                started.elapsed() / ROUNDS
            );
        }
    }
}

fn scores(name: &str, file: &str, language: Language) -> (Score, Score) {
    let (rules, lexicon) = (rules(), lexicon());
    let (mut hedges, mut passives) = (Score::default(), Score::default());
    for sentence in sentences(file) {
        let findings = rules.check_text(&sentence.text, language, Scope::Body, &lexicon);
        let hedged = findings.iter().any(is_hedge);
        let agentless = findings
            .iter()
            .any(|finding| finding.rule.to_string() == "P01");
        hedges.add(hedged, sentence.hedged);
        passives.add(agentless, sentence.agentless);
        if name.ends_with("tuning") {
            if hedged != sentence.hedged {
                let found: Vec<_> = findings
                    .iter()
                    .filter(|f| is_hedge(f))
                    .map(|f| sentence.text.get(f.span.clone()))
                    .collect();
                println!(
                    "hedge {found:?}, labelled {}: {}",
                    sentence.hedged, sentence.text
                );
            }
            if agentless != sentence.agentless {
                let found: Vec<_> = findings
                    .iter()
                    .filter(|f| f.rule.to_string() == "P01")
                    .map(|f| sentence.text.get(f.span.clone()))
                    .collect();
                println!(
                    "passive {found:?}, labelled {}: {}",
                    sentence.agentless, sentence.text
                );
            }
        }
    }
    hedges.print(&format!("{name}, hedged"));
    passives.print(&format!("{name}, passive without actor"));
    (hedges, passives)
}

/// Hedges are the rules H01 to H08 but H07, which is about conditions.
fn is_hedge(finding: &Finding) -> bool {
    finding.rule.letter() == 'H' && finding.rule.to_string() != "H07"
}

fn sentences(file: &str) -> Vec<Labelled> {
    let text = fs::read_to_string(data().join("sentences").join(file)).unwrap();
    let rows = text.lines().skip(1).map(|row| {
        let columns: Vec<&str> = row.split('\t').collect();
        let [_, hedged, agentless, text] = columns.as_slice() else {
            panic!("a row without its columns: {row}");
        };
        Labelled {
            text: (*text).to_owned(),
            hedged: *hedged == "1",
            agentless: *agentless == "1",
        }
    });
    rows.collect()
}

/// The texts that a drafter types into a warning, with their places.
fn free_texts(toml: &str) -> Vec<(Scope, String)> {
    const TYPED: [(&str, &str, Scope); 15] = [
        ("conduct", "actor", Scope::Conduct),
        ("conduct", "act", Scope::Conduct),
        ("conduct", "where", Scope::Conduct),
        ("basis", "sources", Scope::Basis),
        ("basis", "shown", Scope::Basis),
        ("bright_line", "act", Scope::BrightLine),
        ("bright_line", "where", Scope::BrightLine),
        ("bright_line", "judge", Scope::BrightLine),
        ("consequence", "actor", Scope::Consequence),
        ("consequence", "act", Scope::Consequence),
        ("assurance", "if", Scope::Assurance),
        ("assurance", "act", Scope::Assurance),
        ("authority", "on_behalf_of", Scope::Authority),
        ("contact", "who", Scope::Contact),
        ("note", "text", Scope::Note),
    ];
    let draft: toml::Table = toml.parse().unwrap();
    let text = |table: &toml::Table, key: &str| Some(table.get(key)?.as_str()?.to_owned());
    let mut found = Vec::new();
    for (part, key, scope) in TYPED {
        let table = draft.get(part).and_then(toml::Value::as_table);
        found.extend(table.and_then(|table| Some((scope, text(table, key)?))));
    }
    for ask in draft
        .get("ask")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
    {
        for key in ["to", "object"] {
            found.extend(
                ask.as_table()
                    .and_then(|ask| Some((Scope::Ask, text(ask, key)?))),
            );
        }
    }
    found
}

fn rules() -> Rules {
    Rules::shipped().unwrap()
}

fn lexicon() -> Lexicon {
    Lexicon::starter().unwrap().with_names(["NORD", "SUD"])
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}
