//! `pair`: a pairing goes by three letters; each call of the command takes it one letter further.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use redphone_api::{PairingStep, Refusal, Request, Response};

use super::card::text_of;
use super::{Context, KeyArgs, party, usage, write_new};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{safe, wrap};
use crate::qr;
use crate::signing::ByArgs;

/// Bytes of an armoured letter that are read.
const LETTER_BYTES_MAX: usize = 65_536;

/// Pair with a peer, one letter at a time.
#[derive(Args, Debug)]
#[command(after_help = "\
Both sides import each other's card and, for a pairing with tapes, install both tapes. The side
with the lower fingerprint begins; the command says which. Each call writes the next letter;
carry it to the other side by any way, and give it to the same command there.

Examples:
  NORD$ redphone pair SUD --with both --out letter-1        # begins
  SUD$  redphone pair NORD --letter letter-1 --out letter-2
  NORD$ redphone pair SUD --letter letter-2 --out letter-3  # NORD is paired
  SUD$  redphone pair NORD --letter letter-3                # SUD is paired

  redphone pair SUD --generation 4 --out letter-1   # anew: SUD refused the one before
  redphone pair SUD --qr            # show the letter as QR codes
  redphone pair SUD --letter code-1.txt --letter code-2.txt --out letter-2")]
pub(crate) struct PairArgs {
    /// With whom
    #[arg(value_name = "PEER", value_parser = party)]
    peer: String,
    /// What the first keys rest on: tapes, cards or both
    #[arg(
        long,
        value_enum,
        default_value = "both",
        value_name = "WHAT",
        hide_possible_values = true
    )]
    with: With,
    /// Ciphers of our direction and of theirs, by treaty
    #[arg(long, num_args = 2, value_names = ["OURS", "THEIRS"])]
    suites: Option<Vec<String>>,
    /// The letter that came; once for each code if scanned
    #[arg(long, value_name = "FILE")]
    letter: Vec<PathBuf>,
    /// Where to write the next letter; never over a file that is there
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show the next letter as QR codes
    #[arg(long)]
    qr: bool,
    /// Begin anew, with this generation: letter 1 is void; 0 for the next
    #[arg(long, value_name = "NUMBER", conflicts_with = "letter")]
    generation: Option<u32>,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    by: ByArgs,
}

/// What a pairing rests on. It is safe if any one of the parts is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum With {
    /// Key tapes that a courier carried
    Tapes,
    /// Calling cards whose words were typed
    Cards,
    /// Both
    Both,
}

impl With {
    fn word(self) -> &'static str {
        match self {
            Self::Tapes => "tapes",
            Self::Cards => "cards",
            Self::Both => "both",
        }
    }
}

/// Takes the pairing a step further.
///
/// # Errors
///
/// What the station refuses: a wrong tape, a card that is not trusted, a letter of another pairing.
pub(crate) fn run(context: &Context, args: &PairArgs) -> Result<Exit, Refusal> {
    if let Some(out) = args.out.as_ref().filter(|out| out.exists()) {
        return Err(usage(
            format!("The file {} is there already.", out.display()),
            "Name another file; no letter is written over.",
        ));
    }
    let suites = args.suites.as_ref().and_then(|both| match both.as_slice() {
        [ours, theirs] => Some((ours.clone(), theirs.clone())),
        _ => None,
    });
    let request = Request::Pair {
        peer: args.peer.clone(),
        with: args.with.word().to_owned(),
        suites,
        letter: letter(&args.letter)?,
        generation: args.generation,
    };
    let by = args.by.file()?;
    let Response::Pairing(step) = context.order_or_open(by.as_ref(), &args.key, request)? else {
        return Err(unexpected());
    };
    if let (Some(out), false) = (&args.out, step.letter.is_empty()) {
        write_new(out, step.letter.as_bytes())?;
    }
    let codes = if args.qr && !step.letter.is_empty() {
        qr::frames(&step.letter)?.concat()
    } else {
        String::new()
    };
    context.answer(&step, |_| told(args, &step, &codes))?;
    Ok(Exit::Done)
}

fn told(args: &PairArgs, step: &PairingStep, codes: &str) -> String {
    let mut page = String::new();
    if step.number > 0 && !step.letter.is_empty() {
        match &args.out {
            Some(out) => {
                page.push_str(&format!(
                    "Wrote letter {} to {}.\n",
                    step.number,
                    out.display()
                ));
            }
            None if codes.is_empty() => page.push_str(&format!("{}\n", step.letter.trim_end())),
            None => page.push_str(codes),
        }
    }
    if step.paired {
        page.push_str(&format!(
            "PAIRED with {}: both sides have proved the same keys.\n",
            step.peer
        ));
    }
    page.push_str(&wrap(&format!("Next: {}", safe(&step.next)), 0, 6));
    page
}

/// The letter that came: one armoured file, or the texts of its scanned codes.
fn letter(files: &[PathBuf]) -> Result<Option<String>, Refusal> {
    let texts: Result<Vec<String>, Refusal> = files
        .iter()
        .map(|file| text_of(file, LETTER_BYTES_MAX))
        .collect();
    let texts = texts?;
    match texts.as_slice() {
        [] => Ok(None),
        [one] if !one.starts_with("RP ") => Ok(Some(one.clone())),
        scanned => qr::joined(scanned).map(Some),
    }
}
