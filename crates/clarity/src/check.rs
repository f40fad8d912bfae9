//! The whole check of a draft: its form, what stands between its parts, and the wording of every
//! field. One list of findings for the terminal, the desk and programs.

use redphone_wire::{Form, Language};

use crate::complete::{Defaults, complete};
use crate::cross::{Expected, cross};
use crate::draft::Draft;
use crate::finding::{Finding, RuleId, Severity};
use crate::lack::Lack;
use crate::lexicon::{Entry, Lexicon, TermId};
use crate::render::term_ids;
use crate::rules::Rules;
use crate::scope::Scope;
use crate::text::Text;

/// The rule of a form whose terms are those of another lexicon, or of none.
const OTHER_LEXICON: RuleId = RuleId::new('C', 5);

/// What a draft is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// The lexicon in force.
    pub lexicon: &'a Lexicon,
    /// What the station adds to a draft.
    pub defaults: &'a Defaults,
    /// When it is looked at, and when it is expected at the peer.
    pub expected: Expected,
    /// The message that it refers to, if it is held here.
    pub earlier: Option<&'a Form>,
}

/// A draft that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The form, if the draft makes one.
    pub form: Option<Form>,
    /// What was found, the fields in the order of the form.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether something was found that keeps it from being released.
    pub fn is_blocked(&self) -> bool {
        let blocks = |finding: &Finding| finding.severity == Severity::Block;
        self.findings.iter().any(blocks)
    }
}

/// Checks a draft.
pub fn check_draft(draft: &Draft, against: Against<'_>) -> Checked {
    let completed = complete(draft, against.defaults);
    let mut lacks = completed.lacks;
    if let Some(form) = &completed.form {
        lacks.extend(cross(form, against.expected, against.earlier));
    }
    let texts = texts(draft);
    let found = lacks
        .iter()
        .filter_map(|lack| finding(lack, &texts, against.rules));
    let mut findings: Vec<Finding> = found.collect();
    let language = language(draft);
    for (field, text, scope) in &texts {
        let found = against
            .rules
            .check_text(text, language, *scope, against.lexicon);
        findings.extend(found.into_iter().map(|finding| Finding {
            field: field.clone(),
            ..finding
        }));
    }
    Checked {
        form: completed.form,
        findings,
    }
}

/// Checks a form that is whole, such as one that waits for its release: it has to
/// name the very lexicon whose terms it uses. An ANSWER is checked against
/// its asks, by `check_answer`.
pub fn check_form(form: &Form, against: Against<'_>) -> Vec<Finding> {
    let Some(draft) = Draft::of(form) else {
        return Vec::new();
    };
    let mut findings = check_draft(&draft, against).findings;
    // A draft names its lexicon by name and version, a form by its content too.
    let named = form.lexicon() == Some(&against.lexicon.id());
    if !named && !findings.iter().any(|finding| finding.rule == OTHER_LEXICON) {
        let terms = texts(&draft)
            .iter()
            .any(|(_, text, _)| !term_ids(text).is_empty());
        let other = (terms || form.lexicon().is_some())
            .then(|| against.rules.finding(OTHER_LEXICON, "lexicon", 0..0));
        findings.extend(other.flatten());
    }
    findings
}

/// The terms that a form uses, by their ids or by their words, in their order.
pub fn terms_used(form: &Form, lexicon: &Lexicon) -> Vec<TermId> {
    let Some(draft) = Draft::of(form) else {
        return Vec::new();
    };
    let mut used = Vec::new();
    let mut add = |id: TermId| {
        if lexicon.term(id).is_some() && !used.contains(&id) {
            used.push(id);
        }
    };
    for (_, text, _) in texts(&draft) {
        let ids = term_ids(text).into_iter();
        ids.filter_map(|id| id.parse().ok()).for_each(&mut add);
        let known = lexicon.find(&Text::new(text, form.language()));
        for one in known {
            if let Entry::Agreed(id) = one.entry {
                add(id);
            }
        }
    }
    used
}

fn language(draft: &Draft) -> Language {
    let code = draft.language.as_deref();
    let named = Language::ALL
        .into_iter()
        .find(|one| Some(one.code()) == code);
    named.unwrap_or_default()
}

/// What a form lacks, in the words of its rule. It is about the whole text of its field.
fn finding(lack: &Lack, texts: &[(String, &str, Scope)], rules: &Rules) -> Option<Finding> {
    let text = texts.iter().find(|(field, ..)| *field == lack.field);
    let span = 0..text.map_or(0, |(_, text, _)| text.len());
    rules.finding(lack.rule.parse().ok()?, &lack.field, span)
}

/// Every free text of a draft, with the path of its field and its place.
pub(crate) fn texts<'d>(draft: &'d Draft) -> Vec<(String, &'d str, Scope)> {
    let mut all = Vec::new();
    let mut add = |field: &str, text: Option<&'d String>, scope| {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            all.push((field.to_owned(), text.as_str(), scope));
        }
    };
    if let Some(part) = &draft.conduct {
        add("conduct.actor", part.actor.as_ref(), Scope::Conduct);
        add("conduct.act", part.act.as_ref(), Scope::Conduct);
        add("conduct.where", part.place.as_ref(), Scope::Conduct);
    }
    if let Some(part) = &draft.basis {
        add("basis.sources", part.sources.as_ref(), Scope::Basis);
        add("basis.shown", part.shown.as_ref(), Scope::Basis);
    }
    if let Some(part) = &draft.bright_line {
        add("bright_line.act", part.act.as_ref(), Scope::BrightLine);
        add("bright_line.where", part.place.as_ref(), Scope::BrightLine);
        add("bright_line.judge", part.judge.as_ref(), Scope::BrightLine);
    }
    if let Some(part) = &draft.consequence {
        add("consequence.actor", part.actor.as_ref(), Scope::Consequence);
        add("consequence.act", part.act.as_ref(), Scope::Consequence);
    }
    for (ask, number) in draft.ask.iter().zip(1_u8..) {
        add(&format!("ask.{number}.to"), ask.to.as_ref(), Scope::Ask);
        add(
            &format!("ask.{number}.object"),
            ask.object.as_ref(),
            Scope::Ask,
        );
    }
    if let Some(part) = &draft.assurance {
        add("assurance.if", part.condition.as_ref(), Scope::Assurance);
        add("assurance.act", part.act.as_ref(), Scope::Assurance);
    }
    if let Some(part) = &draft.authority {
        add(
            "authority.on_behalf_of",
            part.on_behalf_of.as_ref(),
            Scope::Authority,
        );
    }
    if let Some(part) = &draft.contact {
        add("contact.who", part.who.as_ref(), Scope::Contact);
    }
    let place = if draft.marker == "STATEMENT" {
        Scope::Body
    } else {
        Scope::Note
    };
    if let Some(part) = &draft.note {
        add("note.text", part.text.as_ref(), place);
    }
    all
}
