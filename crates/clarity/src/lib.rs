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

mod complete;
mod cross;
mod draft;
mod lack;
mod language;
mod lexicon;
mod moment;
mod pattern;
mod readback;
mod render;
mod text;

pub use complete::{Completed, Defaults, complete};
pub use cross::{Expected, changes, cross};
pub use draft::{
    Draft, DraftAsk, DraftAssurance, DraftAuthority, DraftBasis, DraftBrightLine, DraftConduct,
    DraftConsequence, DraftContact, DraftNote, DraftReference,
};
pub use lack::Lack;
pub use language::{Bilingual, Language, UnknownLanguage};
pub use lexicon::{
    Entry, Estimate, Known, LEXICON_BYTES_MAX, Lexicon, LexiconError, TERMS_MAX, Term, TermId,
};
pub use moment::{MomentFault, moment, span_s};
pub use pattern::PatternError;
pub use readback::{
    Entry as ReadBackEntry, Item as ReadBackItem, Kind as ReadBackKind, Value, Verdict, compare,
    items, read,
};
pub use render::{Line, Terms, instant, lines};
pub use text::{Case, Kind, Sentence, Text, Token, fold, is_unseen};
