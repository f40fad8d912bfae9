//! `check`: what is muddled in a draft or in prose, before anybody sees it.
//!
//! Needs no station: the rules and the starter lexicon are in the program. With `--to` the running
//! station answers instead, which knows what its release would know. Prints findings as a compiler
//! does, each at its place; `--json` gives the same records to programs.

mod place;
mod sheet;
mod source;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use redphone_api::{Checked, Refusal, Request, Response};
use redphone_clarity::{Draft, Finding, Language, Lexicon, Rules, Scope, Severity, language_of};
use redphone_desk::{Expected, findings_of_draft, findings_of_text, warns};
use redphone_station::finding_view;
use redphone_wire::{Utc, to_bytes};

use super::send::precedence;
use super::{Context, books, failed, now, party, usage};
use crate::client::unexpected;
use crate::exit::Exit;

pub(super) use sheet::tell;
pub(super) use source::Source;

/// Find what is muddled in a draft or in prose.
#[derive(Args, Debug)]
#[command(after_help = "\
A draft is a TOML file that begins with a marker: marker = \"WARNING\". Anything else is prose.
Findings are of three kinds: what must be fixed, what is advised, what is noted. It ends with 4
when something must be fixed. With --to the station answers as its release would: it knows the
lexicon, the earlier message that is referred to, and when it is expected there.

Examples:
  redphone check warning.toml
  redphone check --to SUD --precedence immediate warning.toml
  redphone check --language ru - < note.txt
  redphone check --say ru --json warning.toml
  redphone check --rules")]
pub(crate) struct CheckArgs {
    /// The file; - reads standard input
    #[arg(value_name = "FILE", required_unless_present = "rules")]
    file: Option<PathBuf>,
    /// Ask the running station: to whom it would go
    #[arg(long, value_name = "PEER", value_parser = party)]
    to: Option<String>,
    /// With --to: its urgency, as for redphone send
    #[arg(long, default_value = "routine", value_name = "PRECEDENCE", value_parser = precedence)]
    precedence: String,
    /// The language of prose: en or ru; without it the letters decide
    #[arg(long, value_enum, value_name = "LANGUAGE", hide_possible_values = true)]
    language: Option<Tongue>,
    /// The language in which findings are told: en or ru
    #[arg(long, value_enum, default_value = "en", value_name = "LANGUAGE")]
    #[arg(hide_possible_values = true)]
    say: Tongue,
    /// Check prose as an answer
    #[arg(long)]
    answer: bool,
    /// A party that the text may name
    #[arg(long, value_name = "NAME")]
    party: Vec<String>,
    /// List the rules instead
    #[arg(long)]
    rules: bool,
}

/// The languages, as an argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Tongue {
    /// English
    En,
    /// Russian
    Ru,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::En => Self::English,
            Tongue::Ru => Self::Russian,
        }
    }
}

/// Checks a file, or lists the rules.
///
/// # Errors
///
/// When the file cannot be read, or is a draft that is no TOML.
pub(crate) fn run(context: &Context, args: &CheckArgs) -> Result<Exit, Refusal> {
    let say = args.say.into();
    let Some(file) = args.file.as_deref().filter(|_| !args.rules) else {
        let rules = Rules::shipped().map_err(|_| broken())?;
        sheet::rules(context, &rules, say)?;
        return Ok(Exit::Done);
    };
    let source = Source::read(file)?;
    let language = args.language.map(Language::from);
    let checked = match &args.to {
        Some(to) => ask(context, args, to, &source)?,
        None => {
            let parties = parties(context, &args.party);
            if source.is_draft() {
                draft(&source, &in_force(context)?, &parties)?
            } else {
                let scope = if args.answer {
                    Scope::Answer
                } else {
                    Scope::Body
                };
                let lexicon = in_force(context)?;
                prose(source.text(), (language, scope), &lexicon, &parties)?
            }
        }
    };
    sheet::findings(context, &source, &checked, say)?;
    Ok(if checked.blocked {
        Exit::Muddled
    } else {
        Exit::Done
    })
}

/// Asks the running station.
fn ask(context: &Context, args: &CheckArgs, to: &str, source: &Source) -> Result<Checked, Refusal> {
    let given = |wanted: bool| {
        let text = source.text();
        if wanted { text } else { "" }.to_owned()
    };
    let language = args.language.map(|tongue| Language::from(tongue).code());
    let request = Request::Check {
        to: Some(to.to_owned()),
        precedence: args.precedence.clone(),
        draft: given(source.is_draft()),
        form: Vec::new(),
        text: given(!source.is_draft()),
        language: language.map(str::to_owned),
        answer: args.answer,
    };
    let Response::Checked(checked) = context.ask(&request)? else {
        return Err(unexpected());
    };
    Ok(*checked)
}

/// Checks a draft by what is in this program.
///
/// # Errors
///
/// When it is no draft.
pub(super) fn draft(
    source: &Source,
    lexicon: &Lexicon,
    parties: &[String],
) -> Result<Checked, Refusal> {
    let draft = Draft::read(source.text()).map_err(|why| source.misread(&why))?;
    let expected = Expected {
        now: Utc(now()).seconds(),
        delivered: None,
    };
    let names = parties.iter().map(String::as_str);
    let found = findings_of_draft(&draft, Some(lexicon), expected, None, names);
    let found = found.ok_or_else(broken)?;
    let mut checked = checked(&found.findings, true);
    checked.form = found.form.as_ref().map(to_bytes).unwrap_or_default();
    Ok(checked)
}

/// Checks prose by what is in this program.
///
/// # Errors
///
/// When the rules in it are broken.
pub(super) fn prose(
    text: &str,
    (language, scope): (Option<Language>, Scope),
    lexicon: &Lexicon,
    parties: &[String],
) -> Result<Checked, Refusal> {
    let language = language.unwrap_or_else(|| language_of(text));
    let names = parties.iter().map(String::as_str);
    let found = findings_of_text(text, (language, scope), Some(lexicon), names);
    let found = found.ok_or_else(broken)?;
    let stops = scope == Scope::Body && warns(text).ok_or_else(broken)?;
    Ok(checked(&found, stops))
}

fn checked(found: &[Finding], stops: bool) -> Checked {
    let blocked = found.iter().any(|one| one.severity == Severity::Block);
    Checked {
        blocked,
        stops: blocked && stops,
        findings: found.iter().map(finding_view).collect(),
        expected_at: None,
        form: Vec::new(),
    }
}

/// The lexicon in force on the only line of the station; the one that is shipped where there is none,
/// or several.
pub(super) fn in_force(context: &Context) -> Result<Lexicon, Refusal> {
    let status = context.client().status().ok();
    match status.as_ref().map(|status| status.lines.as_slice()) {
        Some([line]) => books::lexicon(context, Some(&line.peer), ""),
        _ => Lexicon::starter().map_err(|_| broken()),
    }
}

/// The names of the parties: those that were given, and those of the station if one runs.
pub(super) fn parties(context: &Context, given: &[String]) -> Vec<String> {
    let mut names = given.to_vec();
    if let Ok(status) = context.client().status() {
        names.extend(status.lines.into_iter().map(|line| line.peer));
        names.push(status.station);
    }
    names
}

fn broken() -> Refusal {
    failed("The rules in this program are broken.", "Install it anew.")
}
