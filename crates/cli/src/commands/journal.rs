//! `journal`: the hash-chained record. Works without a running station.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use redphone_api::{JournalLine, Refusal, Request, Response};
use redphone_wire::Utc;

use super::{Context, KeyArgs, failed, usage};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{Ink, Paper, counted, safe, seconds_of, wrap};
use crate::signing::{ByArgs, KeyFile};

/// Lines asked for at once.
const PAGE_LINES: u32 = 1_000;
/// From one look for new lines to the next.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// Show, verify or export the journal.
#[derive(Args, Debug)]
#[command(after_help = "\
Its lines say what happened, never what a message says.

Examples:
  redphone journal tail
  redphone journal tail --follow
  redphone journal verify           # exit 8 and the first bad record when it was altered
  redphone journal export --out journal.jsonl")]
pub(crate) struct JournalArgs {
    #[command(subcommand)]
    verb: JournalVerb,
}

/// What may be done with the journal.
#[derive(Debug, Subcommand)]
enum JournalVerb {
    /// Show the newest lines
    Tail {
        /// How many, up to 1000
        #[arg(short = 'n', long, default_value_t = 20, value_name = "COUNT")]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
        lines: u32,
        /// Go on with new lines as they are written
        #[arg(short, long)]
        follow: bool,
        #[command(flatten)]
        key: KeyArgs,
        #[command(flatten)]
        by: ByArgs,
    },
    /// Check the whole chain, and the vault against it
    Verify {
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Write all lines, one JSON object each
    Export {
        /// Where to; without it, to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        key: KeyArgs,
        #[command(flatten)]
        by: ByArgs,
    },
}

/// How the home is opened where no station runs, and who asks.
type Keys<'a> = (&'a KeyArgs, Option<&'a KeyFile>);

/// Shows, verifies or exports.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &JournalArgs) -> Result<Exit, Refusal> {
    match &args.verb {
        JournalVerb::Tail {
            lines,
            follow,
            key,
            by,
        } => tail(context, *lines, *follow, (key, by.file()?.as_ref())),
        JournalVerb::Verify { key } => verify(context, key),
        JournalVerb::Export { out, key, by } => {
            export(context, out.as_ref(), (key, by.file()?.as_ref()))
        }
    }
}

fn tail(context: &Context, count: u32, follow: bool, keys: Keys<'_>) -> Result<Exit, Refusal> {
    let paper = context.paper();
    let mut lines = page(context, keys, None, count)?;
    let mut last = 0;
    loop {
        last = lines.last().map_or(last, |line| line.number);
        print_lines(context, &paper, &lines)?;
        if !follow {
            return Ok(Exit::Done);
        }
        std::thread::sleep(FOLLOW_EVERY);
        lines = page(context, keys, Some(last), PAGE_LINES)?;
    }
}

fn verify(context: &Context, key: &KeyArgs) -> Result<Exit, Refusal> {
    let Response::JournalVerified(verdict) = context.ask_or_open(key, Request::JournalVerify)?
    else {
        return Err(unexpected());
    };
    context.answer(&verdict, |paper| {
        let (word, ink) = match verdict.first_bad {
            None => ("VERIFIED".to_owned(), Ink::Good),
            Some(number) => (format!("RECORD {number} IS BAD"), Ink::Red),
        };
        let word = paper.style.paint(ink, &word);
        let said = format!("{word}  {}", safe(&verdict.said));
        let mut head = counted(verdict.records, "record", "records");
        if !verdict.head.is_empty() {
            head.push_str(", head ");
            head.push_str(&verdict.head);
        }
        format!("{}{}", wrap(&said, 0, 10), wrap(&head, 10, 10))
    })?;
    Ok(if verdict.first_bad.is_none() {
        Exit::Done
    } else {
        Exit::Verification
    })
}

fn export(context: &Context, out: Option<&PathBuf>, keys: Keys<'_>) -> Result<Exit, Refusal> {
    let mut file = match out {
        Some(path) => Some(File::create_new(path).map_err(|fault| {
            usage(
                format!("The file {} cannot be made: {fault}.", path.display()),
                "Name another file.",
            )
        })?),
        None => None,
    };
    let mut after = 0;
    let mut written = 0u64;
    loop {
        let lines = page(context, keys, Some(after), PAGE_LINES)?;
        let Some(last) = lines.last() else {
            break;
        };
        after = last.number;
        written += lines.len() as u64;
        let text = json_lines(&lines)?;
        match &mut file {
            Some(file) => file.write_all(text.as_bytes()).map_err(|fault| {
                failed(
                    format!("The export cannot be written: {fault}."),
                    "Look at the disk.",
                )
            })?,
            None => context.say(&text)?,
        }
    }
    if let (Some(file), Some(path)) = (file, out) {
        file.sync_all().map_err(|fault| {
            failed(
                format!("The export cannot be written: {fault}."),
                "Look at the disk.",
            )
        })?;
        let wrote = serde_json::json!({ "file": path, "lines": written });
        context.answer(&wrote, |_| {
            format!("Wrote {written} lines to {}.\n", path.display())
        })?;
    }
    Ok(Exit::Done)
}

fn page(
    context: &Context,
    (key, by): Keys<'_>,
    after: Option<u64>,
    limit: u32,
) -> Result<Vec<JournalLine>, Refusal> {
    let answer = context.order_or_open(by, key, Request::Journal { after, limit })?;
    let Response::Journal { lines } = answer else {
        return Err(unexpected());
    };
    Ok(lines)
}

fn print_lines(context: &Context, paper: &Paper, lines: &[JournalLine]) -> Result<(), Refusal> {
    if context.json() {
        return context.say(&json_lines(lines)?);
    }
    let day = lines.last().map_or(0, |line| line.at);
    let text: String = lines
        .iter()
        .map(|line| {
            let at = if line.at / 86_400_000 == paper.now.max(day) / 86_400_000 {
                Utc(line.at).to_string()
            } else {
                seconds_of(line.at, paper.now)
            };
            wrap(
                &format!("{:>6}  {at:<14}  {}", line.number, safe(&line.what)),
                0,
                24,
            )
        })
        .collect();
    context.say(&text)
}

fn json_lines(lines: &[JournalLine]) -> Result<String, Refusal> {
    let mut text = String::new();
    for line in lines {
        let line = crate::print::json(line)
            .map_err(|fault| failed(format!("A line cannot be written: {fault}."), ""))?;
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}
