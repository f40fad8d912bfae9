//! What `lexicon` and `codebook` have in common: what the station holds of a line, and what officers
//! say of it.
//!
//! Owns the acts as arguments. Without a running station there is what is shipped; nothing is said of
//! it. What may be said is the station's.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use redphone_api::{
    Book, BookAct, BookKind, BookSaid, BookState, BookText, Draft, DraftFields, NewAttachment,
    Refusal, Request, Response,
};
use redphone_clarity::{LEXICON_BYTES_MAX, Lexicon};

use super::{Context, draft, failed, party, policy, read_file, send, usage, wait};
use crate::client::unexpected;
use crate::exit::Exit;
use crate::print::{self, Paper, safe, wrap};
use crate::signing::KeyFile;

/// What an officer says.
#[derive(Debug, Subcommand)]
pub(super) enum SayVerb {
    /// Propose the one in a file; nothing changes before the other side accepts it
    Propose(ProposeArgs),
    /// Accept a proposal of the other side: it comes into force
    Accept(NamedArgs),
    /// Refuse a proposal of the other side
    Refuse(NamedArgs),
    /// Take one out of force, or withdraw a proposal of ours
    Retire(NamedArgs),
}

#[derive(Args, Debug)]
pub(super) struct ProposeArgs {
    /// The file, in TOML
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    say: SayArgs,
}

#[derive(Args, Debug)]
pub(super) struct NamedArgs {
    /// Which, by its name with its version, or by the beginning of its digest
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    say: SayArgs,
}

#[derive(Args, Debug)]
struct SayArgs {
    /// The other side; may be left out where there is one peer
    #[arg(long, value_name = "PEER", value_parser = party)]
    to: Option<String>,
    /// Why
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "REASON"
    )]
    because: String,
    /// Who releases it, by name or title
    #[arg(long = "as", default_value = "duty officer", value_name = "OFFICER")]
    officer: String,
    /// Your key, where officers are enrolled: others then release it
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// How long the draft may be released
    #[arg(long, default_value = "4h", value_name = "TIME", value_parser = wait::duration)]
    expires: Duration,
}

/// Says something of a lexicon or a code book, or holds it for other officers.
///
/// # Errors
///
/// What the station refuses; a file that cannot be read.
pub(super) fn say(context: &Context, what: BookKind, verb: &SayVerb) -> Result<Exit, Refusal> {
    let (act, name, args, file) = match verb {
        SayVerb::Propose(args) => (BookAct::Propose, "", &args.say, text_of(&args.file)?),
        SayVerb::Accept(args) => (BookAct::Accept, &*args.name, &args.say, String::new()),
        SayVerb::Refuse(args) => (BookAct::Refuse, &*args.name, &args.say, String::new()),
        SayVerb::Retire(args) => (BookAct::Retire, &*args.name, &args.say, String::new()),
    };
    let attached = (act == BookAct::Propose).then(|| NewAttachment {
        name: "proposal.toml".to_owned(),
        media_type: "application/toml".to_owned(),
        bytes: file.clone().into_bytes(),
    });
    let answer = context.ask(&Request::Agree {
        to: args.to.clone(),
        what,
        act,
        name: name.to_owned(),
        file,
        because: args.because.clone(),
        officer: args.officer.clone(),
        check_only: args.key.is_some(),
    })?;
    let Response::Agreed(said) = &answer else {
        return Err(unexpected());
    };
    if let Some(key) = &args.key {
        return hold(context, said, &KeyFile::read(key)?, args.expires, attached);
    }
    context.answer(&answer, |_| {
        let sent = said.sent.as_ref();
        let head = sent.map_or_else(String::new, |sent| {
            format!("{} to {}: ", safe(&sent.name), safe(&sent.to))
        });
        wrap(&format!("{head}{}", safe(&said.said)), 0, 2)
    })?;
    Ok(Exit::Done)
}

fn hold(
    context: &Context,
    said: &BookSaid,
    file: &KeyFile,
    expires: Duration,
    attached: Option<NewAttachment>,
) -> Result<Exit, Refusal> {
    let Some(fields) = said.draft.clone() else {
        return Err(policy(
            "No administrator is enrolled: nobody could release a draft.",
            "Say it without --key; it goes at once.",
        ));
    };
    let fields = DraftFields {
        expires_at: draft::expiry(expires),
        ..fields
    };
    let roll = draft::roll(context)?;
    send::hold_as(context, &roll, file, fields, attached.into_iter().collect())?;
    Ok(Exit::Held)
}

fn text_of(path: &std::path::Path) -> Result<String, Refusal> {
    let bytes = read_file(path, LEXICON_BYTES_MAX)?;
    String::from_utf8(bytes).map_err(|_| {
        usage(
            format!("{} is not UTF-8.", path.display()),
            "Nothing was sent; convert it.",
        )
    })
}

/// What the station holds of its lines. None: no station runs here.
pub(super) fn list(context: &Context, peer: Option<&str>) -> Result<Option<Vec<Book>>, Refusal> {
    if context.client().status().is_err() {
        return Ok(None);
    }
    let peer = peer.map(str::to_owned);
    let Response::Books { books } = context.ask(&Request::Books { peer })? else {
        return Err(unexpected());
    };
    Ok(Some(books))
}

/// One of them, word for word; without a name the one in force. None: no station runs here, or it has
/// no peer yet, and there is what is shipped.
pub(super) fn held(
    context: &Context,
    peer: Option<&str>,
    what: BookKind,
    name: &str,
) -> Result<Option<BookText>, Refusal> {
    match context.client().status() {
        Err(_) => return Ok(None),
        Ok(status) if status.lines.is_empty() => return Ok(None),
        Ok(_) => {}
    }
    let request = Request::BookRead {
        peer: peer.map(str::to_owned),
        what,
        name: name.to_owned(),
    };
    let Response::Book(book) = context.ask(&request)? else {
        return Err(unexpected());
    };
    Ok(Some(*book))
}

/// A lexicon that the station holds; without a name the one in force. What is shipped where no
/// station runs.
pub(super) fn lexicon(
    context: &Context,
    peer: Option<&str>,
    name: &str,
) -> Result<Lexicon, Refusal> {
    let held = held(context, peer, BookKind::Lexicon, name)?;
    let file = held.as_ref().map_or(Lexicon::STARTER, |held| &held.file);
    Lexicon::parse(file).map_err(|error| {
        failed(
            format!("The lexicon cannot be read: {error}."),
            "Use the redphone of the station's own version.",
        )
    })
}

/// The lexicon by which the form of a draft reads; none where it has no form, or names one that is not
/// held.
pub(super) fn lexicon_of_draft(
    context: &Context,
    draft: &Draft,
) -> Result<Option<Lexicon>, Refusal> {
    let Some(form) = &draft.form else {
        return Ok(None);
    };
    let name = match &form.lexicon {
        Some(named) if named.state == BookState::NotHeld => return Ok(None),
        Some(named) => named.name.as_str(),
        None => "",
    };
    lexicon(context, Some(&draft.summary.to), name).map(Some)
}

/// The list of what is held of one kind.
pub(super) fn page(paper: &Paper, what: BookKind, books: &[Book]) -> String {
    let mut page = String::new();
    for book in books.iter().filter(|book| book.what == what) {
        let by = match book.proposed_at {
            None => "shipped".to_owned(),
            Some(at) => format!(
                "proposed with {} {}",
                safe(&book.proposal),
                print::seconds_of(at, paper.now)
            ),
        };
        let agreed = book.accepted_at.map_or_else(String::new, |at| {
            format!(", agreed {}", print::seconds_of(at, paper.now))
        });
        let head = format!(
            "{:<6} {:<16} {:<11} {by}{agreed}",
            safe(&book.peer),
            safe(&book.name),
            book.state.words()
        );
        page.push_str(&wrap(&head, 2, 9));
        page.push_str(&format!("         SHA-256 {}\n", book.digest));
    }
    page
}
