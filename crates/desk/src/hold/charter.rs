//! The station's charter: how many release what, and how long it can be recalled.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use redphone_wire::{Form, Precedence};

/// Releasers that a charter may ask for, besides the drafter.
pub const RELEASERS_MAX: u8 = 3;
/// The recall window where the charter does not say, in seconds.
pub const RECALL_WINDOW_S_DEFAULT: u32 = 20;
/// The longest recall window, in seconds.
pub const RECALL_WINDOW_S_MAX: u32 = 120;

/// What kind of message a draft is: that of its form.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[cbor(index_only)]
pub enum MessageKind {
    /// An answer to what was asked.
    #[n(0)]
    Answer,
    /// What we will not do.
    #[n(1)]
    Assurance,
    /// A notification.
    #[n(2)]
    Information,
    /// A request or a question: asks alone.
    #[n(3)]
    Request,
    /// A text without a form.
    #[n(4)]
    Statement,
    /// What must not happen, and what follows if it does.
    #[n(5)]
    Warning,
    /// A translation of what was said.
    #[n(6)]
    Translation,
    /// What is said of a lexicon or a code book.
    #[n(7)]
    Agreement,
}

impl MessageKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Agreement,
        Self::Answer,
        Self::Assurance,
        Self::Information,
        Self::Request,
        Self::Statement,
        Self::Translation,
        Self::Warning,
    ];

    /// The kind of what is written.
    pub fn of(form: Option<&Form>) -> Self {
        match form {
            None => Self::Statement,
            Some(Form::Agreement(_)) => Self::Agreement,
            Some(Form::Answer(_)) => Self::Answer,
            Some(Form::Assurance(_)) => Self::Assurance,
            Some(Form::Information(_)) => Self::Information,
            Some(Form::Request(_)) => Self::Request,
            Some(Form::Translation(_)) => Self::Translation,
            Some(Form::Warning(_)) => Self::Warning,
        }
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Agreement => "agreement",
            Self::Answer => "answer",
            Self::Assurance => "assurance",
            Self::Information => "information",
            Self::Request => "request",
            Self::Statement => "statement",
            Self::Translation => "translation",
            Self::Warning => "warning",
        })
    }
}

impl FromStr for MessageKind {
    type Err = CharterError;

    /// Reads the words that [`MessageKind`] is shown as.
    fn from_str(word: &str) -> Result<Self, CharterError> {
        let found = Self::ALL.into_iter().find(|kind| kind.to_string() == word);
        found.ok_or_else(|| CharterError::UnknownKind(word.to_owned()))
    }
}

/// The station's own rules of release. The administrator writes them into its configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Charter {
    releasers: [(MessageKind, u8); 8],
    recall_window_s: u32,
}

/// One releaser for a statement or a translation, which makes two persons with its drafter; two for
/// every other kind, which commits or accuses; 20 seconds.
impl Default for Charter {
    fn default() -> Self {
        let plain = [MessageKind::Statement, MessageKind::Translation];
        let needed = |kind| if plain.contains(&kind) { 1 } else { 2 };
        Self {
            releasers: MessageKind::ALL.map(|kind| (kind, needed(kind))),
            recall_window_s: RECALL_WINDOW_S_DEFAULT,
        }
    }
}

impl Charter {
    /// Asks for so many releasers of a kind.
    ///
    /// # Errors
    ///
    /// [`CharterError::Releasers`] for none, and for more than [`RELEASERS_MAX`].
    pub fn with_releasers(mut self, kind: MessageKind, needed: u8) -> Result<Self, CharterError> {
        if !(1..=RELEASERS_MAX).contains(&needed) {
            return Err(CharterError::Releasers { kind, needed });
        }
        for (known, number) in &mut self.releasers {
            if *known == kind {
                *number = needed;
            }
        }
        Ok(self)
    }

    /// Gives another recall window.
    ///
    /// # Errors
    ///
    /// [`CharterError::Window`] above [`RECALL_WINDOW_S_MAX`].
    pub fn with_recall_window(mut self, seconds: u32) -> Result<Self, CharterError> {
        if seconds > RECALL_WINDOW_S_MAX {
            return Err(CharterError::Window(seconds));
        }
        self.recall_window_s = seconds;
        Ok(self)
    }

    /// How many officers, besides its authors, release a draft of this kind.
    pub fn releasers(&self, kind: MessageKind) -> u8 {
        let found = self.releasers.iter().find(|(known, _)| *known == kind);
        found.map_or(RELEASERS_MAX, |(_, needed)| *needed)
    }

    /// How long a released draft can be recalled, in milliseconds. FLASH goes at once.
    pub fn window_ms(&self, precedence: Precedence) -> u64 {
        match precedence {
            Precedence::Flash => 0,
            Precedence::Immediate | Precedence::Priority | Precedence::Routine => {
                u64::from(self.recall_window_s) * 1_000
            }
        }
    }
}

/// Why a charter is refused. The administrator has to act.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CharterError {
    /// So many releasers are not asked for.
    Releasers {
        /// Of which kind.
        kind: MessageKind,
        /// How many.
        needed: u8,
    },
    /// There is no such kind.
    UnknownKind(String),
    /// The recall window is too long.
    Window(u32),
}

impl fmt::Display for CharterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Releasers { kind, needed } => write!(
                f,
                "release of {kind} by {needed} is not possible; it is 1 to {RELEASERS_MAX}"
            ),
            Self::UnknownKind(word) => {
                let known = MessageKind::ALL.map(|kind| kind.to_string());
                write!(f, "'{word}' is no kind; there are {}", known.join(", "))
            }
            Self::Window(seconds) => write!(
                f,
                "a recall window of {seconds} s is longer than {RECALL_WINDOW_S_MAX} s"
            ),
        }
    }
}

impl std::error::Error for CharterError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charter_keeps_within_its_bounds() {
        let charter = Charter::default();
        for needed in [0, 4, 255] {
            assert!(
                charter
                    .clone()
                    .with_releasers(MessageKind::Warning, needed)
                    .is_err()
            );
        }
        assert!(charter.clone().with_recall_window(121).is_err());
        let changed = charter.with_releasers(MessageKind::Warning, 3).unwrap();
        assert_eq!(changed.releasers(MessageKind::Warning), 3);
        assert_eq!(changed.releasers(MessageKind::Statement), 1);
    }

    #[test]
    fn flash_has_no_recall_window() {
        let charter = Charter::default().with_recall_window(120).unwrap();
        assert_eq!(charter.window_ms(Precedence::Flash), 0);
        assert_eq!(charter.window_ms(Precedence::Immediate), 120_000);
    }
}
