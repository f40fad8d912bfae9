//! The pattern language of the rules. Sets of patterns, matched in one pass, are in [`set`].
//!
//! A pattern is a row of tests on the tokens of one sentence:
//!
//! ```text
//!   word     this form, folded          ~word    any form with the same stem
//!   un*      begins so                  *ing     ends so
//!   a|b      either                     #num #month #upper   a class of tokens
//!   ?        any one token              ?N       none to N tokens
//!   ,        a comma, bracket or dash stands here, or the sentence begins or ends
//!   ^  $     the sentence begins, ends  @neg     not within 3 tokens after a negation
//!   !a|b     the next token is neither  <a|b  <!a|b   the token before is, is not one of them
//! ```
//!
//! `!`, `<`, `^`, `$`, `,` and `@neg` take no token. Owns no rule.

mod set;

use std::fmt;

use crate::Language;
use crate::text::{Case, Kind, Stems, Text, Token, fold};

pub(crate) use set::PatternSet;

/// Tokens that a gap may cross.
const GAP_TOKENS_MAX: usize = 9;
/// Tests of one pattern.
const TESTS_MAX: usize = 16;
/// Tokens before a match in which `@neg` looks for a negation.
const NEGATION_REACH: usize = 3;

const NEGATIONS: [&str; 14] = [
    "cannot", "can't", "don't", "doesn't", "didn't", "isn't", "neither", "never", "no", "not",
    "won't", "не", "ни", "нет",
];
const MONTHS: [&str; 36] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "январь",
    "января",
    "январе",
    "февраль",
    "февраля",
    "феврале",
    "марта",
    "марте",
    "апрель",
    "апреля",
    "апреле",
    "мая",
    "июня",
    "июле",
    "июля",
    "августа",
    "августе",
    "сентября",
    "сентябре",
    "октября",
    "октябре",
    "ноября",
    "ноябре",
    "декабря",
];

/// A row of tests, compiled for one language.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    before: Vec<(bool, Vec<Alternative>)>,
    not_after_negation: bool,
    tests: Vec<Test>,
}

#[derive(Clone, Debug)]
enum Test {
    Start,
    End,
    Parted,
    Gap(usize),
    Any,
    Next(Vec<Alternative>),
    NotNext(Vec<Alternative>),
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Alternative {
    Ending(String),
    Month,
    Number,
    Prefix(String),
    Stem(String),
    Upper,
    Word(String),
}

impl Pattern {
    /// Compiles a pattern.
    pub(crate) fn parse(written: &str, stems: &Stems) -> Result<Self, PatternError> {
        let mut pattern = Self {
            before: Vec::new(),
            not_after_negation: false,
            tests: Vec::new(),
        };
        for item in written.split_whitespace() {
            pattern.push(item, stems).map_err(|what| PatternError {
                pattern: written.to_owned(),
                what,
            })?;
        }
        let takes = |test: &Test| matches!(test, Test::Next(_) | Test::Any);
        let what = if !pattern.tests.iter().any(takes) {
            "takes no token"
        } else if pattern.tests.len() > TESTS_MAX {
            "has too many tests"
        } else {
            return Ok(pattern);
        };
        Err(PatternError {
            pattern: written.to_owned(),
            what,
        })
    }

    /// A pattern of plain words: no mark of the language has a meaning.
    pub(crate) fn literal(words: &str, language: Language) -> Option<Self> {
        let text = Text::new(words, language);
        let word = |token: &Token| Test::Next(vec![Alternative::Word(token.folded.clone())]);
        Self::of(text.tokens().iter().map(word).collect())
    }

    /// A pattern of plain words in any of their forms.
    pub(crate) fn stemmed(words: &str, language: Language) -> Option<Self> {
        let text = Text::new(words, language);
        let stem = |token: &Token| Test::Next(vec![Alternative::Stem(token.stem.clone())]);
        Self::of(text.tokens().iter().map(stem).collect())
    }

    fn of(tests: Vec<Test>) -> Option<Self> {
        (!tests.is_empty()).then_some(Self {
            before: Vec::new(),
            not_after_negation: false,
            tests,
        })
    }

    fn push(&mut self, item: &str, stems: &Stems) -> Result<(), &'static str> {
        let test = match item {
            "^" => Test::Start,
            "$" => Test::End,
            "," => Test::Parted,
            "?" => Test::Any,
            "@neg" => {
                self.not_after_negation = true;
                return Ok(());
            }
            _ => {
                if let Some(most) = item.strip_prefix('?') {
                    let most = most.parse().map_err(|_| "has a gap without a number")?;
                    if most > GAP_TOKENS_MAX {
                        return Err("has too wide a gap");
                    }
                    Test::Gap(most)
                } else if let Some(before) = item.strip_prefix('<') {
                    let (wanted, words) = match before.strip_prefix('!') {
                        Some(words) => (false, words),
                        None => (true, before),
                    };
                    self.before.push((wanted, alternatives(words, stems)?));
                    return Ok(());
                } else if let Some(words) = item.strip_prefix('!') {
                    Test::NotNext(alternatives(words, stems)?)
                } else {
                    Test::Next(alternatives(item, stems)?)
                }
            }
        };
        self.tests.push(test);
        Ok(())
    }

    /// What the first token of a match has to be, if the pattern says so.
    fn key(&self) -> Option<&[Alternative]> {
        let first = self
            .tests
            .iter()
            .find(|test| !matches!(test, Test::Start | Test::Parted))?;
        match first {
            Test::Next(alternatives) => Some(alternatives),
            Test::Start
            | Test::End
            | Test::Gap(_)
            | Test::Any
            | Test::NotNext(_)
            | Test::Parted => None,
        }
    }

    /// The place after the last token of a match that begins at `first`.
    fn end_of_match(&self, sentence: &[Token], first: usize) -> Option<usize> {
        let before = first.checked_sub(1).and_then(|place| sentence.get(place));
        let before_fits = |(wanted, words): &(bool, Vec<Alternative>)| {
            before.is_some_and(|token| is_any(words, token)) == *wanted
        };
        if !self.before.iter().all(before_fits) {
            return None;
        }
        if self.not_after_negation {
            let near = sentence.get(first.saturating_sub(NEGATION_REACH)..first)?;
            if near
                .iter()
                .any(|token| NEGATIONS.contains(&token.folded.as_str()))
            {
                return None;
            }
        }
        end_of(&self.tests, sentence, first)
    }
}

/// Where the tests end if they all hold from a place on. The shortest gap is tried first.
fn end_of(tests: &[Test], sentence: &[Token], place: usize) -> Option<usize> {
    let Some((test, rest)) = tests.split_first() else {
        return Some(place);
    };
    let token = sentence.get(place);
    match test {
        Test::Start => (place == 0).then(|| end_of(rest, sentence, place))?,
        Test::Parted => {
            let parted = place == 0 || token.is_none_or(|token| token.parted);
            parted.then(|| end_of(rest, sentence, place))?
        }
        Test::End => (place == sentence.len()).then(|| end_of(rest, sentence, place))?,
        Test::Any => token.and_then(|_| end_of(rest, sentence, place + 1)),
        Test::Gap(most) => (0..=*most).find_map(|skipped| end_of(rest, sentence, place + skipped)),
        Test::Next(words) => {
            let fits = token.is_some_and(|token| is_any(words, token));
            fits.then(|| end_of(rest, sentence, place + 1))?
        }
        Test::NotNext(words) => {
            let fits = token.is_some_and(|token| is_any(words, token));
            (!fits).then(|| end_of(rest, sentence, place))?
        }
    }
}

fn alternatives(words: &str, stems: &Stems) -> Result<Vec<Alternative>, &'static str> {
    words
        .split('|')
        .map(|word| alternative(word, stems))
        .collect()
}

fn alternative(word: &str, stems: &Stems) -> Result<Alternative, &'static str> {
    Ok(match word {
        "" => return Err("has an empty word"),
        "#num" => Alternative::Number,
        "#month" => Alternative::Month,
        "#upper" => Alternative::Upper,
        _ => {
            let folded = fold(word);
            if let Some(word) = folded.strip_prefix('~') {
                Alternative::Stem(stems.stem(word))
            } else if let Some(prefix) = folded.strip_suffix('*') {
                Alternative::Prefix(prefix.to_owned())
            } else if let Some(ending) = folded.strip_prefix('*') {
                Alternative::Ending(ending.to_owned())
            } else if folded.contains(['#', '@', '^', '$', '<', '!', '?', '~', '/', ' ']) {
                return Err("has a mark where a word should be");
            } else {
                Alternative::Word(folded)
            }
        }
    })
}

fn is_any(alternatives: &[Alternative], token: &Token) -> bool {
    alternatives.iter().any(|alternative| match alternative {
        Alternative::Ending(ending) => token.folded.ends_with(ending.as_str()),
        Alternative::Month => MONTHS.contains(&token.folded.as_str()),
        Alternative::Number => token.kind != Kind::Word && token.kind != Kind::Code,
        Alternative::Prefix(prefix) => token.folded.starts_with(prefix.as_str()),
        Alternative::Stem(stem) => token.stem == *stem,
        Alternative::Upper => token.case != Case::Lower,
        Alternative::Word(word) => token.folded == *word,
    })
}

/// A pattern that cannot be compiled. Whoever wrote the rules or the lexicon has to mend it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PatternError {
    /// As it was written.
    pub pattern: String,
    /// What is wrong with it.
    pub what: &'static str,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the pattern '{}' {}", self.pattern, self.what)
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests;
