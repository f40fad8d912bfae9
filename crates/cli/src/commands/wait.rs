//! `wait`: until a message of ours has reached a rung of its ladder.

use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use redphone_api::{Message, MessageRef, Refusal, Request, Response, Rung, RungName, Tray};

use super::{Context, usage};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print;

/// From one look at the message to the next.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Wait until a message of ours has reached a rung of its ladder.
#[derive(Args, Debug)]
#[command(after_help = "\
Ends with 0 when it is reached; with 6 when the time is up and it is not yet reached; with 7
when the time is up and nobody can say.

Examples:
  redphone wait 0007 --until receipt --timeout 30s
  redphone wait 0007 --until acknowledged --timeout 10m && echo 'a named person has it'")]
pub(crate) struct WaitArgs {
    /// Which message: 0007, or NORD-0007>SUD where several peers have one with that number
    #[arg(value_name = "SERIAL")]
    message: MessageRef,
    /// Which rung: receipt, on-desk, acknowledged or read-back
    #[arg(
        long,
        value_enum,
        default_value = "receipt",
        value_name = "RUNG",
        hide_possible_values = true
    )]
    until: Until,
    /// How long at most: 30s, 10m, 2h
    #[arg(long, default_value = "10m", value_parser = duration, value_name = "TIME")]
    timeout: Duration,
}

/// Rungs that can be waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Until {
    /// The peer's station holds it durably
    Receipt,
    /// An attached desk there shows it
    OnDesk,
    /// A named person there has it
    Acknowledged,
    /// It was read back, and an officer of ours said CORRECT
    ReadBack,
}

impl Until {
    fn rung(self) -> RungName {
        match self {
            Self::Receipt => RungName::AtStation,
            Self::OnDesk => RungName::OnDesk,
            Self::Acknowledged => RungName::Acknowledged,
            Self::ReadBack => RungName::ReadBack,
        }
    }
}

/// Waits.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &WaitArgs) -> Result<Exit, Refusal> {
    let begun = Instant::now();
    loop {
        let message = read(context, &args.message)?;
        if message.summary.tray == Tray::In {
            return Err(usage(
                format!(
                    "{} came from {}: it is here.",
                    message.summary.name, message.summary.peer
                ),
                "Only messages of ours can be waited for.",
            ));
        }
        let rung = message
            .summary
            .ladder
            .iter()
            .find(|rung| rung.rung == args.until.rung());
        let reached = rung.is_some_and(|rung| rung.at.is_some());
        if reached || begun.elapsed() >= args.timeout {
            context.answer(&message.summary, |paper| {
                format!(
                    "{}\n{}",
                    message.summary.name,
                    print::ladder(paper, &message.summary)
                )
            })?;
            return Ok(if reached { Exit::Done } else { outcome(rung) });
        }
        thread::sleep(LOOK_EVERY.min(args.timeout.saturating_sub(begun.elapsed())));
    }
}

/// What the end of the time means for a rung that is not reached.
fn outcome(rung: Option<&Rung>) -> Exit {
    if rung.is_some_and(|rung| rung.unknown) {
        Exit::Unknown
    } else {
        Exit::NotYet
    }
}

fn read(context: &Context, message: &MessageRef) -> Result<Message, Refusal> {
    let answer = context.ask(&Request::Read {
        message: message.clone(),
    })?;
    let Response::Message(message) = answer else {
        return Err(unexpected());
    };
    Ok(*message)
}

/// Reads `30s`, `10m`, `2h`, `500ms`.
pub(super) fn duration(words: &str) -> Result<Duration, String> {
    let wrong = || format!("'{words}' is no time: write 30s, 10m or 2h");
    let digits = words
        .find(|c: char| !c.is_ascii_digit())
        .ok_or_else(wrong)?;
    let (number, unit) = words.split_at_checked(digits).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let milliseconds = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(milliseconds)
        .map(Duration::from_millis)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_a_unit() {
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        for wrong in [
            "10",
            "m",
            "",
            "-3s",
            "99999999999999999999h",
            "18446744073709551615h",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rung_that_nobody_can_speak_for_is_unknown() {
        let rung = Rung {
            rung: RungName::AtStation,
            at: None,
            proof: String::new(),
            unknown: true,
            their_clock: false,
        };

        assert_eq!(outcome(Some(&rung)), Exit::Unknown);
        assert_eq!(
            outcome(Some(&Rung {
                unknown: false,
                ..rung
            })),
            Exit::NotYet
        );
    }
}
