//! `forge`: shows that a leaked transcript proves nothing, by writing one (rules FORGE-1, FORGE-2).
//!
//! It works on a copy of one side's secrets, without a running station; what it makes is void on
//! the line. The file's form is [`super::transcript`]'s.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use redphone_api::{Refusal, RefusalKind, Request, Response};
use redphone_journal::Journal;
use redphone_seal::{Cipher, Effort, Saying, forge, verify_transcript};
use redphone_stationd::{Config, Home, SqliteStorage};
use redphone_wire::{Direction, Kind, Message, Precedence, Serial, Utc, to_bytes};
use serde_json::json;
use zeroize::Zeroizing;

use super::{Context, KeyArgs, failed, not_found, now, party, read_file, transcript, usage};
use super::{card::text_of, write_new};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::wrap;

/// Bytes of the file of sayings, and of a transcript, that are read.
const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Sayings of one transcript.
const SAYINGS_MAX: usize = 1_000;

/// A row of the vault: its name and what it holds.
type Row = (Vec<u8>, Zeroizing<Vec<u8>>);

/// Write a transcript that nobody can tell from a real one.
#[derive(Args, Debug)]
#[command(after_help = "\
Both sides hold every key that authenticates anything on the line, so each can say anything in the
other's name. So a leaked text, envelope or journal proves nothing to anybody else. This command
does it in the open: it writes envelopes, frames, receipts and vault rows of a conversation that
never was, and a check that cannot tell. The station must not run meanwhile.

The file of sayings has one message a line, the speaker first:
  SUD: We began it.
  NORD: We have read you.

Examples:
  redphone forge write --peer SUD sayings.txt --out forged.json
  redphone forge verify forged.json      # exit 0: everything follows; exit 8: something does not")]
pub(crate) struct ForgeArgs {
    #[command(subcommand)]
    verb: ForgeVerb,
}

/// Write, or check.
#[derive(Debug, Subcommand)]
enum ForgeVerb {
    /// Write a conversation that never was
    Write {
        /// On the line with whom
        #[arg(long, value_name = "PEER", value_parser = party)]
        peer: String,
        /// Who says what
        #[arg(value_name = "SAYINGS")]
        sayings: PathBuf,
        /// Where to write it, for this account only: it holds keys of the line
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Check a transcript as a third party would who was given all of it
    Verify {
        /// The transcript, real or forged
        #[arg(value_name = "FILE")]
        transcript: PathBuf,
    },
}

/// Writes or checks.
///
/// # Errors
///
/// When the home does not open, the line is not paired, or a file cannot be read.
pub(crate) fn run(context: &Context, args: &ForgeArgs) -> Result<Exit, Refusal> {
    match &args.verb {
        ForgeVerb::Write {
            peer,
            sayings,
            out,
            key,
        } => write(context, peer, sayings, out, key),
        ForgeVerb::Verify { transcript } => verify(context, transcript),
    }
}

fn write(
    context: &Context,
    peer: &str,
    sayings: &Path,
    out: &Path,
    key: &KeyArgs,
) -> Result<Exit, Refusal> {
    let text = text_of(sayings, FILE_BYTES_MAX)?;
    let Response::Card(card) = context.ask_or_open(key, Request::CardShow)? else {
        return Err(unexpected());
    };
    let rows = line_rows(context, key, peer)?;
    let ours = Cipher::restore(rows.clone()).map_err(refused)?.sending();
    let sayings = parse(&text, &card.name, peer, ours)?;
    let mut random = [0; 32];
    getrandom::fill(&mut random)
        .map_err(|_| failed("The machine gives no random bytes.", "Look at the machine."))?;
    let forged = forge(rows, &sayings, Effort::Best, random).map_err(refused)?;
    write_new(out, transcript::to_json(&forged)?.as_bytes())?;
    let wrote = json!({ "file": out, "messages": forged.said.len() });
    context.answer(&wrote, |_| {
        let wrote = format!(
            "Wrote {} forged messages to {}.\n",
            forged.said.len(),
            out.display()
        );
        let keys = "The file holds the keys of the line as they stand. Whoever has it can read \
                    what follows until the next refresh: show it to nobody while the line lives.";
        format!("{wrote}{}", wrap(keys, 0, 0))
    })?;
    Ok(Exit::Done)
}

fn verify(context: &Context, file: &Path) -> Result<Exit, Refusal> {
    let bytes = read_file(file, FILE_BYTES_MAX)?;
    let read = transcript::from_json(&bytes)?;
    let verdict = verify_transcript(&read);
    let follows = json!({ "messages": read.said.len(), "follows": verdict.is_ok() });
    context.answer(&follows, |_| match &verdict {
        Ok(()) => wrap(
            &format!(
                "All of it follows: {} messages. That says nothing about who made it.",
                read.said.len(),
            ),
            0,
            0,
        ),
        Err(error) => format!("It does not follow: {error}.\n"),
    })?;
    Ok(if verdict.is_ok() {
        Exit::Done
    } else {
        Exit::Verification
    })
}

/// The vault's rows of the line with a peer, of its newest keys.
fn line_rows(context: &Context, key: &KeyArgs, peer: &str) -> Result<Vec<Row>, Refusal> {
    let unopened = |fault: &dyn std::fmt::Display| failed(fault.to_string(), "Nothing was made.");
    let home = Home::open(context.home()).map_err(|fault| unopened(&fault))?;
    let config = Config::load(&home.config_path()).map_err(|fault| unopened(&fault))?;
    let key = context
        .unlock(key)?
        .station_key(&home)
        .map_err(|fault| unopened(&fault))?;
    let storage = SqliteStorage::open(&home.storage_path()).map_err(|fault| unopened(&fault))?;
    let (_, opened) =
        Journal::open(storage, &config.with_slot(key)).map_err(|fault| unopened(&fault))?;
    let prefix = format!("c/{peer}/");
    let of_line = |(id, value): Row| {
        let rest = id.strip_prefix(prefix.as_bytes())?;
        let slash = rest.iter().position(|byte| *byte == b'/')?;
        let (generation, row) = rest.split_at_checked(slash)?;
        let generation: u32 = std::str::from_utf8(generation).ok()?.parse().ok()?;
        Some((generation, (row.get(1..)?.to_vec(), value)))
    };
    let rows: Vec<(u32, Row)> = opened.rows.into_iter().filter_map(of_line).collect();
    let newest = rows.iter().map(|(generation, _)| *generation).max();
    let rows: Vec<Row> = rows
        .into_iter()
        .filter_map(|(generation, row)| (Some(generation) == newest).then_some(row))
        .collect();
    if rows.is_empty() {
        return Err(not_found(
            format!("There are no keys of a line with {peer}."),
            format!("Pair with it first: `redphone pair {peer}`."),
        ));
    }
    Ok(rows)
}

/// One saying a line: `SUD: We began it.`
fn parse(text: &str, us: &str, peer: &str, ours: Direction) -> Result<Vec<Saying>, Refusal> {
    let mut sayings = Vec::new();
    let (mut said_by_us, mut said_by_them) = (0, 0);
    for (number, line) in (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let split = line
            .split_once(':')
            .map(|(who, what)| (who.trim(), what.trim()));
        let (direction, serial, what) = match split {
            Some((who, what)) if who == us => (ours, &mut said_by_us, what),
            Some((who, what)) if who == peer => (ours.reverse(), &mut said_by_them, what),
            Some(_) | None => {
                return Err(usage(
                    format!("Line {number} begins neither with '{us}:' nor with '{peer}:'."),
                    "Write one message a line, the speaker first.",
                ));
            }
        };
        *serial += 1;
        let message = Message {
            serial: Serial(*serial),
            precedence: Precedence::Routine,
            released: Utc(now()).seconds(),
            releaser: "duty officer".to_owned(),
            text: what.to_owned(),
            attachments: Vec::new(),
            form: None,
            readers: None,
        };
        sayings.push(Saying {
            direction,
            kind: Kind::Message,
            message: to_bytes(&message),
        });
    }
    if sayings.is_empty() || sayings.len() > SAYINGS_MAX {
        return Err(usage(
            format!(
                "The file has {} messages; 1 to {SAYINGS_MAX} are forged.",
                sayings.len()
            ),
            "Write one message a line, the speaker first.",
        ));
    }
    Ok(sayings)
}

fn refused(error: redphone_seal::SealError) -> Refusal {
    Refusal::operator(
        RefusalKind::Verification,
        error.to_string(),
        "Nothing was made.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_is_given_its_own_direction_and_serials() {
        let text = "SUD: One.\n\nNORD: Two: and more.\nSUD: Three.\n";

        let sayings = parse(text, "NORD", "SUD", Direction::FromHigher).unwrap();

        let read: Vec<(Direction, Message)> = sayings
            .iter()
            .map(|saying| {
                (
                    saying.direction,
                    redphone_wire::from_bytes(&saying.message).unwrap(),
                )
            })
            .collect();
        let serials: Vec<u32> = read.iter().map(|(_, message)| message.serial.0).collect();
        assert_eq!(serials, [1, 1, 2]);
        assert_eq!(read[1].0, Direction::FromHigher);
        assert_eq!(read[1].1.text, "Two: and more.");
    }

    #[test]
    fn stranger_cannot_be_given_words() {
        let refused = parse("OST: Hello.\n", "NORD", "SUD", Direction::FromLower);

        assert!(refused.unwrap_err().what.contains("Line 1"));
    }
}
