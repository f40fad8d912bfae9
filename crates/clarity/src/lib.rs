//! Whether a text is muddled: rules as data, the agreed lexicon, findings with byte spans.
//!
//! A pure room: it is handed a text and a lexicon and gives back what it sees. It holds no message,
//! asks nobody and decides nothing; what a finding stops is for the desk to say.
//!
//! ```
//! use redphone_clarity::{Entry, Language, Lexicon, TermId, Text};
//!
//! let lexicon = Lexicon::parse(
//!     r#"
//!     [meta]
//!     version = "sample-1"
//!     [[term]]
//!     id = "T-012"
//!     en = "armed conflict"
//!     ru = "вооружённый конфликт"
//!     def_en = "Resort to armed force between the two States."
//!     def_ru = "Применение вооружённой силы между двумя государствами."
//!     avoid_en = ["war"]
//!     "#,
//! )?;
//! let text = Text::new("This is war.", Language::English);
//! let known = lexicon.find(&text);
//! assert_eq!(known.first().map(|known| &known.entry), Some(&Entry::Avoid(TermId(12))));
//! # Ok::<(), redphone_clarity::LexiconError>(())
//! ```

#![forbid(unsafe_code)]

mod language;
mod lexicon;
mod pattern;
mod text;

pub use language::{Bilingual, Language, UnknownLanguage};
pub use lexicon::{
    Entry, Estimate, Known, LEXICON_BYTES_MAX, Lexicon, LexiconError, TERMS_MAX, Term, TermId,
};
pub use pattern::PatternError;
pub use text::{Case, Kind, Sentence, Text, Token, fold, is_unseen};
