//! L01, L02 and L03: sentences that are too long, chains of nouns, letters that stand for words.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Hit, View};
use crate::finding::RuleId;
use crate::scope::Scope;
use crate::text::{Case, Kind};

/// Words of a sentence that describes (ASD-STE100).
const WORDS_MAX: usize = 25;
/// Words of a sentence that instructs (ASD-STE100).
const ASK_WORDS_MAX: usize = 20;
/// Nouns in a row from which on they are a chain.
const CHAIN_NOUNS: usize = 4;
/// Letters of an abbreviation at most; longer words in capitals are shouted.
const ACRONYM_LETTERS_MAX: usize = 6;

/// L01: a sentence with more words than one can hold.
pub(super) fn long_sentence(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    let most = if view.scope == Scope::Ask {
        ASK_WORDS_MAX
    } else {
        WORDS_MAX
    };
    let long = view
        .text
        .sentences()
        .iter()
        .filter(|sentence| sentence.tokens.len() > most);
    hits.extend(long.map(|sentence| Hit::new(rule, sentence.span.clone())));
}

/// L02: four nouns in a row. The table's patterns say what a noun of such a chain looks like.
pub(super) fn noun_chain(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    let mut chain: Range<usize> = 0..0;
    let starts: BTreeSet<usize> = view
        .marked(rule)
        .iter()
        .map(|tokens| tokens.start)
        .collect();
    for start in starts {
        let touches =
            start == chain.end && view.text.gap_before(start).chars().all(char::is_whitespace);
        if !touches {
            close_chain(view, rule, &chain, hits);
            chain.start = start;
        }
        chain.end = start + 1;
    }
    close_chain(view, rule, &chain, hits);
}

fn close_chain(view: &View<'_>, rule: RuleId, chain: &Range<usize>, hits: &mut Vec<Hit>) {
    if chain.len() >= CHAIN_NOUNS && !view.is_agreed(chain) {
        hits.extend(view.span(chain).map(|span| Hit::new(rule, span)));
    }
}

/// L03: letters that stand for words, unless the table's patterns, the lexicon or the text itself,
/// in brackets, say what for. The names of the parties stand for nothing.
pub(super) fn undefined_acronym(view: &View<'_>, rule: RuleId, hits: &mut Vec<Hit>) {
    let known: BTreeSet<usize> = view
        .marked(rule)
        .iter()
        .map(|tokens| tokens.start)
        .collect();
    let mut defined: BTreeSet<&str> = BTreeSet::new();
    for (index, token) in view.text.tokens().iter().enumerate() {
        let letters = token.folded.chars().count();
        let capitals = token.case == Case::Capitals && token.kind == Kind::Word;
        if !capitals || letters > ACRONYM_LETTERS_MAX {
            continue;
        }
        let in_brackets = view.text.gap_before(index).ends_with('(')
            && view.text.gap_after(index).starts_with(')');
        let spelled = view.text.gap_after(index).trim_start().starts_with('(');
        if in_brackets || spelled {
            defined.insert(&token.folded);
        }
        let is_known = known.contains(&index)
            || defined.contains(token.folded.as_str())
            || view.lexicon.is_name(&token.folded)
            || view.is_agreed(&(index..index + 1));
        if !is_known {
            hits.push(Hit::new(rule, token.span.clone()));
        }
    }
}
