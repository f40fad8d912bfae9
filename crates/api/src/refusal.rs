//! Refusals: what happened, what to do, and who has to do it.

use serde::{Deserialize, Serialize};

use crate::FindingView;

/// Who has to act.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// The operator or officer who asked.
    Operator,
    /// The other side.
    Peer,
    /// Whoever keeps the machine.
    Administrator,
}

/// The kinds of refusal; the commands turn them into exit codes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// What is written lacks what it must say. Exit 4.
    Clarity,
    /// It was tried and did not work. Exit 1.
    Failed,
    /// The request makes no sense. Exit 2.
    Usage,
    /// No such message, peer, bearer. Exit 3.
    NotFound,
    /// Policy: suspended, out, wrong environment, unpaired, held. Exit 5.
    Policy,
    /// A key, card, tape, letter or chain does not verify. Exit 8.
    Verification,
    /// The station refuses because its disk, keys or randomness cannot be trusted. Exit 1.
    Stopped,
}

/// A refusal in two sentences.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Refusal {
    /// Which kind.
    pub kind: RefusalKind,
    /// Who has to act.
    pub actor: Actor,
    /// What happened.
    pub what: String,
    /// What to do.
    pub to_do: String,
    /// What must be fixed, of a refusal by clarity; or empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingView>,
}

impl Refusal {
    /// A refusal that the operator can mend.
    pub fn operator(kind: RefusalKind, what: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self {
            kind,
            actor: Actor::Operator,
            what: what.into(),
            to_do: to_do.into(),
            findings: Vec::new(),
        }
    }

    /// The exit code of a command that is refused.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            RefusalKind::Failed | RefusalKind::Stopped => 1,
            RefusalKind::Usage => 2,
            RefusalKind::NotFound => 3,
            RefusalKind::Clarity => 4,
            RefusalKind::Policy => 5,
            RefusalKind::Verification => 8,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.what, self.to_do)
    }
}

impl std::error::Error for Refusal {}
