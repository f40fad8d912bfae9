//! Words: fingerprints and line keys as people read them aloud, in English or in Russian.
//!
//! Owns the two lists and the check of what an officer typed. A word is a noun and a number,
//! `EAGLE-19` or `ОРЁЛ-19`: 64 nouns times 32 numbers are 11 bits. The lists are translations of
//! each other, so that both officers see the same picture. It does not decide who reads and who
//! types. Rules CARD-4 to CARD-6.
//!
//! ```
//! use redphone_seal::words::{Language, check_typed, fingerprint_words};
//! use redphone_wire::Fingerprint;
//!
//! let fingerprint = Fingerprint([0x9c; 32]);
//! let words = fingerprint_words(&fingerprint, Language::Russian);
//! assert_eq!(check_typed(&fingerprint, &words.join(" ").to_lowercase()), Ok(()));
//! ```

mod nouns;

use std::fmt;
use std::iter::{self, Peekable};
use std::str::Chars;

use redphone_wire::Fingerprint;

use crate::kdf::{Label, Source};

use nouns::NOUNS;

/// Words of a card's fingerprint: 12 times 11 bits, the first 132 of SHA-256.
pub const FINGERPRINT_WORDS: usize = 12;
/// Words of a line key: 24 times 11 bits, all of a 32-byte key.
pub const LINE_WORDS: usize = 24;

/// The language in which words are shown. What is typed may be in either.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Language {
    /// `EAGLE-19`.
    English,
    /// `ОРЁЛ-19`.
    Russian,
}

/// The 12 words of a card, which its owner reads aloud and the other side types.
pub fn fingerprint_words(
    fingerprint: &Fingerprint,
    language: Language,
) -> [String; FINGERPRINT_WORDS] {
    words::<FINGERPRINT_WORDS>(&fingerprint.0).map(|word| word.text(language))
}

/// Checks what an officer typed against a card's words.
///
/// Either language, any case, `е` for `ё`; hyphens, spaces or nothing between the parts.
///
/// # Errors
///
/// [`WordsError`] names the first position that is wrong, and never the right word: the words must
/// come from the peer's voice.
pub fn check_typed(fingerprint: &Fingerprint, typed: &str) -> Result<(), WordsError> {
    check(&words::<FINGERPRINT_WORDS>(&fingerprint.0), typed)
}

/// The 24 words of a line key, by which one who sits in the middle of a refresh is seen
/// (rule REF-9).
pub fn line_words(key: &[u8; 32], language: Language) -> [String; LINE_WORDS] {
    words::<LINE_WORDS>(&line_bits(key)).map(|word| word.text(language))
}

/// Checks what an officer typed against the words of a line key.
///
/// # Errors
///
/// As [`check_typed`].
pub fn check_line_words(key: &[u8; 32], typed: &str) -> Result<(), WordsError> {
    check(&words::<LINE_WORDS>(&line_bits(key)), typed)
}

/// Why typed words do not fit. The officer who types has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WordsError {
    /// The word at this position, counted from 1, is in neither list: look at the spelling.
    NotAWord {
        /// Counted from 1.
        position: usize,
    },
    /// Words are missing after these.
    TooFew {
        /// How many were typed, all right so far.
        typed: usize,
        /// How many there are.
        expected: usize,
    },
    /// Something follows the last word.
    TooMany {
        /// How many there are.
        expected: usize,
    },
    /// The word at this position is another one: a slip, or another card.
    Wrong {
        /// Counted from 1.
        position: usize,
    },
}

impl fmt::Display for WordsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAWord { position } => write!(
                f,
                "word {position} is not of the form EAGLE-19, or its noun is in no list; have it \
                 read again"
            ),
            Self::TooFew { typed, expected } => {
                write!(f, "{typed} words were typed, {expected} are needed")
            }
            Self::TooMany { expected } => {
                write!(f, "more than {expected} words were typed")
            }
            Self::Wrong { position } => write!(
                f,
                "word {position} differs; have it read again, and if it differs still, the other \
                 side holds other keys than you do"
            ),
        }
    }
}

impl std::error::Error for WordsError {}

/// 11 bits: a noun and a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Word {
    noun: u8,   // below 64
    number: u8, // below 32
}

impl Word {
    fn text(self, language: Language) -> String {
        let (english, russian) = NOUNS
            .get(usize::from(self.noun))
            .copied()
            .unwrap_or_default(); // six bits never miss
        let noun = match language {
            Language::English => english,
            Language::Russian => russian,
        };
        format!("{noun}-{:02}", self.number)
    }
}

/// Reads words of 11 bits, most significant bit first. Too few bytes read as zeros.
fn words<const COUNT: usize>(bytes: &[u8]) -> [Word; COUNT] {
    let bit = |index: usize| {
        let byte = bytes.get(index / 8).copied().unwrap_or_default();
        byte >> (7 - index % 8) & 1
    };
    let bits = |first: usize, count: usize| {
        (first..first + count).fold(0_u8, |value, index| value << 1 | bit(index))
    };
    std::array::from_fn(|index| Word {
        noun: bits(index * 11, 6),
        number: bits(index * 11 + 6, 5),
    })
}

/// 33 bytes, since 24 words hold 264 bits.
fn line_bits(key: &[u8; 32]) -> [u8; 33] {
    *Source::new(key).derive_long(Label::Words, &[])
}

fn check(expected: &[Word], typed: &str) -> Result<(), WordsError> {
    let folded: String = typed.chars().flat_map(fold).collect();
    let mut rest = folded.chars().peekable();
    for (index, expected_word) in expected.iter().enumerate() {
        let position = index + 1;
        match take_word(&mut rest) {
            Taken::Nothing => {
                return Err(WordsError::TooFew {
                    typed: index,
                    expected: expected.len(),
                });
            }
            Taken::NotAWord => return Err(WordsError::NotAWord { position }),
            Taken::Word(word) if word != *expected_word => {
                return Err(WordsError::Wrong { position });
            }
            Taken::Word(_) => {}
        }
    }
    match take_word(&mut rest) {
        Taken::Nothing => Ok(()),
        Taken::NotAWord | Taken::Word(_) => Err(WordsError::TooMany {
            expected: expected.len(),
        }),
    }
}

enum Taken {
    Nothing,
    NotAWord,
    Word(Word),
}

/// Takes letters, then digits.
fn take_word(rest: &mut Peekable<Chars<'_>>) -> Taken {
    let noun = take_run(rest, char::is_alphabetic);
    let number = take_run(rest, |c| c.is_ascii_digit());
    if noun.is_empty() && number.is_empty() {
        return match rest.next() {
            None => Taken::Nothing,
            Some(_) => Taken::NotAWord,
        };
    }
    let noun = NOUNS.iter().position(|(english, russian)| {
        noun == *english || noun.chars().eq(russian.chars().flat_map(fold))
    });
    let number = match number.len() {
        1 | 2 => number.parse::<u8>().ok().filter(|number| *number < 32),
        _ => None,
    };
    match (noun.and_then(|noun| u8::try_from(noun).ok()), number) {
        (Some(noun), Some(number)) => Taken::Word(Word { noun, number }),
        _ => Taken::NotAWord,
    }
}

/// Skips what separates, then takes characters as long as they fit.
fn take_run(rest: &mut Peekable<Chars<'_>>, fits: impl Fn(char) -> bool) -> String {
    while rest.next_if(|c| separates(*c)).is_some() {}
    iter::from_fn(|| rest.next_if(|c| fits(*c))).collect()
}

/// Between words people type white space, commas, full stops and any dash.
fn separates(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | ',' | '.' | ';' | '\u{2010}'..='\u{2015}')
}

/// Capital letters, `ё` as `е`, without combining marks.
fn fold(c: char) -> impl Iterator<Item = char> {
    c.to_uppercase()
        .filter(|c| *c != '\u{308}')
        .map(|c| if c == 'Ё' { 'Е' } else { c })
}

#[cfg(test)]
mod tests;
