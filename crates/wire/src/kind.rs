//! What an envelope holds. The kind is the first sealed byte; nothing outside the seal selects a
//! decoder (rule SEAL-6).

/// The kinds of body.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum Kind {
    /// [`crate::Message`]: what people wrote.
    Message = 1,
    /// [`crate::AttachmentChunk`]: a piece of an attachment.
    Attachment = 2,
    /// [`crate::Acknowledgement`]: a named person has a message.
    Acknowledgement = 3,
    /// [`crate::OrderWire`]: the operators' own talk.
    OrderWire = 4,
    /// [`crate::Service`]: about the line itself.
    Service = 5,
    /// [`crate::TestMessage`]: the hourly test.
    Test = 6,
    /// [`crate::Refresh`]: new keys.
    Refresh = 7,
    /// [`crate::Coded`]: a message whose text both sides hold.
    Coded = 8,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Message,
        Self::Attachment,
        Self::Acknowledgement,
        Self::OrderWire,
        Self::Service,
        Self::Test,
        Self::Refresh,
        Self::Coded,
    ];

    /// The sealed byte.
    pub fn byte(self) -> u8 {
        self as u8
    }

    /// The kind of a sealed byte, if this version knows it.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.byte() == byte)
    }
}
