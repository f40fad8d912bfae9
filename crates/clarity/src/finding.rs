//! What the check says: one record for the terminal, the desk and programs.
//!
//! Owns the shape of a finding and its order. What a finding stops is for the desk to say.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::Deserialize;

use crate::bilingual::Bilingual;

/// The number of a rule: a letter for its group and two digits, `V06`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct RuleId {
    letter: char,
    number: u8,
}

impl RuleId {
    /// A number by its parts.
    #[must_use]
    pub const fn new(letter: char, number: u8) -> Self {
        Self { letter, number }
    }

    /// The letter of its group.
    #[must_use]
    pub fn letter(self) -> char {
        self.letter
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:02}", self.letter, self.number)
    }
}

impl FromStr for RuleId {
    type Err = NotARule;

    fn from_str(written: &str) -> Result<Self, NotARule> {
        let mut chars = written.chars();
        let letter = chars
            .next()
            .filter(char::is_ascii_uppercase)
            .ok_or(NotARule)?;
        let number = chars.as_str().parse().map_err(|_| NotARule)?;
        let id = Self { letter, number };
        (id.to_string() == written).then_some(id).ok_or(NotARule)
    }
}

/// A word that is not the number of a rule. The caller has to give one as `V06`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotARule;

impl fmt::Display for NotARule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule is numbered as V06 is: a capital and two digits")
    }
}

impl std::error::Error for NotARule {}

/// How much a finding weighs. The heaviest comes first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The text cannot be released unless the releaser waives the finding by name.
    Block,
    /// The drafter and the releaser are shown it.
    Warn,
    /// Shown to whoever asks for notes.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Block => "block",
            Self::Warn => "warn",
            Self::Note => "note",
        })
    }
}

/// Something muddled in a text or a form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The rule that it breaks.
    pub rule: RuleId,
    /// How much it weighs.
    pub severity: Severity,
    /// The field that it is in, as a path: `warning.consequence`, `ask.2.object`.
    pub field: String,
    /// The bytes of the field's text that it is about. Both ends lie between characters.
    pub span: Range<usize>,
    /// What is wrong.
    pub why: Bilingual,
    /// What to do.
    pub fix: Bilingual,
    /// What could stand on the span instead, where the check knows it.
    pub replacement: Option<String>,
    /// Of 100 such findings, with how many people agreed; 100 where nobody measured it.
    pub weight: u8,
}

impl Finding {
    /// The order of findings: by place, then by rule.
    #[must_use]
    pub fn order(&self) -> (usize, usize, RuleId) {
        (self.span.start, self.span.end, self.rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_a_rule_is_read_in_one_form_only() {
        assert_eq!("V06".parse(), Ok(RuleId::new('V', 6)));
        for bad in ["", "V", "V6", "v06", "V006", "06", "V+6", "Ж06"] {
            assert_eq!(bad.parse::<RuleId>(), Err(NotARule), "{bad}");
        }
    }
}
