//! Signatures of an officer: his key is opened here, and what he signs is made here.
//!
//! Owns the way from a key file to a proof. The digest is made of what the command shows or was
//! given, never taken from the station: a station that shows one text cannot have another signed.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use clap::Args;
use redphone_api::{
    Draft, DraftAct, DraftFields, FormLine, Refusal, RefusalKind, Request, Roll, SignedBy, hex,
};
use redphone_desk::hold::{DraftBody, MessageKind, NewDraft, Terms};
use redphone_desk::officers::{Action, Object, Order, Role, Statement, permits, roles_text};
use redphone_desk::{Lexicon, lines_of};
use redphone_seal::officer::OfficerKey;
use redphone_station::{Right, right};
use redphone_wire::{AttachmentInfo, Coded, Form, Language, PartyName, Utc, from_bytes};

use crate::commands::{read_file, usage};
use crate::secrets;

/// Bytes of an officer's key or card.
pub(crate) const KEY_FILE_BYTES_MAX: usize = 4_096;

/// Who asks, where officers are enrolled.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ByArgs {
    /// Your key, where officers are enrolled
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) by: Option<PathBuf>,
}

impl ByArgs {
    /// The key file that was named, if one was.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is none.
    pub(crate) fn file(&self) -> Result<Option<KeyFile>, Refusal> {
        self.by.as_deref().map(KeyFile::read).transpose()
    }
}

/// A key file; whose it is stands outside. It is opened once, when the first thing is signed.
pub(crate) struct KeyFile {
    text: String,
    name: String,
    key: OnceCell<OfficerKey>,
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is none.
    pub(crate) fn read(path: &Path) -> Result<Self, Refusal> {
        let text = read_text(path)?;
        let name = OfficerKey::name_in_file(&text).map_err(|error| {
            usage(
                format!("{}: {error}.", path.display()),
                "Name the file that `redphone officer keygen` wrote.",
            )
        })?;
        Ok(Self {
            text,
            name,
            key: OnceCell::new(),
        })
    }

    /// Whose it is.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The key; the first time the passphrase is asked for.
    ///
    /// # Errors
    ///
    /// When nothing can be typed, or the passphrase is wrong.
    fn open(&self) -> Result<&OfficerKey, Refusal> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let passphrase = secrets::passphrase(&self.name)?;
        let key = OfficerKey::from_file(&self.text, passphrase.as_bytes()).map_err(|error| {
            Refusal::operator(
                RefusalKind::Verification,
                format!("The key of {} does not open: {error}.", self.name),
                "Nothing was signed; try again.",
            )
        })?;
        Ok(self.key.get_or_init(|| key))
    }
}

/// A text of a key or a card.
///
/// # Errors
///
/// When it cannot be read or is no text.
pub(crate) fn read_text(path: &Path) -> Result<String, Refusal> {
    let bytes = read_file(path, KEY_FILE_BYTES_MAX)?;
    String::from_utf8(bytes).map_err(|_| {
        usage(
            format!("{} is no text.", path.display()),
            "Name the file that `redphone officer keygen` wrote.",
        )
    })
}

/// Signs one act, in the first of the officer's roles that the table permits it to.
///
/// # Errors
///
/// When he is not on the roll, or no role of his may do it.
pub(crate) fn sign(
    roll: &Roll,
    file: &KeyFile,
    (action, object): (Action, Object),
    what: [u8; 32],
) -> Result<SignedBy, Refusal> {
    let role = role_for(roll, file.name(), action, &[object])?;
    sign_as(roll, file, role, (action, what))
}

/// Signs a request that is neither about a draft nor about the roll.
///
/// # Errors
///
/// As [`sign`]; nobody signs for it.
pub(crate) fn order(roll: &Roll, file: &KeyFile, request: Request) -> Result<Request, Refusal> {
    let (Right::Ordered(action, objects) | Right::Veiled(action, objects)) = right(&request) else {
        return Err(usage(
            "Nobody signs for that.",
            "Leave --key away: whoever opens the station's socket may do it.",
        ));
    };
    let role = role_for(roll, file.name(), action, objects)?;
    let officer = roll.officers.iter().find(|one| one.name == file.name());
    let bytes = request.to_signed_bytes().map_err(|_| not_understood())?;
    let what = Order {
        number: officer.map_or(0, |one| one.orders),
        request: &bytes,
    };
    let by = sign_as(roll, file, role, (action, what.digest()))?;
    Ok(Request::Signed {
        order: Box::new(request),
        by,
    })
}

fn sign_as(
    roll: &Roll,
    file: &KeyFile,
    role: Role,
    (action, what): (Action, [u8; 32]),
) -> Result<SignedBy, Refusal> {
    let key = file.open()?;
    let station: PartyName = roll.station.parse().map_err(|_| not_understood())?;
    let environment = match roll.environment.as_str() {
        "LIVE" => redphone_wire::Environment::Live,
        "EXERCISE" => redphone_wire::Environment::Exercise,
        _ => return Err(not_understood()),
    };
    let statement = Statement {
        station: &station,
        environment,
        officer: key.name(),
        role,
        action,
        what,
    };
    Ok(SignedBy {
        officer: key.name().to_owned(),
        role: role.to_string(),
        proof: key.sign(&statement.digest()).to_vec(),
    })
}

/// The first role of an officer in which he may do it to one of these.
fn role_for(roll: &Roll, name: &str, action: Action, objects: &[Object]) -> Result<Role, Refusal> {
    let refused = |what: String| {
        let to_do =
            "See who may do what with `redphone officer list` and `redphone officer table`.";
        Refusal::operator(RefusalKind::Policy, what, to_do)
    };
    let officer = roll.officers.iter().find(|officer| officer.name == name);
    let officer = officer.ok_or_else(|| refused(format!("'{name}' is not on this roll.")))?;
    if !officer.revoked.is_empty() {
        return Err(refused(format!("{name} is revoked {}.", officer.revoked)));
    }
    let roles = officer.roles.iter().filter_map(|role| role.parse().ok());
    roles
        .into_iter()
        .find(|role| objects.iter().any(|object| permits(*role, action, *object)))
        .ok_or_else(|| {
            let Some(object) = objects.first() else {
                return refused(format!("'{name}' may not {action}."));
            };
            let who = roles_text(action, *object);
            refused(format!(
                "'{name}' may not {action} ({object}); who may: {who}."
            ))
        })
}

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

fn not_understood() -> Refusal {
    Refusal::operator(
        RefusalKind::Failed,
        "The station's answer is not understood.",
        "Nothing was signed. Use the redphone of the station's own version.",
    )
}
