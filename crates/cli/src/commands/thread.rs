//! `threads` and `times`: which messages belong together, and where their minutes went.

use clap::Args;
use redphone_api::{MessageRef, Refusal, Request, Response, Tray};

use super::{Context, party};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print;

/// Show which messages belong together, the newest threads first.
#[derive(Args, Debug)]
#[command(after_help = "\
A message that was superseded or withdrawn says so wherever it is shown. CROSSED: each of the two
was released before its writer could have had the other.

Examples:
  redphone threads
  redphone threads NORD-0412
  redphone threads --json | jq -r '.threads[] | select(.asks_open > 0) | .first'")]
pub(crate) struct ThreadsArgs {
    /// Only the thread of this message
    #[arg(value_name = "SERIAL", conflicts_with = "peer")]
    message: Option<MessageRef>,
    /// One peer only
    #[arg(long, value_name = "PEER", value_parser = party)]
    peer: Option<String>,
    /// How many at most, up to 1000
    #[arg(long, default_value_t = 20, value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

/// Show how long messages took from writer to reader, the newest first.
#[derive(Args, Debug)]
#[command(after_help = "\
Each column says how long its step took after the one before; the longest step of a message is
marked with '!'. '~' is a step between two clocks: it is only as good as both.

Examples:
  redphone times
  redphone times --in --peer SUD --limit 100")]
pub(crate) struct TimesArgs {
    /// Messages that came in, not those that went out
    #[arg(long = "in")]
    came: bool,
    /// One peer only
    #[arg(long, value_name = "PEER", value_parser = party)]
    peer: Option<String>,
    /// How many at most, up to 1000
    #[arg(long, default_value_t = 20, value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

/// Shows threads.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn threads(context: &Context, args: &ThreadsArgs) -> Result<Exit, Refusal> {
    let request = Request::Threads {
        of: args.message.clone(),
        peer: args.peer.clone(),
        limit: args.limit,
    };
    let answer = context.ask(&request)?;
    let Response::Threads { threads } = &answer else {
        return Err(unexpected());
    };
    let status = context.client().status()?;
    context.answer(&answer, |paper| print::threads(paper, &status, threads))?;
    Ok(Exit::Done)
}

/// Shows the times of messages.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn times(context: &Context, args: &TimesArgs) -> Result<Exit, Refusal> {
    let tray = if args.came { Tray::In } else { Tray::Out };
    let request = Request::List {
        tray,
        peer: args.peer.clone(),
        limit: args.limit,
    };
    let answer = context.ask(&request)?;
    let Response::Messages { messages } = &answer else {
        return Err(unexpected());
    };
    let status = context.client().status()?;
    context.answer(&answer, |paper| {
        print::times(paper, &status, tray, messages)
    })?;
    Ok(Exit::Done)
}
