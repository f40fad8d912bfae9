//! The file of a lexicon or a code book: read, named, and compared with what is said of it.

use std::sync::Arc;

use redphone_clarity::{CODE_BOOK_BYTES_MAX, CodeBook, LEXICON_BYTES_MAX, Lexicon};
use redphone_wire::{Agreement, BookKind};

/// A file that was read.
pub(crate) enum File {
    Lexicon(Arc<Lexicon>),
    CodeBook(Arc<CodeBook>),
}

impl File {
    /// Reads a file, whoever wrote it.
    pub(crate) fn read(what: BookKind, bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())?;
        match what {
            BookKind::CodeBook => CodeBook::parse(text)
                .map(|book| Self::CodeBook(Arc::new(book)))
                .map_err(|error| error.to_string()),
            BookKind::Lexicon => Lexicon::parse(text)
                .map(|lexicon| Self::Lexicon(Arc::new(lexicon)))
                .map_err(|error| error.to_string()),
        }
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        match self {
            Self::CodeBook(book) => book.hash(),
            Self::Lexicon(lexicon) => lexicon.hash(),
        }
    }

    /// Its name with its version.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::CodeBook(book) => book.version().to_owned(),
            Self::Lexicon(lexicon) => lexicon.version(),
        }
    }
}

/// Bytes of the file of a lexicon or a code book, at most.
pub(crate) fn bytes_max(what: BookKind) -> usize {
    match what {
        BookKind::CodeBook => CODE_BOOK_BYTES_MAX,
        BookKind::Lexicon => LEXICON_BYTES_MAX,
    }
}

/// Whether a file is what is said of it.
pub(super) fn fits(said: &Agreement, bytes: &[u8]) -> Result<File, String> {
    let file = File::read(said.what, bytes)?;
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::BookUnlikeItsDigest) {
        return Ok(file);
    }
    if file.digest() == said.digest && file.title() == said.title() {
        Ok(file)
    } else {
        Err("its file is another one than it says".to_owned())
    }
}
