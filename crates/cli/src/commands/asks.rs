//! `asks`: what each side owes the other, and the table that says what every act does.

use clap::{Args, Subcommand, ValueEnum};
use redphone_api::{Refusal, Request, Response};

use super::{Context, party};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print;
use crate::signing::ByArgs;

/// Show what each side owes the other, what is due first.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
An ask is closed by an act on its number and never by prose: answer with `redphone answer`.

Examples:
  redphone asks
  redphone asks --peer SUD
  redphone asks --json | jq -r '.owed[] | \"\\(.message) ask \\(.ask)\"'
  redphone asks table --say ru")]
pub(crate) struct AsksArgs {
    /// One peer only
    #[arg(long, value_name = "PEER", value_parser = party)]
    peer: Option<String>,
    #[command(flatten)]
    by: ByArgs,
    /// What to show instead
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Verb {
    /// Show what every act does in every state of an ask
    Table {
        /// The language: en or ru
        #[arg(long, value_enum, default_value = "en", value_name = "LANGUAGE")]
        #[arg(hide_possible_values = true)]
        say: Tongue,
    },
}

/// The languages, as an argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Tongue {
    /// English
    En,
    /// Russian
    Ru,
}

/// Shows the board or the table.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &AsksArgs) -> Result<Exit, Refusal> {
    match args.verb {
        Some(Verb::Table { say }) => table(context, say),
        None => board(context, args),
    }
}

fn board(context: &Context, args: &AsksArgs) -> Result<Exit, Refusal> {
    let peer = args.peer.clone();
    let answer = context.order(args.by.file()?.as_ref(), Request::Asks { peer })?;
    let Response::Asks(board) = &answer else {
        return Err(unexpected());
    };
    let status = context.client().status()?;
    context.answer(&answer, |paper| {
        print::ask_board(paper, &status.environment, board)
    })?;
    Ok(Exit::Done)
}

fn table(context: &Context, say: Tongue) -> Result<Exit, Refusal> {
    let answer = context.ask(&Request::AskTable)?;
    let Response::AskTable { cells } = &answer else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| print::ask_table(cells, say == Tongue::Ru))?;
    Ok(Exit::Done)
}
