//! How forms read at this desk: in the words of the lexicon in force.

use std::sync::LazyLock;

use redphone_clarity::{Lexicon, Line, lines};
use redphone_wire::{Form, Language};

/// The lexicon that is shipped, until the two sides agree on another.
static STARTER: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::starter().unwrap_or_default());

/// The lines of a form in a language.
pub fn lines_of(form: &Form, language: Language) -> Vec<Line> {
    lines(form, &*STARTER, language)
}
