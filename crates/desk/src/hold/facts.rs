//! What is written down of drafts, and what each fact changes. A replay of all is that state.

use minicbor::{Decode, Encode};
use redphone_wire::{AttachmentInfo, PartyName, Precedence, Serial, Utc};

use super::{DRAFTS_ENDED_MAX, Drafts, Held, MessageKind, Revision, Stage, Verdict, Waiver};

/// One fact about a draft.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum HoldFact {
    /// A draft got a new revision.
    #[n(0)]
    Edited {
        /// Which.
        #[n(0)]
        number: u32,
        /// What is written, by whom, when.
        #[n(1)]
        revision: Revision,
        /// Its kind.
        #[n(2)]
        kind: MessageKind,
        /// Its precedence.
        #[n(3)]
        precedence: Precedence,
        /// Its subject, or empty.
        #[n(4)]
        subject: String,
        /// Until when it may be released.
        #[n(5)]
        expires: Utc,
        /// Whether signatures of its releasers are kept.
        #[n(6)]
        on_record: bool,
    },
    /// A draft is held.
    #[n(1)]
    Held {
        /// Its number.
        #[n(0)]
        number: u32,
        /// To whom.
        #[n(1)]
        peer: PartyName,
        /// Its kind.
        #[n(2)]
        kind: MessageKind,
        /// Its precedence.
        #[n(3)]
        precedence: Precedence,
        /// Its subject, or empty.
        #[n(4)]
        subject: String,
        /// What is attached.
        #[n(5)]
        attachments: Vec<AttachmentInfo>,
        /// Until when it may be released.
        #[n(6)]
        expires: Utc,
        /// Whether signatures of its releasers are kept.
        #[n(7)]
        on_record: bool,
        /// What is written, by whom, when.
        #[n(8)]
        revision: Revision,
    },
    /// A draft was ended.
    #[n(2)]
    Killed {
        /// Which.
        #[n(0)]
        number: u32,
        /// Who.
        #[n(1)]
        by: String,
        /// Why.
        #[n(2)]
        because: String,
        /// When.
        #[n(3)]
        at: Utc,
    },
    /// The last releaser signed: the draft goes when its recall window is over.
    #[n(3)]
    Released {
        /// Which.
        #[n(0)]
        number: u32,
        /// When.
        #[n(1)]
        at: Utc,
        /// How long it can be recalled, in milliseconds.
        #[n(2)]
        window_ms: u64,
        /// How many releasers it needs.
        #[n(3)]
        needed: u8,
    },
    /// An officer saw a revision.
    #[n(4)]
    Seen {
        /// Which draft.
        #[n(0)]
        number: u32,
        /// Which revision.
        #[n(1)]
        revision: u32,
        /// Who.
        #[n(2)]
        officer: String,
    },
    /// The draft became a message.
    #[n(5)]
    Sent {
        /// Which.
        #[n(0)]
        number: u32,
        /// The message.
        #[n(1)]
        serial: Serial,
        /// When.
        #[n(2)]
        at: Utc,
    },
    /// The draft went back to its drafter.
    #[n(6)]
    SentBack {
        /// Which.
        #[n(0)]
        number: u32,
        /// Who; the station itself where it could not go.
        #[n(1)]
        by: String,
        /// Why.
        #[n(2)]
        because: String,
        /// True when it had been released already.
        #[n(3)]
        recalled: bool,
        /// When.
        #[n(4)]
        at: Utc,
    },
    /// A releaser's signature was verified.
    #[n(7)]
    Verified {
        /// Which draft.
        #[n(0)]
        number: u32,
        /// Which revision.
        #[n(1)]
        revision: u32,
        /// Who and when.
        #[n(2)]
        verdict: Verdict,
    },
    /// A releaser lets a finding stand.
    #[n(8)]
    Waived {
        /// Which draft.
        #[n(0)]
        number: u32,
        /// The rule, who, and why.
        #[n(1)]
        waiver: Waiver,
        /// When.
        #[n(2)]
        at: Utc,
    },
}

impl HoldFact {
    /// The number of the draft.
    pub fn number(&self) -> u32 {
        match self {
            Self::Edited { number, .. }
            | Self::Held { number, .. }
            | Self::Killed { number, .. }
            | Self::Released { number, .. }
            | Self::Seen { number, .. }
            | Self::Sent { number, .. }
            | Self::SentBack { number, .. }
            | Self::Verified { number, .. }
            | Self::Waived { number, .. } => *number,
        }
    }
}

impl Drafts {
    /// Changes the drafts by a fact. The only way to change them.
    pub(crate) fn apply(&mut self, fact: &HoldFact) {
        if let HoldFact::Held { number, .. } = fact {
            self.newest = self.newest.max(*number);
            if let Some(held) = first(fact) {
                self.held.insert(*number, held);
            }
        } else if let Some(held) = self.held.get_mut(&fact.number()) {
            held.apply(fact);
        }
        self.forget_ended();
    }

    /// Ended drafts are listed up to their bound; the journal has them all.
    fn forget_ended(&mut self) {
        let ended = self.held.iter().filter(|(_, held)| held.stage.has_ended());
        let surplus = ended.clone().count().saturating_sub(DRAFTS_ENDED_MAX);
        let oldest: Vec<u32> = ended.take(surplus).map(|(number, _)| *number).collect();
        for number in oldest {
            self.held.remove(&number);
        }
    }
}

/// A draft as it is first held; the author has seen what he wrote.
fn first(fact: &HoldFact) -> Option<Held> {
    let HoldFact::Held {
        peer,
        kind,
        precedence,
        subject,
        attachments,
        expires,
        on_record,
        revision,
        ..
    } = fact
    else {
        return None;
    };
    Some(Held {
        peer: peer.clone(),
        kind: *kind,
        precedence: *precedence,
        subject: subject.clone(),
        attachments: attachments.clone(),
        expires: *expires,
        on_record: *on_record,
        seen: [(revision.author.clone(), 1)].into(),
        revisions: vec![revision.clone()],
        verdicts: Vec::new(),
        waived: Vec::new(),
        stage: Stage::Held,
    })
}

impl Held {
    fn apply(&mut self, fact: &HoldFact) {
        match fact {
            HoldFact::Edited { .. } => self.apply_edit(fact),
            HoldFact::Held { .. } => {}
            HoldFact::Killed { by, because, .. } => {
                self.stage = Stage::Killed {
                    by: by.clone(),
                    because: because.clone(),
                };
            }
            HoldFact::Released {
                at,
                window_ms,
                needed,
                ..
            } => {
                self.stage = Stage::Released {
                    at: *at,
                    window_ms: *window_ms,
                    needed: *needed,
                };
            }
            HoldFact::Seen {
                revision, officer, ..
            } => {
                self.seen.insert(officer.clone(), *revision);
            }
            HoldFact::Sent { serial, at, .. } => {
                self.stage = Stage::Sent {
                    serial: *serial,
                    at: *at,
                };
            }
            HoldFact::SentBack { by, because, .. } => {
                self.verdicts.clear();
                self.stage = Stage::SentBack {
                    by: by.clone(),
                    because: because.clone(),
                };
            }
            HoldFact::Verified {
                revision, verdict, ..
            } => {
                self.seen.insert(verdict.officer.clone(), *revision);
                self.verdicts.push(verdict.clone());
            }
            HoldFact::Waived { waiver, .. } => self.waived.push(waiver.clone()),
        }
    }

    /// A new revision: whatever was signed or waived is void (rule REL-7).
    fn apply_edit(&mut self, fact: &HoldFact) {
        let HoldFact::Edited {
            revision,
            kind,
            precedence,
            subject,
            expires,
            on_record,
            ..
        } = fact
        else {
            return;
        };
        self.kind = *kind;
        self.precedence = *precedence;
        self.subject.clone_from(subject);
        self.expires = *expires;
        self.on_record = *on_record;
        self.revisions.push(revision.clone());
        self.seen.insert(revision.author.clone(), self.revision());
        self.stage = Stage::Held;
        self.waived.clear();
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::EditKeepsReleases) {
            return;
        }
        self.verdicts.clear();
    }
}
