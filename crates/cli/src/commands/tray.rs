//! `inbox`, `outbox`, `read`, `acknowledge`.

use std::path::PathBuf;

use clap::Args;
use redphone_api::{AskCounts, Message, MessageRef, Refusal, Request, Response, Tray};
use serde_json::json;

use super::check::Tongue;
use super::{Context, party, write_new};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{self, safe, wrap};
use crate::signing::{ByArgs, KeyFile};

/// List the messages of a tray, the newest first, and what is missing.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  redphone inbox
  redphone outbox --peer SUD --limit 100
  redphone inbox --json | jq -r '.messages[] | select(.acknowledged_by == []) | .name'")]
pub(crate) struct ListArgs {
    /// One peer only
    #[arg(long, value_name = "PEER", value_parser = party)]
    peer: Option<String>,
    /// How many at most, up to 1000
    #[arg(long, default_value_t = 20, value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

/// Read one message, whole, with its ladder.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  redphone read NORD-0412
  redphone read 0007
  redphone read NORD-0412 --key watch1.key      # where officers are enrolled: opens the text
  redphone read NORD-0412 --save-attachment 0 --out chart.pdf")]
pub(crate) struct ReadArgs {
    /// Which message: NORD-0412 from NORD, 0007 of ours
    #[arg(value_name = "SERIAL")]
    message: MessageRef,
    /// Save the attachment with this number, counted from 0
    #[arg(long, value_name = "NUMBER", requires = "out")]
    save_attachment: Option<u8>,
    /// Where to save it; never over a file that is there
    #[arg(long, value_name = "FILE", requires = "save_attachment")]
    out: Option<PathBuf>,
    #[command(flatten)]
    by: ByArgs,
    /// The language in which terms are explained: en or ru
    #[arg(long, value_enum, default_value = "en", value_name = "LANGUAGE")]
    #[arg(hide_possible_values = true)]
    say: Tongue,
}

/// Acknowledge a message: a named person has it. This goes to the other side.
#[derive(Args, Debug)]
#[command(after_help = "\
It commits to nothing but receipt. Where no officer is enrolled, the name is a claim that nobody
has checked; where officers are, a watch officer signs, and --as is not needed.

Examples:
  redphone acknowledge NORD-0412 --as '1st watch'
  redphone acknowledge NORD-0412 --key watch1.key")]
pub(crate) struct AcknowledgeArgs {
    /// Which message
    #[arg(value_name = "SERIAL")]
    message: MessageRef,
    /// Who has it: name or title of the officer
    #[arg(
        long = "as",
        value_name = "NAME",
        required_unless_present = "by",
        conflicts_with = "by"
    )]
    officer: Option<String>,
    #[command(flatten)]
    by: ByArgs,
}

/// Lists what came in.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn inbox(context: &Context, args: &ListArgs) -> Result<Exit, Refusal> {
    list(context, args, Tray::In)
}

/// Lists what went out.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn outbox(context: &Context, args: &ListArgs) -> Result<Exit, Refusal> {
    list(context, args, Tray::Out)
}

/// Shows one message, or saves what is attached to it.
///
/// # Errors
///
/// What the station refuses; a file that cannot be written.
pub(crate) fn read(context: &Context, args: &ReadArgs) -> Result<Exit, Refusal> {
    let by = args.by.file()?;
    if let (Some(number), Some(out)) = (args.save_attachment, &args.out) {
        let request = Request::Attachment {
            message: args.message.clone(),
            index: number,
        };
        let request = context.signed(by.as_ref(), request)?;
        let bytes = context.client().ask_bytes(&request)?;
        write_new(out, &bytes)?;
        let saved = json!({ "file": out, "bytes": bytes.len() });
        context.answer(&saved, |_| {
            format!(
                "Saved {} to {}.\n",
                print::bytes(bytes.len() as u64),
                out.display()
            )
        })?;
        return Ok(Exit::Done);
    }
    let message = one(context, by.as_ref(), &args.message)?;
    let status = context.client().status()?;
    context.answer(&message, |paper| {
        let station = (&*status.station, &*status.environment);
        print::whole(paper, station, &message, args.say.into())
    })?;
    Ok(Exit::Done)
}

/// Acknowledges a message by name.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn acknowledge(context: &Context, args: &AcknowledgeArgs) -> Result<Exit, Refusal> {
    let request = Request::Acknowledge {
        message: args.message.clone(),
        officer: args.officer.clone().unwrap_or_default(),
    };
    let answer = context.order(args.by.file()?.as_ref(), request)?;
    let Response::Done { said } = &answer else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| wrap(&safe(said), 0, 2))?;
    Ok(Exit::Done)
}

fn list(context: &Context, args: &ListArgs, tray: Tray) -> Result<Exit, Refusal> {
    let request = Request::List {
        tray,
        peer: args.peer.clone(),
        limit: args.limit,
    };
    let answer = context.ask(&request)?;
    let Response::Messages { messages } = &answer else {
        return Err(unexpected());
    };
    let mut status = context.client().status()?;
    if let Some(peer) = &args.peer {
        status.lines.retain(|line| line.peer == *peer);
    }
    let counts = asked(context, args.peer.clone())?;
    context.answer(&answer, |paper| {
        let list = print::tray(paper, &status, tray, messages);
        list + &print::ask_counts(paper, tray, counts)
    })?;
    Ok(Exit::Done)
}

/// How many asks wait for whose word.
fn asked(context: &Context, peer: Option<String>) -> Result<AskCounts, Refusal> {
    let Response::Asks(board) = context.ask(&Request::Asks { peer })? else {
        return Err(unexpected());
    };
    Ok(board.counts)
}

/// One message; its text where an officer who may open it asks, or none is enrolled.
///
/// # Errors
///
/// What the station refuses.
pub(super) fn one(
    context: &Context,
    by: Option<&KeyFile>,
    message: &MessageRef,
) -> Result<Message, Refusal> {
    let request = Request::Read {
        message: message.clone(),
    };
    let answer = context.order(by, request)?;
    let Response::Message(message) = answer else {
        return Err(unexpected());
    };
    Ok(*message)
}
