//! A form reads the same in both languages, from its fields alone (rule FORM-4).

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails says so"
)]

mod support;

use redphone_clarity::{Defaults, Terms, complete, lines};
use redphone_wire::{Act, Answer, Form, Language, Mark, Part, Serial, UtcSeconds, Verb};
use support::warnings;

/// A lexicon of one term.
struct OneTerm;

impl Terms for OneTerm {
    fn term(&self, id: &str, language: Language) -> Option<&str> {
        match (id, language) {
            ("T-007", Language::English) => Some("entry into a voter register"),
            ("T-007", Language::Russian) => Some("проникновение в реестр избирателей"),
            _ => None,
        }
    }
}

fn page(form: &Form, language: Language) -> String {
    let lines = lines(form, &OneTerm, language).into_iter();
    let lines = lines.map(|line| format!("{}: {}\n", line.label, line.text));
    lines.collect()
}

fn warning() -> Form {
    let draft = include_str!("warning.toml");
    let completed = complete(&toml::from_str(draft).unwrap(), &Defaults::default());
    completed.form.unwrap()
}

#[test]
fn warning_is_said_in_english_from_its_fields() {
    assert_eq!(
        page(&warning(), Language::English),
        "WARNING: written in English\n\
         REFERENCE: reinforces 0388; changed: CONSEQUENCE; the rest is unchanged.\n\
         CONDUCT: Unit Alpha of SUD: entry into a voter register (T-007). Where: the registers of Annex 1. \
         From 2027-10-18 02:10 UTC to 2027-10-18 03:40 UTC.\n\
         BASIS: almost certain (95 to 99 %); confidence: high. Sources: our own network records.\n\
         BRIGHT LINE: IF entry into a voter register (T-007). Count: 1 or more. Where: the registers of Annex 1. \
         From 2027-10-31 18:00 UTC to 2027-11-09 06:00 UTC. Judged by: our record.\n\
         CONSEQUENCE: THEN the Treasury of NORD WILL: block the assets of Annex 2. Within 24 h.\n\
         ASK 1: We ask the Government of SUD: stop entry into a voter register (T-007) in the registers of Annex 1. \
         To be done by 2027-10-31 18:00 UTC. Answer by 2027-10-30 18:00 UTC.\n\
         ASSURANCE: IF no entry is recorded: we will not block the assets of Annex 2. Until 2028-01-20 00:00 UTC.\n\
         ON BEHALF OF: the Head of State of NORD\n"
    );
}

#[test]
fn warning_is_said_in_russian_and_only_its_free_text_is_quoted() {
    assert_eq!(
        page(&warning(), Language::Russian),
        "ПРЕДУПРЕЖДЕНИЕ: язык оригинала английский\n\
         ССЫЛКА: подкрепляет 0388; изменено: ПОСЛЕДСТВИЕ; остальное без изменений.\n\
         ДЕЙСТВИЕ: «Unit Alpha of SUD»: проникновение в реестр избирателей (T-007). Место: «the registers of Annex 1». \
         С 2027-10-18 02:10 UTC до 2027-10-18 03:40 UTC.\n\
         ОСНОВАНИЕ: почти наверняка (95-99 %); уверенность: высокая. Источники: «our own network records».\n\
         ЧЕРТА: ЕСЛИ проникновение в реестр избирателей (T-007). Число: 1 и более. Место: «the registers of Annex 1». \
         С 2027-10-31 18:00 UTC до 2027-11-09 06:00 UTC. Судит: «our record».\n\
         ПОСЛЕДСТВИЕ: ТО «the Treasury of NORD» СДЕЛАЕТ: «block the assets of Annex 2». В течение 24 ч.\n\
         ПРОСИМ 1: Просим «the Government of SUD»: прекратить «T-007 in the registers of Annex 1» \
         [T-007: проникновение в реестр избирателей]. \
         Исполнить до 2027-10-31 18:00 UTC. Ответить до 2027-10-30 18:00 UTC.\n\
         ЗАВЕРЕНИЕ: ЕСЛИ «no entry is recorded»: «we will not block the assets of Annex 2». До 2028-01-20 00:00 UTC.\n\
         ОТ ИМЕНИ: «the Head of State of NORD»\n"
    );
}

#[test]
fn mark_stands_where_the_part_would() {
    let Form::Warning(mut warning) = warning() else {
        panic!("a warning");
    };
    warning.consequence = Part::Marked(Mark::NotDisclosed);
    let form = Form::Warning(warning);
    assert!(page(&form, Language::English).contains("CONSEQUENCE: decided, not disclosed\n"));
    assert!(page(&form, Language::Russian).contains("ПОСЛЕДСТВИЕ: определено, не раскрывается\n"));
}

#[test]
fn answer_says_each_act_with_its_ask() {
    let form = Form::Answer(Answer {
        language: Language::English,
        ours: false,
        message: Serial(412),
        acts: vec![
            Act::Commit {
                ask: 1,
                who: "the Government of SUD".to_owned(),
                verb: Verb::Stop,
                object: "T-007".to_owned(),
                by: UtcSeconds(1_825_005_600),
            },
            Act::Decline { ask: 2 },
        ],
        note: Some("We will call at 1800Z.\u{202e}".to_owned()),
    });
    assert_eq!(
        page(&form, Language::English),
        "ANSWER: written in English\n\
         REFERENCE: on the asks of your 0412\n\
         COMMIT: ASK 1: the Government of SUD: stop entry into a voter register (T-007). \
         To be done by 2027-10-31 18:00 UTC\n\
         NO ANSWER WILL BE GIVEN: ASK 2\n\
         NOTE: We will call at 1800Z.<U+202E>\n"
    );
}

#[test]
fn every_warning_has_a_line_for_each_part_in_both_languages() {
    for (name, draft) in warnings() {
        let form = complete(&draft, &Defaults::default()).form.unwrap();
        for language in Language::ALL {
            let lines = lines(&form, &OneTerm, language);
            assert!(lines.len() >= 8, "{name}");
            assert!(lines.iter().all(|line| !line.text.is_empty()), "{name}");
        }
    }
}
