//! Sentences: where one ends.
//!
//! A full stop ends a sentence unless it belongs to an abbreviation, an initial or a number. Points
//! inside dates, times and numbers are inside tokens and are not looked at.

use std::ops::Range;

use super::token::{Case, Token};
use crate::Language;

/// A sentence: the bytes from its first token to the mark that ends it, and its tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sentence {
    /// The bytes, with the marks that end it.
    pub span: Range<usize>,
    /// Its tokens, as places in [`super::Text::tokens`].
    pub tokens: Range<usize>,
}

/// Abbreviations after which an English sentence goes on.
const ENGLISH: [&str; 36] = [
    "a.m", "adm", "amb", "approx", "art", "arts", "capt", "cf", "ch", "col", "dr", "e.g", "fig",
    "gen", "gov", "i.e", "lt", "maj", "mr", "mrs", "ms", "no", "nos", "p", "p.m", "para", "paras",
    "pp", "prof", "sec", "sen", "sgt", "st", "u.n", "u.s", "vs",
];

/// Abbreviations after which a Russian sentence goes on.
const RUSSIAN: [&str; 42] = [
    "акад", "англ", "в", "вв", "г", "гг", "ген", "гос", "гр", "д", "долл", "др", "им", "км", "кв",
    "л", "м", "мин", "млн", "млрд", "напр", "о", "обл", "п", "пос", "пп", "пр", "проф", "р", "рис",
    "руб", "с", "см", "сек", "ср", "ст", "стр", "т", "т.е", "т.к", "тыс", "ул",
];

/// Abbreviations that end in a number only: `No. 3` goes on, `we say no. Now` ends.
const BEFORE_NUMBERS: [&str; 12] = [
    "art", "ch", "no", "nos", "p", "para", "pp", "г", "п", "с", "ст", "т",
];

/// Splits tokens into sentences. `gap` gives what is written after the token at a place.
pub(super) fn sentences<'t>(
    tokens: &[Token],
    gap: impl Fn(usize) -> &'t str,
    language: Language,
) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut first = 0;
    for (index, token) in tokens.iter().enumerate() {
        let gap = gap(index);
        let next = tokens.get(index + 1);
        if next.is_some() && !ends(token, index == first, gap, next, language) {
            continue;
        }
        let start = tokens.get(first).map_or(0, |token| token.span.start);
        found.push(Sentence {
            span: start..token.span.end + closing_bytes(gap),
            tokens: first..index + 1,
        });
        first = index + 1;
    }
    found
}

/// Whether a sentence ends between a token and the next one.
fn ends(
    token: &Token,
    is_first: bool,
    gap: &str,
    next: Option<&Token>,
    language: Language,
) -> bool {
    let lines = gap.matches('\n').count();
    let begins_item = |line: &str| {
        line.trim_start()
            .starts_with(['-', '*', '\u{2022}', '\u{2013}', '\u{2014}'])
    };
    if lines > 1 || (lines == 1 && gap.split('\n').nth(1).is_some_and(begins_item)) {
        return true;
    }
    let numbered = next.is_some_and(is_item_number);
    if lines == 1 && (numbered || gap.contains(':')) {
        return true;
    }
    let spaced = gap.contains(char::is_whitespace);
    if gap.contains(['!', '?', '\u{2026}']) {
        return spaced && next.is_none_or(|next| next.case != Case::Lower || numbered);
    }
    if gap.contains(';') && lines == 1 {
        return true;
    }
    if !gap.contains('.') || !spaced {
        return false;
    }
    // `1. We ask`: the number of an item at the start of its sentence.
    if is_first && is_item_number(token) {
        return false;
    }
    let next_is_number =
        next.is_some_and(|next| next.folded.starts_with(|c: char| c.is_ascii_digit()));
    if !gap.starts_with('.') {
        return next.is_none_or(|next| next.case != Case::Lower || next_is_number);
    }
    if BEFORE_NUMBERS.contains(&token.folded.as_str()) && is_abbreviation(token, language) {
        let initial = token.folded.chars().count() == 1 && token.case != Case::Lower;
        return !next_is_number && !initial && token.folded == "no";
    }
    if is_abbreviation(token, language) {
        return false;
    }
    next.is_none_or(|next| next.case != Case::Lower || next_is_number)
}

fn is_abbreviation(token: &Token, language: Language) -> bool {
    let listed = match language {
        Language::English => ENGLISH.contains(&token.folded.as_str()),
        Language::Russian => RUSSIAN.contains(&token.folded.as_str()),
    };
    let initial = token.folded.chars().count() == 1
        && token.case != Case::Lower
        && token.folded.chars().all(char::is_alphabetic);
    listed || initial
}

/// One or two digits: the number of an item in a list.
fn is_item_number(token: &Token) -> bool {
    token.folded.len() <= 2 && token.folded.chars().all(|c| c.is_ascii_digit())
}

/// The bytes of the marks that close a sentence, up to the first space.
fn closing_bytes(gap: &str) -> usize {
    gap.find(char::is_whitespace).unwrap_or(gap.len())
}
