//! Why something was not sealed or not opened. Variants say who has to act.

use std::fmt;

use redphone_wire::EnvelopeId;

use crate::Hold;

/// Why the seal refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SealError {
    /// An envelope of this number was opened before. Nobody has to act: it is a copy.
    AlreadyOpened(EnvelopeId),
    /// The envelope says that another copy of the peer's station made it: refused until officers
    /// decide (rule CONTACT-6).
    CloneRefused(EnvelopeId),
    /// Nothing of this epoch is held: it is closed, void, or was never opened. The line drops it.
    EpochUnknown(u32),
    /// The chain is at its last number: an epoch must be opened first (rule SEAL-4).
    Exhausted,
    /// Officers have to decide first.
    Held(Hold),
    /// The number is further ahead than a frame may jump (rule SEAL-10). The line drops it.
    JumpTooFar(EnvelopeId),
    /// The key of this number was given up (rule SEAL-11): the peer has to seal the message anew.
    KeyGone(EnvelopeId),
    /// Our caller offered more bytes than an envelope may hold.
    MessageTooLong,
    /// An authentic envelope holds a kind that this version does not know. It counts as opened:
    /// show it as "newer kind", never drop it.
    NewerKind {
        /// The byte that stands for the kind.
        kind: u8,
        /// The message bytes.
        message: Vec<u8>,
    },
    /// The tag does not fit: the symbols were put together wrongly, or somebody made them up. The
    /// line drops the group and collects it anew.
    NotAuthentic,
    /// The peer did not follow the protocol.
    PeerMisbehaved(Rule),
    /// The proof of a receipt or a contact does not fit the envelope that it names.
    ProofRefused,
    /// The receipt tells nothing new: the key of its proof is erased because all was receipted.
    ReceiptOld,
    /// A refresh cannot start now. The caller tries again later, or installs a tape.
    RefreshNotPossible(RefreshObstacle),
    /// A row of the vault is missing or is not in the form that was written: an operator has to
    /// restore the station.
    VaultDamaged(String),
    /// As many envelopes wait for receipts as may: what is not FLASH waits, unsealed, until some
    /// come (rule RECEIPT-3).
    WindowFull,
}

impl SealError {
    /// Whether the envelope was opened all the same: it counts as received and is receipted.
    pub fn is_opened(&self) -> bool {
        matches!(
            self,
            Self::NewerKind { .. } | Self::PeerMisbehaved(Rule::BodyForm | Rule::ParentEnd)
        )
    }
}

/// Which rule the peer broke.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// SEAL-5 to SEAL-9: a body has one form.
    BodyForm,
    /// SEAL-11: an epoch does not end before an envelope of it that was opened.
    ParentEnd,
    /// REF-1 to REF-3: the form of an offer or of an opening.
    RefreshForm,
}

/// Why a refresh cannot start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RefreshObstacle {
    /// No offer, no exchange and no tape key is at hand.
    NothingToMix,
    /// An opening waits for its answer.
    OpeningWaits,
    /// A tape key with this number was used or is installed with other bytes.
    TapeNumberUsed(u32),
    /// As many tape keys as may be are installed.
    TapesFull,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyOpened(id) => write!(f, "envelope {id} was opened before"),
            Self::CloneRefused(id) => write!(f, "envelope {id} comes from a copy of the peer"),
            Self::EpochUnknown(epoch) => write!(f, "nothing of epoch {epoch} is held"),
            Self::Exhausted => f.write_str("the chain is at its last number"),
            Self::Held(hold) => write!(f, "held: {hold}"),
            Self::JumpTooFar(id) => write!(f, "envelope {id} is too far ahead"),
            Self::KeyGone(id) => write!(f, "the key of envelope {id} was given up"),
            Self::MessageTooLong => f.write_str("the message is too long for an envelope"),
            Self::NewerKind { kind, .. } => write!(f, "a newer kind of message, {kind}"),
            Self::NotAuthentic => f.write_str("the envelope's tag does not fit"),
            Self::PeerMisbehaved(rule) => write!(f, "the peer broke a rule: {rule:?}"),
            Self::ProofRefused => f.write_str("the proof does not fit"),
            Self::ReceiptOld => f.write_str("the receipt tells nothing new"),
            Self::RefreshNotPossible(why) => write!(f, "no refresh now: {why:?}"),
            Self::VaultDamaged(row) => write!(f, "row {row} of the vault is damaged or missing"),
            Self::WindowFull => f.write_str("too many envelopes wait for receipts"),
        }
    }
}

impl std::error::Error for SealError {}
