//! `courier`: carried media as a bearer.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use redphone_api::{CourierResult, Refusal, Request};

use super::{Context, usage};
use crate::exit::Exit;
use crate::print::counted;
use crate::signing::ByArgs;

/// Pack or unpack a courier's bag.
#[derive(Args, Debug)]
#[command(after_help = "\
A bag holds sealed frames only. It may be unpacked in any order, twice, months late: nothing is
doubled.

Examples:
  NORD$ redphone courier export /media/stick     # all that is not receipted
  SUD$  redphone courier import /media/stick
  SUD$  redphone courier export /media/stick     # the receipts go back the same way")]
pub(crate) struct CourierArgs {
    #[command(subcommand)]
    verb: CourierVerb,
}

/// Out, or in.
#[derive(Debug, Subcommand)]
enum CourierVerb {
    /// Pack what is not receipted
    Export(Bag),
    /// Unpack what is there
    Import(Bag),
}

/// A bag.
#[derive(Args, Debug)]
struct Bag {
    /// The directory
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The courier bearer; may be left out where there is one
    #[arg(long, value_name = "NAME")]
    bearer: Option<String>,
    #[command(flatten)]
    by: ByArgs,
}

/// Packs or unpacks.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &CourierArgs) -> Result<Exit, Refusal> {
    let (bag, verb) = match &args.verb {
        CourierVerb::Export(bag) => (bag, "export"),
        CourierVerb::Import(bag) => (bag, "import"),
    };
    let request = Request::Courier {
        dir: Some(absolute(&bag.dir)?),
        bearer: bag.bearer.clone(),
        pack: verb == "export",
    };
    let request = context.signed(bag.by.file()?.as_ref(), request)?;
    let result: CourierResult = context.client().ask_shaped(&request)?;
    context.answer(&result, |_| told(&bag.dir, verb, &result))?;
    Ok(Exit::Done)
}

fn told(dir: &Path, verb: &str, result: &CourierResult) -> String {
    let dir = dir.display();
    if verb == "export" {
        return match result.frames {
            0 => "Nothing waits for a receipt: no bag was packed.\n".to_owned(),
            frames => format!(
                "Packed {frames} sealed frames in {} into {dir}. The courier may go.\n",
                counted(result.files.len() as u64, "file", "files"),
            ),
        };
    }
    if result.files.is_empty() {
        return format!("There is no bag in {dir}.\n");
    }
    let mut page = format!(
        "Unpacked {} from {dir}: {} taken in, {} became whole.\n",
        counted(result.files.len() as u64, "file", "files"),
        counted(result.frames.into(), "frame", "frames"),
        counted(result.messages.into(), "message", "messages"),
    );
    if result.also_came > 0 {
        page.push_str(&format!(
            "{} were here already: noted as also come by courier.\n",
            result.also_came
        ));
    }
    if result.refused > 0 {
        page.push_str(&format!(
            "{} refused: not ours, damaged or forged.\n",
            counted(result.refused.into(), "frame", "frames")
        ));
    }
    page
}

/// The station may work in another directory than the command.
fn absolute(dir: &Path) -> Result<String, Refusal> {
    let named = std::path::absolute(dir).ok();
    named
        .and_then(|dir| dir.to_str().map(str::to_owned))
        .ok_or_else(|| {
            usage(
                "The directory has no name, or one that is no text.",
                "Name it: redphone courier export DIR",
            )
        })
}
