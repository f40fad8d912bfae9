//! Characters that deceive: every one of the seeds is refused with its place.
//!
//! Seeds are made from a table: characters that cannot be seen or that turn the text around, put into
//! words of both languages; letters of the other script, and of others, in the place of their twins.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test"
)]

use std::collections::BTreeSet;

use redphone_clarity::{Finding, Language, Lexicon, Rules, Scope, Severity};

/// Direction, zero width, joiners, fillers, variation, tags, annotation, control.
const UNSEEN: [char; 48] = [
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{202a}',
    '\u{202b}',
    '\u{202c}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2061}',
    '\u{2062}',
    '\u{2063}',
    '\u{2064}',
    '\u{2066}',
    '\u{2067}',
    '\u{2068}',
    '\u{2069}',
    '\u{206a}',
    '\u{206f}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{1160}',
    '\u{17b4}',
    '\u{180b}',
    '\u{180e}',
    '\u{3164}',
    '\u{ffa0}',
    '\u{feff}',
    '\u{fe00}',
    '\u{fe0e}',
    '\u{fe0f}',
    '\u{e0100}',
    '\u{e01ef}',
    '\u{e0001}',
    '\u{e0041}',
    '\u{e007f}',
    '\u{fff9}',
    '\u{fffb}',
    '\u{0}',
    '\u{8}',
    '\u{b}',
    '\u{1b}',
    '\u{7f}',
    '\u{2028}',
];

/// A word, and its letters with their twins.
type Twins = (Language, &'static str, &'static [(char, &'static str)]);

/// Words and what of each can be exchanged for a letter from elsewhere that looks like it.
const TWINS: [Twins; 8] = [
    (
        Language::English,
        "stop",
        &[
            ('s', "ѕｓ𝐬ꜱ"),
            ('t', "т𝚝ｔ"),
            ('o', "оοօｏ𝗈ഠ"),
            ('p', "рρ⍴ｐ"),
        ],
    ),
    (
        Language::English,
        "access",
        &[
            ('a', "аα𝖺ɑａ"),
            ('c', "сϲⅽｃ𝖼"),
            ('e', "еҽ℮ｅ𝑒"),
            ('s', "ѕ𝓼"),
        ],
    ),
    (
        Language::English,
        "PAYMENT",
        &[
            ('P', "РΡᏢ"),
            ('A', "АΑᎪ"),
            ('Y', "УΥҮ"),
            ('M', "МΜᎷ"),
            ('E', "ЕΕᎬ"),
            ('N', "Ν"),
            ('T', "ТΤᎢ"),
        ],
    ),
    (
        Language::English,
        "xenon",
        &[('x', "хχ⨯ｘ"), ('n', "пո"), ('o', "о०")],
    ),
    (
        Language::Russian,
        "прекратите",
        &[
            ('р', "pρ"),
            ('е', "eе\u{301}℮"),
            ('к', "kκ"),
            ('а', "aα"),
            ('т', "tτ"),
            ('и', "uи\u{306}"),
        ],
    ),
    (
        Language::Russian,
        "сервер",
        &[('с', "cϲ"), ('е', "eҽ"), ('р', "p⍴"), ('в', "bв\u{335}")],
    ),
    (
        Language::Russian,
        "ХОМУТ",
        &[
            ('Х', "XΧ"),
            ('О', "OΟ0"),
            ('М', "MΜ"),
            ('У', "YҮ"),
            ('Т', "TΤ"),
        ],
    ),
    (Language::Russian, "уху", &[('у', "yγ"), ('х', "xχ")]),
];

/// Whole words in the letters of the other script, and digits that are letters.
const WHOLE: [(Language, &str); 24] = [
    (Language::English, "сору"),
    (Language::English, "расе"),
    (Language::English, "Нос"),
    (Language::English, "ХОТ"),
    (Language::English, "МАТ"),
    (Language::English, "Т-007"),
    (Language::English, "СОМА"),
    (Language::English, "у"),
    (Language::English, "2O27"),
    (Language::English, "1О"),
    (Language::English, "3l"),
    (Language::English, "8i"),
    (Language::Russian, "copy"),
    (Language::Russian, "HOC"),
    (Language::Russian, "MOCT"),
    (Language::Russian, "paca"),
    (Language::Russian, "TOK"),
    (Language::Russian, "BEC"),
    (Language::Russian, "y"),
    (Language::Russian, "o"),
    (Language::Russian, "2О27"),
    (Language::Russian, "1O"),
    (Language::Russian, "5б0"),
    (Language::Russian, "2З"),
];

#[test]
fn every_seed_is_refused_at_its_place() {
    let seeds = seeds();
    assert!(seeds.len() >= 200, "{}", seeds.len());
    let rules = Rules::shipped().unwrap();
    let lexicon = Lexicon::starter().unwrap();
    let mut passed = Vec::new();
    for (language, word) in &seeds {
        for scope in [Scope::Note, Scope::Ask] {
            let text = match language {
                Language::English => format!("In Annex 3 we name {word} once."),
                Language::Russian => format!("В Приложении 3 есть {word} один раз."),
            };
            let at = text.find(word.as_str()).unwrap();
            let shown = rules
                .check_text(&text, *language, scope, &lexicon)
                .into_iter()
                .any(|finding| {
                    finding.rule.to_string() == "X01"
                        && finding.severity == Severity::Block
                        && finding.span.start >= at
                        && finding.span.end <= at + word.len()
                });
            if !shown {
                passed.push(format!("{scope}: {}", word.escape_unicode()));
            }
        }
    }
    println!("{} seeds, {} passed", seeds.len(), passed.len());
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn honest_texts_of_both_languages_are_not_refused() {
    let rules = Rules::shipped().unwrap();
    let lexicon = Lexicon::starter().unwrap().with_names(["NORD", "SUD"]);
    for (language, text) in [
        (
            Language::English,
            "Dr Müller\u{2019}s \u{201c}Aurora\u{201d} \u{2013} 5\u{a0}% of T-007, \u{20ac}3; see \u{a7} 4\u{2026}",
        ),
        (
            Language::English,
            "The ship Берег\r\nleft port; DDoS, 24h, 3rd, 2nd and 11th.",
        ),
        (
            Language::Russian,
            "Счёт №\u{a0}5: судно «Nordlys», T-007, E7, 24 ч \u{2014} NORD и SUD.",
        ),
        (
            Language::Russian,
            "Адрес 10.0.0.1, файл log.txt, 3-й раз, 18:00Z, UTC.",
        ),
    ] {
        let findings = rules.check_text(text, language, Scope::Note, &lexicon);
        let refused: Vec<_> = findings
            .iter()
            .filter(|f| f.rule.to_string() == "X01")
            .collect();
        assert!(refused.is_empty(), "{refused:?}");
    }
}

#[test]
fn sentence_in_the_other_language_does_not_pass_unread() {
    let rules = Rules::shipped().unwrap();
    let lexicon = Lexicon::starter().unwrap();
    for (language, text) in [
        (
            Language::Russian,
            "There will be serious consequences for your side.",
        ),
        (
            Language::English,
            "Последствия для вашей стороны будут самыми тяжёлыми.",
        ),
    ] {
        let findings = rules.check_text(text, language, Scope::Consequence, &lexicon);
        let whole = |finding: &Finding| {
            finding.rule.to_string() == "X01" && finding.span == (0..text.len())
        };
        assert!(findings.iter().any(whole), "{text}");
    }
}

fn seeds() -> BTreeSet<(Language, String)> {
    let mut seeds = BTreeSet::new();
    for unseen in UNSEEN {
        for (language, word) in [(Language::English, "stop"), (Language::Russian, "сеть")] {
            let middle = word.char_indices().nth(2).unwrap().0;
            let (head, tail) = word.split_at(middle);
            seeds.insert((language, format!("{head}{unseen}{tail}")));
            seeds.insert((language, format!("{unseen}{word}")));
        }
    }
    for (language, word, exchanged) in TWINS {
        for (letter, twins) in exchanged {
            // A letter with a mark over it is one twin, the mark apart is none.
            let mut previous = String::new();
            for twin in twins.chars() {
                let marked = ('\u{300}'..='\u{36f}').contains(&twin);
                let twin = if marked {
                    format!("{previous}{twin}")
                } else {
                    twin.to_string()
                };
                if twin != letter.to_string() {
                    seeds.insert((language, word.replacen(*letter, &twin, 1)));
                }
                previous = twin;
            }
        }
    }
    seeds.extend(WHOLE.map(|(language, word)| (language, word.to_owned())));
    seeds
}
