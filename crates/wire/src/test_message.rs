//! The hourly test: call-up, ready, a vetted text in both alphabets, and what became of it.

use minicbor::{Decode, Encode};

use crate::{EnvelopeId, Serial};

/// One step of the hourly test. `hour` is hours since 1970 by the clock of the side whose turn it
/// is; `early` tests, called by an officer, carry the number of the call instead.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum TestMessage {
    /// The side whose turn it is calls.
    #[n(0)]
    CallUp {
        /// Which test.
        #[n(0)]
        test: u32,
    },
    /// The other side is ready.
    #[n(1)]
    Ready {
        /// Which test.
        #[n(0)]
        test: u32,
    },
    /// The vetted text, with the sender's marks.
    #[n(2)]
    Text {
        /// Which test.
        #[n(0)]
        test: u32,
        /// Which text of the book.
        #[n(1)]
        number: u8,
        /// In Latin letters.
        #[n(2)]
        latin: String,
        /// In Cyrillic letters.
        #[n(3)]
        cyrillic: String,
        /// Highest serial released.
        #[n(4)]
        highest: Serial,
    },
    /// The text was compared letter by letter with the book.
    #[n(3)]
    Result {
        /// Which test.
        #[n(0)]
        test: u32,
        /// The first difference, or none.
        #[n(1)]
        difference: Option<Difference>,
        /// Highest serial that this side has released.
        #[n(2)]
        highest: Serial,
        /// The last envelope of the tester that this side's running hash covers.
        #[n(3)]
        log_at: Option<EnvelopeId>,
        /// That running hash (rule SEAL-12), first 16 bytes.
        #[cbor(n(4), with = "minicbor::bytes")]
        log: [u8; 16],
    },
}

/// Where a test text differs from the book.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Difference {
    /// True for the Cyrillic text.
    #[n(0)]
    pub cyrillic: bool,
    /// Which letter, from 0.
    #[n(1)]
    pub letter: u32,
}
