//! What an officer wrote: a text, or a draft of a form that is read, checked and made a form.

use std::path::Path;

use redphone_api::{Refusal, RefusalKind};
use redphone_clarity::{Defaults, Severity};
use redphone_desk::lexicon_in_force;
use redphone_wire::to_bytes;

use super::Context;
use super::check;
use super::send::text;

/// What was written: one of the two is empty.
#[derive(Debug)]
pub(crate) struct Written {
    /// The text.
    pub(crate) text: String,
    /// The form, in its canonical bytes.
    pub(crate) form: Vec<u8>,
}

/// Whether it is held for other officers, who may let a finding stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Hold {
    /// It goes at once.
    No,
    /// It waits for its release.
    Yes,
}

/// Reads a text, or a draft of a form. What must be fixed is shown as `redphone check` shows it.
///
/// # Errors
///
/// When the file is no draft, or no form can be made of it; where it goes at once, also when its
/// wording must be fixed.
pub(crate) fn written(
    context: &Context,
    given: Option<&str>,
    file: Option<&Path>,
    hold: Hold,
) -> Result<Written, Refusal> {
    let Some(file) = file else {
        return Ok(Written {
            text: text(given.unwrap_or_default())?,
            form: Vec::new(),
        });
    };
    let defaults = Defaults {
        on_behalf_of: None,
        lexicon: lexicon_in_force(),
    };
    let (checked, sheet) = check::draft(context, file, &defaults)?;
    let blocks = checked
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Block);
    match checked.form {
        Some(form) if !blocks || hold == Hold::Yes => {
            if blocks {
                show(context, &sheet);
            }
            Ok(Written {
                text: String::new(),
                form: to_bytes(&form),
            })
        }
        Some(_) | None => {
            show(context, &sheet);
            Err(Refusal::operator(
                RefusalKind::Clarity,
                "Nothing was sent: something in it must be fixed.",
                "Fix what is marked so above, and send it again.",
            ))
        }
    }
}

/// Shows people what was found. A script reads the refusal, or asks `redphone check --json`.
fn show(context: &Context, sheet: &str) {
    if !context.json() {
        eprint!("{sheet}");
    }
}
