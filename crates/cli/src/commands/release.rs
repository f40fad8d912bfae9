//! `release`: releases a draft that another officer wrote, or a held message anew.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use redphone_api::{MessageRef, Refusal, Request, Response};

use super::{Context, draft, policy, usage};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{safe, wrap};
use crate::signing::KeyFile;

/// Release a draft that another officer wrote, or a held message anew.
#[derive(Args, Debug)]
#[command(after_help = "\
A draft is shown whole before you sign: exactly this text, to this side, at this precedence, until
this hour. Nobody releases what he wrote. FLASH asks for its precedence again and goes at once.

After a new pairing, what was sealed for the old keys and never receipted waits for a person: it may
have become untrue meanwhile. Where no officer is enrolled, one releases it by name.

Examples:
  redphone release DRAFT-17 --key watch2.key
  redphone release 0007 --as '1st watch'")]
pub(crate) struct ReleaseArgs {
    /// Which draft, or which held message of ours
    #[arg(value_name = "DRAFT-N|SERIAL")]
    what: What,
    /// Your key, where officers are enrolled
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Who releases it: name or title, where no officer is enrolled
    #[arg(long = "as", value_name = "OFFICER", conflicts_with = "key")]
    officer: Option<String>,
}

/// What is released.
#[derive(Clone, Debug)]
enum What {
    Draft(u32),
    Message(MessageRef),
}

impl FromStr for What {
    type Err = String;

    fn from_str(words: &str) -> Result<Self, String> {
        if words.to_ascii_uppercase().starts_with("DRAFT-") {
            return draft::number(words).map(Self::Draft);
        }
        words.parse().map(Self::Message)
    }
}

/// Releases it.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &ReleaseArgs) -> Result<Exit, Refusal> {
    match (&args.what, &args.key) {
        (What::Draft(number), Some(key)) => draft::release(context, *number, key),
        (What::Draft(_), None) => Err(policy(
            "A draft is released with a key.",
            "Name yours with --key FILE; `redphone drafts` says who may release it.",
        )),
        (What::Message(message), _) => again(context, args, message),
    }
}

fn again(context: &Context, args: &ReleaseArgs, message: &MessageRef) -> Result<Exit, Refusal> {
    let file = args.key.as_deref().map(KeyFile::read).transpose()?;
    let named = file.as_ref().map(|file| file.name().to_owned());
    let Some(officer) = named.or_else(|| args.officer.clone()) else {
        return Err(usage(
            "Nobody is named.",
            "Name your key with --key, or the officer with --as where none is enrolled.",
        ));
    };
    let request = Request::ReleaseAgain {
        message: message.clone(),
        officer,
    };
    let answer = context.order(file.as_ref(), request)?;
    let Response::Done { said } = &answer else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| wrap(&safe(said), 0, 2))?;
    Ok(Exit::Done)
}
