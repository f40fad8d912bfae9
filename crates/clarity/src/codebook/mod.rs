//! The code book: full texts that both stations hold word for word, in both languages.
//!
//! On the line go the number of an entry and its blanks, 8 bytes at most; each side reads the
//! full text in its own language. Owns the book's file format, its content hash, the bytes of the blanks
//! and the text that they make. Who proposes and who accepts a book is the desk's; the bytes around
//! the blanks are `redphone_wire::Coded`. Rules CODE-4 to CODE-8.
//!
//! ```
//! use redphone_clarity::{CodeBook, Lexicon};
//! use redphone_wire::{Language, Serial};
//!
//! let (book, lexicon) = (CodeBook::starter()?, Lexicon::starter()?);
//! let typed = [("from", "2027-10-31T18:00Z"), ("hours", "4"), ("time", "2027-10-31T19:30Z")];
//! let coded = book.encode(6, Serial(412), &typed, &lexicon)?;
//! assert_eq!(coded.to_bytes().len(), 10);
//! let values = book.decode(&coded)?;
//! let text = book.render(6, &values, Language::English, &lexicon)?;
//! assert!(text.ends_with("on this line at this time: 2027-10-31 19:30 UTC."));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bytes;
mod file;
mod hash;
mod typed;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use redphone_wire::limits::CODED_ENTRY_MAX;
use redphone_wire::{Language, Precedence, UtcSeconds};

use crate::bilingual::Bilingual;
use crate::lexicon::TermId;
use crate::render::{Terms, instant};

pub use bytes::CodedError;
pub use file::CodeBookError;
pub use typed::BlankError;

/// Bytes of a code book's file.
pub const CODE_BOOK_BYTES_MAX: usize = 131_072;
/// Lists of a code book.
pub const LISTS_MAX: usize = 64;
/// Items of a list: a number of one byte, of which 0 has its own meaning.
pub const LIST_ITEMS_MAX: usize = 255;
/// Bytes of the full text of an entry, its blanks not filled.
pub const ENTRY_TEXT_BYTES_MAX: usize = 4_096;
/// Bytes of a title, an item of a list, or of what a blank means.
pub const CODE_WORDS_BYTES_MAX: usize = 256;
/// The instant that times are counted from: 2020-01-01 00:00 UTC.
pub const CODED_EPOCH: UtcSeconds = UtcSeconds(1_577_836_800);

/// A code book, ready to be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CodeBook {
    version: String,
    lexicon: String,
    hash: [u8; 32],
    follows: Bilingual,
    lists: BTreeMap<String, Vec<Bilingual>>,
    entries: BTreeMap<u8, CodeEntry>,
}

/// One pre-agreed text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CodeEntry {
    /// How urgent it always is.
    pub precedence: Precedence,
    /// What it is for.
    pub title: Bilingual,
    /// The full text; a blank stands in it as `{name}`.
    pub text: Bilingual,
    /// Its blanks, in their order on the line.
    pub blanks: Vec<Blank>,
}

/// A blank of an entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Blank {
    /// The name in the text and in commands.
    pub name: String,
    /// What may fill it.
    pub kind: BlankKind,
    /// What it means.
    pub means: Bilingual,
}

/// What may fill a blank.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BlankKind {
    /// An item of a list: 1 byte.
    Choice {
        /// The list.
        list: String,
    },
    /// A number.
    Count {
        /// 1 or 2 bytes on the line.
        bytes: u8,
        /// The least number that it takes.
        least: u16,
    },
    /// Hours, from 1: 1 byte.
    Hours,
    /// A term of the lexicon: 1 byte.
    Term {
        /// The terms that fit here. Empty: any.
        terms: Vec<TermId>,
    },
    /// A minute: 3 bytes.
    Time,
}

/// What fills a blank.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BlankValue {
    /// The item of a list, from 1.
    Choice(u8),
    /// A number.
    Count(u16),
    /// It will be said in the next message: a choice or a term left open.
    Follows,
    /// Hours.
    Hours(u8),
    /// A term of the lexicon.
    Term(TermId),
    /// A whole minute.
    Time(UtcSeconds),
}

impl BlankKind {
    /// Bytes on the line.
    pub fn width(&self) -> usize {
        match self {
            Self::Choice { .. } | Self::Hours | Self::Term { .. } => 1,
            Self::Count { bytes, .. } => usize::from(*bytes),
            Self::Time => 3,
        }
    }
}

impl CodeBook {
    /// The file of the starter code book.
    pub const STARTER: &'static str = include_str!("starter.toml");

    /// Reads a code book from its file.
    ///
    /// # Errors
    ///
    /// [`CodeBookError`] says what whoever wrote the file has to mend.
    pub fn parse(toml: &str) -> Result<Self, CodeBookError> {
        let mut book = file::parse(toml)?;
        book.hash = hash::hash(&book);
        Ok(book)
    }

    /// The starter code book, which is shipped: eight texts.
    ///
    /// # Errors
    ///
    /// None that a user can meet: a test reads the shipped file.
    pub fn starter() -> Result<Self, CodeBookError> {
        Self::parse(Self::STARTER)
    }

    /// Name and version: `starter-1`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version of the lexicon whose terms fill its blanks.
    #[must_use]
    pub fn lexicon(&self) -> &str {
        &self.lexicon
    }

    /// SHA-256 over the content. Layout and comments of the file have no part in it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// What a code names it by: the last seven bits of the first byte of its hash.
    #[must_use]
    pub fn check(&self) -> u8 {
        Self::check_of(&self.hash)
    }

    /// What a code names the book with this hash by.
    #[must_use]
    pub fn check_of(hash: &[u8; 32]) -> u8 {
        let [check, ..] = hash;
        check & 0x7f
    }

    /// An entry by its number.
    #[must_use]
    pub fn entry(&self, number: u8) -> Option<&CodeEntry> {
        self.entries.get(&number)
    }

    /// All entries, by number.
    pub fn entries(&self) -> impl Iterator<Item = (u8, &CodeEntry)> {
        self.entries.iter().map(|(number, entry)| (*number, entry))
    }

    /// The items of a list; the first has number 1.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Bilingual] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// What number 0 of a list or of the terms says.
    #[must_use]
    pub fn follows(&self) -> &Bilingual {
        &self.follows
    }

    /// The codes of an older book that say something else in this one. A book with any of them is
    /// not fit to follow it: the two sides change books at different moments.
    #[must_use]
    pub fn changed_since(&self, older: &Self) -> Vec<u8> {
        let says_the_same = |entry: &CodeEntry, before: &CodeEntry| {
            let grown = before.blanks.iter().all(|blank| match &blank.kind {
                BlankKind::Choice { list } => self.list(list).starts_with(older.list(list)),
                BlankKind::Count { .. }
                | BlankKind::Hours
                | BlankKind::Term { .. }
                | BlankKind::Time => self.follows == older.follows,
            });
            entry == before && grown
        };
        older
            .entries()
            .filter(|(number, before)| {
                self.entry(*number)
                    .is_some_and(|entry| !says_the_same(entry, before))
            })
            .map(|(number, _)| number)
            .collect()
    }

    /// The full text of an entry with these values, in a language.
    ///
    /// # Errors
    ///
    /// [`CodedError`] when the values are not those of the entry.
    pub fn render(
        &self,
        number: u8,
        values: &[BlankValue],
        language: Language,
        terms: &dyn Terms,
    ) -> Result<String, CodedError> {
        let entry = self.entry(number).ok_or(CodedError::NoEntry(number))?;
        if values.len() != entry.blanks.len() {
            return Err(CodedError::Length(number));
        }
        let mut text = String::new();
        let mut rest = entry.text.of(language);
        // One way through, so that no value is taken for a blank.
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let mut filled = entry.blanks.iter().zip(values);
            let (blank, value) = filled
                .find(|(blank, _)| blank.name == name)
                .ok_or(CodedError::Length(number))?;
            let said = self.say(blank, *value, language, terms);
            text.push_str(before);
            text.push_str(&said.ok_or_else(|| CodedError::value(number, blank))?);
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }

    /// A value as it reads in the text. None: the blank does not take it.
    fn say(
        &self,
        blank: &Blank,
        value: BlankValue,
        language: Language,
        terms: &dyn Terms,
    ) -> Option<String> {
        match (&blank.kind, value) {
            (BlankKind::Choice { list }, BlankValue::Choice(item)) => {
                let at = usize::from(item).checked_sub(1)?;
                Some(self.list(list).get(at)?.of(language).to_owned())
            }
            (BlankKind::Choice { .. } | BlankKind::Term { .. }, BlankValue::Follows) => {
                Some(self.follows.of(language).to_owned())
            }
            (BlankKind::Count { .. }, BlankValue::Count(count)) => Some(count.to_string()),
            (BlankKind::Hours, BlankValue::Hours(hours)) => Some(hours.to_string()),
            (BlankKind::Term { .. }, BlankValue::Term(id)) => {
                let id = id.to_string();
                let word = terms.term(&id, language);
                Some(word.map_or(id.clone(), |word| format!("{word} ({id})")))
            }
            (BlankKind::Time, BlankValue::Time(at)) => Some(instant(at)),
            _ => None,
        }
    }
}

impl Blank {
    /// How it stands in the text.
    fn in_text(&self) -> String {
        format!("{{{}}}", self.name)
    }
}

/// The number of an entry as it is read out: `C-06`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Code(pub u8);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C-{:02}", self.0)
    }
}

impl FromStr for Code {
    type Err = CodeBookError;

    fn from_str(written: &str) -> Result<Self, CodeBookError> {
        let number = written
            .strip_prefix("C-")
            .and_then(|number| number.parse().ok());
        let code = number.map(Self).filter(|code| code.to_string() == written);
        code.filter(|code| (1..=CODED_ENTRY_MAX).contains(&code.0))
            .ok_or_else(|| CodeBookError::Code(written.to_owned()))
    }
}

#[cfg(test)]
mod tests;
