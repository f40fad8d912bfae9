//! Our messages and how far each has come.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use redphone_wire::{AttachmentInfo, Precedence, Utc};

/// Whether a message of ours is to be sealed, is sealed, or is held.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Standing {
    /// Released and not yet sealed.
    #[n(0)]
    ToSeal,
    /// Sealed; the line carries it until its receipt comes.
    #[n(1)]
    Sealed,
    /// Held for a release anew, because its line's keys died.
    #[n(2)]
    Held {
        /// Why.
        #[n(0)]
        because: String,
    },
}

/// A message of ours.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Outgoing {
    /// Urgency.
    #[n(0)]
    pub precedence: Precedence,
    /// When it was released.
    #[n(1)]
    pub released: Utc,
    /// Who released it.
    #[n(2)]
    pub releaser: String,
    /// The subject it belongs to, or empty.
    #[n(3)]
    pub subject: String,
    /// What is attached.
    #[n(4)]
    pub attachments: Vec<AttachmentInfo>,
    /// Bytes of each piece of an attachment; the last may be shorter.
    #[n(5)]
    pub piece_bytes: u32,
    /// To be sealed, sealed, or held.
    #[n(6)]
    pub standing: Standing,
    /// Pieces, as (attachment, offset), that are not sealed yet.
    #[n(7)]
    pub pieces_to_seal: BTreeSet<(u8, u32)>,
    /// Pieces that have no receipt yet.
    #[n(8)]
    pub pieces_unreceipted: BTreeSet<(u8, u32)>,
    /// First frame of it: when, and by which bearer.
    #[n(9)]
    pub on_line: Option<(Utc, String)>,
    /// Receipt of the peer's station: when, and by which bearer.
    #[n(10)]
    pub at_station: Option<(Utc, String)>,
    /// A desk there confirmed that it shows it, by their clock.
    #[n(11)]
    pub on_desk: Option<Utc>,
    /// Who acknowledged it, and when by their clock.
    #[n(12)]
    pub acknowledged: Vec<(String, Utc)>,
    /// Where it was held for release by others: when its draft was first written, and when it
    /// became what was released.
    #[n(13)]
    pub drafted: Option<(Utc, Utc)>,
    /// To which level it rose because, as far as is known here, nobody there acknowledged it.
    #[cbor(n(14), default)]
    pub risen: u8,
    /// To which level it rose there, as the peer says, and when by their clock.
    #[n(15)]
    pub risen_there: Option<(u8, Utc)>,
}

impl Outgoing {
    /// All pieces of the attachments, as (attachment, offset).
    pub(crate) fn all_pieces(attachments: &[AttachmentInfo], piece: u32) -> BTreeSet<(u8, u32)> {
        let step = usize::try_from(piece.max(1)).unwrap_or(usize::MAX);
        let of_one = |(index, info): (u8, &AttachmentInfo)| {
            (0..info.bytes).step_by(step).map(move |at| (index, at))
        };
        (0_u8..=u8::MAX).zip(attachments).flat_map(of_one).collect()
    }

    /// The earliest instant at which the peer's station is known to have held it: its receipt by
    /// our clock, its desk or its officer by theirs.
    pub(crate) fn known_there(&self) -> Option<Utc> {
        let receipt = self.at_station.as_ref().map(|(at, _)| *at);
        let acknowledged = self.acknowledged.iter().map(|(_, at)| *at);
        let known = receipt.into_iter().chain(self.on_desk);
        known.chain(acknowledged).min()
    }

    /// Bytes of an attachment that the peer's station holds.
    pub fn bytes_there(&self, index: u8) -> u32 {
        let whole = self
            .attachments
            .get(usize::from(index))
            .map_or(0, |info| info.bytes);
        let missing: u32 = self
            .pieces_unreceipted
            .iter()
            .filter(|(of, _)| *of == index)
            .map(|(_, offset)| self.piece_bytes.min(whole.saturating_sub(*offset)))
            .sum();
        whole.saturating_sub(missing)
    }
}
