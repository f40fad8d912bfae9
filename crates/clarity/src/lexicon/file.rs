//! The file of a lexicon: what may stand in it, and why one is refused.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::{Estimate, LEXICON_BYTES_MAX, TERMS_MAX, Term, TermId};
use crate::language::Bilingual;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    meta: Meta,
    #[serde(default)]
    term: Vec<TermRow>,
    #[serde(default)]
    estimate: Vec<EstimateRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    version: String,
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

type Content = (String, BTreeMap<TermId, Term>, Vec<Estimate>);

/// Reads a file: its version, terms and estimates.
pub(super) fn parse(toml: &str) -> Result<Content, LexiconError> {
    if toml.len() > LEXICON_BYTES_MAX {
        return Err(LexiconError::TooLong);
    }
    let file: File = toml::from_str(toml).map_err(|why| LexiconError::Toml(why.to_string()))?;
    if file.term.len() > TERMS_MAX {
        return Err(LexiconError::TooLong);
    }
    if file.meta.version.is_empty() {
        return Err(LexiconError::NoVersion);
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
    Ok((file.meta.version, terms, estimates))
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
    Ok(term)
}

fn estimate(row: EstimateRow) -> Result<Estimate, LexiconError> {
    let (from, to) = row.range;
    if from >= to || to > 100 {
        return Err(LexiconError::Range(row.id));
    }
    Ok(Estimate {
        id: row.id,
        words: Bilingual {
            en: row.en,
            ru: row.ru,
        },
        range: row.range,
    })
}

/// Why a file is not a lexicon. Whoever wrote it has to mend it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LexiconError {
    /// A term has no definition in both languages; one not to be used, no reason.
    NoDefinition(TermId),
    /// A term has no words in both languages.
    NoHead(TermId),
    /// The lexicon has no version.
    NoVersion,
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
}

impl fmt::Display for LexiconError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDefinition(id) => write!(f, "{id} is not defined in both languages"),
            Self::NoHead(id) => write!(f, "{id} has no words in both languages"),
            Self::NoVersion => f.write_str("the lexicon has no version"),
            Self::Range(id) => write!(f, "the range of {id} is not one of per cents"),
            Self::TermId(id) => write!(f, "'{id}' is not the number of a term, as T-007 is"),
            Self::Toml(why) => write!(f, "the file is not that of a lexicon: {why}"),
            Self::TooLong => write!(
                f,
                "a lexicon has {LEXICON_BYTES_MAX} bytes and {TERMS_MAX} terms at most"
            ),
            Self::Twice(id) => write!(f, "{id} is there twice"),
        }
    }
}

impl std::error::Error for LexiconError {}
