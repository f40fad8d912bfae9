//! V04 and V05: dates that two readers read differently, and clock times without a zone.

use super::{Hit, View};
use crate::finding::RuleId;
use crate::rules::List;
use crate::text::{Kind, Token};

/// Tokens after a time within which its zone has to stand: `between 02:10 and 03:40 UTC`.
const ZONE_REACH: usize = 6;

/// V04: a date whose day and month can be exchanged, or whose year has two digits.
pub(super) fn ambiguous_date(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    for token in view
        .text
        .tokens()
        .iter()
        .filter(|token| token.kind == Kind::Date)
    {
        let parts: Vec<&str> = token.folded.split(['-', '/', '.']).collect();
        let [first, second, third] = parts.as_slice() else {
            continue;
        };
        if first.len() == 4 {
            continue;
        }
        let low = |part: &str| {
            part.parse()
                .is_ok_and(|number: u32| (1..=12).contains(&number))
        };
        let exchanged = low(first) && low(second) && first != second;
        if exchanged || third.len() == 2 {
            hits.push(Hit::new(rule, token.span.clone()));
        }
    }
}

/// V05: a clock time after which no zone is named. `Z`, an offset and the words of the list `zone`
/// name one, for all times before them in the sentence that only small words part from them.
pub(super) fn time_without_zone(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    for (index, token) in view.text.tokens().iter().enumerate() {
        let Some(last) = last_of_time(view, index, token) else {
            continue;
        };
        if !has_zone(view, last)
            && let Some(span) = view.span(&(index..last + 1))
        {
            hits.push(Hit::new(rule, span));
        }
    }
}

/// The last token of a clock time that begins at a place and has no zone in itself.
fn last_of_time(view: &View<'_>, index: usize, token: &Token) -> Option<usize> {
    let after = view.word(index + 1);
    let before = index.checked_sub(1).map_or("", |before| view.word(before));
    match token.kind {
        Kind::Time => (!token.folded.ends_with('z')).then_some(index),
        Kind::DateTime => {
            let (_, time) = token.folded.split_once('t')?;
            (!time.contains(['z', '+', '-'])).then_some(index)
        }
        Kind::Number if view.is_english() => {
            let marked = matches!(after, "am" | "pm" | "a.m" | "p.m" | "o'clock");
            let military = after == "hours" && token.folded.len() == 4 && before != "for";
            (marked || military).then_some(index + 1)
        }
        Kind::Number => {
            let hours = matches!(after, "час" | "часа" | "часов" | "часам" | "ч");
            let small = token.folded.parse().is_ok_and(|hour: u32| hour <= 24);
            (hours && small && matches!(before, "в" | "к" | "около")).then_some(index + 1)
        }
        Kind::Code if view.is_english() => {
            let hour = token
                .folded
                .strip_suffix("am")
                .or(token.folded.strip_suffix("pm"))?;
            hour.parse::<u8>().is_ok().then_some(index)
        }
        Kind::Code | Kind::Date | Kind::Dtg | Kind::Word => None,
    }
}

/// Whether a zone is named soon after a time, with nothing but small words and times between.
fn has_zone(view: &View<'_>, last: usize) -> bool {
    for index in last + 1..=last + ZONE_REACH {
        let Some(token) = view.token(index) else {
            return false;
        };
        if view.is_listed(List::Zone, index) || token.folded == "z" {
            return true;
        }
        let zoned =
            matches!(token.kind, Kind::Time | Kind::DateTime) && token.folded.ends_with('z');
        if zoned {
            return true;
        }
        let small =
            token.kind != Kind::Word || token.folded.chars().count() <= 3 || is_month(token);
        let parted = view.text.gap_before(index).contains(['.', ';', '!', '?']);
        if !small || parted {
            return false;
        }
    }
    false
}

/// Whether a word is a month or what stands in a date: `18:00 on 31 October UTC`.
fn is_month(token: &Token) -> bool {
    const HEADS: [&str; 24] = [
        "janu",
        "febr",
        "marc",
        "apri",
        "may",
        "june",
        "july",
        "augu",
        "sept",
        "octo",
        "nove",
        "dece",
        "январ",
        "феврал",
        "март",
        "апрел",
        "мая",
        "июн",
        "июл",
        "август",
        "сентябр",
        "октябр",
        "ноябр",
        "декабр",
    ];
    HEADS.iter().any(|head| token.folded.starts_with(head)) || token.folded == "минут"
}
