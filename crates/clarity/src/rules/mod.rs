//! The rules: a table in `rules.toml`, compiled once, and the check of a text by it.
//!
//! Most rules are patterns in the table. A rule of kind `code` has its logic in [`crate::prose`] and
//! its words here; one of kind `form` needs more than one field of a form and is checked where forms
//! are. Owns the order of findings and what keeps two of them from saying one thing twice.

mod file;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use crate::bilingual::Bilingual;
use crate::finding::{Finding, RuleId, Severity};
use crate::lexicon::Lexicon;
use crate::pattern::{Pattern, PatternSet};
use crate::prose::{self, Hit, View};
use crate::scope::Scope;
use crate::text::{Stems, Text};
use redphone_wire::Language;

pub use file::RulesError;

/// The rules that are shipped.
const SHIPPED: &str = include_str!("rules.toml");
/// The rules over the fields of forms.
const OF_FORMS: &str = include_str!("forms.toml");
/// The rule and the words by which a plain statement warns or asks.
const OF_WARNINGS: &str = include_str!("warns.toml");

/// All rules, ready to check texts by.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: BTreeMap<RuleId, Rule>,
    marks: Marks,
}

/// What makes a plain statement one that warns or asks: words of a list, or a consequence that it
/// leaves vague (V06). What it is not, no finding stops.
#[derive(Clone, Debug)]
pub struct Warns(Marks);

/// Patterns of both languages.
#[derive(Clone, Debug, Default)]
struct Marks {
    english: PatternSet<Mark>,
    russian: PatternSet<Mark>,
}

/// A rule, as the table has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    /// Its number.
    pub id: RuleId,
    /// Its name: `vague-consequence`.
    pub name: String,
    /// What it is about: `hedge`, `time`, `consequence`.
    pub group: String,
    /// How much a finding of it weighs.
    pub severity: Severity,
    /// How it is checked.
    pub kind: RuleKind,
    /// Of 100 findings, with how many people agreed; 100 where nobody measured it.
    pub weight: u8,
    /// The places that it applies to: see [`Scope::is_in`].
    pub scopes: Vec<String>,
    /// What is wrong with what it finds.
    pub why: Bilingual,
    /// What to write instead.
    pub fix: Bilingual,
    /// A text that it finds. For a rule of forms, in words.
    pub bad: Bilingual,
    /// The same, said well.
    pub good: Bilingual,
}

/// How a rule is checked.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum RuleKind {
    /// By code over the words of a text.
    Code,
    /// By code over the fields of a form.
    Form,
    /// By its patterns alone.
    #[default]
    Pattern,
}

/// What some tokens of a text were marked as.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Mark {
    Rule(RuleId),
    List(List),
}

/// A list of words that code needs and a linguist keeps.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum List {
    /// Who can be named as the one who acts.
    Agent,
    /// Words before a number that measures or counts; behind any other, a number is a name.
    Measures,
    /// What shows that a condition has its consequence.
    Outcome,
    /// Participles that no ending shows.
    Participle,
    /// Behind `by`, words that name nobody.
    NotAgent,
    /// Words that look like a passive and are none.
    NotPassive,
    /// Words of the quoted: before them quotation marks are a citation.
    Quoted,
    /// Reflexive verbs that are passives.
    Reflexive,
    /// Words by which a plain statement warns or asks.
    Warns,
    /// Words that name a time zone.
    Zone,
}

impl Rules {
    /// The shipped rules.
    ///
    /// # Errors
    ///
    /// None that a user can meet: a test reads the shipped table.
    pub fn shipped() -> Result<Self, RulesError> {
        let mut table = Self::parse(SHIPPED)?;
        table.add(OF_FORMS)?;
        table.add(OF_WARNINGS)?;
        Ok(table)
    }

    /// Reads and compiles a table of rules.
    ///
    /// # Errors
    ///
    /// [`RulesError`] says what whoever wrote the table has to mend.
    pub fn parse(toml: &str) -> Result<Self, RulesError> {
        let mut table = Self::default();
        table.add(toml)?;
        Ok(table)
    }

    fn add(&mut self, toml: &str) -> Result<(), RulesError> {
        let (rules, lists) = file::parse(toml)?;
        for (rule, en, ru) in rules {
            let id = rule.id;
            self.marks.insert(Mark::Rule(id), &en, &ru)?;
            if self.rules.insert(id, rule).is_some() {
                return Err(RulesError::Twice(id));
            }
        }
        for list in lists.into_iter().filter(|list| list.name != List::Warns) {
            self.marks
                .insert(Mark::List(list.name), &list.en, &list.ru)?;
        }
        Ok(())
    }

    /// A rule by its number.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(&id)
    }

    /// All rules, by number.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// A finding of a rule in a field; its words and severity are those of the table. `None` if the
    /// table has no such rule.
    #[must_use]
    pub fn finding(&self, id: RuleId, field: &str, span: Range<usize>) -> Option<Finding> {
        let rule = self.rule(id)?;
        Some(Finding {
            rule: id,
            severity: rule.severity,
            field: field.to_owned(),
            span,
            why: rule.why.clone(),
            fix: rule.fix.clone(),
            replacement: None,
            weight: rule.weight,
        })
    }

    /// Checks one text. Findings come in the order of [`Finding::order`]; the same text gives the
    /// same findings. Time is linear in the length of the text, and no more than `TEXT_BYTES_MAX`
    /// bytes are read: what is beyond them is one blocking finding of X01.
    #[must_use]
    pub fn check_text(
        &self,
        source: &str,
        language: Language,
        scope: Scope,
        lexicon: &Lexicon,
    ) -> Vec<Finding> {
        let text = Text::new(source, language);
        let set = self.marks.of(language);
        let mut marks: BTreeMap<Mark, Vec<Range<usize>>> = BTreeMap::new();
        for found in set.matches(&text) {
            marks.entry(*found.key).or_default().push(found.tokens);
        }
        let view = View::new(&text, scope, lexicon, marks);
        let mut hits = Vec::new();
        for rule in self.rules().filter(|rule| rule.applies(scope)) {
            match rule.kind {
                RuleKind::Pattern => hits.extend(prose::pattern_hits(&view, rule)),
                RuleKind::Code => prose::check(&view, rule.id, &mut hits),
                RuleKind::Form => {}
            }
        }
        self.findings(hits, scope)
    }

    /// Hits as findings: in order, and of one rule none within another.
    fn findings(&self, mut hits: Vec<Hit>, scope: Scope) -> Vec<Finding> {
        hits.sort_by_key(|hit| (hit.span.start, usize::MAX - hit.span.end, hit.rule));
        let mut reached: BTreeMap<RuleId, usize> = BTreeMap::new();
        let mut findings: Vec<Finding> = Vec::new();
        for hit in hits {
            let end = reached.entry(hit.rule).or_default();
            if hit.span.end <= *end {
                continue;
            }
            *end = hit.span.end;
            if let Some(mut finding) = self.finding(hit.rule, scope.path(), hit.span) {
                if hit.rule != prose::DECEIVES {
                    finding.severity = scope.tempers(finding.severity);
                }
                finding.replacement = hit.replacement;
                findings.push(finding);
            }
        }
        findings.sort_by_key(Finding::order);
        findings
    }
}

impl Warns {
    /// The shipped ones.
    ///
    /// # Errors
    ///
    /// None that a user can meet: a test reads the shipped table.
    pub fn shipped() -> Result<Self, RulesError> {
        let (rules, lists) = file::parse(OF_WARNINGS)?;
        let mut marks = Marks::default();
        for (rule, en, ru) in rules {
            marks.insert(Mark::Rule(rule.id), &en, &ru)?;
        }
        for list in lists {
            marks.insert(Mark::List(list.name), &list.en, &list.ru)?;
        }
        Ok(Self(marks))
    }

    /// Whether a plain statement warns or asks, in either language. Time is linear in its length.
    #[must_use]
    pub fn finds(&self, source: &str) -> bool {
        let marks = |language| {
            let found = self.0.of(language).matches(&Text::new(source, language));
            !found.is_empty()
        };
        // Every word of a Russian pattern has letters that ASCII lacks.
        marks(Language::English) || (!source.is_ascii() && marks(Language::Russian))
    }
}

impl Marks {
    fn insert(&mut self, mark: Mark, en: &[String], ru: &[String]) -> Result<(), RulesError> {
        let stems = Stems::of(Language::English);
        for pattern in en {
            self.english.insert(mark, Pattern::parse(pattern, &stems)?);
        }
        let stems = Stems::of(Language::Russian);
        for pattern in ru {
            self.russian.insert(mark, Pattern::parse(pattern, &stems)?);
        }
        Ok(())
    }

    fn of(&self, language: Language) -> &PatternSet<Mark> {
        match language {
            Language::English => &self.english,
            Language::Russian => &self.russian,
        }
    }
}

/// The weight of a rule that nobody measured.
const WEIGHT_MAX: u8 = 100;

impl Rule {
    /// Whether the rule applies to a place.
    #[must_use]
    pub fn applies(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|written| scope.is_in(written))
    }
}

#[cfg(test)]
mod tests;
