//! The file of a lexicon: what may stand in it, and why one is refused.

use std::collections::BTreeMap;
use std::fmt;

use redphone_wire::limits::LEXICON_NAME_BYTES_MAX;
use serde::Deserialize;

use super::{
    Confidence, Estimate, LEXICON_BYTES_MAX, TERM_FORMS_MAX, TERM_MEANING_BYTES_MAX,
    TERM_WORDS_BYTES_MAX, TERMS_MAX, Term, TermId,
};
use crate::bilingual::Bilingual;
use crate::text::is_unseen;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    meta: Meta,
    #[serde(default)]
    term: Vec<TermRow>,
    #[serde(default)]
    estimate: Vec<EstimateRow>,
    #[serde(default)]
    confidence: Vec<ConfidenceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    name: String,
    version: u16,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TermRow {
    id: String,
    en: String,
    ru: String,
    def_en: String,
    def_ru: String,
    not_en: String,
    not_ru: String,
    forms_en: Vec<String>,
    forms_ru: Vec<String>,
    avoid_en: Vec<String>,
    avoid_ru: Vec<String>,
    status: Option<Status>,
    why_en: String,
    why_ru: String,
}

#[derive(Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Status {
    DoNotUse,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EstimateRow {
    id: String,
    en: String,
    ru: String,
    range: (u8, u8),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfidenceRow {
    id: String,
    en: String,
    ru: String,
    def_en: String,
    def_ru: String,
    not_en: String,
    not_ru: String,
}

/// What a file holds.
pub(super) struct Content {
    pub(super) name: String,
    pub(super) version: u16,
    pub(super) terms: BTreeMap<TermId, Term>,
    pub(super) estimates: Vec<Estimate>,
    pub(super) confidences: Vec<Confidence>,
}

/// Reads a file.
pub(super) fn parse(toml: &str) -> Result<Content, LexiconError> {
    if toml.len() > LEXICON_BYTES_MAX {
        return Err(LexiconError::TooLong);
    }
    let file: File = toml::from_str(toml).map_err(|why| LexiconError::Toml(why.to_string()))?;
    if file.term.len() > TERMS_MAX {
        return Err(LexiconError::TooLong);
    }
    let name = &file.meta.name;
    if !(1..=LEXICON_NAME_BYTES_MAX).contains(&name.len()) || !fits(name, LEXICON_NAME_BYTES_MAX) {
        return Err(LexiconError::Name);
    }
    let mut terms = BTreeMap::new();
    for row in file.term {
        let id: TermId = row.id.parse()?;
        let term = term(id, row)?;
        if terms.insert(id, term).is_some() {
            return Err(LexiconError::Twice(id));
        }
    }
    let estimates = file
        .estimate
        .into_iter()
        .map(estimate)
        .collect::<Result<_, _>>()?;
    if file.confidence.len() > TERM_FORMS_MAX {
        return Err(LexiconError::TooLong);
    }
    let confidences = file.confidence.into_iter().map(confidence);
    let confidences = confidences.collect::<Result<_, _>>()?;
    Ok(Content {
        name: file.meta.name,
        version: file.meta.version,
        terms,
        estimates,
        confidences,
    })
}

fn term(id: TermId, row: TermRow) -> Result<Term, LexiconError> {
    let do_not_use = row.status == Some(Status::DoNotUse);
    let why = Bilingual {
        en: row.why_en,
        ru: row.why_ru,
    };
    let term = Term {
        head: Bilingual {
            en: row.en,
            ru: row.ru,
        },
        definition: Bilingual {
            en: row.def_en,
            ru: row.def_ru,
        },
        excludes: Bilingual {
            en: row.not_en,
            ru: row.not_ru,
        },
        forms_en: row.forms_en,
        forms_ru: row.forms_ru,
        avoid_en: row.avoid_en,
        avoid_ru: row.avoid_ru,
        do_not_use: do_not_use.then_some(why),
    };
    let said = term.do_not_use.as_ref().unwrap_or(&term.definition);
    if term.head.en.is_empty() || term.head.ru.is_empty() {
        return Err(LexiconError::NoHead(id));
    }
    if said.en.is_empty() || said.ru.is_empty() {
        return Err(LexiconError::NoDefinition(id));
    }
    let lists = [
        &term.forms_en,
        &term.forms_ru,
        &term.avoid_en,
        &term.avoid_ru,
    ];
    let short = lists.iter().all(|list| list.len() <= TERM_FORMS_MAX);
    let words = lists.into_iter().flatten();
    let words_fit = words
        .chain([&term.head.en, &term.head.ru])
        .all(|words| fits(words, TERM_WORDS_BYTES_MAX));
    let meant = [
        Some(&term.definition),
        Some(&term.excludes),
        term.do_not_use.as_ref(),
    ];
    let meaning_fits = meant.into_iter().flatten().all(is_meaning);
    if short && words_fit && meaning_fits {
        Ok(term)
    } else {
        Err(LexiconError::Words(id.to_string()))
    }
}

/// Words that a person sees whole, within their bound.
fn fits(words: &str, bytes_max: usize) -> bool {
    words.len() <= bytes_max && !words.contains(|c| is_unseen(c) || char::is_control(c))
}

fn is_meaning(words: &Bilingual) -> bool {
    fits(&words.en, TERM_MEANING_BYTES_MAX) && fits(&words.ru, TERM_MEANING_BYTES_MAX)
}

fn estimate(row: EstimateRow) -> Result<Estimate, LexiconError> {
    let (from, to) = row.range;
    if from >= to || to > 100 {
        return Err(LexiconError::Range(row.id));
    }
    let words = Bilingual {
        en: row.en,
        ru: row.ru,
    };
    if !is_meaning(&words) || !fits(&row.id, TERM_WORDS_BYTES_MAX) {
        return Err(LexiconError::Words(row.id.escape_debug().to_string()));
    }
    Ok(Estimate {
        id: row.id,
        words,
        range: row.range,
    })
}

fn confidence(row: ConfidenceRow) -> Result<Confidence, LexiconError> {
    let confidence = Confidence {
        id: row.id,
        words: Bilingual {
            en: row.en,
            ru: row.ru,
        },
        definition: Bilingual {
            en: row.def_en,
            ru: row.def_ru,
        },
        excludes: Bilingual {
            en: row.not_en,
            ru: row.not_ru,
        },
    };
    let said = [
        &confidence.words,
        &confidence.definition,
        &confidence.excludes,
    ];
    if said.into_iter().all(is_meaning) && fits(&confidence.id, TERM_WORDS_BYTES_MAX) {
        Ok(confidence)
    } else {
        let id = confidence.id.escape_debug().to_string();
        Err(LexiconError::Words(id))
    }
}

/// Why a file is not a lexicon. Whoever wrote it has to mend it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LexiconError {
    /// A term has no definition in both languages; one not to be used, no reason.
    NoDefinition(TermId),
    /// A term has no words in both languages.
    NoHead(TermId),
    /// The lexicon has no name, or too long a one.
    Name,
    /// The range of an estimate is not one of per cents.
    Range(String),
    /// A term's number is not written as `T-007`.
    TermId(String),
    /// Not TOML, or with a key that a lexicon does not have.
    Toml(String),
    /// More bytes or terms than a lexicon may have.
    TooLong,
    /// Two terms have one number.
    Twice(TermId),
    /// Words are too long, too many, or have what is not seen.
    Words(String),
}

impl fmt::Display for LexiconError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDefinition(id) => write!(f, "{id} is not defined in both languages"),
            Self::NoHead(id) => write!(f, "{id} has no words in both languages"),
            Self::Name => write!(
                f,
                "the lexicon has no name of 1 to {LEXICON_NAME_BYTES_MAX} bytes"
            ),
            Self::Range(id) => write!(f, "the range of {id} is not one of per cents"),
            Self::TermId(id) => write!(f, "'{id}' is not the number of a term, as T-007 is"),
            Self::Toml(why) => write!(f, "the file is not that of a lexicon: {why}"),
            Self::TooLong => write!(
                f,
                "a lexicon has {LEXICON_BYTES_MAX} bytes and {TERMS_MAX} terms at most"
            ),
            Self::Twice(id) => write!(f, "{id} is there twice"),
            Self::Words(id) => write!(
                f,
                "{id}: its words are too long, too many, or have signs that are not seen"
            ),
        }
    }
}

impl std::error::Error for LexiconError {}
