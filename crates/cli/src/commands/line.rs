//! `status`, `line`, `bearer`: the state of the line, and what an operator may do to it.

use clap::{Args, Subcommand};
use redphone_api::{Refusal, Request, Response};

use super::{Context, party};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{self, safe, wrap};
use crate::signing::ByArgs;

/// Show the station, its lines and its alarms.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  redphone status
  redphone status --json | jq '.lines[].bearers[] | select(.state != \"UP\")'")]
pub(crate) struct StatusArgs {}

/// Show the lines in detail; suspend or resume a subject; words of the keys.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  redphone line --peer SUD
  redphone line suspend 'launch notices' --because 'by order of the ministry' --as '1st watch'
  redphone line resume 'launch notices' --because 'agreed today'
  redphone line words
  redphone line lift --peer SUD --because 'the copy is stopped' --as '1st watch'
  redphone line serials 0412 --peer SUD --as '1st watch'")]
pub(crate) struct LineArgs {
    /// One peer only
    #[arg(long, value_name = "PEER", value_parser = party)]
    peer: Option<String>,
    #[command(subcommand)]
    verb: Option<LineVerb>,
}

/// What may be done to a line.
#[derive(Debug, Subcommand)]
enum LineVerb {
    /// Suspend traffic on a subject, by declaration to the other side
    Suspend(SubjectArgs),
    /// Resume traffic on a subject
    Resume(SubjectArgs),
    /// Lift the hold on a line, after officers of both sides have spoken
    #[command(after_help = "\
A hold means that a station was restored or copied: its keys may be in other hands. Lift it only
when you know by voice which station is the true one and the other is stopped; else pair the line
anew. That this station itself was restored is never lifted.

Example:
  redphone line lift --peer SUD --because 'their copy is stopped' --as '1st watch'")]
    Lift(LiftArgs),
    /// After a restore, name the highest serial of ours that the peer holds
    #[command(after_help = "\
The peer says it by itself at the first contact after a pairing anew. This is for a line where that
cannot come: ask its duty officer by voice, who sees it as serial in on `redphone line`.

Example:
  redphone line serials 0412 --peer SUD --as '1st watch'")]
    Serials(SerialsArgs),
    /// Show the words of the live keys, to be read aloud by both sides
    Words {
        /// With whom; may be left out where there is one peer
        #[arg(long, value_name = "PEER", value_parser = party)]
        peer: Option<String>,
        #[command(flatten)]
        by: ByArgs,
    },
}

/// A subject, and why. The order wire and the tests go on.
#[derive(Args, Debug)]
struct SubjectArgs {
    /// The subject, in words
    #[arg(value_name = "SUBJECT")]
    subject: String,
    /// Why; the other side is told
    #[arg(long, value_name = "REASON")]
    because: String,
    /// With whom; may be left out where there is one peer
    #[arg(long, value_name = "PEER", value_parser = party)]
    peer: Option<String>,
    /// Who declares it
    #[arg(
        long = "as",
        default_value = "",
        hide_default_value = true,
        value_name = "OFFICER",
        conflicts_with = "by"
    )]
    officer: String,
    #[command(flatten)]
    by: ByArgs,
}

/// Which line goes on, and why.
#[derive(Args, Debug)]
struct LiftArgs {
    /// With whom; may be left out where there is one peer
    #[arg(long, value_name = "PEER", value_parser = party)]
    peer: Option<String>,
    /// Why; it is written down
    #[arg(long, value_name = "REASON")]
    because: String,
    /// Who decides it
    #[arg(
        long = "as",
        value_name = "OFFICER",
        required_unless_present = "by",
        conflicts_with = "by"
    )]
    officer: Option<String>,
    #[command(flatten)]
    by: ByArgs,
}

/// Up to where the peer holds ours.
#[derive(Args, Debug)]
struct SerialsArgs {
    /// The highest serial of ours that it holds; 0 for none
    #[arg(value_name = "NUMBER")]
    highest: u32,
    /// Which peer; may be left out where there is one
    #[arg(long, value_name = "PEER", value_parser = party)]
    peer: Option<String>,
    /// Who asked
    #[arg(
        long = "as",
        value_name = "OFFICER",
        required_unless_present = "by",
        conflicts_with = "by"
    )]
    officer: Option<String>,
    #[command(flatten)]
    by: ByArgs,
}

/// Take a bearer out, or put it back.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  redphone bearer out hf --because 'antenna work until 1600Z'
  redphone bearer in hf --because 'antenna work done'")]
pub(crate) struct BearerArgs {
    #[command(subcommand)]
    verb: BearerVerb,
}

/// Out, or in.
#[derive(Debug, Subcommand)]
enum BearerVerb {
    /// Take it out: nothing goes by it until it is put back
    Out(BearerChange),
    /// Put it back
    In(BearerChange),
}

/// Which bearer, and why.
#[derive(Args, Debug)]
struct BearerChange {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    /// Why; it is written down, and the other side is told
    #[arg(long, value_name = "REASON")]
    because: String,
    #[command(flatten)]
    by: ByArgs,
}

/// Shows the station.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn status(context: &Context, _: &StatusArgs) -> Result<Exit, Refusal> {
    let status = context.client().status()?;
    context.answer(&status, |paper| print::station(paper, &status))?;
    Ok(Exit::Done)
}

/// Shows the lines, or does something to one.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn run(context: &Context, args: &LineArgs) -> Result<Exit, Refusal> {
    match &args.verb {
        None => detail(context, args.peer.as_deref()),
        Some(LineVerb::Suspend(subject)) => declare(context, subject, true),
        Some(LineVerb::Resume(subject)) => declare(context, subject, false),
        Some(LineVerb::Lift(lift)) => {
            let request = Request::LiftHold {
                peer: lift.peer.clone(),
                because: lift.because.clone(),
                officer: lift.officer.clone().unwrap_or_default(),
            };
            done(context, &lift.by, request)
        }
        Some(LineVerb::Serials(serials)) => {
            let request = Request::Serials {
                peer: serials.peer.clone(),
                highest: serials.highest,
                officer: serials.officer.clone().unwrap_or_default(),
            };
            done(context, &serials.by, request)
        }
        Some(LineVerb::Words { peer, by }) => words(context, peer.clone(), by),
    }
}

/// Takes a bearer out, or puts it back.
///
/// # Errors
///
/// What the station refuses.
pub(crate) fn bearer(context: &Context, args: &BearerArgs) -> Result<Exit, Refusal> {
    let (change, out) = match &args.verb {
        BearerVerb::Out(change) => (change, true),
        BearerVerb::In(change) => (change, false),
    };
    let request = Request::Bearer {
        name: change.name.clone(),
        out,
        because: change.because.clone(),
    };
    done(context, &change.by, request)
}

fn detail(context: &Context, peer: Option<&str>) -> Result<Exit, Refusal> {
    let status = context.client().status()?;
    let lines: Vec<_> = status
        .lines
        .iter()
        .filter(|line| peer.is_none_or(|peer| peer == line.peer))
        .collect();
    if let (true, Some(peer)) = (lines.is_empty(), peer) {
        return Err(super::not_found(
            format!("There is no line with {peer}."),
            "See the lines with `redphone status`.",
        ));
    }
    context.answer(&lines, |paper| {
        let pages: Vec<String> = lines
            .iter()
            .map(|line| print::line_detail(paper, &status.station, line))
            .collect();
        let band = paper.band(&status.station, &status.environment);
        if pages.is_empty() {
            return format!(
                "{band}No line yet. Import the card of a peer first: redphone card --help\n"
            );
        }
        format!("{band}{}", pages.join("\n"))
    })?;
    Ok(Exit::Done)
}

fn declare(context: &Context, args: &SubjectArgs, suspend: bool) -> Result<Exit, Refusal> {
    let request = Request::Subject {
        peer: args.peer.clone(),
        subject: args.subject.clone(),
        suspend,
        because: args.because.clone(),
        officer: args.officer.clone(),
    };
    done(context, &args.by, request)
}

fn words(context: &Context, peer: Option<String>, by: &ByArgs) -> Result<Exit, Refusal> {
    let answer = context.order(by.file()?.as_ref(), Request::LineWords { peer })?;
    let Response::Words {
        english,
        russian,
        epochs,
    } = &answer
    else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| {
        let mut page = format!(
            "Words of the live keys, epoch {} of our direction and {} of theirs.\n\
             Both sides see the same words. Read them aloud over a voice that you know.\n\n",
            epochs.0, epochs.1,
        );
        page.push_str(&print::numbered_words(english, russian));
        page.push_str(&wrap(
            "\nIf they differ, somebody sits between the two stations with stolen keys. Take the \
             line out of use and pair again with a key tape that never was on these machines.",
            0,
            0,
        ));
        page
    })?;
    Ok(Exit::Done)
}

fn done(context: &Context, by: &ByArgs, request: Request) -> Result<Exit, Refusal> {
    let answer = context.order(by.file()?.as_ref(), request)?;
    let Response::Done { said } = &answer else {
        return Err(unexpected());
    };
    context.answer(&answer, |_| wrap(&safe(said), 0, 2))?;
    Ok(Exit::Done)
}
