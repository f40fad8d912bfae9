//! `alarm`: what rings, a silence of 30 s, and the proof that it can be heard.

use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use redphone_api::{AlarmAct, AlarmView, Refusal, Request, Response};

use super::{Context, failed};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{self, safe, wrap};
use crate::signing::{ByArgs, KeyFile};

/// How long is waited for the alarm's command, which has 10 s.
const PROOF_WITHIN: Duration = Duration::from_secs(12);
/// From one look at it to the next.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Show whether the alarm rings, and for what; silence it; prove it.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
A silence is local and comes back by itself. It acknowledges nothing: that is a person's, by name,
with redphone acknowledge.

Examples:
  redphone alarm
  redphone alarm silence --as '1st watch'
  redphone alarm prove
  redphone alarm heard --as '1st watch'")]
pub(crate) struct AlarmArgs {
    /// What to do instead
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Clone, Debug, Subcommand)]
enum Verb {
    /// Stop the sound for 30 s, here only; nothing is acknowledged
    Silence {
        /// Who: name or title of the officer
        #[arg(
            long = "as",
            default_value = "",
            hide_default_value = true,
            value_name = "NAME"
        )]
        officer: String,
    },
    /// Ring the alarm now, to prove that it is heard
    Prove,
    /// Say that you heard the alarm when it was rung to be proven
    Heard {
        /// Who heard it: name or title of the officer
        #[arg(
            long = "as",
            value_name = "NAME",
            required_unless_present = "by",
            conflicts_with = "by"
        )]
        officer: Option<String>,
        #[command(flatten)]
        by: ByArgs,
    },
}

/// Shows the alarm, or does something with it.
///
/// # Errors
///
/// What the station refuses; a proof whose command failed.
pub(crate) fn run(context: &Context, args: &AlarmArgs) -> Result<Exit, Refusal> {
    match &args.verb {
        None => {
            let view = view(context)?;
            let status = context.client().status()?;
            context.answer(&view, |paper| print::alarm(paper, &status, &view))?;
            Ok(Exit::Done)
        }
        Some(Verb::Silence { officer }) => act(context, AlarmAct::Silence, officer, None),
        Some(Verb::Heard { officer, by }) => {
            let officer = officer.as_deref().unwrap_or_default();
            act(context, AlarmAct::Heard, officer, by.file()?.as_ref())
        }
        Some(Verb::Prove) => prove(context),
    }
}

fn act(
    context: &Context,
    act: AlarmAct,
    officer: &str,
    by: Option<&KeyFile>,
) -> Result<Exit, Refusal> {
    let request = Request::AlarmAct {
        act,
        officer: officer.to_owned(),
    };
    let answer = context.order(by, request)?;
    let Response::Done { said } = &answer else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| wrap(&safe(said), 0, 2))?;
    Ok(Exit::Done)
}

/// Rings, and waits for what becomes of the command.
fn prove(context: &Context) -> Result<Exit, Refusal> {
    let before = view(context)?;
    act(context, AlarmAct::Prove, "", None)?;
    if !before.has_command {
        return Ok(Exit::Done);
    }
    let begun = Instant::now();
    while begun.elapsed() < PROOF_WITHIN {
        thread::sleep(LOOK_EVERY);
        let last = view(context)?.last;
        match last {
            Some(last) if Some(&last) != before.last.as_ref() => {
                return if last.1.is_empty() {
                    context.say("The command of the alarm ran and ended well.\n")?;
                    Ok(Exit::Done)
                } else {
                    Err(failed(
                        format!("The alarm did not ring: {}.", safe(&last.1)),
                        "Mend [alarm] command in config.toml, start the station again, and prove it.",
                    ))
                };
            }
            _ => {}
        }
    }
    Err(failed(
        "The station has not said what became of the alarm's command.",
        "Look at it with redphone alarm.",
    ))
}

fn view(context: &Context) -> Result<AlarmView, Refusal> {
    let Response::Alarm(view) = context.ask(&Request::Alarm)? else {
        return Err(unexpected());
    };
    Ok(*view)
}
