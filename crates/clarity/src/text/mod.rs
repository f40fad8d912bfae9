//! A text as the rules see it: tokens and sentences with the bytes that they stand on.
//!
//! Owns the cutting and folding of words. Knows no rule and no term. Every step is linear in the
//! length of the text, and no more than [`TEXT_BYTES_MAX`] bytes are read.

mod fold;
mod sentence;
mod token;

use std::ops::Range;

use redphone_wire::limits::TEXT_BYTES_MAX;

use crate::Language;

pub(crate) use fold::Stems;
pub use fold::{fold, is_unseen};
pub use sentence::Sentence;
pub use token::{Case, Kind, Token};

/// The language that most letters of a text are of; English where it has none.
#[must_use]
pub fn language_of(source: &str) -> Language {
    let cyrillic = |c: &char| matches!(c, '\u{400}'..='\u{4ff}');
    let russian = source.chars().filter(cyrillic).count();
    let english = source.chars().filter(char::is_ascii_alphabetic).count();
    if russian > english {
        Language::Russian
    } else {
        Language::English
    }
}

/// A text, cut into tokens and sentences.
///
/// ```
/// use redphone_clarity::{Language, Text};
///
/// let text = Text::new("Act by 281800Z. Annex no. 3 lists the registers.", Language::English);
/// let sentences: Vec<&str> = text.sentences().iter().filter_map(|s| text.slice(&s.span)).collect();
/// assert_eq!(sentences, ["Act by 281800Z.", "Annex no. 3 lists the registers."]);
/// ```
#[derive(Clone, Debug)]
pub struct Text<'t> {
    source: &'t str,
    language: Language,
    tokens: Vec<Token>,
    sentences: Vec<Sentence>,
}

impl<'t> Text<'t> {
    /// Cuts a text. What lies beyond [`TEXT_BYTES_MAX`] bytes is not read: see [`Text::unread`].
    #[must_use]
    pub fn new(source: &'t str, language: Language) -> Self {
        let read = source.floor_char_boundary(TEXT_BYTES_MAX);
        let head = source.get(..read).unwrap_or_default();
        let tokens = token::tokens(head, &Stems::of(language));
        let gap = |index: usize| gap_after(head, &tokens, index);
        let sentences = sentence::sentences(&tokens, gap, language);
        Self {
            source,
            language,
            tokens,
            sentences,
        }
    }

    /// What was cut.
    #[must_use]
    pub fn source(&self) -> &'t str {
        self.source
    }

    /// The language that it is said to be in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Its words and numbers, in order.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Its sentences, in order. Each token is in one of them.
    #[must_use]
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// The tokens of a sentence.
    #[must_use]
    pub fn tokens_of(&self, sentence: &Sentence) -> &[Token] {
        self.tokens.get(sentence.tokens.clone()).unwrap_or_default()
    }

    /// The text on some bytes, if they are bounded by characters.
    #[must_use]
    pub fn slice(&self, span: &Range<usize>) -> Option<&'t str> {
        self.source.get(span.clone())
    }

    /// What is written between the token at a place and the next one, or the end.
    #[must_use]
    pub fn gap_after(&self, index: usize) -> &'t str {
        gap_after(self.source, &self.tokens, index)
    }

    /// What is written before the token at a place, from the token before it or the start.
    #[must_use]
    pub fn gap_before(&self, index: usize) -> &'t str {
        match index.checked_sub(1) {
            Some(before) => self.gap_after(before),
            None => {
                let end = self
                    .tokens
                    .first()
                    .map_or(self.source.len(), |token| token.span.start);
                self.source.get(..end).unwrap_or_default()
            }
        }
    }

    /// The bytes that are beyond the bound and were not read; empty for a text that fits.
    #[must_use]
    pub fn unread(&self) -> Range<usize> {
        self.source.floor_char_boundary(TEXT_BYTES_MAX)..self.source.len()
    }
}

fn gap_after<'t>(source: &'t str, tokens: &[Token], index: usize) -> &'t str {
    let Some(token) = tokens.get(index) else {
        return "";
    };
    let end = tokens
        .get(index + 1)
        .map_or(source.len(), |next| next.span.start);
    source.get(token.span.end..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(source: &str, language: Language) -> Vec<&str> {
        let text = Text::new(source, language);
        let spans = text.sentences().iter();
        spans
            .map(|sentence| text.slice(&sentence.span).unwrap())
            .collect()
    }

    #[test]
    fn english_sentences_end_where_a_reader_ends_them() {
        let english = |source| sentences(source, Language::English).len();
        assert_eq!(english("We saw it at 281800Z. It stopped."), 2);
        assert_eq!(
            english("We saw it at 18.30 UTC on 28.10.2027 in Annex no. 3, art. 4."),
            1
        );
        assert_eq!(english("The U.S. network of Gen. A. Smith is up."), 1);
        assert_eq!(english("Is it up? We say no. Tell us."), 3);
        assert_eq!(english("1. Stop T-007.\n2. Confirm it."), 2);
        assert_eq!(english("We ask:\n- stop;\n- confirm."), 3);
        assert_eq!(english("A line that\nis wrapped."), 1);
    }

    #[test]
    fn russian_sentences_end_where_a_reader_ends_them() {
        let russian = |source| sentences(source, Language::Russian).len();
        assert_eq!(russian("Это было 28.10.2027 г. в 18.30. Потом стихло."), 2);
        assert_eq!(russian("См. п. 3 ст. 4, т. е. весь список, и т. д."), 1);
        assert_eq!(russian("Ген. А. С. Иванов был там."), 1);
        assert_eq!(russian("Работает ли сеть? Нет. Сообщите!"), 3);
    }

    #[test]
    fn spans_count_the_bytes_of_the_text_as_written() {
        let text = Text::new("Счёт ё.", Language::Russian);
        let written: Vec<_> = text.tokens().iter().map(|t| text.slice(&t.span)).collect();
        assert_eq!(written, [Some("Счёт"), Some("ё")]);
        assert_eq!(text.gap_after(1), ".");
        assert_eq!(text.gap_before(0), "");
    }

    #[test]
    fn text_beyond_the_bound_is_not_read_and_is_told() {
        let long = "ж ".repeat(TEXT_BYTES_MAX);
        let text = Text::new(&long, Language::Russian);
        let last = text.tokens().last().unwrap();
        assert!(last.span.end <= TEXT_BYTES_MAX);
        assert_eq!(text.unread().end, long.len());
        assert!(Text::new("ж", Language::Russian).unread().is_empty());
    }
}
