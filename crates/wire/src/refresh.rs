//! Refresh: each direction's sender moves its own epochs (rules REF-1 to REF-9).

use minicbor::{Decode, Encode};

/// One step of a refresh.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Refresh {
    /// A fresh key to encapsulate to.
    #[n(0)]
    Offer {
        /// Counts the offers of one side.
        #[n(0)]
        offer: u32,
        /// X-Wing encapsulation key, 1,216 bytes.
        #[cbor(n(1), with = "minicbor::bytes")]
        key: Vec<u8>,
    },
    /// The sender of a direction opens its next epoch, sealed in the present one.
    #[n(1)]
    Open {
        /// The new epoch: the highest ever named plus one.
        #[n(0)]
        epoch: u32,
        /// The epoch it grows from.
        #[n(1)]
        parent: u32,
        /// The fresh secret that is mixed in.
        #[n(2)]
        mix: Mix,
        /// The number of the tape key that is mixed in.
        #[n(3)]
        tape: Option<u32>,
    },
    /// The receiver holds the new epoch durably.
    #[n(2)]
    Ready {
        /// That epoch.
        #[n(0)]
        epoch: u32,
    },
    /// The receiver cannot: the epoch is void and its number burnt.
    #[n(3)]
    No {
        /// That epoch.
        #[n(0)]
        epoch: u32,
        /// Why.
        #[n(1)]
        reason: NoReason,
    },
}

/// What a new epoch mixes in beside the tape.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Mix {
    /// Nothing: the tape alone.
    #[n(0)]
    Nothing,
    /// A ciphertext to an offer of the receiver.
    #[n(1)]
    There {
        /// Which offer.
        #[n(0)]
        offer: u32,
        /// X-Wing ciphertext, 1,120 bytes.
        #[cbor(n(1), with = "minicbor::bytes")]
        ciphertext: Vec<u8>,
    },
    /// The second secret of an exchange that the receiver answered.
    #[n(2)]
    Back {
        /// Which offer of the opener that exchange answered.
        #[n(0)]
        offer: u32,
    },
}

/// Why an epoch could not be opened.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(index_only)]
pub enum NoReason {
    /// The offer or exchange is not held.
    #[n(0)]
    OfferUnknown,
    /// The tape key is not installed.
    #[n(1)]
    TapeUnknown,
    /// The epoch it should grow from is not held.
    #[n(2)]
    ParentUnknown,
}
