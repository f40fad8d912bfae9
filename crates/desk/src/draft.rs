//! What an officer wants to send, and what of it is refused before it has a serial.

use redphone_wire::limits::{
    ATTACHMENT_BYTES_MAX, ATTACHMENT_NAME_BYTES_MAX, ATTACHMENTS_MAX, OFFICER_NAME_BYTES_MAX,
    READERS_MAX, REASON_BYTES_MAX, TEXT_BYTES_MAX,
};
use redphone_wire::{AttachmentInfo, Coded, Form, Precedence};

use crate::check::{check_name, check_text, too_much};
use crate::error::NotPermitted;

/// What an officer wants to send.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Urgency.
    pub precedence: Precedence,
    /// The text. Empty when there is a form.
    pub text: String,
    /// What it says in fields.
    pub form: Option<Form>,
    /// The code that it goes as, under serial 0: the text is what the code book says of it.
    pub code: Option<Coded>,
    /// Who there may open it, officers' names or roles; empty for whoever may read there.
    pub readers: Vec<String>,
    /// The subject it belongs to, or empty.
    pub subject: String,
    /// Who releases it.
    pub releaser: String,
    /// What is attached.
    pub attachments: Vec<AttachmentInfo>,
    /// Bytes of each piece that attachments are cut into.
    pub piece_bytes: u32,
}

impl Draft {
    /// A draft of a text alone.
    pub fn text(precedence: Precedence, releaser: &str, text: &str) -> Self {
        Self {
            precedence,
            text: text.to_owned(),
            form: None,
            code: None,
            readers: Vec::new(),
            subject: String::new(),
            releaser: releaser.to_owned(),
            attachments: Vec::new(),
            piece_bytes: 0,
        }
    }
}

/// A form keeps to its bounds, and says everything itself.
fn check_form(form: &Form, text: &str) -> Result<(), NotPermitted> {
    let part = form.out_of_bounds();
    match part.or((!text.is_empty()).then_some("text")) {
        Some(part) => Err(NotPermitted::Form { part }),
        None => Ok(()),
    }
}

pub(crate) fn check_draft(draft: &Draft) -> Result<(), NotPermitted> {
    match &draft.form {
        None => check_text("text", &draft.text, TEXT_BYTES_MAX)?,
        Some(form) => check_form(form, &draft.text)?,
    }
    // Of a code nothing but its number and its blanks crosses the line.
    let more = draft.form.is_some() || !draft.attachments.is_empty() || !draft.readers.is_empty();
    if draft.code.is_some() && more {
        return Err(NotPermitted::Form { part: "code" });
    }
    if draft.readers.len() > READERS_MAX {
        return Err(too_much("number of readers", READERS_MAX));
    }
    for reader in &draft.readers {
        check_name("reader's name", reader, OFFICER_NAME_BYTES_MAX)?;
    }
    check_name("officer's name", &draft.releaser, OFFICER_NAME_BYTES_MAX)?;
    if !draft.subject.is_empty() {
        check_name("subject", &draft.subject, REASON_BYTES_MAX)?;
    }
    if draft.attachments.len() > ATTACHMENTS_MAX {
        return Err(too_much("number of attachments", ATTACHMENTS_MAX));
    }
    for info in &draft.attachments {
        check_name("attachment's name", &info.name, ATTACHMENT_NAME_BYTES_MAX)?;
        check_name("media type", &info.media_type, ATTACHMENT_NAME_BYTES_MAX)?;
        if info.bytes as usize > ATTACHMENT_BYTES_MAX {
            return Err(too_much("attachment's bytes", ATTACHMENT_BYTES_MAX));
        }
    }
    Ok(())
}
