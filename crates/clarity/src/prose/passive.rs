//! P01: a passive that names nobody who acts. English; [`super::passive_ru`] has the Russian.
//!
//! A passive is a form of *be* or *get*, small words, and a participle: a word in `-ed` or of the
//! list `participle`, outside the list `not-passive`. It has an actor if `by` follows in the same
//! clause, unless a word of the list `not-agent` comes after: `by hand`, `by Monday`.

use std::ops::Range;

use super::{Hit, View, passive_ru};
use crate::finding::RuleId;
use crate::rules::List;
use crate::text::{Kind, Sentence};

/// Small words between *be* and its participle.
const SMALL_WORDS_MAX: usize = 4;
/// Words of a question between *be* and its participle: `Were the two men seen?`
const SUBJECT_WORDS_MAX: usize = 6;
/// Words set off by commas between *be* and its participle.
const ASIDE_WORDS_MAX: usize = 14;
/// Words between a participle and `by`.
const ACTOR_REACH: usize = 9;

const BE: [&str; 18] = [
    "am", "are", "aren't", "be", "been", "being", "get", "gets", "getting", "got", "he's", "is",
    "isn't", "it's", "was", "wasn't", "were", "weren't",
];
const SMALL: [&str; 42] = [
    "again",
    "all",
    "almost",
    "already",
    "also",
    "always",
    "at",
    "best",
    "both",
    "certain",
    "each",
    "either",
    "even",
    "ever",
    "first",
    "fully",
    "hereby",
    "in",
    "just",
    "least",
    "likelihood",
    "likely",
    "long",
    "most",
    "much",
    "never",
    "not",
    "now",
    "often",
    "once",
    "only",
    "probability",
    "quite",
    "so",
    "soon",
    "still",
    "then",
    "thus",
    "twice",
    "very",
    "well",
    "yet",
];
const CLAUSE_ENDS: [&str; 16] = [
    "although", "and", "because", "but", "if", "or", "so", "than", "that", "though", "unless",
    "when", "where", "which", "while", "who",
];

/// P01 in the language of the text.
pub(super) fn agentless_passive(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    for sentence in view.text.sentences() {
        let passives = if view.is_english() {
            passives(view, sentence)
        } else {
            passive_ru::passives(view, sentence)
        };
        for tokens in passives {
            hits.extend(view.span(&tokens).map(|span| Hit::new(rule, span)));
        }
    }
}

/// The passives of an English sentence that name no actor.
fn passives(view: &View<'_>, sentence: &Sentence) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for index in sentence.tokens.clone() {
        if !BE.contains(&view.word(index)) {
            continue;
        }
        let participle = participle_after(view, sentence, index);
        let agentless = participle.filter(|place| !has_actor(view, sentence, *place));
        found.extend(agentless.map(|place| index..place + 1));
    }
    found
}

/// The participle that a form of *be* goes with.
fn participle_after(view: &View<'_>, sentence: &Sentence, be: usize) -> Option<usize> {
    let mut place = be + 1;
    if view.text.gap_after(be).contains(',') {
        let aside = place..sentence.tokens.end.min(place + ASIDE_WORDS_MAX);
        place = aside
            .into_iter()
            .find(|index| view.text.gap_after(*index).contains(','))?
            + 1;
    }
    for _ in 0..=SMALL_WORDS_MAX {
        if !sentence.tokens.contains(&place) {
            return None;
        }
        if is_participle(view, place) {
            return (!view.is_listed(List::NotPassive, place)).then_some(place);
        }
        let word = view.word(place);
        if !SMALL.contains(&word) && !word.ends_with("ly") {
            break;
        }
        place += 1;
    }
    let asked = be == sentence.tokens.start
        && view
            .text
            .slice(&sentence.span)
            .is_some_and(|text| text.contains('?'));
    let near = be + 1..sentence.tokens.end.min(be + 1 + SUBJECT_WORDS_MAX);
    let subject =
        |index: &usize| is_participle(view, *index) && !view.is_listed(List::NotPassive, *index);
    if asked {
        near.into_iter().skip(1).find(subject)
    } else {
        None
    }
}

fn is_participle(view: &View<'_>, index: usize) -> bool {
    let Some(token) = view.token(index) else {
        return false;
    };
    let regular = token.kind == Kind::Word
        && token.folded.ends_with("ed")
        && !token.folded.ends_with("eed")
        && token.folded.len() > 4;
    regular || view.is_listed(List::Participle, index)
}

fn has_actor(view: &View<'_>, sentence: &Sentence, participle: usize) -> bool {
    let reach = participle + 1..sentence.tokens.end.min(participle + 1 + ACTOR_REACH);
    for index in reach {
        let word = view.word(index);
        let parted = view
            .text
            .gap_before(index)
            .contains([',', ';', ':', '(', '\u{2014}']);
        if parted || CLAUSE_ENDS.contains(&word) {
            return false;
        }
        if word == "by" {
            let named = index + 1;
            let number = view
                .token(named)
                .is_some_and(|token| token.kind != Kind::Word);
            if !number && !view.is_listed(List::NotAgent, named) {
                return true;
            }
        }
    }
    false
}
