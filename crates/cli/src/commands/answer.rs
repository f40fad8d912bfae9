//! `answer`: acts on the asks of a message, and nothing that only sounds like one.
//!
//! Owns the words of each act as arguments. Several acts of one answer come from a file, which is
//! `file`. What an act does is the station's to say.

mod file;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use redphone_api::{
    Answered, Ask, DraftFields, MessageRef, NewAct, NewAsk, Refusal, RefusalKind, Request, Response,
};
use redphone_desk::hold::EXPIRY_MS_DEFAULT;
use redphone_wire::Utc;

use super::{Context, draft, policy, send, tray, usage};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print;
use crate::signing::KeyFile;

/// Answer the asks of a message.
#[derive(Args, Debug)]
#[command(subcommand_value_name = "ACT", subcommand_help_heading = "Acts")]
#[command(after_help = "\
Only an act on a numbered ask moves it. A note moves nothing: with a note alone the asks stay open
and are flagged as evaded. Look first with --check. Times are in UTC: 2027-10-31T18:00Z.

A file has several acts, each with the fields of its command:
  note = \"The rest follows.\"
  [[act]]
  ask = 1
  act = \"defer\"
  until = \"2027-10-30T18:00Z\"
  who = \"the Ministry\"

Examples:
  redphone answer SUD-0412 --ask 1 commit --who 'the Ministry' --by 2027-10-31T18:00Z
  redphone answer SUD-0412 --ask 2 unable --reason 'No record of it is kept.' --check
  redphone answer SUD-0412 --file answer.toml --as '1st watch'
  redphone answer 0007 --ask 1 verified")]
pub(crate) struct AnswerArgs {
    /// The message that asks: SUD-0412 of SUD, 0007 of ours to verify or withdraw
    #[arg(value_name = "SERIAL")]
    message: MessageRef,
    /// The number of the ask
    #[arg(long, global = true, value_name = "NUMBER")]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=16))]
    ask: Option<u8>,
    /// A file with several acts, in TOML
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// What else there is to say; moves no ask
    #[arg(long, global = true, value_name = "TEXT")]
    note: Option<String>,
    /// Say what it would leave open, and send nothing
    #[arg(long, global = true)]
    check: bool,
    /// Who releases it, by name or title
    #[arg(
        long = "as",
        global = true,
        default_value = "duty officer",
        value_name = "OFFICER"
    )]
    officer: String,
    /// Your key, where officers are enrolled: others then release it
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "check")]
    key: Option<PathBuf>,
    /// What is said of the ask
    #[command(subcommand)]
    act: Option<ActArgs>,
}

#[derive(Clone, Debug, Subcommand)]
enum ActArgs {
    /// It will be done: as asked, or it counts as a counter
    Commit(CommitArgs),
    /// It will not be done
    Refuse {
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// It cannot be done
    Unable {
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Something else is proposed: an ask in return
    Counter(CounterArgs),
    /// The answer comes by a time
    Defer {
        /// By when
        #[arg(long, value_name = "TIME", value_parser = file::time)]
        until: u64,
        /// Who will answer
        #[arg(long, value_name = "PARTY")]
        who: String,
    },
    /// Stated facts are denied
    Dispute {
        /// Number of an item of the message that is denied; may be given several times
        #[arg(long, value_name = "NUMBER", required = true)]
        item: Vec<u16>,
    },
    /// No answer will be given
    Decline,
    /// What was committed to is done
    Done {
        /// When it was done
        #[arg(long, value_name = "TIME", value_parser = file::time)]
        at: u64,
        /// By what it can be seen
        #[arg(long, value_name = "TEXT")]
        evidence: Option<String>,
    },
    /// We have seen that it is done; the asker says it
    Verified,
    /// We have seen that it is not done; the asker says it
    NotVerified {
        /// What was seen instead
        #[arg(long, value_name = "TEXT")]
        seen: String,
    },
    /// We no longer ask for it; the asker says it
    Withdraw,
}

#[derive(Args, Clone, Debug)]
struct CommitArgs {
    /// Who will do it
    #[arg(long, value_name = "PARTY")]
    who: String,
    /// What will be done [default: as asked]
    #[arg(long, value_name = "VERB")]
    verb: Option<String>,
    /// To what [default: as asked]
    #[arg(long, value_name = "TEXT")]
    object: Option<String>,
    /// By when
    #[arg(long, value_name = "TIME", value_parser = file::time)]
    by: u64,
}

#[derive(Args, Clone, Debug)]
struct CounterArgs {
    /// Who is to do it
    #[arg(long, value_name = "PARTY")]
    to: String,
    /// What is to be done
    #[arg(long, value_name = "VERB")]
    verb: String,
    /// To what
    #[arg(long, value_name = "TEXT")]
    object: String,
    /// When it is to be done at the latest
    #[arg(long, value_name = "TIME", value_parser = file::time)]
    act_by: u64,
    /// When it is to be answered at the latest
    #[arg(long, value_name = "TIME", value_parser = file::time)]
    answer_by: u64,
}

/// Answers, or says what the answer would leave open.
///
/// # Errors
///
/// What the station refuses; a file that cannot be read.
pub(crate) fn run(context: &Context, args: &AnswerArgs) -> Result<Exit, Refusal> {
    let file = args.key.as_deref().map(KeyFile::read).transpose()?;
    let (acts, note) = match (&args.file, &args.act) {
        (Some(_), Some(_)) => {
            return Err(usage(
                "There is a file, and an act beside it.",
                "Write that act into the file.",
            ));
        }
        (Some(path), None) => file::read(path)?,
        (None, Some(act)) => (vec![one(context, (args, file.as_ref()), act)?], None),
        (None, None) => (Vec::new(), None),
    };
    let note = args.note.clone().or(note).unwrap_or_default();
    let request = Request::Answer {
        message: args.message.clone(),
        acts,
        note,
        officer: args.officer.clone(),
        check_only: args.check || args.key.is_some(),
    };
    say(context, &request, file.as_ref())
}

/// Has an answer released, or held with the key of an officer.
///
/// # Errors
///
/// What the station refuses.
pub(super) fn say(
    context: &Context,
    request: &Request,
    file: Option<&KeyFile>,
) -> Result<Exit, Refusal> {
    let answer = context.ask(request)?;
    let Response::Answered(answered) = &answer else {
        return Err(unexpected());
    };
    if let Some(file) = file {
        return hold(context, file, answered);
    }
    context.answer(&answer, |paper| print::answered(paper, answered))?;
    Ok(Exit::Done)
}

/// Holds an answer that was checked, until other officers release it.
fn hold(context: &Context, file: &KeyFile, answered: &Answered) -> Result<Exit, Refusal> {
    let Some(fields) = answered.draft.clone() else {
        return Err(policy(
            "No administrator is enrolled: nobody could release a draft.",
            "Answer without --key; it goes at once.",
        ));
    };
    let fields = DraftFields {
        expires_at: draft::expiry(Duration::from_millis(EXPIRY_MS_DEFAULT)),
        ..fields
    };
    let roll = draft::roll(context)?;
    if !context.json() {
        context.say(&print::answered(&context.paper(), answered))?;
    }
    send::hold_as(context, &roll, file, fields, Vec::new())?;
    Ok(Exit::Held)
}

/// The act of the command line, about the ask that `--ask` names.
fn one(
    context: &Context,
    (args, by): (&AnswerArgs, Option<&KeyFile>),
    act: &ActArgs,
) -> Result<NewAct, Refusal> {
    let Some(ask) = args.ask else {
        return Err(usage("No ask is named.", "Name one with --ask."));
    };
    Ok(match act.clone() {
        ActArgs::Commit(commit) => commit_to(context, (args, by), ask, commit)?,
        ActArgs::Refuse { reason } => NewAct::Refuse { ask, reason },
        ActArgs::Unable { reason } => NewAct::Unable { ask, reason },
        ActArgs::Counter(counter) => NewAct::Counter {
            ask,
            asks: vec![NewAsk {
                to: counter.to,
                verb: counter.verb,
                object: counter.object,
                act_by: counter.act_by,
                answer_by: counter.answer_by,
            }],
        },
        ActArgs::Defer { until, who } => NewAct::Defer { ask, until, who },
        ActArgs::Dispute { item } => NewAct::Dispute { ask, items: item },
        ActArgs::Decline => NewAct::Decline { ask },
        ActArgs::Done { at, evidence } => NewAct::Done { ask, at, evidence },
        ActArgs::Verified => NewAct::Verified { ask },
        ActArgs::NotVerified { seen } => NewAct::NotVerified { ask, seen },
        ActArgs::Withdraw => NewAct::Withdraw { ask },
    })
}

/// A commitment; the deed is that of the ask where none is named.
fn commit_to(
    context: &Context,
    (args, file): (&AnswerArgs, Option<&KeyFile>),
    ask: u8,
    commit: CommitArgs,
) -> Result<NewAct, Refusal> {
    let CommitArgs {
        who,
        verb,
        object,
        by,
    } = commit;
    let (verb, object) = match (verb, object) {
        (Some(verb), Some(object)) => (verb, object),
        (verb, object) => {
            let asked = asked(context, file, &args.message, ask)?;
            (
                verb.unwrap_or(asked.verb.en),
                object.unwrap_or(asked.object),
            )
        }
    };
    Ok(NewAct::Commit {
        ask,
        who,
        verb,
        object,
        by,
    })
}

fn asked(
    context: &Context,
    by: Option<&KeyFile>,
    message: &MessageRef,
    ask: u8,
) -> Result<Ask, Refusal> {
    let message = tray::one(context, by, message)?;
    let found = message.asks.into_iter().find(|one| one.name.ask == ask);
    found.ok_or_else(|| {
        Refusal::operator(
            RefusalKind::Policy,
            format!("{} has no ask {ask}.", message.summary.name),
            "See what is asked with `redphone asks`. Nothing was sent.",
        )
    })
}

/// A time in seconds since 1970 at the operator's border.
fn milliseconds(at: redphone_wire::UtcSeconds) -> u64 {
    Utc::from(at).0
}
