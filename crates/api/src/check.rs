//! What is muddled in a draft or in prose, as every part of the station tells it: the check, the
//! refusal of a release, the desk.

use serde::{Deserialize, Serialize};

use crate::Word;

/// How much a finding weighs. The heaviest comes first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum FindingWeight {
    /// It cannot be released unless a releaser lets it stand by name.
    #[serde(rename = "must fix")]
    MustFix,
    /// Better otherwise.
    #[serde(rename = "advised")]
    Advised,
    /// Worth a look.
    #[serde(rename = "noted")]
    Noted,
}

impl std::fmt::Display for FindingWeight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::MustFix => "must fix",
            Self::Advised => "advised",
            Self::Noted => "noted",
        })
    }
}

/// Something muddled.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FindingView {
    /// The rule that it breaks: `V06`.
    pub rule: String,
    /// The rule's name: `vague-consequence`.
    pub name: String,
    /// How much it weighs.
    pub severity: FindingWeight,
    /// The field that it is in, as a path: `consequence.act`, `ask.2.object`. Of prose its place.
    pub field: String,
    /// The bytes of the field's text, or of the prose, that it is about: from and to.
    pub span: [usize; 2],
    /// What is wrong.
    pub why: Word,
    /// What to do.
    pub fix: Word,
    /// What could stand there instead, where the check knows it.
    pub replacement: Option<String>,
    /// Of 100 such findings, with how many people agreed.
    pub weight: u8,
}

/// What the station would say of a draft, a form or a text at its release.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Checked {
    /// Whether something must be fixed.
    pub blocked: bool,
    /// Whether its release would be refused. A plain statement that neither warns nor asks goes,
    /// whatever must be fixed in it.
    pub stops: bool,
    /// What was found, in the order of the form or of the text.
    pub findings: Vec<FindingView>,
    /// When it is expected at the peer; none while no bearer is up.
    pub expected_at: Option<u64>,
    /// The form that the draft makes, in its canonical bytes, hexadecimal; or empty.
    #[serde(default, with = "crate::hex", skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<u8>,
}
