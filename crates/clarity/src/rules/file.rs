//! The file of the rules: what may stand in it, and why one is refused.

use std::fmt;

use serde::Deserialize;

use super::{List, Rule, RuleKind, WEIGHT_MAX};
use crate::bilingual::Bilingual;
use crate::finding::{NotARule, Severity};
use crate::pattern::PatternError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<RuleRow>,
    #[serde(default)]
    list: Vec<ListRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRow {
    id: String,
    name: String,
    group: String,
    severity: Severity,
    #[serde(default)]
    kind: RuleKind,
    #[serde(default = "whole")]
    weight: u8,
    scope: Vec<String>,
    #[serde(default)]
    en: Vec<String>,
    #[serde(default)]
    ru: Vec<String>,
    why: Bilingual,
    fix: Bilingual,
    bad: Bilingual,
    good: Bilingual,
}

fn whole() -> u8 {
    WEIGHT_MAX
}

/// Words that rules in code need.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListRow {
    pub(super) name: List,
    #[serde(default)]
    pub(super) en: Vec<String>,
    #[serde(default)]
    pub(super) ru: Vec<String>,
}

/// A rule with its patterns, English and Russian.
pub(super) type WithPatterns = (Rule, Vec<String>, Vec<String>);

/// Reads the file.
pub(super) fn parse(toml: &str) -> Result<(Vec<WithPatterns>, Vec<ListRow>), RulesError> {
    let file: File = toml::from_str(toml).map_err(|why| RulesError::Toml(why.to_string()))?;
    let read = |row: RuleRow| -> Result<WithPatterns, RulesError> {
        let rule = Rule {
            id: row.id.parse().map_err(|NotARule| RulesError::Id(row.id))?,
            name: row.name,
            group: row.group,
            severity: row.severity,
            kind: row.kind,
            weight: row.weight.min(WEIGHT_MAX),
            scopes: row.scope,
            why: row.why,
            fix: row.fix,
            bad: row.bad,
            good: row.good,
        };
        Ok((rule, row.en, row.ru))
    };
    let rules = file.rule.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok((rules, file.list))
}

/// Why a file is not one of rules. Whoever wrote it has to mend it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RulesError {
    /// A rule's number is not written as `V06`.
    Id(String),
    /// A pattern cannot be compiled.
    Pattern(PatternError),
    /// Not TOML, or with a key that rules do not have.
    Toml(String),
    /// Two rules have one number.
    Twice(crate::RuleId),
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "'{id}' is not the number of a rule, as V06 is"),
            Self::Pattern(_) => f.write_str("a pattern cannot be read"),
            Self::Toml(why) => write!(f, "the file is not one of rules: {why}"),
            Self::Twice(id) => write!(f, "{id} is there twice"),
        }
    }
}

impl std::error::Error for RulesError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Pattern(source) => Some(source),
            Self::Id(_) | Self::Toml(_) | Self::Twice(_) => None,
        }
    }
}

impl From<PatternError> for RulesError {
    fn from(source: PatternError) -> Self {
        Self::Pattern(source)
    }
}
