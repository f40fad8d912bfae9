//! `watch`: who keeps it, handing it over, taking it over.

use std::io::{BufRead, IsTerminal, Write};

use clap::{Args, Subcommand};
use redphone_api::{Refusal, Request, Response, WatchView};

use super::Context;
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{self, safe, wrap};
use crate::signing::ByArgs;

/// Show who keeps the watch and what is open; hand it over, or take it.
#[derive(Args, Debug)]
#[command(after_help = "\
Whoever takes the watch over ticks each open thing and has heard the alarm, or says why not with
--because: that stands in the journal.

Examples:
  redphone watch roster
  redphone watch hand --to '2nd watch' --as '1st watch'
  redphone alarm prove && redphone alarm heard --as '2nd watch'
  redphone watch take --as '2nd watch' --chief 'chief of watch'
  redphone watch take --as '2nd watch' --tick NORD-0412 --tick asks-NORD")]
pub(crate) struct WatchArgs {
    /// What to do
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Clone, Debug, Subcommand)]
enum Verb {
    /// Show who keeps the watch, and what is open
    Roster,
    /// Hand the watch to another officer, who has to take it
    Hand {
        /// To whom
        #[arg(long, value_name = "NAME")]
        to: String,
        #[command(flatten)]
        who: Who,
    },
    /// Take the watch over
    Take(Take),
}

#[derive(Args, Clone, Debug)]
struct Who {
    /// Who does it: name or title of the officer
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

#[derive(Args, Clone, Debug)]
struct Take {
    #[command(flatten)]
    who: Who,
    /// Who is called next when nobody acknowledges
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "NAME"
    )]
    next: String,
    /// The chief of watch, who is called after that
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "NAME"
    )]
    chief: String,
    /// An open thing looked at, by its key; without any, a terminal asks for each
    #[arg(long = "tick", value_name = "KEY")]
    ticks: Vec<String>,
    /// Why a thing is not ticked, the alarm not heard or the watch not handed
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "REASON"
    )]
    because: String,
}

/// Shows the roster, hands the watch over or takes it.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &WatchArgs) -> Result<Exit, Refusal> {
    match &args.verb {
        Verb::Roster => {
            let view = view(context)?;
            let status = context.client().status()?;
            context.answer(&view, |paper| print::roster(paper, &status, &view))?;
            Ok(Exit::Done)
        }
        Verb::Hand { to, who } => {
            let request = Request::WatchHand {
                to: to.clone(),
                officer: who.officer.clone().unwrap_or_default(),
            };
            order(context, who, request)
        }
        Verb::Take(take) => {
            let ticks = if take.ticks.is_empty() && std::io::stdin().is_terminal() {
                ask_for_ticks(context)?
            } else {
                take.ticks.clone()
            };
            let request = Request::WatchTake {
                officer: take.who.officer.clone().unwrap_or_default(),
                next: take.next.clone(),
                chief: take.chief.clone(),
                ticks,
                because: take.because.clone(),
            };
            order(context, &take.who, request)
        }
    }
}

fn order(context: &Context, who: &Who, request: Request) -> Result<Exit, Refusal> {
    let answer = context.order(who.by.file()?.as_ref(), request)?;
    let Response::Done { said } = &answer else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| wrap(&safe(said), 0, 2))?;
    Ok(Exit::Done)
}

/// Asks for each open thing whether it was looked at.
fn ask_for_ticks(context: &Context) -> Result<Vec<String>, Refusal> {
    let mut ticks = Vec::new();
    for thing in view(context)?.open {
        context.say(&format!(
            "{}: {}. Seen? [y/N] ",
            thing.key,
            safe(&thing.said)
        ))?;
        let _ = std::io::stdout().flush();
        let mut word = String::new();
        let _ = std::io::stdin().lock().read_line(&mut word);
        if word.trim().eq_ignore_ascii_case("y") {
            ticks.push(thing.key);
        }
    }
    Ok(ticks)
}

fn view(context: &Context) -> Result<WatchView, Refusal> {
    let Response::Watch(view) = context.ask(&Request::Watch)? else {
        return Err(unexpected());
    };
    Ok(*view)
}
