//! T01 to T04: words without their agreed sense, other words for an agreed term, words that are not
//! to be used, likelihoods that are not on the ladder.

use super::{Hit, View};
use crate::finding::RuleId;
use crate::lexicon::Entry;

/// T01: a key word, the table's patterns, outside the words of an agreed term.
pub(super) fn term_not_agreed(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    for tokens in view.marked(rule) {
        if !view.is_agreed(tokens) && !view.is_quoted(tokens) {
            hits.extend(view.span(tokens).map(|span| Hit::new(rule, span)));
        }
    }
}

/// T02: words that an agreed term replaces. The term is offered instead.
pub(super) fn synonym_drift(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    for known in &view.known {
        let Entry::Avoid(id) = known.entry else {
            continue;
        };
        let Some(span) = view.span(&known.tokens) else {
            continue;
        };
        let head = view
            .lexicon
            .term(id)
            .map(|term| term.head.of(view.text.language()));
        hits.push(Hit {
            replacement: head.map(str::to_owned),
            ..Hit::new(rule, span)
        });
    }
}

/// T03: words without an equivalent, the table's patterns, and those that the lexicon says are not
/// to be used.
pub(super) fn false_friend(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    term_not_agreed(view, rule, hits);
    for known in &view.known {
        if matches!(known.entry, Entry::DoNotUse(_)) {
            hits.extend(view.span(&known.tokens).map(|span| Hit::new(rule, span)));
        }
    }
}

/// T04: a word of likelihood, the table's patterns, that is not a step of the lexicon's ladder.
pub(super) fn estimative_off_ladder(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    for tokens in view.marked(rule) {
        let on_ladder = matches!(view.known_around(tokens), Some(Entry::Estimate(_)));
        if !on_ladder {
            hits.extend(view.span(tokens).map(|span| Hit::new(rule, span)));
        }
    }
}
