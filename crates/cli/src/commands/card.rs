//! `card`: calling cards, ours and those of peers. Works without a running station.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use redphone_api::{CardView, Refusal, Request, Response};

use super::{Context, KeyArgs, read_file, usage, write_new};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{self, Paper, safe, wrap};
use crate::signing::ByArgs;
use crate::{qr, secrets};

/// Bytes of an armoured card that are read.
const CARD_BYTES_MAX: usize = 65_536;

/// Show, export or import calling cards.
#[derive(Args, Debug)]
#[command(after_help = "\
A card holds a party's public keys and is no secret. Its twelve words are: each officer reads
out the words of his own card, over a voice that the other knows, and the other types them.

Examples:
  redphone card show
  redphone card export --out nord.card
  redphone card import sud.card")]
pub(crate) struct CardArgs {
    #[command(subcommand)]
    verb: CardVerb,
}

/// What may be done with cards.
#[derive(Debug, Subcommand)]
enum CardVerb {
    /// Show our card's words
    Show {
        /// Show the words as a QR code too
        #[arg(long, conflicts_with = "words")]
        qr: bool,
        /// Print the twelve English words only, on one line
        #[arg(long)]
        words: bool,
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Write our card, to be given to peers
    Export {
        /// Where to; without it, to standard output
        #[arg(long, value_name = "FILE", conflicts_with = "qr")]
        out: Option<PathBuf>,
        /// Show it as QR codes
        #[arg(long)]
        qr: bool,
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Trust a peer's card once the words of its owner were typed
    Import {
        /// The peer's card
        #[arg(value_name = "FILE")]
        card: PathBuf,
        /// Read the words from this file; without it they are typed
        #[arg(long, value_name = "FILE")]
        words_file: Option<PathBuf>,
        #[command(flatten)]
        key: KeyArgs,
        #[command(flatten)]
        by: ByArgs,
    },
}

/// Shows, exports or imports.
///
/// # Errors
///
/// What the station refuses; words that are not those of the card (exit 8).
pub(crate) fn run(context: &Context, args: &CardArgs) -> Result<Exit, Refusal> {
    match &args.verb {
        CardVerb::Show {
            words: true, key, ..
        } => {
            let card = ours(context, key)?;
            context.answer(&card.english, |_| format!("{}\n", card.english.join(" ")))?;
        }
        CardVerb::Show { qr, key, .. } => {
            let card = ours(context, key)?;
            let code = if *qr {
                qr::frames(&card.english.join(" "))?.concat()
            } else {
                String::new()
            };
            context.answer(&card, |paper| format!("{}{code}", shown(paper, &card)))?;
        }
        CardVerb::Export { out, qr, key } => export(context, out.as_deref(), *qr, key)?,
        CardVerb::Import {
            card,
            words_file,
            key,
            by,
        } => {
            import(context, card, words_file.as_deref(), (key, by))?;
        }
    }
    Ok(Exit::Done)
}

fn export(context: &Context, out: Option<&Path>, qr: bool, key: &KeyArgs) -> Result<(), Refusal> {
    let card = ours(context, key)?;
    if let Some(out) = out {
        write_new(out, card.armoured.as_bytes())?;
        return context.answer(&card, |_| {
            let next =
                "Give it to the peer by any way; then read its words out (redphone card show).";
            format!(
                "Wrote the card of {} to {}.\n{next}\n",
                card.name,
                out.display()
            )
        });
    }
    if qr {
        let codes = qr::frames(&card.armoured)?.concat();
        return context.answer(&card, |_| codes);
    }
    context.answer(&card, |_| card.armoured.clone())
}

fn import(
    context: &Context,
    card: &Path,
    words_file: Option<&Path>,
    (key, by): (&KeyArgs, &ByArgs),
) -> Result<(), Refusal> {
    let card = text_of(card, CARD_BYTES_MAX)?;
    let words = match words_file {
        Some(file) => text_of(file, 1_024)?,
        None => secrets::words()?,
    };
    let by = by.file()?;
    let request = Request::CardImport { card, words };
    let answer = context.order_or_open(by.as_ref(), key, request)?;
    let Response::Done { said } = &answer else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| wrap(&safe(said), 0, 2))
}

fn ours(context: &Context, key: &KeyArgs) -> Result<CardView, Refusal> {
    let Response::Card(card) = context.ask_or_open(key, Request::CardShow)? else {
        return Err(unexpected());
    };
    Ok(card)
}

fn shown(paper: &Paper, card: &CardView) -> String {
    let mut page = paper.band(&format!("CARD OF {}", card.name), &card.environment);
    page.push_str(&format!("fingerprint {}\n\n", card.fingerprint));
    page.push_str(&print::numbered_words(&card.english, &card.russian));
    page.push_str(
        "\nRead these words out yourself, in either language; the other side types them.\n",
    );
    page
}

/// A short text file.
pub(super) fn text_of(path: &Path, bytes_max: usize) -> Result<String, Refusal> {
    String::from_utf8(read_file(path, bytes_max)?).map_err(|_| {
        usage(
            format!("The file {} is not text.", path.display()),
            "Is it the right file? Nothing was done.",
        )
    })
}
