//! The file of a code book: what may stand in it, and why one is refused. Rule CODE-4.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use redphone_wire::Precedence;
use redphone_wire::limits::{CODED_BLANKS_BYTES_MAX, CODED_ENTRY_MAX};
use serde::Deserialize;

use super::{
    Blank, BlankKind, CODE_BOOK_BYTES_MAX, CODE_WORDS_BYTES_MAX, Code, CodeBook, CodeEntry,
    ENTRY_TEXT_BYTES_MAX, LIST_ITEMS_MAX, LISTS_MAX,
};
use crate::bilingual::Bilingual;
use crate::lexicon::TermId;
use crate::text::{fold, is_unseen};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    meta: Meta,
    #[serde(default)]
    list: Vec<ListRow>,
    #[serde(default)]
    entry: Vec<EntryRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    name: String,
    version: u16,
    lexicon: String,
    follows_en: String,
    follows_ru: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListRow {
    name: String,
    items: Vec<Bilingual>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryRow {
    code: String,
    precedence: String,
    title_en: String,
    title_ru: String,
    text_en: String,
    text_ru: String,
    #[serde(default)]
    blank: Vec<BlankRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BlankRow {
    name: String,
    kind: KindRow,
    list: Option<String>,
    bytes: Option<u8>,
    least: Option<u16>,
    terms: Option<Vec<String>>,
    means_en: String,
    means_ru: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KindRow {
    Choice,
    Count,
    Hours,
    Term,
    Time,
}

/// Reads a file. The hash of the book is not made yet.
pub(super) fn parse(toml: &str) -> Result<CodeBook, CodeBookError> {
    if toml.len() > CODE_BOOK_BYTES_MAX {
        return Err(CodeBookError::TooLong);
    }
    let file: File = toml::from_str(toml).map_err(|why| CodeBookError::Toml(why.to_string()))?;
    let meta = file.meta;
    let follows = both(meta.follows_en, meta.follows_ru);
    let lexicon = both(meta.lexicon.clone(), meta.lexicon);
    check_words("follows", &follows, CODE_WORDS_BYTES_MAX)?;
    check_words("lexicon", &lexicon, CODE_WORDS_BYTES_MAX)?;
    if !is_name(&meta.name) || file.list.len() > LISTS_MAX {
        return Err(CodeBookError::Meta);
    }
    let mut lists = BTreeMap::new();
    for row in file.list {
        check_list(&row, &follows)?;
        if lists.insert(row.name.clone(), row.items).is_some() {
            return Err(CodeBookError::Twice(row.name));
        }
    }
    let mut entries = BTreeMap::new();
    for row in file.entry {
        let code = row.code.clone();
        let Code(number) = code.parse()?;
        if entries.insert(number, entry(row, &lists)?).is_some() {
            return Err(CodeBookError::Twice(code));
        }
    }
    Ok(CodeBook {
        version: format!("{}-{}", meta.name, meta.version),
        lexicon: lexicon.en,
        hash: [0; 32],
        follows,
        lists,
        entries,
    })
}

/// A list has items, and no two that are typed alike.
fn check_list(row: &ListRow, follows: &Bilingual) -> Result<(), CodeBookError> {
    if !is_name(&row.name) || !(1..=LIST_ITEMS_MAX).contains(&row.items.len()) {
        return Err(CodeBookError::List(row.name.clone()));
    }
    let mut known = [&follows.en, &follows.ru].map(|words| BTreeSet::from([fold(words)]));
    for item in &row.items {
        check_words(&row.name, item, CODE_WORDS_BYTES_MAX)?;
        for (known, words) in known.iter_mut().zip([&item.en, &item.ru]) {
            if !known.insert(fold(words)) {
                return Err(CodeBookError::Twice(format!("'{words}' of {}", row.name)));
            }
        }
    }
    Ok(())
}

fn entry(
    row: EntryRow,
    lists: &BTreeMap<String, Vec<Bilingual>>,
) -> Result<CodeEntry, CodeBookError> {
    let code = row.code;
    let precedence: Precedence = row
        .precedence
        .parse()
        .map_err(|_| CodeBookError::Precedence(code.clone()))?;
    let title = both(row.title_en, row.title_ru);
    let text = both(row.text_en, row.text_ru);
    check_words(&code, &title, CODE_WORDS_BYTES_MAX)?;
    let mut blanks: Vec<Blank> = Vec::new();
    for row in row.blank {
        let blank = blank(&code, row, lists)?;
        if blanks.iter().any(|before| before.name == blank.name) {
            return Err(CodeBookError::Twice(format!("{} of {code}", blank.name)));
        }
        blanks.push(blank);
    }
    let width: usize = blanks.iter().map(|blank| blank.kind.width()).sum();
    if width > CODED_BLANKS_BYTES_MAX {
        return Err(CodeBookError::Width { code, width });
    }
    check_text(&code, &text, &blanks)?;
    Ok(CodeEntry {
        precedence,
        title,
        text,
        blanks,
    })
}

fn blank(
    code: &str,
    row: BlankRow,
    lists: &BTreeMap<String, Vec<Bilingual>>,
) -> Result<Blank, CodeBookError> {
    let at = format!("{} of {code}", row.name);
    let kind = match (row.kind, row.list, row.bytes, row.least, row.terms) {
        (KindRow::Choice, Some(list), None, None, None) if lists.contains_key(&list) => {
            BlankKind::Choice { list }
        }
        (KindRow::Count, None, Some(bytes @ 1..=2), least, None) => BlankKind::Count {
            bytes,
            least: least.unwrap_or(0),
        },
        (KindRow::Hours, None, None, None, None) => BlankKind::Hours,
        (KindRow::Term, None, None, None, terms) => {
            let terms = terms.unwrap_or_default();
            let read = |id: &String| id.parse().ok().filter(|id: &TermId| id.0 <= 255);
            let terms: Option<Vec<TermId>> = terms.iter().map(read).collect();
            BlankKind::Term {
                terms: terms.ok_or_else(|| CodeBookError::Blank(at.clone()))?,
            }
        }
        (KindRow::Time, None, None, None, None) => BlankKind::Time,
        _ => return Err(CodeBookError::Blank(at)),
    };
    if !is_name(&row.name) {
        return Err(CodeBookError::Blank(at));
    }
    let means = both(row.means_en, row.means_ru);
    check_words(&at, &means, CODE_WORDS_BYTES_MAX)?;
    Ok(Blank {
        name: row.name,
        kind,
        means,
    })
}

/// Every blank stands once in the text of each language, after a colon, and nothing else has braces.
fn check_text(code: &str, text: &Bilingual, blanks: &[Blank]) -> Result<(), CodeBookError> {
    let mut bare = text.clone();
    for blank in blanks {
        for text in [&mut bare.en, &mut bare.ru] {
            let place = format!(": {}", blank.in_text());
            if text.matches(&place).count() != 1 {
                let at = format!("{} of {code}", blank.name);
                return Err(CodeBookError::Place(at));
            }
            *text = text.replacen(&place, ":", 1);
        }
    }
    check_words(code, &bare, ENTRY_TEXT_BYTES_MAX)
}

/// Words are there in both languages, within their bound, and all of them are seen.
fn check_words(at: &str, words: &Bilingual, bytes_max: usize) -> Result<(), CodeBookError> {
    let fits = |text: &str| {
        let seen = !text.contains(|c| is_unseen(c) || c.is_control() || matches!(c, '{' | '}'));
        (1..=bytes_max).contains(&text.len()) && text.trim() == text && seen
    };
    if fits(&words.en) && fits(&words.ru) {
        Ok(())
    } else {
        Err(CodeBookError::Words(at.to_owned()))
    }
}

/// Names in texts and commands: short, of small letters and underscores.
fn is_name(name: &str) -> bool {
    const NAME_BYTES_MAX: usize = 16;
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    plain && (1..=NAME_BYTES_MAX).contains(&name.len())
}

fn both(en: String, ru: String) -> Bilingual {
    Bilingual { en, ru }
}

/// Why a file is not a code book. Whoever wrote it has to mend it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CodeBookError {
    /// A blank's name, or what belongs to its kind.
    Blank(String),
    /// A code is not written as C-06.
    Code(String),
    /// A list has no items or too many, or no plain name.
    List(String),
    /// No plain name of the book, or too many lists.
    Meta,
    /// A blank does not stand once in both texts, after a colon.
    Place(String),
    /// No precedence.
    Precedence(String),
    /// Not TOML, or with a key that a code book does not have.
    Toml(String),
    /// More bytes than a code book may have.
    TooLong,
    /// Two of one name.
    Twice(String),
    /// The blanks of an entry take too many bytes.
    Width {
        /// The entry.
        code: String,
        /// The bytes that they take.
        width: usize,
    },
    /// Words are missing in a language, too long, or have what is not seen.
    Words(String),
}

impl fmt::Display for CodeBookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank(at) => write!(
                f,
                "the blank {at}: give it a name of small letters, and a list to a choice, 1 or 2 bytes to \
                 a count, terms as T-004 to a term, nothing more"
            ),
            Self::Code(code) => {
                write!(
                    f,
                    "'{code}' is no code: write it as C-06, up to C-{CODED_ENTRY_MAX}"
                )
            }
            Self::List(name) => write!(
                f,
                "the list '{name}': give it a name of small letters and 1 to {LIST_ITEMS_MAX} items"
            ),
            Self::Meta => write!(
                f,
                "give the code book a name of small letters, and {LISTS_MAX} lists at most"
            ),
            Self::Place(at) => write!(
                f,
                "the blank {at}: set it once in the text of each language, after a colon and a space"
            ),
            Self::Precedence(code) => write!(
                f,
                "{code}: give it FLASH, IMMEDIATE, PRIORITY or ROUTINE as precedence"
            ),
            Self::Toml(why) => write!(f, "the file is not that of a code book: {why}"),
            Self::TooLong => write!(f, "a code book has {CODE_BOOK_BYTES_MAX} bytes at most"),
            Self::Twice(name) => write!(f, "{name} is there twice: take one away"),
            Self::Width { code, width } => write!(
                f,
                "the blanks of {code} take {width} bytes and {CODED_BLANKS_BYTES_MAX} are allowed: drop \
                 one and say in the text that it follows"
            ),
            Self::Words(at) => write!(
                f,
                "{at}: write it in both languages, within its bound, without braces, signs that are not \
                 seen and spaces at its ends"
            ),
        }
    }
}

impl std::error::Error for CodeBookError {}
