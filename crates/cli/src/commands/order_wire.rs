//! `wire`: the order wire, where operators talk about the line.

use clap::Args;
use redphone_api::{Refusal, Request, Response};

use super::{Context, party};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print;
use crate::signing::ByArgs;

/// Talk on the order wire, or list it.
#[derive(Args, Debug)]
#[command(after_help = "\
The order wire is for operators, about the line. It goes on while a subject is suspended.

Examples:
  redphone wire 'Your last test came 31 s late by hf. Is your ip down?' --as '2nd watch'
  redphone wire 'It is. Back at 1400Z.' --key watch1.key
  redphone wire")]
pub(crate) struct WireArgs {
    /// With whom; may be left out where there is one peer
    #[arg(long, value_name = "PEER", value_parser = party)]
    to: Option<String>,
    /// Who writes
    #[arg(
        long = "as",
        default_value = "",
        hide_default_value = true,
        value_name = "OFFICER",
        conflicts_with = "by"
    )]
    officer: String,
    /// How many lines to list at most, up to 1000
    #[arg(long, default_value_t = 20, value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// What to say; without it the order wire is listed
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    by: ByArgs,
}

/// Writes a line, then lists the newest.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &WireArgs) -> Result<Exit, Refusal> {
    if let Some(text) = &args.text {
        let request = Request::OrderWire {
            peer: args.to.clone(),
            text: text.clone(),
            officer: args.officer.clone(),
        };
        let answer = context.order(args.by.file()?.as_ref(), request)?;
        let Response::Done { said } = &answer else {
            return Err(unexpected());
        };
        context.answer(&answer, |_| format!("{}\n", print::safe(said)))?;
        return Ok(Exit::Done);
    }
    let request = Request::OrderWireList {
        peer: args.to.clone(),
        limit: args.limit,
    };
    let answer = context.ask(&request)?;
    let Response::OrderWire { lines } = &answer else {
        return Err(unexpected());
    };
    let status = context.client().status()?;
    context.answer(&answer, |paper| {
        let band = paper.band(&status.station, &status.environment);
        format!("{band}{}", print::order_wire(paper, &status.station, lines))
    })?;
    Ok(Exit::Done)
}
