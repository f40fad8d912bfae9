//! X03: a number that does not say of what.

use super::{Hit, View};
use crate::finding::RuleId;
use crate::rules::List;
use crate::text::{Case, Kind};

/// X03: a number with a separator of thousands, or with nothing after it that it could count. A
/// number is excused behind a word of the list `counted` (`Annex 3`), behind a capital, as the
/// number of an item, and before a unit.
pub(super) fn bare_number(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    for (index, token) in view.text.tokens().iter().enumerate() {
        if token.kind != Kind::Number {
            continue;
        }
        if has_thousands(&token.folded) || is_bare(view, index) {
            hits.push(Hit::new(rule, token.span.clone()));
        }
    }
}

/// `1,000` and `1.000`: a thousand to one reader, one to the other.
fn has_thousands(folded: &str) -> bool {
    let parts: Vec<&str> = folded.split([',', '.']).collect();
    let groups = parts.get(1..).unwrap_or_default();
    let head = parts
        .first()
        .is_some_and(|head| (1..=3).contains(&head.len()));
    head && !groups.is_empty() && groups.iter().all(|group| group.len() == 3)
}

fn is_bare(view: &View<'_>, index: usize) -> bool {
    let after = view.text.gap_after(index);
    let sign = |c: char| "%\u{2030}\u{b0}$\u{20ac}\u{a3}\u{20bd}\u{2116}".contains(c);
    if after.trim_start().starts_with(sign)
        || view.text.gap_before(index).trim_end().ends_with(sign)
    {
        return false;
    }
    let item = after.starts_with(['.', ')'])
        && after.len() > 1
        && view.text.gap_before(index).trim().is_empty();
    let before = index.checked_sub(1).and_then(|place| view.token(place));
    let named = before.is_some_and(|token| {
        token.case != Case::Lower
            || token.kind != Kind::Word
            || view.is_listed(List::Counted, index - 1)
    });
    let counts = view.token(index + 1).is_some_and(|next| {
        let apart = after.chars().any(|c| !c.is_whitespace() && c != '-');
        !apart && !is_joining(&next.folded)
    });
    !item && !named && !counts
}

/// Words that a number cannot count.
fn is_joining(folded: &str) -> bool {
    const JOINING: [&str; 28] = [
        "and", "at", "but", "by", "for", "from", "if", "in", "is", "of", "on", "or", "than",
        "that", "the", "to", "when", "will", "a", "в", "до", "и", "из", "или", "к", "на", "от",
        "с",
    ];
    JOINING.contains(&folded)
}
