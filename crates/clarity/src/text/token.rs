//! Tokens: words and numbers with the bytes that they stand on.
//!
//! A token is a run of letters and digits with what joins them: a hyphen, an apostrophe, the points
//! of `U.S.` and `т.д.`, the marks inside a date, a time or a number. All other marks lie between
//! tokens, where [`super::Text::gap_after`] shows them.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use super::fold::{Stems, fold, is_unseen};

/// A word or a number of a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    /// The bytes that it stands on.
    pub span: Range<usize>,
    /// As it is compared: see [`fold`].
    pub folded: String,
    /// The Snowball stem of `folded`.
    pub stem: String,
    /// What it is by its shape.
    pub kind: Kind,
    /// How it is written.
    pub case: Case,
    /// Whether a comma, a bracket or a dash stands between it and the token before.
    pub parted: bool,
}

/// What a token is, by its shape alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Digits and letters mixed: `T-007`, `24h`, `3rd`.
    Code,
    /// Three numbers: `2027-10-28`, `03/04/2027`, `28.10.27`.
    Date,
    /// A date and a time in one: `2027-10-28T02:10Z`.
    DateTime,
    /// Day, hour, minute and a letter for the zone: `281800Z`.
    Dtg,
    /// Digits, with a point, comma or hyphen inside at most.
    Number,
    /// Hours and minutes: `18:00`, `18:00Z`.
    Time,
    /// Letters.
    Word,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Case {
    /// At least two letters, all capitals.
    Capitals,
    /// The first letter is a capital.
    Initial,
    /// Any other way.
    Lower,
}

/// Marks that part the words on both sides of them.
const PARTING: [char; 8] = [',', ';', ':', '(', ')', '\u{2013}', '\u{2014}', '\u{2026}'];

/// Splits a text into tokens. Time is linear in its length.
pub(super) fn tokens(source: &str, stems: &Stems) -> Vec<Token> {
    let mut found = Vec::new();
    let mut chars = source.char_indices().peekable();
    let mut parted = false;
    while let Some((start, first)) = chars.next() {
        if !first.is_alphanumeric() {
            parted |= PARTING.contains(&first);
            continue;
        }
        let end = end_of_token(&mut chars, start, first);
        let Some(written) = source.get(start..end) else {
            continue;
        };
        let folded = fold(written);
        let kind = kind(&folded);
        let stem = if kind == Kind::Word {
            stems.stem(&folded)
        } else {
            folded.clone()
        };
        found.push(Token {
            span: start..end,
            folded,
            stem,
            kind,
            case: case(written),
            parted,
        });
        parted = false;
    }
    found
}

/// Runs to the end of a token that began with `first`; gives the byte after its last character.
fn end_of_token(chars: &mut Peekable<CharIndices<'_>>, start: usize, first: char) -> usize {
    let numeric = first.is_ascii_digit();
    let mut end = start + first.len_utf8();
    // Letters since the last point or the start: `U.S` is joined by its points, `stop.We` is not.
    let mut run = 1_usize;
    let mut seen_colon = false;
    while let Some(&(at, c)) = chars.peek() {
        if is_in_word(c) {
            run += 1;
        } else {
            let mut ahead = chars.clone();
            ahead.next();
            let next = ahead.next().map(|(_, next)| next);
            let after = ahead.next().map(|(_, after)| after);
            let digit_next = next.is_some_and(|next| next.is_ascii_digit());
            let joins = match c {
                '-' | '\u{2010}' | '\u{2011}' | '_' => next.is_some_and(char::is_alphanumeric),
                '\'' | '\u{2019}' => !numeric && next.is_some_and(char::is_alphabetic),
                '.' if numeric => digit_next,
                '.' => {
                    let single = !after.is_some_and(char::is_alphanumeric);
                    run == 1 && single && next.is_some_and(char::is_alphabetic)
                }
                ',' | '/' | '\u{2013}' => numeric && digit_next,
                ':' => numeric && digit_next,
                '+' => seen_colon && digit_next,
                _ => false,
            };
            if !joins {
                break;
            }
            run = 0;
            seen_colon |= c == ':';
        }
        chars.next();
        end = at + c.len_utf8();
    }
    end
}

/// Letters, digits, and what is written on or between them without a place of its own.
fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c) || is_unseen(c)
}

fn case(written: &str) -> Case {
    let letters = || written.chars().filter(|c| c.is_alphabetic());
    if letters().count() > 1 && letters().all(char::is_uppercase) {
        Case::Capitals
    } else if written.chars().next().is_some_and(char::is_uppercase) {
        Case::Initial
    } else {
        Case::Lower
    }
}

fn kind(folded: &str) -> Kind {
    if !folded.contains(|c: char| c.is_ascii_digit()) {
        return Kind::Word;
    }
    // The shape: 9 for a digit, everything else as it is.
    let shape: String = folded
        .chars()
        .map(|c| if c.is_ascii_digit() { '9' } else { c })
        .collect();
    let bare = shape.trim_end_matches(['z', 'h']);
    let parts = |separator: char| bare.split(separator).collect::<Vec<_>>();
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c == '9');
    // Three numbers, of which the first or the last is long enough for a year.
    let is_date = |text: &str| {
        ['-', '/', '.'].into_iter().any(|separator| {
            let parts: Vec<_> = text.split(separator).collect();
            let lengths: Vec<_> = parts.iter().map(|part| part.len()).collect();
            parts.into_iter().all(digits)
                && matches!(
                    lengths.as_slice(),
                    [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2]
                )
        })
    };
    if is_date(&shape) {
        return Kind::Date;
    }
    if let Some((date, time)) = shape.split_once('t')
        && is_date(date)
        && time.starts_with("99")
    {
        return Kind::DateTime;
    }
    let clock = parts(':');
    if clock.len() > 1 && clock.iter().all(|part| digits(part) && part.len() <= 2) {
        return Kind::Time;
    }
    if shape
        .strip_prefix("999999")
        .is_some_and(|zone| zone.len() == 1 && !digits(zone))
    {
        return Kind::Dtg;
    }
    let numeric = |c: char| c == '9' || ".,-\u{2013}/".contains(c);
    if shape.starts_with('9') && shape.chars().all(numeric) {
        return Kind::Number;
    }
    Kind::Code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn split(source: &str) -> Vec<(String, Kind)> {
        tokens(source, &Stems::of(Language::English))
            .into_iter()
            .map(|token| (token.folded, token.kind))
            .collect()
    }

    fn words(source: &str) -> Vec<String> {
        split(source).into_iter().map(|(word, _)| word).collect()
    }

    #[test]
    fn shapes_of_numbers_are_told_apart() {
        for (written, expected) in [
            ("T-007", Kind::Code),
            ("24h", Kind::Code),
            ("2027-10-28", Kind::Date),
            ("03/04/2027", Kind::Date),
            ("28.10.27", Kind::Date),
            ("2027-10-28T02:10Z", Kind::DateTime),
            ("2027-10-28T02:10+03:00", Kind::DateTime),
            ("281800Z", Kind::Dtg),
            ("1,000", Kind::Number),
            ("7.4.2", Kind::Number),
            ("7-12", Kind::Number),
            ("18:00", Kind::Time),
            ("18:00Z", Kind::Time),
            ("stop", Kind::Word),
        ] {
            assert_eq!(split(written), [(written.to_lowercase(), expected)]);
        }
    }

    #[test]
    fn words_keep_what_joins_them() {
        assert_eq!(
            words("so-called, don\u{2019}t; U.S. and т.д."),
            ["so-called", "don't", "u.s", "and", "т.д"]
        );
        assert_eq!(
            words("Stop.We and/or you -- 5%"),
            ["stop", "we", "and", "or", "you", "5"]
        );
    }

    #[test]
    fn case_is_seen() {
        let cases: Vec<Case> = tokens("UTC We go A", &Stems::of(Language::English))
            .into_iter()
            .map(|token| token.case)
            .collect();
        assert_eq!(
            cases,
            [Case::Capitals, Case::Initial, Case::Lower, Case::Initial]
        );
    }
}
