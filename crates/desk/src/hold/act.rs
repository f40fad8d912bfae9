//! What officers ask for: a draft to hold, an act on one.

use redphone_wire::{AttachmentInfo, Coded, Form, PartyName, Precedence, Utc};

use super::{DraftBody, MessageKind, Terms};
use crate::officers::Action;

/// What an officer wants to have held, or a draft to become.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// To whom.
    pub peer: PartyName,
    /// Urgency.
    pub precedence: Precedence,
    /// The text. Empty when there is a form.
    pub text: String,
    /// What it says in fields.
    pub form: Option<Form>,
    /// The code that it goes as, under serial 0.
    pub code: Option<Coded>,
    /// Who there may open it; empty for whoever may read there.
    pub readers: Vec<String>,
    /// The subject it belongs to, or empty.
    pub subject: String,
    /// What is attached. An edit leaves it as it is.
    pub attachments: Vec<AttachmentInfo>,
    /// Until when it may be released.
    pub expires: Utc,
    /// Whether the signatures of its releasers are kept.
    pub on_record: bool,
}

impl NewDraft {
    /// Its kind.
    pub fn kind(&self) -> MessageKind {
        MessageKind::of(self.form.as_ref())
    }

    /// What is written in it.
    pub fn body(&self) -> DraftBody {
        DraftBody {
            text: self.text.clone(),
            subject: self.subject.clone(),
            attachments: self.attachments.clone(),
            form: self.form.clone(),
            code: self.code.as_ref().map(|code| code.to_bytes().into()),
            readers: (!self.readers.is_empty()).then(|| self.readers.clone()),
        }
    }

    /// What its author signs, as this revision of this draft.
    pub fn terms(&self, number: u32, revision: u32) -> Terms<'_> {
        Terms {
            number,
            revision,
            peer: &self.peer,
            kind: self.kind(),
            precedence: self.precedence,
            expires: self.expires,
            on_record: self.on_record,
            body: self.body().digest(),
            rule: "",
            because: "",
        }
    }
}

/// What an officer does with a draft, other than writing it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Act {
    /// Ends it for good.
    Kill {
        /// Why.
        because: String,
    },
    /// Stops it within its recall window.
    Recall {
        /// Why.
        because: String,
    },
    /// Releases it.
    Release,
    /// Has it noted that he saw its newest revision.
    Review,
    /// Sends it back to its drafter.
    SendBack {
        /// Why.
        because: String,
    },
    /// Lets a finding stand.
    Waive {
        /// The rule, by its id.
        rule: String,
        /// Why.
        because: String,
    },
}

impl Act {
    /// What the table calls it.
    pub fn action(&self) -> Action {
        match self {
            Self::Kill { .. } => Action::Kill,
            Self::Recall { .. } => Action::Recall,
            Self::Release => Action::Release,
            Self::Review => Action::Review,
            Self::SendBack { .. } => Action::SendBack,
            Self::Waive { .. } => Action::Waive,
        }
    }

    /// The rule and the reason that it names; empty where it names none.
    pub fn words(&self) -> (&str, &str) {
        match self {
            Self::Kill { because } | Self::Recall { because } | Self::SendBack { because } => {
                ("", because)
            }
            Self::Release | Self::Review => ("", ""),
            Self::Waive { rule, because } => (rule, because),
        }
    }
}
