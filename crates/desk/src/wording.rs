//! How forms read at this desk, and what is muddled in them: by the rules and the lexicon in force.

use std::sync::LazyLock;

use redphone_clarity::{
    Against, Defaults, Expected, Finding, Lexicon, Line, Rules, check_form, lines,
};
use redphone_wire::{Form, Language};

/// The lexicon that is shipped, until the two sides agree on another.
static STARTER: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::starter().unwrap_or_default());
/// The rules that are shipped.
static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::shipped().unwrap_or_default());

/// The lines of a form in a language.
pub fn lines_of(form: &Form, language: Language) -> Vec<Line> {
    lines(form, &*STARTER, language)
}

/// What is muddled in a form, with the parties' names known. `earlier` is the message that it
/// refers to, if it is held here.
pub fn findings_of<'n>(
    form: &Form,
    expected: Expected,
    earlier: Option<&Form>,
    names: impl IntoIterator<Item = &'n str>,
) -> Vec<Finding> {
    let lexicon = STARTER.clone().with_names(names);
    let against = Against {
        rules: &RULES,
        lexicon: &lexicon,
        defaults: &Defaults::default(),
        expected,
        earlier,
    };
    check_form(form, against)
}
