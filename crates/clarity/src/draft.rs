//! A draft: a form as its drafter left it, with parts missing and times misread.
//!
//! Owns the shape of the file (TOML) and of the same at the operator's border (JSON). Everything is
//! text and everything may be absent: what a draft lacks is a finding, not an error of a parser.
//! What makes a form of it is `complete`.

mod blank;
mod of;

pub use blank::{BLANK_MARKERS, blank};
pub use of::free_texts;

use redphone_wire::Mark;
use serde::{Deserialize, Serialize};

/// Longest draft that is read.
pub const DRAFT_BYTES_MAX: usize = 262_144;

/// A draft of a form, or of a plain statement.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// `WARNING`, `REQUEST`, `QUESTION`, `INFORMATION`, `ASSURANCE`, `ANSWER` or `STATEMENT`.
    pub marker: String,
    /// The language of record of the free text: `en` or `ru`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The lexicon in force: `starter-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lexicon: Option<String>,
    /// How it stands to an earlier message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<DraftReference>,
    /// What is objected to; of an INFORMATION, what it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conduct: Option<DraftConduct>,
    /// How it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<DraftBasis>,
    /// The observable act that sets the consequence off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bright_line: Option<DraftBrightLine>,
    /// What follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consequence: Option<DraftConsequence>,
    /// The numbered asks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<DraftAsk>,
    /// What will not happen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assurance: Option<DraftAssurance>,
    /// Who speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<DraftAuthority>,
    /// Who can be asked about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<DraftContact>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<DraftNote>,
}

impl Draft {
    /// Reads the file of a draft.
    ///
    /// # Errors
    ///
    /// What the drafter has to mend, in words: it is no TOML, too long, or has a field that drafts
    /// do not have.
    pub fn read(source: &str) -> Result<Self, String> {
        if source.len() > DRAFT_BYTES_MAX {
            return Err(format!("it is longer than {DRAFT_BYTES_MAX} bytes"));
        }
        toml::from_str(source).map_err(|error| error.to_string().trim().to_owned())
    }

    /// Every free text, with the path of its field, in the order of the form.
    pub fn texts(&self) -> Vec<(String, &str)> {
        let texts = crate::check::texts(self).into_iter();
        texts.map(|(field, text, _)| (field, text)).collect()
    }
}

/// The word of a mark in a draft.
pub(crate) fn word_of(mark: Mark) -> &'static str {
    match mark {
        Mark::None => "none",
        Mark::NotDisclosed => "not-disclosed",
        Mark::Undecided => "undecided",
    }
}

/// A part that may be empty on purpose.
pub(crate) trait Marked {
    /// The word of its mark.
    fn mark(&self) -> Option<&str>;
}

/// Declares a part of a draft: every field a text that may be absent, and the mark.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty = $spelt:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            /// `none`, `not-disclosed` or `undecided`: the part is empty on purpose.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub mark: Option<String>,
            $($(#[$field_doc])*
            #[serde(rename = $spelt, skip_serializing_if = "Option::is_none")]
            pub $field: Option<$kind>,)*
        }

        impl Marked for $name {
            fn mark(&self) -> Option<&str> {
                self.mark.as_deref()
            }
        }
    };
}

part! {
    /// How it stands to an earlier message.
    DraftReference {
        /// `new`, `reinforces`, `supersedes`, `withdraws` or `clarifies`.
        kind: String = "kind",
        /// The earlier message.
        serial: i64 = "serial",
        /// The parts that differ.
        changes: Vec<String> = "changes",
    }
}

part! {
    /// An act of somebody, somewhere, at some time.
    DraftConduct {
        /// Who.
        actor: String = "actor",
        /// What: the id of a term, or words.
        act: String = "act",
        /// Where.
        place: String = "where",
        /// When: one instant, or from and to.
        when: Vec<String> = "when",
    }
}

part! {
    /// How something is known.
    DraftBasis {
        /// The class of sources.
        sources: String = "sources",
        /// `E1` to `E7`.
        likelihood: String = "likelihood",
        /// `low`, `moderate` or `high`.
        confidence: String = "confidence",
        /// What of it the other side is shown.
        shown: String = "shown",
    }
}

part! {
    /// The line that must not be crossed.
    DraftBrightLine {
        /// The act: the id of a term, or words.
        act: String = "act",
        /// From which count on.
        count: i64 = "count",
        /// Where.
        place: String = "where",
        /// From when.
        from: String = "from",
        /// Until when.
        to: String = "to",
        /// By whose record it is judged.
        judge: String = "judge",
    }
}

part! {
    /// What follows.
    DraftConsequence {
        /// `disclosed`, `decided-not-disclosed` or `undecided`.
        mode: String = "mode",
        /// Who will act.
        actor: String = "actor",
        /// What will be done.
        act: String = "act",
        /// Within which time: `PT24H`.
        within: String = "within",
    }
}

part! {
    /// One ask.
    DraftAsk {
        /// Its number, from 1.
        number: i64 = "number",
        /// To whom.
        to: String = "to",
        /// One of the agreed verbs.
        verb: String = "verb",
        /// What the verb acts on.
        object: String = "object",
        /// When it must be done.
        act_by: String = "act_by",
        /// When it must be answered.
        answer_by: String = "answer_by",
    }
}

part! {
    /// What will not happen.
    DraftAssurance {
        /// On which condition.
        condition: String = "if",
        /// What is promised.
        act: String = "act",
        /// Until when.
        until: String = "until",
    }
}

part! {
    /// Who speaks.
    DraftAuthority {
        /// On whose behalf.
        on_behalf_of: String = "on_behalf_of",
    }
}

part! {
    /// Who can be asked.
    DraftContact {
        /// Who, and how to reach them.
        who: String = "who",
    }
}

part! {
    /// Free text.
    DraftNote {
        /// The text.
        text: String = "text",
    }
}
