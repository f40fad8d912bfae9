//! An acknowledgement: a named person has the message. Commits to nothing else.

use minicbor::{Decode, Encode};

use crate::{Serial, UtcSeconds};

/// Says that a named person has a message of the other side.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Acknowledgement {
    /// The message, in the direction towards the acknowledging station.
    #[n(0)]
    pub serial: Serial,
    /// The person, at most `OFFICER_NAME_BYTES_MAX` bytes. The acknowledging station's claim.
    #[n(1)]
    pub officer: String,
    /// When. The acknowledging station's claim.
    #[n(2)]
    pub at: UtcSeconds,
}
