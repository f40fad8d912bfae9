//! What a form lacks, by the rule that says so. The words of the rules are in the table of rules.

/// Something wrong with a form.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Lack {
    /// The rule: `C01`.
    pub rule: &'static str,
    /// The part or field, as a path: `ask.2.act_by`.
    pub field: String,
}

/// Rules that do not keep a form from being released: they are shown.
const SHOWN_ONLY: [&str; 3] = ["C06", "C15", "O06"];

impl Lack {
    pub(crate) fn new(rule: &'static str, field: &str) -> Self {
        let field = field.to_owned();
        Self { rule, field }
    }

    /// Whether the form cannot be released with it.
    pub fn blocks(&self) -> bool {
        !SHOWN_ONLY.contains(&self.rule)
    }
}
