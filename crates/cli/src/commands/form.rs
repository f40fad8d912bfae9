//! What an officer wrote: a text, or a draft of a form that is read, checked and made a form.

use std::path::Path;

use redphone_api::{Refusal, RefusalKind};
use redphone_clarity::Scope;

use super::check::{self, Source};
use super::send::text;
use super::{Context, books};

/// What was written: one of text and form is empty.
#[derive(Debug)]
pub(crate) struct Written {
    /// The text.
    pub(crate) text: String,
    /// The form, in its canonical bytes.
    pub(crate) form: Vec<u8>,
    /// What findings stand in.
    source: Source,
}

/// Whether it is held for other officers, who may let a finding stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Hold {
    /// It goes at once, and the station judges it.
    No,
    /// It waits for its release.
    Yes,
}

/// Reads a text, or a draft of a form. Of what is held, what must be fixed is shown as `redphone
/// check` shows it.
///
/// # Errors
///
/// When the file is no draft, or no form can be made of it.
pub(crate) fn written(
    context: &Context,
    to: Option<&str>,
    given: Option<&str>,
    file: Option<&Path>,
    hold: Hold,
) -> Result<Written, Refusal> {
    let Some(file) = file else {
        let text = text(given.unwrap_or_default())?;
        let source = Source::of_prose("the text".to_owned(), text.clone());
        if hold == Hold::Yes {
            let parties = check::parties(context, &[]);
            let lexicon = books::lexicon(context, to, "")?;
            let checked = check::prose(&text, (None, Scope::Body), &lexicon, &parties)?;
            if checked.stops {
                check::tell(context, &source, &checked.findings)?;
            }
        }
        return Ok(Written {
            text,
            form: Vec::new(),
            source,
        });
    };
    let source = Source::read(file)?.into_draft();
    let lexicon = books::lexicon(context, to, "")?;
    let checked = check::draft(&source, &lexicon, &check::parties(context, &[]))?;
    if checked.form.is_empty() {
        check::tell(context, &source, &checked.findings)?;
        return Err(Refusal {
            findings: checked.findings,
            ..Refusal::operator(
                RefusalKind::Clarity,
                "Nothing was sent: something in it must be fixed.",
                "Fix what is marked so above, and send it again.",
            )
        });
    }
    if checked.blocked && hold == Hold::Yes {
        check::tell(context, &source, &checked.findings)?;
    }
    Ok(Written {
        text: String::new(),
        form: checked.form,
        source,
    })
}

impl Written {
    /// Shows the findings of a refusal under the words that they are about, and hands it on.
    pub(crate) fn tell<T>(
        &self,
        context: &Context,
        outcome: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        told(context, &self.source, outcome)
    }
}

/// The same for what the station holds.
pub(crate) fn told<T>(
    context: &Context,
    source: &Source,
    outcome: Result<T, Refusal>,
) -> Result<T, Refusal> {
    if let Err(refusal) = &outcome {
        check::tell(context, source, &refusal.findings)?;
    }
    outcome
}
