//! `codebook`: the texts that were agreed beforehand, and how one reads with its blanks filled.
//!
//! Shows the code book in force on a line; where no station runs, the one that is shipped. How a code
//! book is agreed on is `books`.

use clap::{Args, Subcommand};
use redphone_api::{Book, BookKind, Refusal};
use redphone_clarity::{Bilingual, Blank, BlankKind, Code, CodeBook, CodeEntry, Language};
use redphone_wire::Serial;
use serde::Serialize;

use super::books::{self, SayVerb};
use super::{Context, failed, not_found, party, usage};
use crate::exit::Exit;
use crate::print::wrap;

/// The last serial that takes two bytes: what a message takes is told for it.
const SERIAL: Serial = Serial(16_383);

/// List the agreed texts, or show one; propose, accept, refuse or retire a code book.
#[derive(Args, Debug)]
#[command(after_help = "\
Of an agreed text only its code and its blanks cross the line. Both sides hold the text word for
word, each in its own language.

Examples:
  redphone codebook list
  redphone codebook show C-06
  redphone codebook show C-08 --blank from=2027-10-31T18:00Z --blank to=2027-10-31T20:00Z \\
      --blank other=2
  redphone codebook propose line-2.toml --to SUD
  redphone codebook accept line-2 --as '1st watch'")]
pub(crate) struct CodebookArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the codes with their precedences, and the code books that are held
    List(OfArgs),
    /// Show a text in both languages, and what its blanks take
    Show(ShowArgs),
    #[command(flatten)]
    Say(SayVerb),
}

/// Which code book.
#[derive(Args, Debug)]
struct OfArgs {
    /// Another code book than the one in force
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

#[derive(Args, Debug)]
struct ShowArgs {
    /// The code, as C-06
    #[arg(value_name = "CODE")]
    code: Code,
    /// Fill a blank; with one, all have to be filled
    #[arg(long, value_name = "NAME=VALUE", value_parser = filled)]
    blank: Vec<(String, String)>,
    #[command(flatten)]
    of: OfArgs,
}

/// Lists the codes or shows one.
///
/// # Errors
///
/// When there is no such code, or a blank does not take what is given.
pub(crate) fn run(context: &Context, args: &CodebookArgs) -> Result<Exit, Refusal> {
    match &args.verb {
        Verb::List(of) => list(context, of)?,
        Verb::Show(args) => show(context, &book(context, &args.of)?, args)?,
        Verb::Say(verb) => return books::say(context, BookKind::Codebook, verb),
    }
    Ok(Exit::Done)
}

/// The code book that is meant.
fn book(context: &Context, of: &OfArgs) -> Result<CodeBook, Refusal> {
    let held = books::held(context, of.peer.as_deref(), BookKind::Codebook, &of.of)?;
    let file = held.as_ref().map_or(CodeBook::STARTER, |held| &held.file);
    CodeBook::parse(file).map_err(|error| broken(&error))
}

/// A code for programs.
#[derive(Serialize)]
struct Row {
    code: String,
    precedence: String,
    title: Both,
}

/// The same in both languages.
#[derive(Serialize)]
struct Both {
    en: String,
    ru: String,
}

fn both(words: &Bilingual) -> Both {
    Both {
        en: words.en.clone(),
        ru: words.ru.clone(),
    }
}

fn row(number: u8, entry: &CodeEntry) -> Row {
    Row {
        code: Code(number).to_string(),
        precedence: entry.precedence.to_string(),
        title: both(&entry.title),
    }
}

fn list(context: &Context, of: &OfArgs) -> Result<(), Refusal> {
    #[derive(Serialize)]
    struct Rows {
        book: String,
        lexicon: String,
        hash: String,
        codes: Vec<Row>,
        /// The code books of the lines; none where no station runs.
        books: Vec<Book>,
    }
    let book = book(context, of)?;
    let mut books = books::list(context, of.peer.as_deref())?.unwrap_or_default();
    books.retain(|book| book.what == BookKind::Codebook);
    let rows = Rows {
        book: book.version().to_owned(),
        lexicon: book.lexicon().to_owned(),
        hash: redphone_api::hex::encode(&book.hash()),
        codes: book
            .entries()
            .map(|(number, entry)| row(number, entry))
            .collect(),
        books,
    };
    context.answer(&rows, |paper| {
        let mut page = format!(
            "Code book {}, with the terms of {}.\nSHA-256 {}\n\n",
            rows.book, rows.lexicon, rows.hash
        );
        for row in &rows.codes {
            let head = format!("{}  {:<9}  {}", row.code, row.precedence, row.title.en);
            page.push_str(&wrap(&head, 2, 19));
            page.push_str(&wrap(&row.title.ru, 19, 19));
        }
        if !rows.books.is_empty() {
            page.push_str("\nCODE BOOKS\n");
            page.push_str(&books::page(paper, BookKind::Codebook, &rows.books));
        }
        page
    })
}

/// One text for programs.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    row: Row,
    text: Both,
    blanks: Vec<Field>,
    /// Bytes of the sealed content, when all blanks are filled.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
}

/// A blank for programs.
#[derive(Serialize)]
struct Field {
    name: String,
    means: Both,
    takes: String,
    /// The items of its list, from 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<Both>,
}

fn show(context: &Context, book: &CodeBook, args: &ShowArgs) -> Result<(), Refusal> {
    let Code(number) = args.code;
    let entry = book.entry(number).ok_or_else(|| {
        not_found(
            format!("The code book has no {}.", args.code),
            "See `redphone codebook list`.",
        )
    })?;
    let (text, bytes) = if args.blank.is_empty() {
        (both(&entry.text), None)
    } else {
        let (text, bytes) = fill(context, book, args)?;
        (text, Some(bytes))
    };
    let shown = Shown {
        row: row(number, entry),
        text,
        blanks: entry
            .blanks
            .iter()
            .map(|blank| field(book, blank))
            .collect(),
        bytes,
    };
    context.answer(&shown, |_| page(&shown))
}

/// The text with its blanks filled, and the bytes that its message has.
fn fill(context: &Context, book: &CodeBook, args: &ShowArgs) -> Result<(Both, usize), Refusal> {
    let peer = args.of.peer.as_deref();
    let lexicon = books::lexicon(context, peer, book.lexicon())?;
    let Code(number) = args.code;
    let typed = args.blank.iter();
    let typed: Vec<(&str, &str)> = typed.map(|(name, value)| (&**name, &**value)).collect();
    let coded = book
        .encode(number, SERIAL, &typed, &lexicon)
        .map_err(|error| usage(error.to_string(), ""))?;
    let values = book.decode(&coded).map_err(|error| broken(&error))?;
    let say = |language| {
        book.render(number, &values, language, &lexicon)
            .map_err(|error| broken(&error))
    };
    let text = Both {
        en: say(Language::English)?,
        ru: say(Language::Russian)?,
    };
    Ok((text, coded.to_bytes().len()))
}

fn field(book: &CodeBook, blank: &Blank) -> Field {
    let mut items = Vec::new();
    let takes = match &blank.kind {
        BlankKind::Choice { list } => {
            items.push(both(book.follows()));
            items.extend(book.list(list).iter().map(both));
            "one of these, by its number or its words".to_owned()
        }
        BlankKind::Count { bytes, least } => {
            let most = if *bytes == 1 { 255 } else { 65_535 };
            format!("a number from {least} to {most}")
        }
        BlankKind::Hours => "hours, from 1 to 255".to_owned(),
        BlankKind::Term { terms } => {
            let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
            format!("0, or one of the terms {}", terms.join(", "))
        }
        BlankKind::Time => "a minute in UTC, as 2027-10-31T18:00Z".to_owned(),
    };
    Field {
        name: blank.name.clone(),
        means: both(&blank.means),
        takes,
        items,
    }
}

fn page(shown: &Shown) -> String {
    let row = &shown.row;
    let mut page = format!("{}  {}\n", row.code, row.precedence);
    for (title, text) in [
        (&row.title.en, &shown.text.en),
        (&row.title.ru, &shown.text.ru),
    ] {
        page.push('\n');
        page.push_str(&wrap(title, 0, 0));
        page.push_str(&wrap(text, 2, 2));
    }
    if let Some(bytes) = shown.bytes {
        page.push_str(&format!(
            "\nIts message has {bytes} bytes before sealing.\n"
        ));
        return page;
    }
    page.push('\n');
    for field in &shown.blanks {
        let says = format!("{:<10} {}: {}", field.name, field.means.en, field.takes);
        page.push_str(&wrap(&says, 0, 11));
        for (number, item) in field.items.iter().enumerate() {
            let item = format!("{number:>2}  {} / {}", item.en, item.ru);
            page.push_str(&wrap(&item, 11, 15));
        }
    }
    page
}

/// `NAME=VALUE`.
pub(super) fn filled(argument: &str) -> Result<(String, String), String> {
    let (name, value) = argument
        .split_once('=')
        .ok_or_else(|| "write a blank as NAME=VALUE".to_owned())?;
    Ok((name.to_owned(), value.to_owned()))
}

fn broken(error: &dyn std::error::Error) -> Refusal {
    failed(
        format!("The code book in this program is broken: {error}."),
        "Install it anew.",
    )
}
