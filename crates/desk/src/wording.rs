//! How forms read at this desk, and what is muddled in them: by the rules and the lexicon in force.

use std::sync::LazyLock;

use redphone_clarity::{
    Against, Defaults, Expected, Finding, Lexicon, Line, Rules, check_form, lines,
};
use redphone_wire::{Form, Language, LexiconId};

/// The rules and the lexicon that are shipped, until the two sides agree on another. None: they are
/// broken, and nothing may be judged by them.
static SHIPPED: LazyLock<Option<(Rules, Lexicon)>> =
    LazyLock::new(|| Some((Rules::shipped().ok()?, Lexicon::starter().ok()?)));

/// The lexicon in force. None: it is broken.
pub fn lexicon_in_force() -> Option<LexiconId> {
    SHIPPED.as_ref().map(|(_, lexicon)| lexicon.id())
}

/// The lines of a form in a language. The terms of a form that names another lexicon, or none,
/// stand as their numbers: this desk does not know what they mean.
pub fn lines_of(form: &Form, language: Language) -> Vec<Line> {
    let agreed = matches!(form, Form::Answer(_)) || form.lexicon() == lexicon_in_force().as_ref();
    match SHIPPED.as_ref().filter(|_| agreed) {
        Some((_, lexicon)) => lines(form, lexicon, language),
        None => lines(form, &Lexicon::default(), language),
    }
}

/// What is muddled in a form, with the parties' names known. `earlier` is the message that it
/// refers to, if it is held here. None: the rules are broken, so nothing is known to be clear.
pub fn findings_of<'n>(
    form: &Form,
    expected: Expected,
    earlier: Option<&Form>,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<Vec<Finding>> {
    let (rules, lexicon) = SHIPPED.as_ref()?;
    let lexicon = lexicon.clone().with_names(names);
    let against = Against {
        rules,
        lexicon: &lexicon,
        defaults: &Defaults::default(),
        expected,
        earlier,
    };
    Some(check_form(form, against))
}
