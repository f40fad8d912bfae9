//! Attachments: announced in the message, carried in chunks.

use minicbor::{Decode, Encode};

use crate::Serial;

/// An attachment as its message announces it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct AttachmentInfo {
    /// File name, for people only; never a path.
    #[n(0)]
    pub name: String,
    /// Media type (RFC 6838), as the sender says.
    #[n(1)]
    pub media_type: String,
    /// Length in bytes.
    #[n(2)]
    pub bytes: u32,
    /// SHA-256 of the whole.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub digest: [u8; 32],
}

/// A piece of an attachment. Pieces arrive in any order and are durable one by one, so that a
/// break costs one piece at most.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct AttachmentChunk {
    /// The message that announced the attachment.
    #[n(0)]
    pub serial: Serial,
    /// Which of its attachments, from 0.
    #[n(1)]
    pub index: u8,
    /// Where this piece begins.
    #[n(2)]
    pub offset: u32,
    /// The piece, at most `CHUNK_BYTES_MAX`.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}
