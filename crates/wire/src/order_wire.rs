//! The order wire: what operators say to each other about the line. Never a formal message.

use minicbor::{Decode, Encode};

use crate::UtcSeconds;

/// One line of the operators' talk.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct OrderWire {
    /// When it was written. The sender's claim.
    #[n(0)]
    pub at: UtcSeconds,
    /// Who wrote it, or empty.
    #[n(1)]
    pub officer: String,
    /// What, at most `ORDER_WIRE_BYTES_MAX` bytes.
    #[n(2)]
    pub text: String,
}
