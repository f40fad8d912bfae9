//! P01 in Russian: short participles and reflexive verbs without an actor in the instrumental.
//!
//! A short participle is told by its ending, or is in the list `participle`; the list `not-passive`
//! has short adjectives and nouns that end alike. Reflexive verbs are passive only if they are in
//! the list `reflexive`. An actor is a word of the list `agent` in the same clause, behind no
//! preposition: an instrument, `ключом`, is not one.

use std::ops::Range;

use super::View;
use crate::rules::List;
use crate::text::{Kind, Sentence};

/// Words before and after the verb among which its actor stands.
const ACTOR_REACH: usize = 7;
/// Letters of a short participle that its ending tells.
const PARTICIPLE_LETTERS_MIN: usize = 6;
/// Endings of masculine short participles, parted by spaces.
const ENDINGS: [&str; 3] = [
    "ботан бран ван дан делан ден ежан енян ержан ерян есан ешан еян жен зан зен иран исан",
    "йман лен ломан нен опан рван релян рен рятан сен слан слышан чатан чен читан шен щен",
    "ыпан ытан ятнан",
];
const PREPOSITIONS: [&str; 12] = [
    "за",
    "между",
    "над",
    "перед",
    "под",
    "рядом",
    "с",
    "со",
    "вместе",
    "наряду",
    "по",
    "одновременно",
];

/// The passives of a Russian sentence that name no actor.
pub(super) fn passives(view: &View<'_>, sentence: &Sentence) -> Vec<Range<usize>> {
    let passive = |index: &usize| {
        !view.is_listed(List::NotPassive, *index)
            && (view.is_listed(List::Reflexive, *index)
                || view.is_listed(List::Participle, *index)
                || is_short_participle(view, *index))
    };
    let verbs = sentence.tokens.clone().filter(passive);
    let agentless = verbs.filter(|verb| !has_actor(view, sentence, *verb));
    agentless.map(|verb| verb..verb + 1).collect()
}

fn is_short_participle(view: &View<'_>, index: usize) -> bool {
    let Some(token) = view.token(index).filter(|token| token.kind == Kind::Word) else {
        return false;
    };
    let folded = token.folded.as_str();
    let masculine = folded.strip_suffix(['а', 'о', 'ы']).unwrap_or(folded);
    folded.chars().count() >= PARTICIPLE_LETTERS_MIN
        && ENDINGS
            .iter()
            .flat_map(|line| line.split(' '))
            .any(|ending| masculine.ends_with(ending))
}

fn has_actor(view: &View<'_>, sentence: &Sentence, verb: usize) -> bool {
    let after = verb + 1..sentence.tokens.end.min(verb + 1 + ACTOR_REACH);
    let before = sentence.tokens.start.max(verb.saturating_sub(ACTOR_REACH))..verb;
    let parted = |gap: &str| gap.contains([',', ';', ':', '(', '\u{2014}', '\u{2013}']);
    after
        .take_while(|index| !parted(view.text.gap_before(*index)))
        .chain(
            before
                .rev()
                .take_while(|index| !parted(view.text.gap_after(*index))),
        )
        .any(|index| view.is_listed(List::Agent, index) && !is_governed(view, index))
}

/// Whether a preposition governs a word, adjectives between them or not.
fn is_governed(view: &View<'_>, index: usize) -> bool {
    let mut place = index;
    for _ in 0..ACTOR_REACH {
        let Some(before) = place.checked_sub(1) else {
            return false;
        };
        let word = view.word(before);
        if PREPOSITIONS.contains(&word) {
            return true;
        }
        let adjective = ["ым", "им", "ой", "ей", "ыми", "ими", "ею"]
            .iter()
            .any(|ending| word.ends_with(ending));
        if !adjective {
            return false;
        }
        place = before;
    }
    false
}
