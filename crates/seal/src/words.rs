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

use std::fmt;
use std::iter::{self, Peekable};
use std::str::Chars;

use redphone_wire::Fingerprint;

use crate::kdf::{Label, Source};

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

/// No two of a list share their first three letters, sound alike, or differ in fewer than three
/// letters.
const NOUNS: [(&str, &str); 64] = [
    ("ANCHOR", "ЯКОРЬ"),
    ("APPLE", "ЯБЛОКО"),
    ("BEAR", "МЕДВЕДЬ"),
    ("BOOK", "КНИГА"),
    ("BUTTERFLY", "БАБОЧКА"),
    ("CAMEL", "ВЕРБЛЮД"),
    ("CASTLE", "ЗАМОК"),
    ("COFFEE", "КОФЕ"),
    ("DESERT", "ПУСТЫНЯ"),
    ("DIAMOND", "АЛМАЗ"),
    ("DOCTOR", "ВРАЧ"),
    ("DOLPHIN", "ДЕЛЬФИН"),
    ("DRUM", "БАРАБАН"),
    ("EAGLE", "ОРЁЛ"),
    ("ELEPHANT", "СЛОН"),
    ("ENGINE", "ДВИГАТЕЛЬ"),
    ("FEATHER", "ПЕРО"),
    ("FLAG", "ФЛАГ"),
    ("FOREST", "ЛЕС"),
    ("GARDEN", "ОГОРОД"),
    ("GHOST", "ПРИЗРАК"),
    ("GLOBE", "ГЛОБУС"),
    ("GUITAR", "ГИТАРА"),
    ("HAT", "ШЛЯПА"),
    ("HORSE", "ЛОШАДЬ"),
    ("INSECT", "НАСЕКОМОЕ"),
    ("ISLAND", "ОСТРОВ"),
    ("JACKET", "КУРТКА"),
    ("JUNGLE", "ДЖУНГЛИ"),
    ("KEY", "КЛЮЧ"),
    ("KNIFE", "НОЖ"),
    ("LANTERN", "ФОНАРЬ"),
    ("LEMON", "ЛИМОН"),
    ("LOBSTER", "ОМАР"),
    ("MIRROR", "ЗЕРКАЛО"),
    ("MONKEY", "ОБЕЗЬЯНА"),
    ("MUSHROOM", "ГРИБ"),
    ("NEEDLE", "ИГОЛКА"),
    ("NEST", "ГНЕЗДО"),
    ("OCTOPUS", "ОСЬМИНОГ"),
    ("ORANGE", "АПЕЛЬСИН"),
    ("OWL", "СОВА"),
    ("PENCIL", "КАРАНДАШ"),
    ("PIANO", "РОЯЛЬ"),
    ("PUMPKIN", "ТЫКВА"),
    ("QUEEN", "КОРОЛЕВА"),
    ("SADDLE", "СЕДЛО"),
    ("SNAKE", "ЗМЕЯ"),
    ("SNOW", "СНЕГ"),
    ("SPIDER", "ПАУК"),
    ("SUGAR", "САХАР"),
    ("TIGER", "ТИГР"),
    ("TOMATO", "ПОМИДОР"),
    ("TREE", "ДЕРЕВО"),
    ("TRUMPET", "ТРУБА"),
    ("TURTLE", "ЧЕРЕПАХА"),
    ("UMBRELLA", "ЗОНТ"),
    ("UNICORN", "ЕДИНОРОГ"),
    ("VALLEY", "ДОЛИНА"),
    ("VOLCANO", "ВУЛКАН"),
    ("WHALE", "КИТ"),
    ("WINDOW", "ОКНО"),
    ("YACHT", "ЯХТА"),
    ("ZEBRA", "ЗЕБРА"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_first_132_bits_of_the_fingerprint() {
        let mut fingerprint = Fingerprint([0; 32]);
        fingerprint.0[0] = 0b0011_0110; // noun 13, then the number's first two bits
        fingerprint.0[1] = 0b0110_0000; // number 0b10011
        fingerprint.0[16] = 0b0001_0000; // the last bit of word 12

        let english = fingerprint_words(&fingerprint, Language::English);
        let russian = fingerprint_words(&fingerprint, Language::Russian);

        assert_eq!(english[0], "EAGLE-19");
        assert_eq!(russian[0], "ОРЁЛ-19");
        assert_eq!(english[1], "ANCHOR-00");
        assert_eq!(english[11], "ANCHOR-01");
        fingerprint.0[16] = 0b0001_1111;
        assert_eq!(fingerprint_words(&fingerprint, Language::English), english);
    }

    #[test]
    fn every_way_of_typing_the_same_words_is_accepted() {
        let fingerprint = some_fingerprint();
        let english = fingerprint_words(&fingerprint, Language::English);
        let russian = fingerprint_words(&fingerprint, Language::Russian);
        let mixed: Vec<&str> = english[..6]
            .iter()
            .chain(&russian[6..])
            .map(String::as_str)
            .collect();
        let ways = [
            english.join(" "),
            russian.join("\n"),
            russian.join(" ").to_lowercase(),
            russian.join(" ").replace('Ё', "Е"),
            russian.join(" ").replace('Ё', "Е\u{308}"),
            english.join(", ").replace('-', " "),
            english.join("").replace('-', ""),
            english.join("-"),
            english.join(" \u{2014} ").replace('-', "\u{2013}"),
            mixed.join("  "),
        ];
        for typed in ways {
            assert_eq!(check_typed(&fingerprint, &typed), Ok(()), "{typed}");
        }
    }

    #[test]
    fn first_wrong_word_is_named_by_position_and_never_shown() {
        let fingerprint = some_fingerprint();
        for position in 1..=FINGERPRINT_WORDS {
            let mut typed = fingerprint_words(&fingerprint, Language::English);
            let right = std::mem::replace(&mut typed[position - 1], "ZEBRA-31".to_owned());

            let error = check_typed(&fingerprint, &typed.join(" ")).unwrap_err();

            assert_eq!(error, WordsError::Wrong { position });
            assert!(!error.to_string().contains(&right));
        }
    }

    #[test]
    fn misspelt_missing_and_extra_words_are_told_apart() {
        let fingerprint = some_fingerprint();
        let words = fingerprint_words(&fingerprint, Language::English);
        let check = |typed: String| check_typed(&fingerprint, &typed);

        let few = WordsError::TooFew {
            typed: 11,
            expected: 12,
        };
        assert_eq!(check(words[..11].join(" ")), Err(few));
        let many = WordsError::TooMany { expected: 12 };
        assert_eq!(check(words.join(" ") + " EAGLE-19"), Err(many));
        for slip in [
            "EAGEL-19",
            "EAGLE-32",
            "EAGLE-019",
            "EAGLE",
            "19",
            "?",
            "HOUSE-01",
        ] {
            let typed = format!("{} {slip} {}", words[0], words[2..].join(" "));
            let error = check(typed);
            assert_eq!(error, Err(WordsError::NotAWord { position: 2 }), "{slip}");
        }
    }

    #[test]
    fn no_two_nouns_of_a_list_are_alike() {
        let english: Vec<String> = NOUNS.iter().map(|(noun, _)| folded(noun)).collect();
        let russian: Vec<String> = NOUNS.iter().map(|(_, noun)| folded(noun)).collect();
        for list in [english, russian] {
            for (index, one) in list.iter().enumerate() {
                for other in &list[..index] {
                    assert!(distance(one, other) >= 3, "{one} {other}");
                    let three = |noun: &str| noun.chars().take(3).collect::<String>();
                    assert_ne!(three(one), three(other));
                }
            }
        }
    }

    #[test]
    fn line_words_cover_the_whole_key_and_are_checked_alike() {
        let key = [7; 32];
        let words = line_words(&key, Language::Russian);

        assert_eq!(check_line_words(&key, &words.join(" ")), Ok(()));
        let error = check_line_words(&[8; 32], &words.join(" "));
        assert_eq!(error, Err(WordsError::Wrong { position: 1 }));
    }

    fn some_fingerprint() -> Fingerprint {
        // Noun 13 stands in all words, so that ё does.
        let mut bytes = [0; 32];
        for word in 0..12 {
            for (offset, bit) in [0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 1].into_iter().enumerate() {
                let index = word * 11 + offset;
                bytes[index / 8] |= bit << (7 - index % 8);
            }
        }
        Fingerprint(bytes)
    }

    fn folded(noun: &str) -> String {
        noun.chars().flat_map(fold).collect()
    }

    /// Levenshtein's.
    fn distance(one: &str, other: &str) -> usize {
        let other: Vec<char> = other.chars().collect();
        let mut row: Vec<usize> = (0..=other.len()).collect();
        for (index, a) in one.chars().enumerate() {
            let mut diagonal = index;
            row[0] = index + 1;
            for (column, b) in other.iter().enumerate() {
                let replaced = diagonal + usize::from(a != *b);
                diagonal = row[column + 1];
                row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
            }
        }
        row[other.len()]
    }
}
