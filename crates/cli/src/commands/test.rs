//! `test`: the hourly test, called early.

use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use redphone_api::{Refusal, Request, Response, TestStarted};

use super::{Context, party};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{self, safe, wrap};
use crate::signing::ByArgs;

/// Call the hourly test early.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  redphone test now
  redphone test now --peer SUD --wait 2m")]
pub(crate) struct TestArgs {
    #[command(subcommand)]
    verb: TestVerb,
}

/// What may be done with the test.
#[derive(Debug, Subcommand)]
enum TestVerb {
    /// Call it now
    Now {
        /// With whom; may be left out where there is one peer
        #[arg(long, value_name = "PEER", value_parser = party)]
        peer: Option<String>,
        /// How long to wait for its outcome
        #[arg(long, default_value = "1m", value_name = "TIME", value_parser = super::wait::duration)]
        wait: Duration,
        #[command(flatten)]
        by: ByArgs,
    },
}

/// Calls the test early and waits for its outcome.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &TestArgs) -> Result<Exit, Refusal> {
    let TestVerb::Now { peer, wait, by } = &args.verb;
    let before = context.client().status()?;
    let answer = context.order(by.file()?.as_ref(), Request::TestNow { peer: peer.clone() })?;
    let Response::Test(started) = &answer else {
        return Err(unexpected());
    };
    let known = before.lines.iter().find(|line| line.peer == started.peer);
    let last_good = known.and_then(|line| line.test.last_good);
    outcome_of_test(context, started, last_good, *wait)
}

fn outcome_of_test(
    context: &Context,
    started: &TestStarted,
    last_good: Option<u64>,
    within: Duration,
) -> Result<Exit, Refusal> {
    let begun = Instant::now();
    loop {
        let status = context.client().status()?;
        let Some(line) = status.lines.iter().find(|line| line.peer == started.peer) else {
            return Ok(Exit::NotYet);
        };
        let good = line.test.last_good > last_good;
        if good || begun.elapsed() >= within {
            context.answer(&line.test, |_| {
                let became = match (good, line.test.took_ms) {
                    (true, Some(took)) => format!("good, in {}", print::lasting(took)),
                    (true, None) => "good".to_owned(),
                    (false, _) => "not yet answered".to_owned(),
                };
                let outcome = safe(&line.test.outcome);
                wrap(
                    &format!(
                        "Test with {}: {became}. Last outcome: {outcome}.",
                        line.peer
                    ),
                    0,
                    2,
                )
            })?;
            return Ok(if good { Exit::Done } else { Exit::NotYet });
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
