//! What an envelope holds. The kind is the first sealed byte; nothing outside the seal selects a
//! decoder (rule SEAL-6).

/// The first bit of the kinds of coded messages; the others are the check of their code book.
const CODED: u8 = 0x80;

/// The kinds of body.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// 1, [`crate::Message`]: what people wrote.
    Message,
    /// 2, [`crate::AttachmentChunk`]: a piece of an attachment.
    Attachment,
    /// 3, [`crate::Acknowledgement`]: a named person has a message.
    Acknowledgement,
    /// 4, [`crate::OrderWire`]: the operators' own talk.
    OrderWire,
    /// 5, [`crate::Service`]: about the line itself.
    Service,
    /// 6, [`crate::TestMessage`]: the hourly test.
    Test,
    /// 7, [`crate::Refresh`]: new keys.
    Refresh,
    /// 128 to 255, [`crate::Coded`]: a message whose text both sides hold, of the code book with this
    /// check, which is below 128: seven bits that cost no byte on the line (rule CODE-11).
    Coded(u8),
}

impl Kind {
    /// All kinds, coded messages of one code book among them.
    pub const ALL: [Self; 8] = [
        Self::Message,
        Self::Attachment,
        Self::Acknowledgement,
        Self::OrderWire,
        Self::Service,
        Self::Test,
        Self::Refresh,
        Self::Coded(0),
    ];

    /// The sealed byte.
    pub fn byte(self) -> u8 {
        match self {
            Self::Message => 1,
            Self::Attachment => 2,
            Self::Acknowledgement => 3,
            Self::OrderWire => 4,
            Self::Service => 5,
            Self::Test => 6,
            Self::Refresh => 7,
            Self::Coded(check) => CODED | check,
        }
    }

    /// The kind of a sealed byte, if this version knows it.
    pub fn from_byte(byte: u8) -> Option<Self> {
        if byte & CODED != 0 {
            return Some(Self::Coded(byte & !CODED));
        }
        Self::ALL.into_iter().find(|kind| kind.byte() == byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_one_kind_or_none_and_a_code_names_its_book_in_it() {
        for byte in 0..=u8::MAX {
            let kind = Kind::from_byte(byte);
            assert_eq!(kind.is_some(), (1..=7).contains(&byte) || byte >= 128);
            assert!(kind.is_none_or(|kind| kind.byte() == byte));
        }
        assert_eq!(Kind::from_byte(0xb5), Some(Kind::Coded(0x35)));
    }
}
