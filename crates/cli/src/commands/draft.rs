//! `drafts`, `review`, `edit`, `release` of a draft, `recall`: what officers do with held drafts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use redphone_api::{Draft, DraftAct, DraftFields, Refusal, Request, Response, Roll};
use redphone_desk::officers::Action;

use super::books;
use super::check::Source;
use super::form;
use super::send::precedence;
use super::{Context, now, wait};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print;
use crate::secrets;
use crate::signing::{self, KeyFile, action_of, object_of};

/// List the drafts; send one back, kill one, let a finding stand.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  redphone drafts
  redphone drafts send-back DRAFT-17 --because 'say which line' --key watch1.key
  redphone drafts kill DRAFT-17 --because 'overtaken by events' --key watch1.key
  redphone drafts waive DRAFT-17 --rule T02 --because 'chosen on purpose' --key watch1.key")]
pub(crate) struct DraftsArgs {
    #[command(subcommand)]
    command: Option<DraftsCommand>,
}

#[derive(Debug, Subcommand)]
enum DraftsCommand {
    /// Send a draft back to its drafter, who edits it
    SendBack(BecauseArgs),
    /// End a draft for good; its text is destroyed
    Kill(BecauseArgs),
    /// Let a finding stand, by name and with a reason
    Waive(WaiveArgs),
}

#[derive(Args, Debug)]
struct WaiveArgs {
    /// Which rule, by its id
    #[arg(long, value_name = "RULE")]
    rule: String,
    #[command(flatten)]
    act: BecauseArgs,
}

/// A draft, a reason, a key.
#[derive(Args, Debug)]
struct BecauseArgs {
    /// Which draft
    #[arg(value_name = "DRAFT-N", value_parser = number)]
    draft: u32,
    /// Why
    #[arg(long, value_name = "REASON")]
    because: String,
    /// Your key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// Stop a released draft within its recall window.
#[derive(Args, Debug)]
#[command(after_help = "\
For some seconds after its release, 20 unless the station's charter says otherwise, whoever wrote or
released a draft can stop it. FLASH goes at once. After that nobody can recall it: supersede or
withdraw it with another message.

Example:
  redphone recall DRAFT-17 --because 'the fleet turned back' --key watch1.key")]
pub(crate) struct RecallArgs {
    #[command(flatten)]
    act: BecauseArgs,
}

/// Read a draft before you release it: what changed since you last saw it.
#[derive(Args, Debug)]
#[command(after_help = "\
The station notes that you saw this revision, and shows next time what changed since.

Example:
  redphone review DRAFT-17 --key watch2.key")]
pub(crate) struct ReviewArgs {
    /// Which draft
    #[arg(value_name = "DRAFT-N", value_parser = number)]
    draft: u32,
    /// Your key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// Make a new revision of a draft: whatever was released before is void.
#[derive(Args, Debug)]
#[command(after_help = "\
Attachments and the other side stay as they are. Who edits a draft cannot release it.

Examples:
  redphone edit DRAFT-17 'It ends at 1800Z.' --key watch1.key
  redphone edit DRAFT-17 - --precedence immediate --key watch1.key < text.txt")]
pub(crate) struct EditArgs {
    /// Which draft
    #[arg(value_name = "DRAFT-N", value_parser = number)]
    draft: u32,
    /// The text, or - to read it from standard input
    #[arg(
        value_name = "TEXT",
        required_unless_present = "file",
        conflicts_with = "file"
    )]
    text: Option<String>,
    /// A form instead of a text: a draft as `redphone check` reads it
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Another urgency: flash, immediate, priority or routine
    #[arg(long, value_name = "PRECEDENCE", value_parser = precedence)]
    precedence: Option<String>,
    /// How long it may be released from here on
    #[arg(long, default_value = "4h", value_name = "TIME", value_parser = wait::duration)]
    expires: Duration,
    /// Your key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// Lists the drafts, or does something with one.
///
/// # Errors
///
/// What the station refuses; a key that does not open.
pub(crate) fn drafts(context: &Context, args: &DraftsArgs) -> Result<Exit, Refusal> {
    match &args.command {
        None => {
            let answer = context.ask(&Request::DraftList)?;
            let Response::Drafts { drafts } = &answer else {
                return Err(unexpected());
            };
            let roll = roll(context)?;
            context.answer(&answer, |paper| print::drafts(paper, &roll, drafts))?;
            Ok(Exit::Done)
        }
        Some(DraftsCommand::SendBack(args)) => act(context, args, DraftAct::SendBack, ""),
        Some(DraftsCommand::Kill(args)) => act(context, args, DraftAct::Kill, ""),
        Some(DraftsCommand::Waive(args)) => act(context, &args.act, DraftAct::Waive, &args.rule),
    }
}

/// Stops a released draft.
///
/// # Errors
///
/// As [`drafts`].
pub(crate) fn recall(context: &Context, args: &RecallArgs) -> Result<Exit, Refusal> {
    act(context, &args.act, DraftAct::Recall, "")
}

/// Shows a draft.
///
/// # Errors
///
/// As [`drafts`].
pub(crate) fn review(context: &Context, args: &ReviewArgs) -> Result<Exit, Refusal> {
    let roll = roll(context)?;
    let file = KeyFile::read(&args.key)?;
    let draft = read(context, args.draft, &file)?;
    let draft = signed_act(context, &roll, &file, &draft, (DraftAct::Review, "", ""))?;
    context.answer(&draft, |paper| print::draft(paper, &roll, &draft))?;
    Ok(Exit::Done)
}

/// Makes a new revision.
///
/// # Errors
///
/// As [`drafts`].
pub(crate) fn edit(context: &Context, args: &EditArgs) -> Result<Exit, Refusal> {
    let roll = roll(context)?;
    let file = KeyFile::read(&args.key)?;
    let draft = read(context, args.draft, &file)?;
    let summary = &draft.summary;
    let written = form::written(
        context,
        Some(&summary.to),
        args.text.as_deref(),
        args.file.as_deref(),
        form::Hold::Yes,
    )?;
    let fields = DraftFields {
        to: summary.to.clone(),
        precedence: args
            .precedence
            .clone()
            .unwrap_or_else(|| summary.precedence.to_ascii_lowercase()),
        text: written.text,
        form: written.form,
        code: Vec::new(),
        subject: summary.subject.clone(),
        expires_at: expiry(args.expires),
        on_record: summary.on_record,
        readers: draft.readers.clone(),
    };
    let new = signing::new_draft(&fields, signing::infos(&draft)?)?;
    let terms = new.terms(summary.number, summary.revision.saturating_add(1));
    let act = (Action::Edit, object_of(&draft, file.name()));
    let request = Request::DraftEdit {
        number: summary.number,
        revision: summary.revision,
        draft: fields,
        by: signing::sign(&roll, &file, act, terms.digest())?,
    };
    let draft = answered(context.ask(&request)?)?;
    context.answer(&draft, |paper| print::draft(paper, &roll, &draft))?;
    Ok(Exit::Done)
}

/// Releases a draft, after the officer has seen all of it.
///
/// # Errors
///
/// As [`drafts`]; the word that was typed is not its precedence.
pub(crate) fn release(context: &Context, number: u32, key: &Path) -> Result<Exit, Refusal> {
    let roll = roll(context)?;
    let file = KeyFile::read(key)?;
    let draft = read(context, number, &file)?;
    if !context.json() {
        context.say(&print::draft(&context.paper(), &roll, &draft))?;
    }
    if draft.summary.precedence == "FLASH" {
        secrets::retyped(
            "FLASH goes at once and cannot be recalled. Type its precedence",
            "FLASH",
        )?;
    }
    let act = (DraftAct::Release, "", "");
    let released = signed_act(context, &roll, &file, &draft, act);
    let source = Source::of_held(format!("DRAFT-{number}"), &draft.text, &draft.form_bytes);
    let released = form::told(context, &source, released)?;
    context.answer(&released, |_| print::outcome(&released))?;
    Ok(Exit::Done)
}

/// The roll of the running station.
///
/// # Errors
///
/// That none runs.
pub(super) fn roll(context: &Context) -> Result<Roll, Refusal> {
    let Response::Roll(roll) = context.ask(&Request::Officers)? else {
        return Err(unexpected());
    };
    Ok(*roll)
}

/// A draft in an answer.
///
/// # Errors
///
/// When the answer is something else.
pub(super) fn answered(answer: Response) -> Result<Draft, Refusal> {
    let Response::Draft(draft) = answer else {
        return Err(unexpected());
    };
    Ok(*draft)
}

/// When a draft expires that may be released for this long.
pub(super) fn expiry(within: Duration) -> u64 {
    let within = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
    now().saturating_add(within)
}

/// Reads `DRAFT-17`, `draft-17` and `17`.
pub(super) fn number(word: &str) -> Result<u32, String> {
    let upper = word.to_ascii_uppercase();
    let digits = upper.strip_prefix("DRAFT-").unwrap_or(&upper);
    let wrong = || format!("'{word}' names no draft: write DRAFT-17");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    digits.parse().map_err(|_| wrong())
}

fn act(context: &Context, args: &BecauseArgs, act: DraftAct, rule: &str) -> Result<Exit, Refusal> {
    let roll = roll(context)?;
    let file = KeyFile::read(&args.key)?;
    let draft = read(context, args.draft, &file)?;
    let because = args.because.as_str();
    let done = signed_act(context, &roll, &file, &draft, (act, rule, because))?;
    context.answer(&done, |_| print::outcome(&done))?;
    Ok(Exit::Done)
}

fn signed_act(
    context: &Context,
    roll: &Roll,
    file: &KeyFile,
    draft: &Draft,
    (act, rule, because): (DraftAct, &str, &str),
) -> Result<Draft, Refusal> {
    let lexicon = books::lexicon_of_draft(context, draft)?;
    let what = signing::terms_of(draft, lexicon.as_ref(), rule, because)?;
    let action = (action_of(act), object_of(draft, file.name()));
    let request = Request::DraftAct {
        number: draft.summary.number,
        revision: draft.summary.revision,
        act,
        rule: rule.to_owned(),
        because: because.to_owned(),
        by: signing::sign(roll, file, action, what)?,
    };
    answered(context.ask(&request)?)
}

/// A whole draft, opened by the officer whose key it is.
fn read(context: &Context, number: u32, file: &KeyFile) -> Result<Draft, Refusal> {
    let officer = Some(file.name().to_owned());
    let request = Request::DraftRead { number, officer };
    answered(context.order(Some(file), request)?)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn draft_is_named_by_its_number() {
        for word in ["DRAFT-17", "draft-17", "17"] {
            assert_eq!(number(word), Ok(17), "{word}");
        }
        for word in ["", "DRAFT-", "DRAFT-x", "-17", "+17", "DRAFT-99999999999"] {
            assert!(number(word).is_err(), "{word}");
        }
    }
}
