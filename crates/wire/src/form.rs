//! A form: what a message says in fields, so that nothing of it is left open by accident.
//!
//! A part of a form is filled or openly marked, and the mark crosses the line with the rest: a
//! reader sees that it is empty on purpose. Free text is in the language of record; the rest needs
//! no translation. What a good form is, and how one reads, is the matter of `redphone-clarity`.
//! Rules FORM-1 and FORM-2.
//!
//! ```
//! use redphone_wire::{Form, Information, Language, Mark, Part, from_bytes, to_bytes};
//!
//! let form = Form::Information(Information {
//!     language: Language::English,
//!     lexicon: None,
//!     event: Part::Marked(Mark::NotDisclosed),
//!     basis: Part::Marked(Mark::None),
//!     note: Some("We know more and will not say it here.".to_owned()),
//! });
//! assert_eq!(from_bytes::<Form>(&to_bytes(&form)), Ok(form));
//! ```

mod agreement;
mod bounds;
mod part;
mod reference;
mod translation;
mod warning;

use minicbor::{Decode, Encode};

pub use agreement::{Agreement, AgreementAct, BookKind};
pub use part::{Language, LexiconId, Mark, Part, PartName};
pub use reference::{Reference, ReferenceKind};
pub use translation::{Grade, Translation};
pub use warning::{
    Assurance, Authority, Basis, BrightLine, Conduct, Confidence, Consequence, Likelihood, Warning,
};

use crate::{Act, Ask, Serial};

/// A message in fields. A message without one is a plain STATEMENT.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Form {
    /// ANSWER: acts on numbered asks, or the read-back of a message.
    #[n(0)]
    Answer(#[n(0)] Answer),
    /// ASSURANCE: what will not happen.
    #[n(1)]
    Assurance(#[n(0)] Assured),
    /// INFORMATION: a notification.
    #[n(2)]
    Information(#[n(0)] Information),
    /// QUESTION or REQUEST: asks alone.
    #[n(3)]
    Request(#[n(0)] Request),
    /// WARNING.
    #[n(4)]
    Warning(#[n(0)] Box<Warning>),
    /// TRANSLATION of a free text of a message.
    #[n(5)]
    Translation(#[n(0)] Translation),
    /// AGREEMENT: what is said of a lexicon or a code book.
    #[n(6)]
    Agreement(#[n(0)] Agreement),
}

impl Form {
    /// The marker that stands first, as in IMO SMCP A.918(22).
    pub fn marker(&self) -> &'static str {
        match self {
            Self::Agreement(_) => "AGREEMENT",
            Self::Answer(_) => "ANSWER",
            Self::Assurance(_) => "ASSURANCE",
            Self::Information(_) => "INFORMATION",
            Self::Request(request) if request.question => "QUESTION",
            Self::Request(_) => "REQUEST",
            Self::Translation(_) => "TRANSLATION",
            Self::Warning(_) => "WARNING",
        }
    }

    /// The language of its free text.
    pub fn language(&self) -> Language {
        match self {
            Self::Agreement(form) => form.language,
            Self::Answer(form) => form.language,
            Self::Assurance(form) => form.language,
            Self::Information(form) => form.language,
            Self::Request(form) => form.language,
            Self::Translation(form) => form.language,
            Self::Warning(form) => form.language,
        }
    }

    /// The lexicon whose terms it uses.
    pub fn lexicon(&self) -> Option<&LexiconId> {
        match self {
            Self::Agreement(_) | Self::Answer(_) | Self::Translation(_) => None,
            Self::Assurance(form) => form.lexicon.as_ref(),
            Self::Information(form) => form.lexicon.as_ref(),
            Self::Request(form) => form.lexicon.as_ref(),
            Self::Warning(form) => form.lexicon.as_ref(),
        }
    }

    /// How it stands to an earlier message of the same side.
    pub fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Assurance(form) => Some(&form.reference),
            Self::Request(form) => Some(&form.reference),
            Self::Warning(form) => Some(&form.reference),
            Self::Agreement(_) | Self::Answer(_) | Self::Information(_) | Self::Translation(_) => {
                None
            }
        }
    }

    /// What it asks.
    pub fn asks(&self) -> &[Ask] {
        match self {
            Self::Request(form) => &form.asks,
            Self::Warning(form) => form.asks.filled().map_or(&[], Vec::as_slice),
            Self::Agreement(_)
            | Self::Answer(_)
            | Self::Assurance(_)
            | Self::Information(_)
            | Self::Translation(_) => &[],
        }
    }

    /// The acts on asks that it carries.
    pub fn acts(&self) -> &[Act] {
        match self {
            Self::Answer(form) => &form.acts,
            Self::Agreement(_)
            | Self::Assurance(_)
            | Self::Information(_)
            | Self::Request(_)
            | Self::Translation(_)
            | Self::Warning(_) => &[],
        }
    }
}

/// Acts on the asks of one message, and a note that changes no ask.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Answer {
    /// The language of the note.
    #[n(0)]
    pub language: Language,
    /// True when the asks were ours: we verify or withdraw. False when they were the other side's.
    #[n(1)]
    pub ours: bool,
    /// The message that has the asks.
    #[n(2)]
    pub message: Serial,
    /// At most `ASKS_MAX` acts.
    #[n(3)]
    pub acts: Vec<Act>,
    /// At most `NOTE_BYTES_MAX` bytes.
    #[n(4)]
    pub note: Option<String>,
}

/// An assurance by itself.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Assured {
    /// The language of the free text.
    #[n(0)]
    pub language: Language,
    /// The lexicon whose terms it uses.
    #[n(1)]
    pub lexicon: Option<LexiconId>,
    /// Which message it belongs to.
    #[n(2)]
    pub reference: Reference,
    /// What will not happen.
    #[n(3)]
    pub assurance: Assurance,
    /// Who speaks.
    #[n(4)]
    pub authority: Authority,
    /// At most `NOTE_BYTES_MAX` bytes.
    #[n(5)]
    pub note: Option<String>,
}

/// A notification: what happened or will happen here or there. Asks nothing.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Information {
    /// The language of the free text.
    #[n(0)]
    pub language: Language,
    /// The lexicon whose terms it uses.
    #[n(1)]
    pub lexicon: Option<LexiconId>,
    /// What it is about.
    #[n(2)]
    pub event: Part<Conduct>,
    /// How it is known, and how surely.
    #[n(3)]
    pub basis: Part<Basis>,
    /// At most `NOTE_BYTES_MAX` bytes.
    #[n(4)]
    pub note: Option<String>,
}

/// Asks without a warning.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Request {
    /// The language of the free text.
    #[n(0)]
    pub language: Language,
    /// The lexicon whose terms it uses.
    #[n(1)]
    pub lexicon: Option<LexiconId>,
    /// True for a QUESTION, false for a REQUEST.
    #[n(2)]
    pub question: bool,
    /// Which message it belongs to.
    #[n(3)]
    pub reference: Reference,
    /// From one to `ASKS_MAX`, numbered from 1.
    #[n(4)]
    pub asks: Vec<Ask>,
    /// Who speaks.
    #[n(5)]
    pub authority: Authority,
    /// At most `NOTE_BYTES_MAX` bytes.
    #[n(6)]
    pub note: Option<String>,
}
