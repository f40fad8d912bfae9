//! Where in a message a text stands; rules apply to some places and not to others.
//!
//! Owns the names of the places. What a form has in them is in `wire`.

use std::fmt;
use std::str::FromStr;

use crate::finding::Severity;

/// The place of a text. Its path is what rules and findings name.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Scope {
    /// The words beside an answer's acts.
    Answer,
    /// An ask: its object, or all of it as one sentence.
    Ask,
    /// What will not be done if the line is not crossed.
    Assurance,
    /// On whose behalf.
    Authority,
    /// What is known, and how surely.
    Basis,
    /// A whole text in prose: a statement, a draft that is no form.
    Body,
    /// The act that sets off the consequence: act, place, judge.
    BrightLine,
    /// The conduct objected to: actor, act, place.
    Conduct,
    /// What will be done if the line is crossed.
    Consequence,
    /// Whom to call.
    Contact,
    /// Free words at the end of a form. Nothing in them blocks but characters that deceive.
    Note,
}

impl Scope {
    /// All places.
    pub const ALL: [Self; 11] = [
        Self::Answer,
        Self::Ask,
        Self::Assurance,
        Self::Authority,
        Self::Basis,
        Self::Body,
        Self::BrightLine,
        Self::Conduct,
        Self::Consequence,
        Self::Contact,
        Self::Note,
    ];

    /// The path: `warning.consequence`, `answer.text`.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Answer => "answer.text",
            Self::Ask => "warning.ask",
            Self::Assurance => "warning.assurance",
            Self::Authority => "warning.authority",
            Self::Basis => "warning.basis",
            Self::Body => "warning.body",
            Self::BrightLine => "warning.bright_line",
            Self::Conduct => "warning.conduct",
            Self::Consequence => "warning.consequence",
            Self::Contact => "warning.contact",
            Self::Note => "warning.note",
        }
    }

    /// Whether a rule's scope, `*`, `warning.*` or a path, takes this place in.
    #[must_use]
    pub fn is_in(self, written: &str) -> bool {
        match written.strip_suffix('*') {
            Some(head) => self.path().starts_with(head),
            None => self.path() == written,
        }
    }

    /// What is left of a rule's severity here: a note's words are shown and do not block.
    #[must_use]
    pub fn tempers(self, severity: Severity) -> Severity {
        if self == Self::Note {
            severity.max(Severity::Warn)
        } else {
            severity
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(path: &str) -> Result<Self, UnknownScope> {
        let named = Self::ALL.into_iter().find(|scope| scope.path() == path);
        named.ok_or(UnknownScope)
    }
}

/// A path that names no place of a message. The caller has to give one of [`Scope::ALL`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnknownScope;

impl fmt::Display for UnknownScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such place in a message")
    }
}

impl std::error::Error for UnknownScope {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_is_named_by_its_path() {
        for scope in Scope::ALL {
            assert_eq!(scope.path().parse(), Ok(scope));
            assert!(scope.is_in("*") && scope.is_in(scope.path()));
            assert_eq!(scope.is_in("answer.*"), scope == Scope::Answer);
        }
    }

    #[test]
    fn words_of_a_note_do_not_block() {
        assert_eq!(Scope::Note.tempers(Severity::Block), Severity::Warn);
        assert_eq!(Scope::Ask.tempers(Severity::Block), Severity::Block);
    }
}
