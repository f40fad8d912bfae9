//! How forms read at this desk, and what is muddled in them and in prose: by the rules and the
//! lexicon of the line.

use std::sync::{Arc, LazyLock};

use redphone_clarity::{
    Against, Checked, Defaults, Draft, Expected, Finding, Lexicon, Line, Rule, RuleId, Rules,
    Scope, Severity, Warns, check_draft, check_form, check_versions, complete, language_of, lines,
    unmatched,
};
use redphone_wire::{Form, Grade, Language, PartName, Reference, ReferenceKind, Translation};

use crate::hold::changes::{Change, changes};

/// The shipped rules. None, as of the others: it is broken, and nothing may be judged by it. Each is
/// read when it is first asked for: a station that only passes statements on needs little memory.
static RULES: LazyLock<Option<Rules>> = LazyLock::new(|| Rules::shipped().ok());

/// The shipped lexicon, which is in force until the two sides agree on another.
static LEXICON: LazyLock<Option<Arc<Lexicon>>> =
    LazyLock::new(|| Lexicon::starter().ok().map(Arc::new));

/// What makes a statement a warning.
static WARNS: LazyLock<Option<Warns>> = LazyLock::new(|| Warns::shipped().ok());

/// The rule of characters that deceive, and of sentences in the other language.
const FOREIGN: RuleId = RuleId::new('X', 1);

/// The lexicon that is shipped. None: it is broken.
pub fn shipped_lexicon() -> Option<Arc<Lexicon>> {
    LEXICON.clone()
}

/// The lines of a form in a language, by the lexicon that it names; of an ANSWER and a TRANSLATION,
/// which name none, by the one in force. Without it, its terms stand as their numbers: this desk does not know what they
/// mean.
pub fn lines_of(form: &Form, lexicon: Option<&Lexicon>, language: Language) -> Vec<Line> {
    let answers = matches!(form, Form::Answer(_) | Form::Translation(_));
    let named = |lexicon: &&Lexicon| answers || form.lexicon() == Some(&lexicon.id());
    match lexicon.filter(named) {
        Some(lexicon) => lines(form, lexicon, language),
        None => lines(form, &Lexicon::default(), language),
    }
}

/// What is muddled in a form, with the parties' names known, by the lexicon in force. `earlier` is the
/// message that it refers to, if it is held here. None: the rules or the lexicon cannot be read, so
/// nothing is known to be clear.
pub fn findings_of<'n>(
    form: &Form,
    lexicon: Option<&Lexicon>,
    expected: Expected,
    earlier: Option<&Form>,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<Vec<Finding>> {
    judged(lexicon, names, |rules, lexicon| {
        let defaults = Defaults::default();
        check_form(form, against(rules, lexicon, &defaults, expected, earlier))
    })
}

/// What is muddled in a draft of a form, and the form that it makes. As [`findings_of`].
pub fn findings_of_draft<'n>(
    draft: &Draft,
    lexicon: Option<&Lexicon>,
    expected: Expected,
    earlier: Option<&Form>,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<Checked> {
    judged(lexicon, names, |rules, lexicon| {
        let defaults = Defaults {
            on_behalf_of: None,
            lexicon: Some(lexicon.id()),
        };
        check_draft(draft, against(rules, lexicon, &defaults, expected, earlier))
    })
}

/// The form that a draft makes, if nothing of it is missing or misread.
pub fn form_of_draft(draft: &Draft, lexicon: Option<&Lexicon>) -> Option<Form> {
    let defaults = Defaults {
        on_behalf_of: None,
        lexicon: lexicon.map(Lexicon::id),
    };
    complete(draft, &defaults).form
}

/// What is muddled in prose; a plain statement may have sentences of both languages. As
/// [`findings_of`].
pub fn findings_of_text<'n>(
    text: &str,
    (language, scope): (Language, Scope),
    lexicon: Option<&Lexicon>,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<Vec<Finding>> {
    judged(lexicon, names, |rules, lexicon| {
        let check = |text, language| rules.check_text(text, language, scope, lexicon);
        let mut found = Vec::new();
        for finding in check(text, language) {
            let sentence = text.get(finding.span.clone()).unwrap_or_default();
            let tongue = language_of(sentence);
            let foreign = finding.rule == FOREIGN && scope == Scope::Body && tongue != language;
            let inner = if foreign {
                check(sentence, tongue)
            } else {
                Vec::new()
            };
            // What is plain in its own language is checked in it.
            if !foreign || inner.iter().any(|one| one.rule == FOREIGN) {
                found.push(finding);
                continue;
            }
            let at = finding.span.start;
            found.extend(inner.into_iter().map(|one| Finding {
                span: one.span.start + at..one.span.end + at,
                ..one
            }));
        }
        found.sort_by_key(Finding::order);
        found
    })
}

/// What is muddled in a translation of a free text: characters that deceive, and items that differ
/// from the original. These stop an official one; of others they are advice. As [`findings_of`].
pub fn findings_of_translation<'n>(
    original: &str,
    translation: &Translation,
    lexicon: Option<&Lexicon>,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<Vec<Finding>> {
    let text = translation.text.as_str();
    let mut found = findings_of_text(text, (translation.language, Scope::Note), lexicon, names)?;
    let rules = RULES.as_ref()?;
    let mismatch = check_versions("text", original, text, rules).map(|one| Finding {
        severity: match translation.grade {
            Grade::Official => one.severity,
            Grade::Rough | Grade::Sight => Severity::Warn,
        },
        ..one
    });
    found.extend(mismatch);
    Some(found)
}

/// Whether two versions of a text differ in numbers, times, names, terms or negation.
pub fn differ(original: &str, translation: &str) -> bool {
    !unmatched(original, translation).is_empty()
}

/// Whether a plain statement warns or asks, so that what must be fixed in it stops it. None: the
/// rules are broken.
pub fn warns(text: &str) -> Option<bool> {
    Some(WARNS.as_ref()?.finds(text))
}

/// A rule that is in force.
pub fn rule(id: RuleId) -> Option<&'static Rule> {
    RULES.as_ref()?.rule(id)
}

fn judged<'n, T>(
    lexicon: Option<&Lexicon>,
    names: impl IntoIterator<Item = &'n str>,
    judge: impl FnOnce(&Rules, &Lexicon) -> T,
) -> Option<T> {
    let rules = RULES.as_ref()?;
    let lexicon = lexicon?.clone().with_names(names);
    Some(judge(rules, &lexicon))
}

fn against<'a>(
    rules: &'a Rules,
    lexicon: &'a Lexicon,
    defaults: &'a Defaults,
    expected: Expected,
    earlier: Option<&'a Form>,
) -> Against<'a> {
    Against {
        rules,
        lexicon,
        defaults,
        expected,
        earlier,
    }
}

/// How a form differs from the one that it refers to, line by line as both read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Differences {
    /// In English.
    pub en: Vec<Change>,
    /// In Russian.
    pub ru: Vec<Change>,
    /// Parts that differ and that its writer did not list, or listed and that do not differ.
    pub wrongly_listed: Vec<PartName>,
}

/// Compares a form with the one that it refers to, each with the lexicon by which it reads.
pub fn differences(
    (earlier, lexicon_then): (&Form, Option<&Lexicon>),
    (later, lexicon): (&Form, Option<&Lexicon>),
) -> Differences {
    let (before, after) = (alone(earlier), alone(later));
    let read = |form: &Form, lexicon, language| {
        let lines = lines_of(form, lexicon, language).into_iter();
        let lines: Vec<String> = lines
            .map(|line| format!("{}  {}", line.label, line.text))
            .collect();
        lines.join("\n")
    };
    let in_language = |language| {
        let before = read(&before, lexicon_then, language);
        changes(&before, &read(&after, lexicon, language))
    };
    let listed = match later.reference() {
        Some(Reference::To { kind, changes, .. }) if *kind != ReferenceKind::Withdraws => {
            Some(changes)
        }
        _ => None,
    };
    let real = redphone_clarity::changes(earlier, later);
    let wrong =
        |part: &PartName| listed.is_some_and(|listed| listed.contains(part) != real.contains(part));
    Differences {
        en: in_language(Language::English),
        ru: in_language(Language::Russian),
        wrongly_listed: PartName::ALL.into_iter().filter(wrong).collect(),
    }
}

/// The same form as if it referred to nothing: that one message refers to another is no difference
/// in what they say.
fn alone(form: &Form) -> Form {
    let mut form = form.clone();
    match &mut form {
        Form::Assurance(form) => form.reference = Reference::New,
        Form::Request(form) => form.reference = Reference::New,
        Form::Warning(form) => form.reference = Reference::New,
        Form::Agreement(_) | Form::Answer(_) | Form::Information(_) | Form::Translation(_) => {}
    }
    form
}
