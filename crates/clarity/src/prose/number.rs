//! X03: a number that does not say of what.

use super::{Hit, View};
use crate::finding::RuleId;
use crate::rules::List;
use crate::text::Kind;

/// X03: a number with a separator of thousands, or one that measures, by the list `measures`, with
/// nothing after it that it could count. `Annex 3` and `lock 4` are names; a year and the number of
/// an item are excused.
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
    let gap = view.text.gap_before(index);
    let sign = |c: char| "%\u{2030}\u{b0}$\u{20ac}\u{a3}\u{20bd}\u{2116}".contains(c);
    let signed = after.trim_start().starts_with(sign) || gap.trim_end().ends_with(sign);
    let item = after.starts_with(['.', ')']) && after.len() > 1 && gap.trim().is_empty();
    let year = view
        .word(index)
        .parse()
        .is_ok_and(|year: u32| YEARS.contains(&year));
    measures(view, index) && !signed && !item && !year && !counts(view, index)
}

/// Whether the word before a number, or before the row that it is in, says that it measures.
fn measures(view: &View<'_>, mut index: usize) -> bool {
    for _ in 0..ROW_NUMBERS_MAX {
        let Some(before) = index.checked_sub(1) else {
            return true;
        };
        let row = JOINING_ROWS.contains(&view.word(before));
        let place = before.saturating_sub(usize::from(row));
        let is_number = view
            .token(place)
            .is_some_and(|token| token.kind == Kind::Number);
        if !is_number {
            return view.is_listed(List::Measures, before);
        }
        index = place;
    }
    true
}

/// Whether a number counts the words after it, or stands in a row of numbers of which the last does:
/// `13 to 15 October`, `3, 4 and 5 km`.
fn counts(view: &View<'_>, mut index: usize) -> bool {
    for _ in 0..ROW_NUMBERS_MAX {
        let Some(next) = view.token(index + 1) else {
            return false;
        };
        let apart = view.text.gap_after(index).trim();
        let row = JOINING_ROWS.contains(&next.folded.as_str());
        let place = if row { index + 2 } else { index + 1 };
        let is_number = view
            .token(place)
            .is_some_and(|token| token.kind == Kind::Number);
        if is_number && (row || !apart.is_empty()) {
            index = place;
            continue;
        }
        return (apart.is_empty() || apart == "-") && !JOINING.contains(&next.folded.as_str());
    }
    false
}

/// Numbers of a row that are looked at.
const ROW_NUMBERS_MAX: usize = 12;
/// Numbers of four digits that are read as years.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2099;
/// Words between the numbers of a row.
const JOINING_ROWS: [&str; 7] = ["and", "or", "to", "до", "и", "или", "по"];
/// Words that a number cannot count.
const JOINING: [&str; 23] = [
    "and", "at", "but", "by", "for", "from", "if", "in", "is", "on", "or", "than", "that", "the",
    "to", "when", "will", "в", "до", "и", "или", "к", "на",
];
