//! X01: characters that deceive the eye.
//!
//! The two languages are written with few characters, so the rule is a list of what may stand in a
//! text, not of what may not: ASCII, the Latin letters of names, Russian Cyrillic and the marks of
//! print. Everything else is shown with its code point. Within that, a word is in one script, has
//! no digit in the place of a letter, is composed, and is not a word of the other script that looks
//! like one of this.

use std::ops::Range;

use unicode_normalization::is_nfc;

use super::{Hit, View};
use crate::finding::RuleId;
use crate::text::{Kind, Sentence, Token, fold, is_unseen};
use redphone_wire::Language;

/// Words of the other script from which on a sentence is in the other language; fewer are a name.
const OTHER_WORDS_MIN: usize = 5;
/// Cyrillic letters, and under each the Latin letter that it cannot be told from.
const TWINS: (&str, &str) = ("АВЕКМНОРСТУХЅІЈЁаеорсухѕіјё", "ABEKMHOPCTYXSIJËaeopcyxsijë");
/// Cyrillic letters, and under each the sign that it can be mistaken for within a word.
const LIKE: (&str, &str) = ("ЗЬктмпвнг", "3bktmnbhr");

/// X01: every character that may not stand in a text, every word that is not what it looks like,
/// every sentence in the other language, and what is too long to be read.
pub(super) fn deceiving_characters(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    let unread = view.text.unread();
    if !unread.is_empty() {
        hits.push(Hit::new(rule, unread));
    }
    for token in view.text.tokens() {
        let Some(written) = view.text.slice(&token.span) else {
            continue;
        };
        let foreign = is_foreign(view, token, written);
        if !is_nfc(written) || is_mixed(written) || has_digit_for_letter(token) || foreign {
            let replacement = replacement(written);
            hits.push(Hit {
                replacement,
                ..Hit::new(rule, token.span.clone())
            });
        }
    }
    strange_characters(view, rule, hits);
    let other = view
        .text
        .sentences()
        .iter()
        .filter(|sentence| is_other_language(view, sentence));
    hits.extend(other.map(|sentence| Hit::new(rule, sentence.span.clone())));
}

/// Whether a sentence is written in the letters of the other language: its rules would find nothing.
fn is_other_language(view: &View<'_>, sentence: &Sentence) -> bool {
    let words = || {
        view.text
            .tokens_of(sentence)
            .iter()
            .filter(|token| token.kind == Kind::Word)
    };
    let cyrillic = words()
        .filter(|token| token.folded.contains(is_cyrillic))
        .count();
    let latin = words().count() - cyrillic;
    let (own, other) = match view.text.language() {
        Language::English => (latin, cyrillic),
        Language::Russian => (cyrillic, latin),
    };
    other >= OTHER_WORDS_MIN && other > own
}

/// One hit for each run of characters that may not stand in a text.
fn strange_characters(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    let read = view.text.unread().start;
    let mut run: Option<Range<usize>> = None;
    for (at, c) in view
        .text
        .source()
        .char_indices()
        .take_while(|(at, _)| *at < read)
    {
        let ends_line = c == '\r' && view.text.source().get(at + 1..at + 2) == Some("\n");
        if !may_stand(c) && !ends_line {
            let start = run.as_ref().map_or(at, |run| run.start);
            run = Some(start..at + c.len_utf8());
        } else if let Some(run) = run.take() {
            hits.push(Hit::new(rule, run));
        }
    }
    hits.extend(run.map(|run| Hit::new(rule, run)));
}

/// Whether a character may stand in a text of the two languages.
fn may_stand(c: char) -> bool {
    let ascii = c == '\n' || c == '\t' || (' '..='~').contains(&c);
    let latin =
        ('\u{c0}'..='\u{17f}').contains(&c) && c != '\u{131}' && c != '\u{149}' && c != '\u{17f}';
    let cyrillic = ('А'..='я').contains(&c) || c == 'Ё' || c == 'ё';
    let print = "\u{a0}\u{a3}\u{a7}\u{ab}\u{b0}\u{b1}\u{bb}\u{2013}\u{2014}\u{2018}\u{2019}\u{201c}\u{201d}\u{201e}\u{2022}\u{2026}\u{2030}\u{202f}\u{20ac}\u{20bd}\u{2116}\u{2011}\u{2212}";
    ascii || latin || cyrillic || print.contains(c)
}

/// Whether a word has letters of both scripts, joined parts apart: `DDoS-атака` is two.
fn is_mixed(written: &str) -> bool {
    written.split('-').any(|part| {
        let cyrillic = part.chars().any(is_cyrillic);
        let latin = part.chars().any(|c| c.is_alphabetic() && !is_cyrillic(c));
        cyrillic && latin
    })
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&c) || ('\u{1c80}'..='\u{1c8f}').contains(&c)
}

/// Whether a word only looks like one of the text's language. Russian texts write the numbers of
/// terms, `T-007`, and the parties' names in Latin letters.
fn is_foreign(view: &View<'_>, token: &Token, written: &str) -> bool {
    let named = view.lexicon.is_name(&token.folded)
        || (token.kind != Kind::Word && view.text.language() == Language::Russian);
    !named && is_other_script(written, view.text.language())
}

/// Whether a word is all in letters of the other language's script and each of them looks like one
/// of this language's.
fn is_other_script(written: &str, language: Language) -> bool {
    let letters = || written.chars().filter(|c| c.is_alphabetic());
    let looks_alike = |c: char| match language {
        Language::English => TWINS.0.contains(c),
        Language::Russian => TWINS.1.contains(c),
    };
    let own = |c: char| is_cyrillic(c) == (language == Language::Russian);
    letters().count() > 0 && letters().all(|c| !own(c) && looks_alike(c))
}

/// `2O27`: a letter that looks like a digit behind digits; `X0MUT`: the digit within a word.
fn has_digit_for_letter(token: &Token) -> bool {
    const LETTERS_MIN: usize = 3;
    if token.kind == Kind::Word {
        return false;
    }
    let like_digit = |c: char| matches!(c, 'o' | 'о' | 'l' | 'i' | 'з' | 'б');
    token
        .folded
        .split(|c: char| !c.is_alphanumeric())
        .any(|part| {
            let letters = || part.chars().filter(|c| !c.is_ascii_digit());
            let digits = part.len() - letters().map(char::len_utf8).sum::<usize>();
            let first_is_digit = part.starts_with(|c: char| c.is_ascii_digit());
            let last_is_digit = part.ends_with(|c: char| c.is_ascii_digit());
            let letter_for_digit =
                first_is_digit && letters().count() > 0 && letters().all(like_digit);
            let digit_for_letter = digits == 1
                && part.contains(['0', '3'])
                && !first_is_digit
                && !last_is_digit
                && letters().count() >= LETTERS_MIN;
            letter_for_digit || digit_for_letter
        })
}

/// The word without what cannot be seen, composed, in the script that most of its letters have; if
/// that makes it another word that may stand.
fn replacement(written: &str) -> Option<String> {
    use unicode_normalization::UnicodeNormalization;

    let cyrillic = written.chars().filter(|c| is_cyrillic(*c)).count();
    let latin = written
        .chars()
        .filter(|c| c.is_alphabetic() && !is_cyrillic(*c))
        .count();
    let retyped: String = written
        .nfc()
        .filter(|c| !is_unseen(*c))
        .map(|c| twin(c, cyrillic <= latin))
        .collect();
    let sound = retyped.chars().all(may_stand) && !is_mixed(&retyped);
    (sound && retyped != written && !fold(&retyped).is_empty()).then_some(retyped)
}

/// The letter of the other script that looks like this one, or this one.
fn twin(c: char, to_latin: bool) -> char {
    let pairs = [TWINS, LIKE]
        .into_iter()
        .flat_map(|(of, like)| of.chars().zip(like.chars()));
    let mut pairs = pairs.map(|(cyrillic, latin)| {
        if to_latin {
            (cyrillic, latin)
        } else {
            (latin, cyrillic)
        }
    });
    pairs.find(|(from, _)| *from == c).map_or(c, |(_, to)| to)
}
