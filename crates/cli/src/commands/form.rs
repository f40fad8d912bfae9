//! `form`, an empty form to fill in; and what an officer wrote: a text, or a draft of a form that is
//! read, checked and made a form.

use std::path::Path;

use clap::Args;
use redphone_api::{Refusal, RefusalKind};
use redphone_clarity::{BLANK_MARKERS, Scope, blank};
use serde::Serialize;

use super::check::{self, Source, Tongue};
use super::send::text;
use super::{Context, books, usage};
use crate::exit::Exit;

/// Print an empty form, to be filled in.
#[derive(Args, Debug)]
#[command(after_help = "\
Each field says what belongs in it. A part is filled, or openly marked as none, not disclosed or
undecided: the other side sees the mark. Lines that begin with # may be left out.

Examples:
  redphone form warning > warning.toml
  redphone form request --language ru > request.toml
  redphone check warning.toml && redphone send --to SUD --file warning.toml")]
pub(crate) struct FormArgs {
    /// Which: warning, request, question, information or assurance
    #[arg(value_name = "FORM", value_parser = marker)]
    marker: String,
    /// The language that you write in: en or ru
    #[arg(long, value_enum, default_value = "en", value_name = "LANGUAGE")]
    #[arg(hide_possible_values = true)]
    language: Tongue,
}

/// An empty form, for programs.
#[derive(Serialize)]
struct Empty {
    marker: String,
    draft: String,
}

fn marker(given: &str) -> Result<String, String> {
    let marker = given.to_ascii_uppercase();
    if BLANK_MARKERS.contains(&marker.as_str()) {
        return Ok(marker);
    }
    Err(match marker.as_str() {
        "ANSWER" => "an answer is written with `redphone answer`".to_owned(),
        _ => format!("it is one of {}", BLANK_MARKERS.join(", ").to_lowercase()),
    })
}

/// Prints an empty form.
///
/// # Errors
///
/// When standard output is closed.
pub(crate) fn run(context: &Context, args: &FormArgs) -> Result<Exit, Refusal> {
    let marker = args.marker.clone();
    let Some(draft) = blank(&marker, args.language.into()) else {
        return Err(usage(
            format!("There is no empty {marker}."),
            "See `redphone form --help`.",
        ));
    };
    context.answer(
        &Empty {
            marker,
            draft: draft.clone(),
        },
        |_| draft,
    )?;
    Ok(Exit::Done)
}

/// What was written: one of text and form is empty.
#[derive(Debug)]
pub(super) struct Written {
    /// The text.
    pub(crate) text: String,
    /// The form, in its canonical bytes.
    pub(crate) form: Vec<u8>,
    /// What findings stand in.
    source: Source,
}

/// Whether it is held for other officers, who may let a finding stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Hold {
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
pub(super) fn written(
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
pub(super) fn told<T>(
    context: &Context,
    source: &Source,
    outcome: Result<T, Refusal>,
) -> Result<T, Refusal> {
    if let Err(refusal) = &outcome {
        check::tell(context, source, &refusal.findings)?;
    }
    outcome
}
