//! The agreed lexicon: terms of both languages, words to avoid, words not to use, the ladder of
//! likelihoods.
//!
//! Owns its file format, its content hash and the look-up of its words in a text. Who proposes and
//! who accepts a lexicon is the desk's. A lexicon is a TOML file:
//!
//! ```toml
//! [meta]
//! name = "starter"
//! version = 1
//! [[term]]
//! id = "T-012"
//! en = "armed conflict"
//! ru = "вооружённый конфликт"
//! def_en = "Resort to armed force between the two States."
//! def_ru = "Применение вооружённой силы между двумя государствами."
//! avoid_en = ["war"]
//! avoid_ru = ["война"]
//! [[estimate]]
//! id = "E5"
//! en = "likely"
//! ru = "вероятно"
//! range = [55, 80]
//! ```
//!
//! A term may also have `not_en`, `not_ru` (what it does not include), `forms_en`, `forms_ru` (its
//! inflected forms; without them any form with the same stems is taken), and the `status`
//! `do-not-use` with `why_en`, `why_ru`. A `[[confidence]]` has an `id`, its words, what they mean and
//! do not mean.

mod file;
mod hash;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::bilingual::Bilingual;
use crate::pattern::{Pattern, PatternSet};
use crate::render::Terms;
use crate::text::{Text, fold};
use redphone_wire::{Language, LexiconId};

pub use file::LexiconError;
pub(crate) use hash::Canonical;

/// Bytes of a lexicon's file.
pub const LEXICON_BYTES_MAX: usize = 262_144;
/// Bytes of the words of a term, of a form of them, or of a word that is avoided.
pub const TERM_WORDS_BYTES_MAX: usize = 256;
/// Bytes of what a term means, or does not.
pub const TERM_MEANING_BYTES_MAX: usize = 2_048;
/// Forms of a term in one language, and words that it replaces.
pub const TERM_FORMS_MAX: usize = 128;
/// Terms of a lexicon.
pub const TERMS_MAX: usize = 1_024;

/// A lexicon, ready to be looked up. The default one is empty. A clone shares the content.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    content: Arc<Indexed>,
    names: Vec<String>,
}

/// The content of a lexicon, with its words in the order of their look-up.
#[derive(Debug, Default)]
struct Indexed {
    name: String,
    version: u16,
    hash: [u8; 32],
    terms: BTreeMap<TermId, Term>,
    estimates: Vec<Estimate>,
    confidences: Vec<Confidence>,
    english: PatternSet<Entry>,
    russian: PatternSet<Entry>,
}

/// The number of a term: `T-007`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct TermId(pub u16);

/// A term that both sides mean alike.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Term {
    /// The words to use.
    pub head: Bilingual,
    /// What it means.
    pub definition: Bilingual,
    /// What it does not include; empty if nothing is said.
    pub excludes: Bilingual,
    /// Inflected forms of the English head.
    pub forms_en: Vec<String>,
    /// Inflected forms of the Russian head.
    pub forms_ru: Vec<String>,
    /// English words that this term replaces.
    pub avoid_en: Vec<String>,
    /// Russian words that this term replaces.
    pub avoid_ru: Vec<String>,
    /// Why the word is not to be used at all, if it is not.
    pub do_not_use: Option<Bilingual>,
}

/// A step of the ladder of likelihoods (ICD 203).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Estimate {
    /// `E1` to `E7`.
    pub id: String,
    /// The words of the step.
    pub words: Bilingual,
    /// Per cent, from and to.
    pub range: (u8, u8),
}

/// How well founded a judgement is, whatever its likelihood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Confidence {
    /// `low`, `moderate`, `high`.
    pub id: String,
    /// Its word.
    pub words: Bilingual,
    /// What it means.
    pub definition: Bilingual,
    /// What it does not mean.
    pub excludes: Bilingual,
}

/// What the lexicon knows of some words.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Entry {
    /// The words of a term, to be used.
    Agreed(TermId),
    /// Words that a term replaces.
    Avoid(TermId),
    /// Words that are not to be used.
    DoNotUse(TermId),
    /// A step of the ladder, as a place in [`Lexicon::estimates`].
    Estimate(usize),
}

/// Words of a text that the lexicon knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Known {
    /// What it knows of them.
    pub entry: Entry,
    /// The words, as places in [`Text::tokens`].
    pub tokens: Range<usize>,
}

impl Lexicon {
    /// The file of the starter lexicon.
    pub const STARTER: &'static str = include_str!("starter.toml");

    /// Reads a lexicon from its file.
    ///
    /// # Errors
    ///
    /// [`LexiconError`] says what whoever wrote the file has to mend.
    pub fn parse(toml: &str) -> Result<Self, LexiconError> {
        let content = file::parse(toml)?;
        let mut indexed = Indexed {
            hash: hash::hash(&content),
            name: content.name,
            version: content.version,
            terms: content.terms,
            estimates: content.estimates,
            confidences: content.confidences,
            ..Indexed::default()
        };
        indexed.english = indexed.index(Language::English);
        indexed.russian = indexed.index(Language::Russian);
        Ok(Self {
            content: Arc::new(indexed),
            names: Vec::new(),
        })
    }

    /// The starter lexicon, which is shipped: terms of cyber incidents.
    ///
    /// # Errors
    ///
    /// None that a user can meet: a test reads the shipped file.
    pub fn starter() -> Result<Self, LexiconError> {
        Self::parse(Self::STARTER)
    }

    /// Adds names, of the parties for one, that are written in capitals and are not abbreviations.
    /// They are no part of the content.
    #[must_use]
    pub fn with_names<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.names.extend(names.into_iter().map(fold));
        self
    }

    /// Its name and version, as a drafter writes them: `starter-1`.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}-{}", self.content.name, self.content.version)
    }

    /// What a message names it by.
    #[must_use]
    pub fn id(&self) -> LexiconId {
        let mut digest = [0; 8];
        for (to, from) in digest.iter_mut().zip(self.content.hash) {
            *to = from;
        }
        LexiconId {
            name: self.content.name.clone(),
            version: self.content.version,
            digest,
        }
    }

    /// SHA-256 over the content: version, terms by number, estimates in order. Layout and comments
    /// of the file have no part in it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.content.hash
    }

    /// A term by its number.
    #[must_use]
    pub fn term(&self, id: TermId) -> Option<&Term> {
        self.content.terms.get(&id)
    }

    /// All terms, by number.
    pub fn terms(&self) -> impl Iterator<Item = (TermId, &Term)> {
        self.content.terms.iter().map(|(id, term)| (*id, term))
    }

    /// The ladder of likelihoods, lowest first.
    #[must_use]
    pub fn estimates(&self) -> &[Estimate] {
        &self.content.estimates
    }

    /// The words for how well founded a judgement is.
    #[must_use]
    pub fn confidences(&self) -> &[Confidence] {
        &self.content.confidences
    }

    /// Whether a folded word is one of the names of [`Lexicon::with_names`].
    #[must_use]
    pub fn is_name(&self, folded: &str) -> bool {
        self.names.iter().any(|name| name == folded)
    }

    /// The words of a text that the lexicon knows: the longest first, none within another.
    #[must_use]
    pub fn find(&self, text: &Text<'_>) -> Vec<Known> {
        let set = match text.language() {
            Language::English => &self.content.english,
            Language::Russian => &self.content.russian,
        };
        let mut all: Vec<Known> = set
            .matches(text)
            .into_iter()
            .map(|found| Known {
                entry: found.key.clone(),
                tokens: found.tokens,
            })
            .collect();
        all.sort_by_key(|known| {
            (
                known.tokens.start,
                usize::MAX - known.tokens.end,
                known.entry.clone(),
            )
        });
        let mut end = 0;
        all.retain(|known| {
            let apart = known.tokens.start >= end;
            if apart {
                end = known.tokens.end;
            }
            apart
        });
        all
    }
}

impl Indexed {
    fn index(&self, language: Language) -> PatternSet<Entry> {
        let mut set = PatternSet::default();
        for (id, term) in &self.terms {
            let (forms, avoid) = match language {
                Language::English => (&term.forms_en, &term.avoid_en),
                Language::Russian => (&term.forms_ru, &term.avoid_ru),
            };
            let entry = match term.do_not_use {
                Some(_) => Entry::DoNotUse(*id),
                None => Entry::Agreed(*id),
            };
            let head = term.head.of(language);
            let whole = if forms.is_empty() {
                Pattern::stemmed(head, language)
            } else {
                Pattern::literal(head, language)
            };
            let forms = forms
                .iter()
                .filter_map(|form| Pattern::literal(form, language));
            for pattern in whole.into_iter().chain(forms) {
                set.insert(entry.clone(), pattern);
            }
            for words in avoid {
                if let Some(pattern) = Pattern::literal(words, language) {
                    set.insert(Entry::Avoid(*id), pattern);
                }
            }
        }
        for (place, estimate) in self.estimates.iter().enumerate() {
            if let Some(pattern) = Pattern::literal(estimate.words.of(language), language) {
                set.insert(Entry::Estimate(place), pattern);
            }
        }
        set
    }
}

impl Terms for Lexicon {
    fn term(&self, id: &str, language: Language) -> Option<&str> {
        let term = self.content.terms.get(&id.parse().ok()?)?;
        Some(term.head.of(language))
    }
}

impl fmt::Display for TermId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T-{:03}", self.0)
    }
}

impl std::str::FromStr for TermId {
    type Err = LexiconError;

    fn from_str(written: &str) -> Result<Self, LexiconError> {
        let number = written
            .strip_prefix("T-")
            .and_then(|number| number.parse().ok());
        let id = number.map(Self).filter(|id| id.to_string() == written);
        id.ok_or_else(|| LexiconError::TermId(written.to_owned()))
    }
}

#[cfg(test)]
mod tests;
