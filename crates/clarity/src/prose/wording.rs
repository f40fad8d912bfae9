//! W03 and W04: questions that want no answer, and quotation marks that doubt what they quote.

use super::{Hit, QUOTES, View};
use crate::finding::RuleId;
use crate::rules::List;
use crate::scope::Scope;

/// Words that a doubting quotation has at most.
const SCARE_WORDS_MAX: usize = 2;

/// W03: a question outside the numbered asks, where it is not counted as one; among them, one that
/// begins with a pattern of the table.
pub(super) fn rhetorical_question(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    for sentence in view.text.sentences() {
        let asks = view
            .text
            .slice(&sentence.span)
            .is_some_and(|text| text.contains('?'));
        let rhetorical = view.marked_within(rule, &sentence.tokens).is_some();
        if asks && (view.scope != Scope::Ask || rhetorical) {
            hits.push(Hit::new(rule, sentence.span.clone()));
        }
    }
}

/// W04: one or two words in quotation marks that begin small and that no word of the list `quoted`
/// says to be a citation or a name.
pub(super) fn scare_quotes(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    let count = view.text.tokens().len();
    for start in 0..count {
        let opens = view.text.gap_before(start).ends_with(QUOTES);
        let small = view.token(start).is_some_and(|token| {
            view.text
                .slice(&token.span)
                .is_some_and(|word| word.starts_with(char::is_lowercase))
        });
        let cited = start
            .checked_sub(1)
            .is_some_and(|before| view.is_listed(List::Quoted, before));
        if !opens || !small || cited {
            continue;
        }
        for end in start + 1..=(start + SCARE_WORDS_MAX).min(count) {
            let tokens = start..end;
            if view.is_quoted(&tokens) && !view.is_agreed(&tokens) {
                hits.extend(view.span(&tokens).map(|span| Hit::new(rule, span)));
            }
        }
    }
}
