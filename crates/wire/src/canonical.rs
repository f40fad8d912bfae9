//! One encoding only: CBOR arrays (RFC 8949), decoded, encoded again and compared (rule WIRE-1).

use std::fmt;

use minicbor::{Decode, Encode};

/// A type that has canonical bytes.
pub trait Canonical<'b>: Decode<'b, ()> + Encode<()> {}

impl<'b, T: Decode<'b, ()> + Encode<()>> Canonical<'b> for T {}

/// Encodes a value into its canonical bytes.
pub fn to_bytes<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to a vector cannot fail and no type of this crate refuses to encode itself.
    let written = minicbor::encode(value, &mut bytes);
    debug_assert!(written.is_ok(), "wire types encode without error");
    bytes
}

/// Decodes a value, refusing every byte string but the one that [`to_bytes`] makes.
///
/// # Errors
///
/// [`Malformed`] when the bytes are not such a value, when any byte is left over, or when the same
/// value has another, canonical encoding.
pub fn from_bytes<'b, T: Canonical<'b>>(bytes: &'b [u8]) -> Result<T, Malformed> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value: T = decoder.decode().map_err(|_| Malformed)?;
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::SecondForm) {
        return Ok(value);
    }
    if decoder.position() != bytes.len() || to_bytes(&value) != bytes {
        return Err(Malformed);
    }
    Ok(value)
}

/// Bytes that are not the canonical encoding of what was expected. The peer has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes that are not in the one form that the protocol allows")
    }
}

impl std::error::Error for Malformed {}
