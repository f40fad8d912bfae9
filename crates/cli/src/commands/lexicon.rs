//! `lexicon`: the terms that both sides mean alike, and how a lexicon is agreed on.

use clap::{Args, Subcommand};
use redphone_api::{BookKind, Refusal, TermMeant, Word};
use redphone_clarity::{Bilingual, Lexicon, Term, TermId};
use serde::Serialize;

use super::books::{self, SayVerb};
use super::{Context, not_found, party};
use crate::exit::Exit;
use crate::print::{safe, wrap};

/// List the agreed terms, or show one; propose, accept, refuse or retire a lexicon.
#[derive(Args, Debug)]
#[command(after_help = "\
A lexicon is in force once one side proposed it and the other accepted it; until then the one before
is. Whatever was written by an older one stays readable.

Examples:
  redphone lexicon list
  redphone lexicon show T-004
  redphone lexicon propose line-2.toml --to SUD --because 'two terms more'
  redphone lexicon accept line-2 --as '1st watch'
  redphone lexicon retire line-2 --because 'T-031 is read in two ways'")]
pub(crate) struct LexiconArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the lexicons of the lines, and where each stands
    List {
        /// One peer only
        #[arg(long, value_name = "PEER", value_parser = party)]
        peer: Option<String>,
    },
    /// Show the terms of a lexicon, or what one means
    Show(ShowArgs),
    #[command(flatten)]
    Say(SayVerb),
}

#[derive(Args, Debug)]
struct ShowArgs {
    /// The term, as T-004
    #[arg(value_name = "TERM")]
    term: Option<TermId>,
    /// Of another lexicon than the one in force
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "NAME"
    )]
    of: String,
    /// Of the line with whom
    #[arg(long, value_name = "PEER", value_parser = party)]
    peer: Option<String>,
}

/// A lexicon for programs.
#[derive(Serialize)]
struct Shown {
    lexicon: String,
    hash: String,
    terms: Vec<TermMeant>,
}

/// Lists, shows, or says something of a lexicon.
///
/// # Errors
///
/// When there is no such term, or the station refuses.
pub(crate) fn run(context: &Context, args: &LexiconArgs) -> Result<Exit, Refusal> {
    match &args.verb {
        Verb::List { peer } => list(context, peer.as_deref())?,
        Verb::Show(args) => show(context, args)?,
        Verb::Say(verb) => return books::say(context, BookKind::Lexicon, verb),
    }
    Ok(Exit::Done)
}

fn list(context: &Context, peer: Option<&str>) -> Result<(), Refusal> {
    let books = books::list(context, peer)?.unwrap_or_default();
    if books.is_empty() {
        let shown = shown(&books::lexicon(context, None, "")?, None)?;
        return context.answer(&shown, |_| {
            format!(
                "Lexicon {}, shipped: {} terms. It is in force on every line that agreed on no other.\n\
                 SHA-256 {}\n",
                shown.lexicon,
                shown.terms.len(),
                shown.hash
            )
        });
    }
    let only: Vec<_> = books
        .into_iter()
        .filter(|book| book.what == BookKind::Lexicon)
        .collect();
    context.answer(&only, |paper| {
        format!("LEXICONS\n{}", books::page(paper, BookKind::Lexicon, &only))
    })
}

fn show(context: &Context, args: &ShowArgs) -> Result<(), Refusal> {
    let lexicon = books::lexicon(context, args.peer.as_deref(), &args.of)?;
    let shown = shown(&lexicon, args.term)?;
    context.answer(&shown, |_| page(&shown, args.term.is_some()))
}

fn shown(lexicon: &Lexicon, only: Option<TermId>) -> Result<Shown, Refusal> {
    let wanted = lexicon
        .terms()
        .filter(|(id, _)| only.is_none_or(|only| only == *id));
    let terms: Vec<TermMeant> = wanted.map(|(id, term)| meant(id, term)).collect();
    if let Some(id) = only
        && terms.is_empty()
    {
        return Err(not_found(
            format!("The lexicon {} has no {id}.", lexicon.version()),
            "See `redphone lexicon show`.",
        ));
    }
    Ok(Shown {
        lexicon: lexicon.version(),
        hash: redphone_api::hex::encode(&lexicon.hash()),
        terms,
    })
}

fn meant(id: TermId, term: &Term) -> TermMeant {
    let both = |words: &Bilingual| Word {
        en: words.en.clone(),
        ru: words.ru.clone(),
    };
    TermMeant {
        id: id.to_string(),
        word: both(&term.head),
        // Of a word that is not to be used, why.
        means: both(term.do_not_use.as_ref().unwrap_or(&term.definition)),
        excludes: both(&term.excludes),
    }
}

fn page(shown: &Shown, whole: bool) -> String {
    let mut page = format!("Lexicon {}\n\n", safe(&shown.lexicon));
    for term in &shown.terms {
        let head = format!("{}  {} / {}", term.id, term.word.en, term.word.ru);
        page.push_str(&wrap(&safe(&head), 2, 9));
        if !whole {
            continue;
        }
        for (not, means, excludes) in [
            ("Not", &term.means.en, &term.excludes.en),
            ("Не включает", &term.means.ru, &term.excludes.ru),
        ] {
            page.push('\n');
            page.push_str(&wrap(&safe(means), 4, 4));
            if !excludes.is_empty() {
                page.push_str(&wrap(&format!("{not}: {}.", safe(excludes)), 4, 4));
            }
        }
    }
    page
}
