//! O02 and O04: more than one demand in an ask, and a condition that nothing follows from.

use std::ops::Range;

use super::{Hit, View};
use crate::finding::RuleId;
use crate::rules::List;
use crate::text::Sentence;

/// Tokens that a consequence has at least.
const OUTCOME_TOKENS_MIN: usize = 2;

/// O02: a second verb of asking. The table's patterns are those verbs; one counts at the start of
/// the text or behind a word or mark that adds a demand.
pub(super) fn several_asks(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    let mut asked = false;
    for tokens in view.marked(rule) {
        let first = tokens.start == 0;
        let added = is_added(view, tokens.start);
        if !first && !added && !asks(view, tokens.start) {
            continue;
        }
        // The object of an ask alone has its verb in a field of its own.
        let second = asked || (added && !first && !begins_with_verb(view, rule));
        if second && let Some(span) = view.span(tokens) {
            hits.push(Hit::new(rule, span));
        }
        asked = true;
    }
}

fn begins_with_verb(view: &View<'_>, rule: RuleId) -> bool {
    let verb = view
        .marked(rule)
        .first()
        .is_some_and(|tokens| tokens.start == 0);
    let asked = (0..view.text.tokens().len()).any(|index| asks(view, index));
    verb || asked
}

/// Whether the words before a place ask: `we ask you to`, `просим`.
fn asks(view: &View<'_>, index: usize) -> bool {
    let before = |back: usize| index.checked_sub(back).map_or("", |place| view.word(place));
    matches!(
        before(1),
        "please" | "просим" | "требуем" | "предлагаем" | "прошу" | "пожалуйста"
    ) || (before(1) == "to" && matches!(before(2), "you" | "ask" | "request" | "demand"))
        || (before(1) == "вас" && matches!(before(2), "просим" | "прошу"))
}

/// Whether the words or the mark before a place add a demand.
fn is_added(view: &View<'_>, index: usize) -> bool {
    let Some(before) = index.checked_sub(1) else {
        return false;
    };
    let joins = |word: &str| {
        matches!(
            word,
            "and" | "then" | "also" | "or" | "и" | "а" | "также" | "затем" | "или"
        )
    };
    let to = view.word(before) == "to"
        && before
            .checked_sub(1)
            .is_some_and(|place| joins(view.word(place)));
    let gap = view.text.gap_before(index);
    joins(view.word(before)) || to || gap.contains([';', '\n', '.'])
}

/// O04: a sentence with a condition, the table's patterns, and no consequence: neither a word of
/// the list `outcome`, nor a clause behind a comma, in it or at the start of the next one.
pub(super) fn condition_without_consequence(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    let sentences = view.text.sentences();
    for (place, sentence) in sentences.iter().enumerate() {
        let Some(condition) = view.marked_within(rule, &sentence.tokens) else {
            continue;
        };
        let next = sentences.get(place + 1);
        let followed = next.is_some_and(|next| view.is_listed(List::Outcome, next.tokens.start));
        if followed || has_outcome(view, sentence, condition) {
            continue;
        }
        if let Some(span) = view.span(&(condition.start..sentence.tokens.end)) {
            hits.push(Hit::new(rule, span));
        }
    }
}

fn has_outcome(view: &View<'_>, sentence: &Sentence, condition: &Range<usize>) -> bool {
    let outcome = |index: usize| view.is_listed(List::Outcome, index);
    if sentence.tokens.clone().any(outcome) {
        return true;
    }
    // A clause before the condition: `We block the assets if ...`.
    if condition.start >= sentence.tokens.start + OUTCOME_TOKENS_MIN {
        return true;
    }
    let rest = condition.end..sentence.tokens.end.saturating_sub(OUTCOME_TOKENS_MIN);
    rest.into_iter().any(|index| {
        let gap = view.text.gap_after(index);
        gap.contains([',', '\u{2014}', '\u{2013}'])
    })
}
