//! Arbitrary texts: nothing panics, spans lie between characters, order is fixed, work is bounded.
//!
//! Texts are made from pieces that the rules look at, and from any characters, by a generator whose
//! seed is printed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test"
)]

use redphone_clarity::{Language, Lexicon, Rules, Scope, Text};
use redphone_wire::limits::TEXT_BYTES_MAX;

const SEED: u64 = 20_271_020;
const TEXTS: u32 = 3_000;
const PIECES_MAX: u64 = 60;

const PIECES: [&str; 52] = [
    "might",
    "may",
    "could be",
    "not",
    "as soon as possible",
    "if",
    "then",
    "was",
    "closed",
    "by",
    "the",
    "Annex",
    "3",
    "1,000",
    "18:00",
    "UTC",
    "03/04/2027",
    "281800Z",
    "T-007",
    "and",
    "stop",
    "confirm",
    "?",
    ".",
    ",",
    "...",
    "\n",
    "\n- ",
    "\"",
    "\u{ab}",
    "\u{bb}",
    "(",
    ")",
    "\u{2014}",
    "не",
    "может",
    "быть",
    "если",
    "был",
    "закрыт",
    "экипажем",
    "ё",
    "Ё",
    "и т.д.",
    "г.",
    "\u{202e}",
    "\u{200b}",
    "е\u{301}",
    "\u{1f600}",
    "АБВ",
    "ABC",
    "o\u{43e}",
];

#[test]
fn no_text_panics_and_every_span_lies_between_characters() {
    println!("seed {SEED}");
    let mut random = Random(SEED);
    let (rules, lexicon) = (Rules::shipped().unwrap(), Lexicon::starter().unwrap());
    for _ in 0..TEXTS {
        let text = random.text();
        let language = Language::ALL[random.below(2)];
        let scope = Scope::ALL[random.below(Scope::ALL.len() as u64)];
        let findings = rules.check_text(&text, language, scope, &lexicon);
        for finding in &findings {
            assert!(
                text.get(finding.span.clone())
                    .is_some_and(|found| !found.is_empty()),
                "{text:?}"
            );
        }
        let orders: Vec<_> = findings
            .iter()
            .map(redphone_clarity::Finding::order)
            .collect();
        assert!(orders.is_sorted(), "{text:?}");
        assert_eq!(
            findings,
            rules.check_text(&text, language, scope, &lexicon),
            "{text:?}"
        );
    }
}

#[test]
fn tokens_and_sentences_cover_a_text_in_order() {
    println!("seed {SEED}");
    let mut random = Random(SEED);
    for _ in 0..TEXTS {
        let source = random.text();
        let text = Text::new(&source, Language::ALL[random.below(2)]);
        let mut end = 0;
        for token in text.tokens() {
            assert!(
                token.span.start >= end && text.slice(&token.span).is_some(),
                "{source:?}"
            );
            end = token.span.end;
        }
        let mut next = 0;
        for sentence in text.sentences() {
            assert_eq!(sentence.tokens.start, next, "{source:?}");
            assert!(text.slice(&sentence.span).is_some(), "{source:?}");
            next = sentence.tokens.end;
        }
        assert_eq!(next, text.tokens().len(), "{source:?}");
    }
}

/// A text of the longest length has as many findings as its words allow, and no more: findings of
/// one rule do not overlap, so that what is told is never longer than what was written.
#[test]
fn longest_text_has_findings_in_proportion_to_its_words() {
    let (rules, lexicon) = (Rules::shipped().unwrap(), Lexicon::starter().unwrap());
    let rules_count = rules.rules().count();
    for (language, piece) in [
        (Language::English, "if it might not be closed and "),
        (Language::English, "not not not "),
        (Language::English, "(\"a\" 1,000 "),
        (Language::Russian, "может быть закрыт если не "),
        (Language::Russian, "\u{200b}"),
        (Language::English, "1 "),
        (Language::English, "If. "),
        (Language::English, "confirm and "),
        (Language::English, "Are you? "),
        (Language::Russian, "новым нами закрыт "),
    ] {
        let text = piece.repeat(TEXT_BYTES_MAX / piece.len());
        let findings = rules.check_text(&text, language, Scope::Body, &lexicon);
        let words = Text::new(&text, language).tokens().len().max(1);
        assert!(findings.len() <= words * rules_count, "{piece}");
        for rule in rules.rules() {
            let told = findings.iter().filter(|finding| finding.rule == rule.id);
            let bytes: usize = told.map(|finding| finding.span.len()).sum();
            assert!(bytes <= text.len() * 2, "{piece}: {}", rule.id);
        }
    }
}

#[test]
fn text_that_is_too_long_to_be_read_is_refused() {
    let (rules, lexicon) = (Rules::shipped().unwrap(), Lexicon::starter().unwrap());
    let text = "a word ".repeat(TEXT_BYTES_MAX);
    let findings = rules.check_text(&text, Language::English, Scope::Note, &lexicon);
    let last = findings.last().unwrap();
    assert_eq!(
        (last.rule.to_string().as_str(), last.span.end),
        ("X01", text.len())
    );
}

/// A linear congruential generator: the same texts on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound).unwrap()
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.below(PIECES_MAX) {
            if self.below(4) == 0 {
                let code = u32::try_from(self.below(0x11_0000)).unwrap();
                text.extend(char::from_u32(code));
            } else {
                text.push_str(PIECES[self.below(PIECES.len() as u64)]);
            }
            if self.below(3) > 0 {
                text.push(' ');
            }
        }
        text
    }
}
