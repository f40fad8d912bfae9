//! What is checked: a file, or a draft that the station holds, with the place of each field in it.

use std::io::Read;
use std::ops::Range;
use std::path::Path;

use redphone_api::{FindingView, Refusal};
use redphone_clarity::{DRAFT_BYTES_MAX, Draft};
use redphone_wire::{Form, from_bytes, shown};

use super::place::Places;
use super::{failed, usage};
use crate::commands::read_file;

/// A text with places for findings.
#[derive(Debug)]
pub(in crate::commands) struct Source {
    name: String,
    text: String,
    is_draft: bool,
    places: Places,
}

impl Source {
    /// Reads a file; `-` is standard input.
    pub(in crate::commands) fn read(file: &Path) -> Result<Self, Refusal> {
        let (name, bytes) = if file == Path::new("-") {
            ("standard input".to_owned(), standard_input()?)
        } else {
            (
                file.display().to_string(),
                read_file(file, DRAFT_BYTES_MAX)?,
            )
        };
        let text = String::from_utf8(bytes)
            .map_err(|_| usage("It is no text in UTF-8.", "Write it anew as UTF-8."))?;
        let is_draft = is_draft(&text);
        let source = Self::of_prose(name, text);
        Ok(if is_draft {
            source.into_draft()
        } else {
            source
        })
    }

    /// Takes it for a draft, whatever its first line says.
    pub(in crate::commands) fn into_draft(self) -> Self {
        Self {
            places: Places::of_draft(&self.text),
            is_draft: true,
            ..self
        }
    }

    /// Prose.
    pub(in crate::commands) fn of_prose(name: String, text: String) -> Self {
        Self {
            name,
            text,
            is_draft: false,
            places: Places::of_prose(),
        }
    }

    /// A draft that the station holds: its text, or a form field by field. Nothing of it acts on a
    /// screen unseen.
    pub(in crate::commands) fn of_held(name: String, text: &str, form: &[u8]) -> Self {
        if !text.is_empty() && shown(text) == text {
            return Self::of_prose(name, text.to_owned());
        }
        let form = from_bytes::<Form>(form).ok();
        let draft = form.as_ref().and_then(Draft::of);
        let fields = match &draft {
            Some(draft) => draft.texts(),
            None => vec![("warning.body".to_owned(), text)],
        };
        let marker = form.as_ref().map_or("STATEMENT", Form::marker);
        let (text, places) = Places::of_fields(marker, &fields);
        Self {
            name,
            text,
            is_draft: false,
            places,
        }
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// All of it.
    pub(in crate::commands) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is the file of a draft.
    pub(in crate::commands) fn is_draft(&self) -> bool {
        self.is_draft
    }

    /// The bytes of it that a finding is about.
    pub(super) fn place(&self, finding: &FindingView) -> Range<usize> {
        let [from, to] = finding.span;
        self.places.find(&self.text, &finding.field, &(from..to))
    }

    /// The refusal of a file that is no draft.
    pub(in crate::commands) fn misread(&self, why: &str) -> Refusal {
        usage(
            format!("{} is no draft: {why}", self.name),
            "Write it as the example in OPERATING.md.",
        )
    }
}

fn standard_input() -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let input = std::io::stdin().lock().take(DRAFT_BYTES_MAX as u64 + 1);
    let read = { input }.read_to_end(&mut bytes);
    read.map_err(|fault| failed(format!("Standard input cannot be read: {fault}."), ""))?;
    if bytes.len() > DRAFT_BYTES_MAX {
        return Err(usage(
            "It is longer than a draft may be.",
            "Attach the longer part.",
        ));
    }
    Ok(bytes)
}

/// A draft says in its first line that is no comment what it is.
fn is_draft(source: &str) -> bool {
    let mut lines = source.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line.starts_with("marker") && line.contains('='))
}
