//! `readback`: what we understood of a message goes to its sender, who confirms or corrects it.
//!
//! Owns the blank card, filled in on the terminal, by arguments or by a file. The text of the message
//! is never printed here. What counts as the same is the station's to say.

mod fill;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use redphone_api::{
    Message, MessageRef, NewAct, NewItem, ReadBack, ReadBackStanding, Refusal, Request, Response,
};

use super::answer::say;
use super::{Context, not_found, tray};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print;
use crate::signing::KeyFile;

/// Read a message back to its sender; confirm or correct what was read back to us.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Read the message first, then fill in the card: its text is not shown beside it. The sender compares
the values, not the words: 24 h is 24 hours, and either alphabet will do. A read-back commits us to
nothing, and answers no ask.

Without a terminal, print the card, fill it in and send the file, or give each item.

Examples:
  redphone readback                                     # what waits for whose word
  redphone readback NORD-0412 --as '2nd watch'          # asks for item after item
  redphone readback NORD-0412 --card > card.toml
  redphone readback NORD-0412 --file card.toml --as '2nd watch'
  redphone readback NORD-0412 --item 1 T-007 --item 2 '24 h'
  redphone readback SUD-0007                            # what came back, item by item
  redphone readback correct SUD-0007 --as '1st watch'
  redphone readback confirm SUD-0008 --as '1st watch'")]
pub(crate) struct ReadBackArgs {
    /// The message to read back: NORD-0412; or, of ours, what came back of it
    #[arg(value_name = "SERIAL")]
    message: Option<MessageRef>,
    /// Print the blank card, to be filled in as a file
    #[arg(long, requires = "message")]
    card: bool,
    /// What was understood of an item; may be given several times
    #[arg(long, num_args = 2, value_names = ["NUMBER", "VALUE"], requires = "message")]
    item: Vec<String>,
    /// A card that was filled in
    #[arg(long, value_name = "FILE", conflicts_with_all = ["card", "item"], requires = "message")]
    file: Option<PathBuf>,
    #[command(flatten)]
    signed: Signed,
    /// The sender's word
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Args, Clone, Debug)]
struct Signed {
    /// Who releases it, by name or title
    #[arg(long = "as", default_value = "duty officer", value_name = "OFFICER")]
    officer: String,
    /// Your key, where officers are enrolled: others then release it
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say CORRECT: our message was understood
    Confirm(WordArgs),
    /// Say CORRECTION of all that differs; the reader reads that back again
    Correct(WordArgs),
}

#[derive(Args, Debug)]
struct WordArgs {
    /// What came with the read-back, as SUD-0007, or our message, as 0412
    #[arg(value_name = "SERIAL")]
    message: MessageRef,
    /// An item that is the same after all; may be given several times
    #[arg(long, value_name = "NUMBER")]
    allow: Vec<u16>,
    #[command(flatten)]
    signed: Signed,
}

/// Fills in a card, says a word on one, or lists what waits.
///
/// # Errors
///
/// What the station refuses; a card that cannot be read.
pub(crate) fn run(context: &Context, args: &ReadBackArgs) -> Result<Exit, Refusal> {
    match (&args.verb, &args.message) {
        (Some(Verb::Confirm(word)), _) => {
            let allow = word.allow.clone();
            send(
                context,
                &word.message,
                NewAct::Correct { allow },
                &word.signed,
            )
        }
        (Some(Verb::Correct(word)), _) => {
            let allow = word.allow.clone();
            send(
                context,
                &word.message,
                NewAct::Correction { allow },
                &word.signed,
            )
        }
        (None, None) => list(context),
        (None, Some(message)) => one(context, args, message),
    }
}

fn list(context: &Context) -> Result<Exit, Refusal> {
    let Response::Asks(board) = context.ask(&Request::Asks { peer: None })? else {
        return Err(unexpected());
    };
    let status = context.client().status()?;
    context.answer(&board.readbacks, |paper| {
        let band = paper.band(&board.station, &status.environment);
        band + &print::readbacks(paper, &board.readbacks)
    })?;
    Ok(Exit::Done)
}

fn one(context: &Context, args: &ReadBackArgs, message: &MessageRef) -> Result<Exit, Refusal> {
    let by = args.signed.key.as_deref().map(KeyFile::read).transpose()?;
    // A blank card shows no text; what came back does.
    let given = !args.item.is_empty() || args.file.is_some();
    let by = by.filter(|_| !args.card && !given);
    let Message {
        summary, readback, ..
    } = tray::one(context, by.as_ref(), message)?;
    let Some(mut view) = readback else {
        return Err(not_found(
            format!("{} has no card: it is prose, or an answer.", summary.name),
            "Acknowledge it by name: `redphone acknowledge`.",
        ));
    };
    let reads = given || args.card;
    let to_read = !view.ours && view.standing != ReadBackStanding::Confirmed;
    if !reads && (!to_read || view.standing == ReadBackStanding::Waits || view.of != summary.name) {
        context.answer(&view, |paper| print::readback(paper, &view))?;
        return Ok(Exit::Done);
    }
    if args.card {
        blank(&mut view);
        context.answer(&view, |_| fill::card(&view))?;
        return Ok(Exit::Done);
    }
    let items: Vec<NewItem> = match &args.file {
        Some(path) => fill::file(path)?,
        None if given => fill::arguments(&args.item)?,
        None => fill::terminal(&view)?,
    };
    send(context, message, NewAct::ReadBack { items }, &args.signed)
}

/// A card without what the message says, and only with what is due.
fn blank(view: &mut ReadBack) {
    view.items.retain(|item| item.due);
    for item in &mut view.items {
        item.says = None;
        item.read.clear();
    }
}

fn send(
    context: &Context,
    message: &MessageRef,
    act: NewAct,
    signed: &Signed,
) -> Result<Exit, Refusal> {
    let file = signed.key.as_deref().map(KeyFile::read).transpose()?;
    let gives_text = matches!(act, NewAct::Correction { .. });
    let request = Request::Answer {
        message: message.clone(),
        acts: vec![act],
        note: String::new(),
        officer: signed.officer.clone(),
        check_only: file.is_some(),
    };
    // A correction says what the message says: whoever asks for it opens the text.
    let by = file.as_ref().filter(|_| gives_text);
    let request = context.signed(by, request)?;
    say(context, &request, file.as_ref())
}
