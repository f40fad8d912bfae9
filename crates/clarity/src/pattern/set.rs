//! Patterns that are found together: each token looks up the few that can begin with it.
//!
//! Time is linear in the text: a token tries the patterns of its word, of its stem, and those that can
//! begin with any.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Alternative, Pattern};
use crate::text::Text;

/// Patterns, each with a key, found together.
#[derive(Clone, Debug)]
pub(crate) struct PatternSet<K> {
    patterns: Vec<(K, Pattern)>,
    by_word: BTreeMap<String, Vec<usize>>,
    by_stem: BTreeMap<String, Vec<usize>>,
    /// Those that can begin with any token.
    open: Vec<usize>,
}

/// Where a pattern fits: its key and its tokens, as places in [`Text::tokens`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Match<'s, K> {
    pub(crate) key: &'s K,
    pub(crate) tokens: Range<usize>,
}

impl<K> Default for PatternSet<K> {
    fn default() -> Self {
        Self {
            patterns: Vec::new(),
            by_word: BTreeMap::new(),
            by_stem: BTreeMap::new(),
            open: Vec::new(),
        }
    }
}

impl<K> PatternSet<K> {
    pub(crate) fn insert(&mut self, key: K, pattern: Pattern) {
        let index = self.patterns.len();
        let keyed = |alternative: &Alternative| {
            matches!(alternative, Alternative::Word(_) | Alternative::Stem(_))
        };
        match pattern.key().filter(|words| words.iter().all(keyed)) {
            None => self.open.push(index),
            Some(words) => {
                for word in words {
                    if let Alternative::Word(word) = word {
                        self.by_word.entry(word.clone()).or_default().push(index);
                    } else if let Alternative::Stem(stem) = word {
                        self.by_stem.entry(stem.clone()).or_default().push(index);
                    }
                }
            }
        }
        self.patterns.push((key, pattern));
    }

    /// Every match in a text, by sentence and first token.
    pub(crate) fn matches<'s>(&'s self, text: &Text<'_>) -> Vec<Match<'s, K>> {
        let mut found = Vec::new();
        for sentence in text.sentences() {
            let tokens = text.tokens_of(sentence);
            for (first, token) in tokens.iter().enumerate() {
                let none = Vec::new();
                let by_word = self.by_word.get(&token.folded).unwrap_or(&none);
                let by_stem = self.by_stem.get(&token.stem).unwrap_or(&none);
                for index in by_word.iter().chain(by_stem).chain(&self.open) {
                    let Some((key, pattern)) = self.patterns.get(*index) else {
                        continue;
                    };
                    if let Some(end) = pattern.end_of_match(tokens, first) {
                        let base = sentence.tokens.start;
                        found.push(Match {
                            key,
                            tokens: base + first..base + end,
                        });
                    }
                }
            }
        }
        found
    }
}
