//! The rules that are code: what no pattern of words can say.
//!
//! Each rule is a function from a [`View`] to its [`Hit`]s. Their words, severities and places are
//! in the table of the rules. Owns no order: that is the table's.

mod ask;
mod number;
mod passive;
mod passive_ru;
mod script;
mod structure;
mod term;
mod time;
mod wording;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::finding::RuleId;
use crate::lexicon::{Entry, Known, Lexicon};
use crate::rules::{List, Mark, Rule};
use crate::scope::Scope;
use crate::text::{Text, Token};
use redphone_wire::Language;

/// The rule of characters that deceive, which no place tempers.
pub(crate) const DECEIVES: RuleId = RuleId::new('X', 1);

/// Marks that open or close a quotation.
const QUOTES: [char; 7] = [
    '"', '\u{ab}', '\u{bb}', '\u{201c}', '\u{201d}', '\u{201e}', '\u{2039}',
];

/// All that a rule may look at.
pub(crate) struct View<'v> {
    text: &'v Text<'v>,
    scope: Scope,
    lexicon: &'v Lexicon,
    known: Vec<Known>,
    marks: BTreeMap<Mark, Vec<Range<usize>>>,
}

/// Something that a rule found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Hit {
    pub(crate) rule: RuleId,
    pub(crate) span: Range<usize>,
    pub(crate) replacement: Option<String>,
}

impl Hit {
    fn new(rule: RuleId, span: Range<usize>) -> Self {
        Self {
            rule,
            span,
            replacement: None,
        }
    }
}

impl<'v> View<'v> {
    pub(crate) fn new(
        text: &'v Text<'v>,
        scope: Scope,
        lexicon: &'v Lexicon,
        marks: BTreeMap<Mark, Vec<Range<usize>>>,
    ) -> Self {
        Self {
            known: lexicon.find(text),
            text,
            scope,
            lexicon,
            marks,
        }
    }

    fn is_english(&self) -> bool {
        self.text.language() == Language::English
    }

    fn token(&self, index: usize) -> Option<&Token> {
        self.text.tokens().get(index)
    }

    fn word(&self, index: usize) -> &str {
        self.token(index).map_or("", |token| &token.folded)
    }

    /// The bytes of some tokens.
    fn span(&self, tokens: &Range<usize>) -> Option<Range<usize>> {
        let first = self.token(tokens.start)?;
        let last = self.token(tokens.end.checked_sub(1)?)?;
        (first.span.start <= last.span.end).then_some(first.span.start..last.span.end)
    }

    /// What the patterns of a rule fit.
    fn marked(&self, rule: RuleId) -> &[Range<usize>] {
        self.marks.get(&Mark::Rule(rule)).map_or(&[], Vec::as_slice)
    }

    /// What the words of a list fit.
    fn listed(&self, list: List) -> &[Range<usize>] {
        self.marks.get(&Mark::List(list)).map_or(&[], Vec::as_slice)
    }

    /// Whether a word of a list stands at a place.
    fn is_listed(&self, list: List, index: usize) -> bool {
        // Ranges come in the order of their first tokens.
        let ranges = self.listed(list);
        let from = ranges.partition_point(|range| range.start < index);
        ranges.get(from).is_some_and(|range| range.start == index)
    }

    /// The first fit of a rule's patterns that begins within some tokens.
    fn marked_within(&self, rule: RuleId, tokens: &Range<usize>) -> Option<&Range<usize>> {
        let ranges = self.marked(rule);
        let from = ranges.partition_point(|range| range.start < tokens.start);
        ranges.get(from).filter(|range| range.start < tokens.end)
    }

    /// What the lexicon knows of the words that some tokens lie within.
    fn known_around(&self, tokens: &Range<usize>) -> Option<&Entry> {
        // Known words come in order and none within another.
        let after = self
            .known
            .partition_point(|known| known.tokens.start <= tokens.start);
        let known = self.known.get(after.checked_sub(1)?)?;
        (tokens.end <= known.tokens.end).then_some(&known.entry)
    }

    /// Whether tokens lie within the words of an agreed term.
    fn is_agreed(&self, tokens: &Range<usize>) -> bool {
        matches!(self.known_around(tokens), Some(Entry::Agreed(_)))
    }

    /// Whether quotation marks stand right around tokens: a word is named there, not used.
    fn is_quoted(&self, tokens: &Range<usize>) -> bool {
        let before = self.text.gap_before(tokens.start).ends_with(QUOTES);
        let last = tokens.end.saturating_sub(1);
        before && self.text.gap_after(last).starts_with(QUOTES)
    }
}

/// The hits of a rule that is patterns alone. Words of agreed terms and words that are named in
/// quotation marks are none.
pub(crate) fn pattern_hits(view: &View<'_>, rule: &Rule) -> Vec<Hit> {
    let used = |tokens: &&Range<usize>| !view.is_agreed(tokens) && !view.is_quoted(tokens);
    let spans = view.marked(rule.id).iter().filter(used);
    spans
        .filter_map(|tokens| Some(Hit::new(rule.id, view.span(tokens)?)))
        .collect()
}

/// Runs the code of a rule. A rule without code finds nothing.
pub(crate) fn check(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    for (id, check) in CHECKS {
        if id == rule {
            check(view, id, hits);
        }
    }
}

type Check = fn(&View<'_>, RuleId, &mut Vec<Hit>);

const CHECKS: [(RuleId, Check); 16] = [
    (RuleId::new('L', 1), structure::long_sentence),
    (RuleId::new('L', 2), structure::noun_chain),
    (RuleId::new('L', 3), structure::undefined_acronym),
    (RuleId::new('O', 2), ask::several_asks),
    (RuleId::new('O', 4), ask::condition_without_consequence),
    (RuleId::new('P', 1), passive::agentless_passive),
    (RuleId::new('T', 1), term::term_not_agreed),
    (RuleId::new('T', 2), term::synonym_drift),
    (RuleId::new('T', 3), term::false_friend),
    (RuleId::new('T', 4), term::estimative_off_ladder),
    (RuleId::new('V', 4), time::ambiguous_date),
    (RuleId::new('V', 5), time::time_without_zone),
    (RuleId::new('W', 3), wording::rhetorical_question),
    (RuleId::new('W', 4), wording::scare_quotes),
    (DECEIVES, script::deceiving_characters),
    (RuleId::new('X', 3), number::bare_number),
];
