//! The content hash of a code book: SHA-256 over the same canonical list of texts as a lexicon's.

use super::{BlankKind, Code, CodeBook, CodeEntry};
use crate::lexicon::Canonical;

const FORMAT: &str = "redphone code book 1";

/// The hash of a book's content.
pub(super) fn hash(book: &CodeBook) -> [u8; 32] {
    let mut bytes = Canonical::new(FORMAT);
    bytes.text(&book.version);
    bytes.text(&book.lexicon);
    bytes.both(&book.follows);
    bytes.text(&book.lists.len().to_string());
    for (name, items) in &book.lists {
        bytes.text(name);
        bytes.text(&items.len().to_string());
        for item in items {
            bytes.both(item);
        }
    }
    bytes.text(&book.entries.len().to_string());
    for (number, entry) in &book.entries {
        bytes.text(&Code(*number).to_string());
        put_entry(entry, &mut bytes);
    }
    bytes.digest()
}

fn put_entry(entry: &CodeEntry, bytes: &mut Canonical) {
    bytes.text(&entry.precedence.to_string());
    bytes.both(&entry.title);
    bytes.both(&entry.text);
    bytes.text(&entry.blanks.len().to_string());
    for blank in &entry.blanks {
        bytes.text(&blank.name);
        match &blank.kind {
            BlankKind::Choice { list } => bytes.list(&["choice".to_owned(), list.clone()]),
            BlankKind::Count {
                bytes: width,
                least,
            } => {
                bytes.list(&["count".to_owned(), width.to_string(), least.to_string()]);
            }
            BlankKind::Hours => bytes.text("hours"),
            BlankKind::Term { terms } => {
                bytes.text("term");
                let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
                bytes.list(&terms);
            }
            BlankKind::Time => bytes.text("time"),
        }
        bytes.both(&blank.means);
    }
}
