//! `tape`: couriered keys. Works without a running station.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use redphone_api::{Refusal, Request, Response, TapeResult};
use redphone_wire::limits::REEL_KEYS_MAX;

use super::card::text_of;
use super::{Context, KeyArgs, party, usage, write_new};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::wrap;
use crate::signing::ByArgs;

/// Bytes of an armoured reel that are read.
const REEL_BYTES_MAX: usize = 65_536;

/// Make or install key tape.
#[derive(Args, Debug)]
#[command(after_help = "\
Each side makes the tape of its own sending direction, installs it, and sends a copy by
courier; the other side installs the copy. A tape is secret: whoever copies it can read.

Examples:
  redphone tape make --peer SUD --out nord-to-sud.tape
  redphone tape install nord-to-sud.tape
  redphone tape install /media/courier/sud-to-nord.tape
  redphone tape install --for-pairing reserve.tape")]
pub(crate) struct TapeArgs {
    #[command(subcommand)]
    verb: TapeVerb,
}

/// What may be done with tapes.
#[derive(Debug, Subcommand)]
enum TapeVerb {
    /// Make a reel for our sending direction
    Make {
        /// For the line with whom
        #[arg(long, value_name = "PEER", value_parser = party)]
        peer: String,
        /// How many keys, up to 30; each is used once
        #[arg(long, default_value_t = 30, value_name = "COUNT")]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=REEL_KEYS_MAX as i64))]
        keys: u32,
        /// Number of the first key, where the peer has seen later ones
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
        first: Option<u32>,
        /// Where to write the reel, for this account only
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        key: KeyArgs,
        #[command(flatten)]
        by: ByArgs,
    },
    /// Install a reel, ours or the peer's
    Install {
        /// The reel
        #[arg(value_name = "FILE")]
        reel: PathBuf,
        /// Keep it for the next pairing, out of the refreshes of the line as it is
        #[arg(long)]
        for_pairing: bool,
        #[command(flatten)]
        key: KeyArgs,
        #[command(flatten)]
        by: ByArgs,
    },
}

/// Makes or installs.
///
/// # Errors
///
/// What the station refuses; a file that cannot be read or written.
pub(crate) fn run(context: &Context, args: &TapeArgs) -> Result<Exit, Refusal> {
    match &args.verb {
        TapeVerb::Make {
            peer,
            keys,
            first,
            out,
            key,
            by,
        } => {
            let request = Request::TapeMake {
                peer: peer.clone(),
                keys: *keys,
                first: *first,
            };
            make(context, peer, request, out, (key, by))?;
        }
        TapeVerb::Install {
            reel,
            for_pairing,
            key,
            by,
        } => {
            let reel = text_of(reel, REEL_BYTES_MAX)?;
            let for_pairing = *for_pairing;
            let tape = ask(
                context,
                (key, by),
                Request::TapeInstall { reel, for_pairing },
            )?;
            context.answer(&tape, |_| {
                format!(
                    "Installed {}, keys {} to {}. {} keys of that direction are installed now.\n",
                    tape.direction, tape.numbers.0, tape.numbers.1, tape.installed,
                )
            })?;
        }
    }
    Ok(Exit::Done)
}

fn make(
    context: &Context,
    peer: &str,
    request: Request,
    out: &Path,
    keys: (&KeyArgs, &ByArgs),
) -> Result<(), Refusal> {
    if out.exists() {
        return Err(usage(
            format!("The file {} is there already.", out.display()),
            "Name another file; no tape is written over.",
        ));
    }
    let mut tape = ask(context, keys, request)?;
    write_new(out, tape.armoured.as_bytes())?;
    // The reel is in its file and nowhere else.
    tape.armoured.clear();
    context.answer(&tape, |_| {
        let file = out.display();
        let wrote = format!(
            "Wrote a reel for {}, keys {} to {}, to {file}.",
            tape.direction, tape.numbers.0, tape.numbers.1,
        );
        let next = format!(
            "It is secret. Install it here (redphone tape install {file}), let a courier carry a \
             copy to {peer}, and keep no other copy.",
        );
        format!("{wrote}\n{}", wrap(&next, 0, 0))
    })
}

fn ask(
    context: &Context,
    (key, by): (&KeyArgs, &ByArgs),
    request: Request,
) -> Result<TapeResult, Refusal> {
    let by = by.file()?;
    let Response::Tape(tape) = context.order_or_open(by.as_ref(), key, request)? else {
        return Err(unexpected());
    };
    Ok(tape)
}
