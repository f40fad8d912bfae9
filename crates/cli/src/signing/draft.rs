//! What is signed of a draft: made of what the command shows, compared with what the station names.

use redphone_api::{Draft, DraftAct, DraftFields, FormLine, Refusal, RefusalKind, hex};
use redphone_desk::hold::{DraftBody, MessageKind, NewDraft, Terms};
use redphone_desk::officers::{Action, Object};
use redphone_desk::{Lexicon, lines_of};
use redphone_wire::{AttachmentInfo, Coded, Form, Language, Utc, from_bytes};

use super::not_understood;

/// What a new draft, or a new revision, says.
///
/// # Errors
///
/// When a name or a precedence is none.
pub(crate) fn new_draft(
    fields: &DraftFields,
    attachments: Vec<AttachmentInfo>,
) -> Result<NewDraft, Refusal> {
    Ok(NewDraft {
        peer: fields.to.parse().map_err(|_| not_understood())?,
        precedence: fields.precedence.parse().map_err(|_| not_understood())?,
        text: fields.text.clone(),
        form: form_of(&fields.form)?,
        code: code_of(&fields.code)?,
        subject: fields.subject.clone(),
        attachments,
        expires: Utc(fields.expires_at),
        on_record: fields.on_record,
        readers: fields.readers.clone(),
    })
}

/// The digest of what an act on a draft is done to, made of what was shown. `lexicon` is the one by
/// which its form reads.
///
/// # Errors
///
/// When the draft has ended, or the station shows one and asks for the signature of another.
pub(crate) fn terms_of(
    draft: &Draft,
    lexicon: Option<&Lexicon>,
    rule: &str,
    because: &str,
) -> Result<[u8; 32], Refusal> {
    let summary = &draft.summary;
    if summary.has_ended() {
        let ended = if summary.serial.is_some() {
            "sent"
        } else {
            "killed"
        };
        return Err(Refusal::operator(
            RefusalKind::Policy,
            format!(
                "DRAFT-{} is {ended}: nothing more is done with it.",
                summary.number
            ),
            "What was sent is superseded or withdrawn by another message.",
        ));
    }
    let peer = summary.to.parse().map_err(|_| not_understood())?;
    let kind: MessageKind = summary.kind.parse().map_err(|_| not_understood())?;
    let body = DraftBody {
        text: draft.text.clone(),
        subject: summary.subject.clone(),
        attachments: infos(draft)?,
        form: form_of(&draft.form_bytes)?,
        code: code_of(&draft.code)?.map(|code| code.to_bytes().into()),
        readers: (!draft.readers.is_empty()).then(|| draft.readers.clone()),
    };
    check_shown(draft, body.form.as_ref(), lexicon)?;
    let shown = Terms {
        number: summary.number,
        revision: summary.revision,
        peer: &peer,
        kind,
        precedence: summary.precedence.parse().map_err(|_| not_understood())?,
        expires: Utc(summary.expires_at),
        on_record: summary.on_record,
        body: body.digest(),
        rule: "",
        because: "",
    };
    if hex::encode(&shown.digest()) != draft.terms {
        return Err(not_as_shown(draft));
    }
    let terms = Terms {
        rule,
        because,
        ..shown
    };
    Ok(terms.digest())
}

/// The form that bytes hold, or none.
fn form_of(bytes: &[u8]) -> Result<Option<Form>, Refusal> {
    if bytes.is_empty() {
        return Ok(None);
    }
    from_bytes(bytes).map(Some).map_err(|_| not_understood())
}

/// The code that bytes hold, or none.
fn code_of(bytes: &[u8]) -> Result<Option<Coded>, Refusal> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let code = Coded::from_bytes(bytes).map_err(|_| not_understood())?;
    Ok(Some(code))
}

/// A form is shown in lines and signed as bytes: the lines must be those of the bytes.
/// A lexicon that is not the one that the form names explains nothing in them.
fn check_shown(
    draft: &Draft,
    form: Option<&Form>,
    lexicon: Option<&Lexicon>,
) -> Result<(), Refusal> {
    let (Some(view), Some(form)) = (&draft.form, form) else {
        let neither = draft.form.is_none() && form.is_none();
        return neither.then_some(()).ok_or_else(|| not_as_shown(draft));
    };
    let same = |lines: &[FormLine], language| {
        let made = lines_of(form, lexicon, language);
        let mut pairs = made.iter().zip(lines);
        made.len() == lines.len()
            && pairs.all(|(one, other)| one.label == other.label && one.text == other.text)
    };
    let whole = same(&view.en, Language::English) && same(&view.ru, Language::Russian);
    whole.then_some(()).ok_or_else(|| not_as_shown(draft))
}

fn not_as_shown(draft: &Draft) -> Refusal {
    let number = draft.summary.number;
    Refusal::operator(
        RefusalKind::Verification,
        format!("What is shown of DRAFT-{number} is not what it is."),
        "Nothing was signed. Use the redphone of the station's own version.",
    )
}

/// What is attached to a draft, as it is signed.
///
/// # Errors
///
/// When a digest is none.
pub(crate) fn infos(draft: &Draft) -> Result<Vec<AttachmentInfo>, Refusal> {
    let info = |one: &redphone_api::Attachment| {
        let digest = hex::decode(&one.digest)?.try_into().ok()?;
        Some(AttachmentInfo {
            name: one.name.clone(),
            media_type: one.media_type.clone(),
            bytes: one.bytes,
            digest,
        })
    };
    let infos: Option<Vec<AttachmentInfo>> = draft.attached.iter().map(info).collect();
    infos.ok_or_else(not_understood)
}

/// What the table calls an act.
pub(crate) fn action_of(act: DraftAct) -> Action {
    match act {
        DraftAct::Kill => Action::Kill,
        DraftAct::Recall => Action::Recall,
        DraftAct::Release => Action::Release,
        DraftAct::Review => Action::Review,
        DraftAct::SendBack => Action::SendBack,
        DraftAct::Waive => Action::Waive,
    }
}

/// Whose draft it is to an officer.
pub(crate) fn object_of(draft: &Draft, name: &str) -> Object {
    if draft.summary.authors.iter().any(|author| author == name) {
        Object::OwnDraft
    } else {
        Object::AnothersDraft
    }
}
