//! What makes two spellings of a word compare alike: case, composition, `ё`, apostrophes, stems.
//!
//! Folding is for comparing only; spans always count bytes of the text as it was written.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use crate::Language;

/// Folds a word: composed (UAX 15, NFC), lower case, `ё` as `е`, one kind of apostrophe and hyphen,
/// and without the characters that cannot be seen.
#[must_use]
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.nfc()
        .filter(|c| !is_unseen(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ё' => 'е',
            '\u{2019}' | '\u{2bc}' => '\'',
            '\u{2010}' | '\u{2011}' => '-',
            other => other,
        })
        .collect()
}

/// Whether a character leaves no mark of its own: zero-width, direction, variation, tag.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Cuts folded words down to their Snowball stems.
pub(crate) struct Stems(Stemmer);

impl Stems {
    pub(crate) fn of(language: Language) -> Self {
        Self(Stemmer::create(match language {
            Language::English => Algorithm::English,
            Language::Russian => Algorithm::Russian,
        }))
    }

    /// The stem of a folded word.
    pub(crate) fn stem(&self, folded: &str) -> String {
        self.0.stem(folded).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_fold_alike() {
        assert_eq!(fold("СЧЁТ"), "счет");
        assert_eq!(fold("сче\u{308}т"), "счет");
        assert_eq!(fold("Don\u{2019}t"), "don't");
        assert_eq!(fold("st\u{200b}op"), "stop");
    }

    #[test]
    fn forms_of_one_word_have_one_stem() {
        let english = Stems::of(Language::English);
        assert_eq!(english.stem("believes"), english.stem("believed"));
        let russian = Stems::of(Language::Russian);
        assert_eq!(russian.stem("сообщение"), russian.stem("сообщения"));
    }
}
