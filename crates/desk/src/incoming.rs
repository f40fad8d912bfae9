//! The peer's messages and what was done with each.

use minicbor::{Decode, Encode};
use redphone_wire::{AttachmentInfo, Precedence, Utc};

/// A message of the peer.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Incoming {
    /// Urgency.
    #[n(0)]
    pub precedence: Precedence,
    /// When it was released, by their clock.
    #[n(1)]
    pub released: Utc,
    /// Who released it, as their station claims.
    #[n(2)]
    pub releaser: String,
    /// When it became whole here.
    #[n(3)]
    pub arrived: Utc,
    /// The bearer that completed it.
    #[n(4)]
    pub arrived_by: String,
    /// Copies that came later by other bearers.
    #[n(5)]
    pub also_came: Vec<(String, Utc)>,
    /// What it announces.
    #[n(6)]
    pub attachments: Vec<AttachmentInfo>,
    /// When a desk of ours first confirmed that it shows it.
    #[n(7)]
    pub shown: Option<Utc>,
    /// Who of ours acknowledged it, and when.
    #[n(8)]
    pub acknowledged: Vec<(String, Utc)>,
    /// SHA-256 of its canonical bytes.
    #[cbor(n(9), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// How urgent it is here, if that is less than it says.
    #[n(10)]
    pub handled_as: Option<Precedence>,
    /// To which level it rose because nobody here acknowledged it.
    #[cbor(n(11), default)]
    pub risen: u8,
}

impl Incoming {
    /// How urgent it is here.
    pub fn urgency(&self) -> Precedence {
        self.handled_as.unwrap_or(self.precedence)
    }
}
