//! Whether a text is muddled: rules as data, the agreed lexicon, findings with byte spans.
//!
//! A pure room: it is handed a text, its place in a message and a lexicon, and gives back what it
//! sees. It holds no message, asks nobody and decides nothing; what a finding stops is for the desk
//! to say.
//!
//! ```text
//!   text -> tokens, sentences -+-> patterns of the table ------+-> findings: place, why, fix
//!                              +-> code rules (actor, time...) |
//!   lexicon -> agreed terms ---+-> term rules -----------------+
//! ```
//!
//! ```
//! use redphone_clarity::{Language, Lexicon, Rules, Scope, Severity};
//!
//! let rules = Rules::shipped()?;
//! let lexicon = Lexicon::starter()?.with_names(["NORD", "SUD"]);
//! let text = "There will be serious consequences.";
//! let findings = rules.check_text(text, Language::English, Scope::Consequence, &lexicon);
//! let vague = findings.first().ok_or("nothing found")?;
//! assert_eq!((vague.rule.to_string().as_str(), vague.severity), ("V06", Severity::Block));
//! assert_eq!(text.get(vague.span.clone()), Some("serious consequences"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The table is in `src/rules`, for linguists as much as for engineers: `rules.toml`, of texts;
//! `forms.toml`, listed there and checked where forms are; `warns.toml`, by which a statement warns.

#![forbid(unsafe_code)]

mod answer;
mod bilingual;
mod check;
mod codebook;
mod complete;
mod cross;
mod draft;
mod finding;
mod lack;
mod lexicon;
mod moment;
mod pattern;
mod prose;
mod readback;
mod render;
mod rules;
mod scope;
mod text;
mod versions;

pub use answer::check_answer;
pub use bilingual::Bilingual;
pub use check::{Against, Checked, check_draft, check_form, terms_used};
pub use codebook::{
    Blank, BlankError, BlankKind, BlankValue, CODE_BOOK_BYTES_MAX, CODE_WORDS_BYTES_MAX,
    CODED_EPOCH, Code, CodeBook, CodeBookError, CodeEntry, CodedError, ENTRY_TEXT_BYTES_MAX,
    LIST_ITEMS_MAX, LISTS_MAX,
};
pub use complete::{Completed, Defaults, complete};
pub use cross::{Expected, changes, cross};
pub use draft::{
    BLANK_MARKERS, DRAFT_BYTES_MAX, Draft, DraftAsk, DraftAssurance, DraftAuthority, DraftBasis,
    DraftBrightLine, DraftConduct, DraftConsequence, DraftContact, DraftNote, DraftReference,
    blank, free_texts,
};
pub use finding::{Finding, NotARule, RuleId, Severity};
pub use lack::Lack;
pub use lexicon::{
    Confidence, Entry, Estimate, Known, LEXICON_BYTES_MAX, Lexicon, LexiconError, TERM_FORMS_MAX,
    TERM_MEANING_BYTES_MAX, TERM_WORDS_BYTES_MAX, TERMS_MAX, Term, TermId,
};
pub use moment::{MomentFault, moment, span_s};
pub use pattern::PatternError;
pub use readback::{
    Entry as ReadBackEntry, Item as ReadBackItem, Kind as ReadBackKind, Value, Verdict,
    check_readback, compare, items, read,
};
pub use redphone_wire::Language;
pub use render::{Line, Terms, instant, label, lines};
pub use rules::{Rule, RuleKind, Rules, RulesError, Warns};
pub use scope::{Scope, UnknownScope};
pub use text::{Case, Kind, Sentence, Text, Token, fold, is_unseen, language_of};
pub use versions::{Unmatched, check_versions, unmatched};
