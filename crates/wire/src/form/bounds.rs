//! Every bound on a form, checked in one place (rule FORM-2).

use super::{
    Agreement, Answer, Assurance, Assured, Authority, Basis, BrightLine, Conduct, Consequence,
    Form, Information, LexiconId, Part, Reference, Request, Translation, Warning,
};
use crate::limits::{
    ASKS_MAX, BOOK_NAME_BYTES_MAX, FIELD_BYTES_MAX, FIELD_NAME_BYTES_MAX, LEXICON_NAME_BYTES_MAX,
    NOTE_BYTES_MAX, OFFICER_NAME_BYTES_MAX, TRANSLATION_BYTES_MAX,
};
use crate::{Act, Ask};

impl Form {
    /// The first part that is empty, beyond its bound or out of order: what no good station sends.
    pub fn out_of_bounds(&self) -> Option<&'static str> {
        match self {
            Self::Agreement(form) => agreement(form),
            Self::Answer(form) => answer(form),
            Self::Assurance(form) => assured(form),
            Self::Information(form) => information(form),
            Self::Request(form) => request(form),
            Self::Translation(form) => translation(form),
            Self::Warning(form) => warning(form),
        }
    }
}

/// The part of the first check that does not hold.
fn first_bad(checks: &[(bool, &'static str)]) -> Option<&'static str> {
    let bad = checks.iter().find(|(holds, _)| !holds);
    bad.map(|(_, part)| *part)
}

fn agreement(form: &Agreement) -> Option<&'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    let is_name = (1..=BOOK_NAME_BYTES_MAX).contains(&form.name.len());
    first_bad(&[
        (is_name && form.name.bytes().all(plain), "name"),
        (form.version > 0, "version"),
        (is_note(form.note.as_ref()), "note"),
    ])
}

fn answer(form: &Answer) -> Option<&'static str> {
    let on_asks = form.acts.iter().all(|act| Act::ask(act).is_some());
    // A read-back, or the word on one, is of a whole message and stands alone.
    let reads = form.note.is_none()
        && matches!(
            form.acts.as_slice(),
            [Act::ReadBack { .. } | Act::Correct { .. } | Act::Correction { .. }]
        );
    first_bad(&[
        (form.message.0 > 0, "message"),
        (form.acts.len() <= ASKS_MAX, "acts"),
        (
            form.acts.iter().all(|act| act.out_of_bounds().is_none()),
            "act",
        ),
        (on_asks || reads, "act"),
        (is_note(form.note.as_ref()), "note"),
        (!form.acts.is_empty() || form.note.is_some(), "acts"),
    ])
}

fn assured(form: &Assured) -> Option<&'static str> {
    first_bad(&[
        (is_lexicon(form.lexicon.as_ref()), "lexicon"),
        (is_reference(&form.reference), "reference"),
        (is_assurance(&form.assurance), "assurance"),
        (is_authority(&form.authority), "authority"),
        (is_note(form.note.as_ref()), "note"),
    ])
}

fn information(form: &Information) -> Option<&'static str> {
    first_bad(&[
        (is_lexicon(form.lexicon.as_ref()), "lexicon"),
        (is_part(&form.event, is_conduct), "event"),
        (is_part(&form.basis, is_basis), "basis"),
        (is_note(form.note.as_ref()), "note"),
    ])
}

fn request(form: &Request) -> Option<&'static str> {
    first_bad(&[
        (is_lexicon(form.lexicon.as_ref()), "lexicon"),
        (is_reference(&form.reference), "reference"),
        (are_asks(&form.asks), "asks"),
        (is_authority(&form.authority), "authority"),
        (is_note(form.note.as_ref()), "note"),
    ])
}

fn translation(form: &Translation) -> Option<&'static str> {
    first_bad(&[
        (form.message.0 > 0, "message"),
        (is_within(&form.field, FIELD_NAME_BYTES_MAX), "field"),
        (is_within(&form.by, OFFICER_NAME_BYTES_MAX), "translator"),
        (is_within(&form.text, TRANSLATION_BYTES_MAX), "text"),
    ])
}

fn warning(form: &Warning) -> Option<&'static str> {
    first_bad(&[
        (is_lexicon(form.lexicon.as_ref()), "lexicon"),
        (is_reference(&form.reference), "reference"),
        (is_part(&form.conduct, is_conduct), "conduct"),
        (is_part(&form.basis, is_basis), "basis"),
        (is_part(&form.bright_line, is_bright_line), "bright_line"),
        (is_part(&form.consequence, is_consequence), "consequence"),
        (is_part(&form.asks, |asks| are_asks(asks)), "asks"),
        (is_part(&form.assurance, is_assurance), "assurance"),
        (is_authority(&form.authority), "authority"),
        (form.contact.as_ref().is_none_or(is_field), "contact"),
        (is_note(form.note.as_ref()), "note"),
    ])
}

fn is_part<T>(part: &Part<T>, is: impl Fn(&T) -> bool) -> bool {
    part.filled().is_none_or(is)
}

fn is_conduct(conduct: &Conduct) -> bool {
    [&conduct.actor, &conduct.act, &conduct.place]
        .into_iter()
        .all(is_field)
}

fn is_basis(basis: &Basis) -> bool {
    is_field(&basis.sources) && basis.shown.as_ref().is_none_or(is_field)
}

fn is_bright_line(line: &BrightLine) -> bool {
    line.count > 0
        && [&line.act, &line.place, &line.judge]
            .into_iter()
            .all(is_field)
}

fn is_consequence(consequence: &Consequence) -> bool {
    is_field(&consequence.actor) && is_field(&consequence.act) && consequence.within_s > 0
}

fn is_assurance(assurance: &Assurance) -> bool {
    is_field(&assurance.condition) && is_field(&assurance.act)
}

fn is_authority(authority: &Authority) -> bool {
    is_field(&authority.on_behalf_of)
}

/// From one ask on, numbered from 1 without a gap.
fn are_asks(asks: &[Ask]) -> bool {
    let numbered = asks
        .iter()
        .zip(1_u8..)
        .all(|(ask, number)| ask.number == number);
    let whole = asks.iter().all(|ask| ask.out_of_bounds().is_none());
    (1..=ASKS_MAX).contains(&asks.len()) && numbered && whole
}

/// Changes ascend, so that one list has one form.
fn is_reference(reference: &Reference) -> bool {
    match reference {
        Reference::New => true,
        Reference::To {
            message, changes, ..
        } => {
            let ascend = changes
                .iter()
                .zip(changes.iter().skip(1))
                .all(|(one, next)| one < next);
            message.0 > 0 && ascend
        }
    }
}

fn is_lexicon(lexicon: Option<&LexiconId>) -> bool {
    lexicon.is_none_or(|id| !id.name.is_empty() && id.name.len() <= LEXICON_NAME_BYTES_MAX)
}

fn is_note(note: Option<&String>) -> bool {
    note.is_none_or(|note| !note.trim().is_empty() && note.len() <= NOTE_BYTES_MAX)
}

fn is_field(text: impl AsRef<str>) -> bool {
    is_within(text.as_ref(), FIELD_BYTES_MAX)
}

fn is_within(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.len() <= most
}
