//! `release`: releases a held message anew.

use clap::Args;
use redphone_api::{MessageRef, Refusal, Request, Response};

use super::Context;
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{safe, wrap};

/// Release a message anew that is held because the keys of its line died.
#[derive(Args, Debug)]
#[command(after_help = "\
After a new pairing, what was sealed for the old keys and never receipted waits for a person:
it may have become untrue meanwhile. Until release by two exists, one releases.

Example:
  redphone release 0007 --as '1st watch'")]
pub(crate) struct ReleaseArgs {
    /// Which message of ours
    #[arg(value_name = "SERIAL")]
    message: MessageRef,
    /// Who releases it: name or title of the officer
    #[arg(long = "as", value_name = "OFFICER")]
    officer: String,
}

/// Releases it.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &ReleaseArgs) -> Result<Exit, Refusal> {
    let request = Request::ReleaseAgain {
        message: args.message.clone(),
        officer: args.officer.clone(),
    };
    let answer = context.ask(&request)?;
    let Response::Done { said } = &answer else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| wrap(&safe(said), 0, 2))?;
    Ok(Exit::Done)
}
