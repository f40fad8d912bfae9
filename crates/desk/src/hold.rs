//! Held drafts: written by one, released by others, stopped by either, sent once.
//!
//! Owns what is held, the order of its stages, and what each officer may change of it. A text lies
//! in the journal's bodies; here are its digest and outline. No draft leaves before
//! [`Desk::leave`](crate::Desk::leave) has said by whom it is released. Rules REL-5 to REL-11.
//!
//! ```text
//!   hold -> HELD --release, k of n--> RELEASED --recall window--> SENT
//!            ^ |                         |
//!       edit | send back <---- recall ---+         kill: from HELD and SENT BACK
//! ```

mod act;
pub mod changes;
mod charter;
mod decide;
mod facts;
mod terms;
mod verdicts;

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use redphone_wire::{AttachmentInfo, PartyName, Precedence, Serial, Utc};

pub use act::{Act, NewDraft};
pub use charter::{
    Charter, CharterError, MessageKind, RECALL_WINDOW_S_DEFAULT, RECALL_WINDOW_S_MAX, RELEASERS_MAX,
};
pub use facts::HoldFact;
pub use terms::{DraftBody, Terms};

/// Drafts of one station that are neither sent nor killed.
pub const DRAFTS_OPEN_MAX: usize = 64;
/// Drafts that are sent or killed and still listed.
pub const DRAFTS_ENDED_MAX: usize = 64;
/// Revisions of one draft.
pub const REVISIONS_MAX: u32 = 64;
/// How long a draft may be released where its drafter does not say.
pub const EXPIRY_MS_DEFAULT: u64 = 4 * 3_600_000;
/// The soonest expiry.
pub const EXPIRY_MS_MIN: u64 = 60_000;
/// The latest expiry.
pub const EXPIRY_MS_MAX: u64 = 24 * 3_600_000;
/// Findings that are waived for one draft.
pub const WAIVERS_MAX: usize = 64;
/// Bytes of the id of a rule.
pub const RULE_BYTES_MAX: usize = 32;

/// One revision of a draft.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Revision {
    /// Digest of its [`DraftBody`].
    #[cbor(n(0), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// Who wrote it.
    #[n(1)]
    pub author: String,
    /// When.
    #[n(2)]
    pub at: Utc,
}

/// That an officer's signature was his. The signature itself is not kept.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Verdict {
    /// Who.
    #[n(0)]
    pub officer: String,
    /// When it was verified.
    #[n(1)]
    pub at: Utc,
}

/// A finding that a releaser lets stand.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Waiver {
    /// The rule, by its id.
    #[n(0)]
    pub rule: String,
    /// Who.
    #[n(1)]
    pub by: String,
    /// Why.
    #[n(2)]
    pub because: String,
}

/// Where a draft stands.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Stage {
    /// It waits for its releasers.
    #[n(0)]
    Held,
    /// Nobody sends it any more.
    #[n(1)]
    Killed {
        /// Who.
        #[n(0)]
        by: String,
        /// Why.
        #[n(1)]
        because: String,
    },
    /// It goes to the line when its recall window is over.
    #[n(2)]
    Released {
        /// When the last releaser signed.
        #[n(0)]
        at: Utc,
        /// How long it can be recalled, in milliseconds.
        #[n(1)]
        window_ms: u64,
        /// How many releasers it needs.
        #[n(2)]
        needed: u8,
    },
    /// It is a message.
    #[n(3)]
    Sent {
        /// Which.
        #[n(0)]
        serial: Serial,
        /// When it got its serial.
        #[n(1)]
        at: Utc,
    },
    /// Its drafter has to edit it before anybody can release it.
    #[n(4)]
    SentBack {
        /// Who; the station itself where it could not go.
        #[n(0)]
        by: String,
        /// Why.
        #[n(1)]
        because: String,
    },
}

impl Stage {
    /// Whether nothing more becomes of it.
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Killed { .. } | Self::Sent { .. })
    }

    /// In words.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Killed { .. } => "killed",
            Self::Released { .. } => "released",
            Self::Sent { .. } => "sent",
            Self::SentBack { .. } => "sent back",
        }
    }
}

/// A draft.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Held {
    /// To whom.
    #[n(0)]
    pub peer: PartyName,
    /// What kind of text it is: the charter asks for releasers by it.
    #[n(1)]
    pub kind: MessageKind,
    /// Urgency.
    #[n(2)]
    pub precedence: Precedence,
    /// The subject it belongs to, or empty.
    #[n(3)]
    pub subject: String,
    /// What is attached. The same in every revision.
    #[n(4)]
    pub attachments: Vec<AttachmentInfo>,
    /// Until when it may be released.
    #[n(5)]
    pub expires: Utc,
    /// Whether the signatures of its releasers are kept.
    #[n(6)]
    pub on_record: bool,
    /// Its revisions, the first first. Their numbers begin at 1.
    #[n(7)]
    pub revisions: Vec<Revision>,
    /// The newest revision that each officer has seen.
    #[n(8)]
    pub seen: BTreeMap<String, u32>,
    /// Who released the newest revision.
    #[n(9)]
    pub verdicts: Vec<Verdict>,
    /// Findings waived for the newest revision.
    #[n(10)]
    pub waived: Vec<Waiver>,
    /// Where it stands.
    #[n(11)]
    pub stage: Stage,
}

impl Held {
    /// The number of the newest revision.
    pub fn revision(&self) -> u32 {
        u32::try_from(self.revisions.len()).unwrap_or(u32::MAX)
    }

    /// Who wrote a revision, the drafter first.
    pub fn authors(&self) -> Vec<&str> {
        let mut authors: Vec<&str> = Vec::new();
        for revision in &self.revisions {
            if !authors.contains(&revision.author.as_str()) {
                authors.push(&revision.author);
            }
        }
        authors
    }

    /// Whether this officer wrote a revision of it (rule REL-6).
    pub fn is_by(&self, officer: &str) -> bool {
        self.revisions
            .iter()
            .any(|revision| revision.author == officer)
    }

    /// Digest of the newest revision.
    pub fn digest(&self) -> [u8; 32] {
        self.revisions
            .last()
            .map_or([0; 32], |revision| revision.digest)
    }
}

/// The drafts of one station.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Drafts {
    #[n(0)]
    pub(crate) held: BTreeMap<u32, Held>,
    /// The number of the newest draft; 0 before the first.
    #[n(1)]
    pub(crate) newest: u32,
}

impl Drafts {
    /// All that are listed, by number.
    pub fn all(&self) -> impl Iterator<Item = (u32, &Held)> {
        self.held.iter().map(|(number, held)| (*number, held))
    }

    /// One draft.
    pub fn find(&self, number: u32) -> Option<&Held> {
        self.held.get(&number)
    }

    /// The number that the next draft gets.
    pub fn next(&self) -> u32 {
        self.newest.saturating_add(1)
    }

    /// Drafts that wait for the end of their recall window, with that window in milliseconds.
    pub fn released(&self) -> impl Iterator<Item = (u32, Utc, u64)> {
        self.all().filter_map(|(number, held)| match held.stage {
            Stage::Released { at, window_ms, .. } => Some((number, at, window_ms)),
            Stage::Held | Stage::Killed { .. } | Stage::Sent { .. } | Stage::SentBack { .. } => {
                None
            }
        })
    }
}
