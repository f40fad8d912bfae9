//! Drafts as officers see them: what goes where, who released it, what changed since they last saw it.

use serde::{Deserialize, Serialize};

use crate::{Attachment, FormView};

/// Who asks, as what, and the proof of it: an Ed25519 signature over the digest of PROTOCOL.md,
/// appendix on release by two.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignedBy {
    /// The officer's name on the roll.
    pub officer: String,
    /// One of his roles.
    pub role: String,
    /// The signature, hexadecimal.
    #[serde(with = "crate::hex")]
    pub proof: Vec<u8>,
}

impl SignedBy {
    /// The header in which a call carries it: role, name and proof, the last two hexadecimal.
    pub const HEADER: &'static str = "redphone-officer";

    /// The value of that header.
    pub fn to_header(&self) -> String {
        let name = crate::hex::encode(self.officer.as_bytes());
        format!("{} {name} {}", self.role, crate::hex::encode(&self.proof))
    }

    /// Reads the value of that header; none for anything else.
    pub fn from_header(value: &str) -> Option<Self> {
        let mut words = value.split(' ');
        let signed = Self {
            role: words.next()?.to_owned(),
            officer: String::from_utf8(crate::hex::decode(words.next()?)?).ok()?,
            proof: crate::hex::decode(words.next()?)?,
        };
        words.next().is_none().then_some(signed)
    }
}

/// What an officer wants to have held, or a draft to become.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DraftFields {
    /// To whom.
    pub to: String,
    /// `flash`, `immediate`, `priority` or `routine`.
    pub precedence: String,
    /// The text; empty when there is a form.
    pub text: String,
    /// A form in its canonical bytes, hexadecimal; empty for a text.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::hex")]
    pub form: Vec<u8>,
    /// The code that the text goes as, in its bytes under serial 0, hexadecimal; or empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::hex")]
    pub code: Vec<u8>,
    /// The subject it belongs to, for suspension; or empty.
    pub subject: String,
    /// Until when it may be released.
    pub expires_at: u64,
    /// Whether the signatures of its releasers are kept.
    pub on_record: bool,
    /// Who there may open it, officers' names or roles; empty for whoever may read there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<String>,
}

/// What an officer does with a draft.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DraftAct {
    /// Ends it for good.
    Kill,
    /// Stops it within its recall window.
    Recall,
    /// Releases it.
    Release,
    /// Has it noted that he saw its newest revision.
    Review,
    /// Sends it back to its drafter.
    SendBack,
    /// Lets a finding stand.
    Waive,
}

/// Where a draft stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum DraftStage {
    /// It waits for releasers, past its expiry: it has to be edited first.
    Expired,
    /// It waits for releasers.
    Held,
    /// Nobody sends it any more.
    Killed,
    /// It goes to the line when its recall window is over.
    Released,
    /// It is a message.
    Sent,
    /// Its drafter has to edit it.
    SentBack,
}

/// A finding that a releaser lets stand.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WaiverView {
    /// The rule.
    pub rule: String,
    /// Who.
    pub by: String,
    /// Why.
    pub because: String,
}

/// A draft without its text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DraftSummary {
    /// Its number: 17 is `DRAFT-17`.
    pub number: u32,
    /// The newest revision, from 1.
    pub revision: u32,
    /// To whom.
    pub to: String,
    /// Kind by which the charter asks for releasers.
    pub kind: String,
    /// `FLASH`, `IMMEDIATE`, `PRIORITY` or `ROUTINE`.
    pub precedence: String,
    /// Its subject, or empty.
    pub subject: String,
    /// Who wrote a revision of it, the drafter first.
    pub authors: Vec<String>,
    /// Where it stands.
    pub stage: DraftStage,
    /// Why it was sent back or killed, and by whom; or empty.
    pub because: String,
    /// Until when it may be released.
    pub expires_at: u64,
    /// Whether the signatures of its releasers are kept.
    pub on_record: bool,
    /// Who released the newest revision.
    pub released_by: Vec<String>,
    /// How many releasers it needs.
    pub releasers: u8,
    /// Who may release it and has not.
    pub may_release: Vec<String>,
    /// For how many milliseconds it can be recalled; released drafts only.
    pub recallable_ms: Option<u64>,
    /// The message that it became.
    pub serial: Option<u32>,
}

impl DraftSummary {
    /// Whether nothing more becomes of it.
    pub fn has_ended(&self) -> bool {
        matches!(self.stage, DraftStage::Killed | DraftStage::Sent)
    }
}

/// How a line stands to the text that the officer saw.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeMark {
    /// It came.
    Added,
    /// It is in both.
    Kept,
    /// It went.
    Removed,
}

/// One line of what changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ChangedLine {
    /// How it stands.
    pub mark: ChangeMark,
    /// The line.
    pub line: String,
}

/// A whole draft.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Draft {
    /// All but the text.
    #[serde(flatten)]
    pub summary: DraftSummary,
    /// The text; empty when there is a form, or when it was destroyed.
    pub text: String,
    /// What it says in fields, as it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormView>,
    /// Canonical bytes of that form, hexadecimal; or empty.
    #[serde(default, with = "crate::hex", skip_serializing_if = "Vec::is_empty")]
    pub form_bytes: Vec<u8>,
    /// The code that the text goes as, in its bytes under serial 0, hexadecimal; or empty.
    #[serde(default, with = "crate::hex", skip_serializing_if = "Vec::is_empty")]
    pub code: Vec<u8>,
    /// Who there may open it; empty for whoever may read there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<String>,
    /// What is attached.
    pub attached: Vec<Attachment>,
    /// Findings waived for this revision.
    pub waived: Vec<WaiverView>,
    /// The newest revision that the officer who asks has seen.
    pub seen: Option<u32>,
    /// What changed since then; empty when nothing did.
    pub changed: Vec<ChangedLine>,
    /// Digest of the terms that a release signs, hexadecimal. A command makes its own.
    pub terms: String,
}
