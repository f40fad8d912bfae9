//! The content hash of a lexicon: SHA-256 (FIPS 180-4) over its canonical bytes.
//!
//! Canonical bytes are a list of texts, each as its length in four bytes, the highest first, and its
//! UTF-8 bytes in the composed form of UAX 15 (NFC). A list inside begins with a text of its count.
//! First stands the name of the format. Nothing of the file's layout is in it.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::file::Content;
use crate::bilingual::Bilingual;

const FORMAT: &str = "redphone lexicon 1";

/// The hash of a lexicon with this content.
pub(super) fn hash(content: &Content) -> [u8; 32] {
    let mut bytes = Canonical::new(FORMAT);
    bytes.text(&content.name);
    bytes.text(&content.version.to_string());
    bytes.text(&content.terms.len().to_string());
    for (id, term) in &content.terms {
        bytes.text(&id.to_string());
        bytes.both(&term.head);
        bytes.both(&term.definition);
        bytes.both(&term.excludes);
        for list in [
            &term.forms_en,
            &term.forms_ru,
            &term.avoid_en,
            &term.avoid_ru,
        ] {
            bytes.list(list);
        }
        match &term.do_not_use {
            None => bytes.text("use"),
            Some(why) => {
                bytes.text("do not use");
                bytes.both(why);
            }
        }
    }
    bytes.text(&content.estimates.len().to_string());
    for estimate in &content.estimates {
        bytes.text(&estimate.id);
        bytes.both(&estimate.words);
        bytes.text(&estimate.range.0.to_string());
        bytes.text(&estimate.range.1.to_string());
    }
    bytes.text(&content.confidences.len().to_string());
    for confidence in &content.confidences {
        bytes.text(&confidence.id);
        bytes.both(&confidence.words);
        bytes.both(&confidence.definition);
        bytes.both(&confidence.excludes);
    }
    bytes.digest()
}

/// Texts on their way into a hash.
pub(crate) struct Canonical(Sha256);

impl Canonical {
    /// Nothing yet but the name of the format.
    pub(crate) fn new(format: &str) -> Self {
        let mut bytes = Self(Sha256::new());
        bytes.text(format);
        bytes
    }

    /// The hash of all texts so far.
    pub(crate) fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }

    pub(crate) fn text(&mut self, text: &str) {
        let composed: String = text.nfc().collect();
        // A file has far fewer bytes than a length of four can say.
        let length = u32::try_from(composed.len()).unwrap_or(u32::MAX);
        self.0.update(length.to_be_bytes());
        self.0.update(composed.as_bytes());
    }

    pub(crate) fn both(&mut self, both: &Bilingual) {
        self.text(&both.en);
        self.text(&both.ru);
    }

    pub(crate) fn list(&mut self, list: &[String]) {
        self.text(&list.len().to_string());
        for text in list {
            self.text(text);
        }
    }
}
