//! The bytes of a vault row: fixed fields one after the other, read back to the last byte.
//!
//! Owns no meaning: [`crate::rows`] says what a row holds. The buffer is made large enough at
//! once, so that no copy of a secret is left behind when it grows.

use zeroize::Zeroizing;

use crate::kdf::Secret;

/// Writes the fields of a row.
pub(crate) struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    pub(crate) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(ROW_BYTES_EXPECTED)))
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        if self.0.len() + bytes.len() > self.0.capacity() {
            let room = 2 * self.0.capacity() + bytes.len();
            let mut larger = Zeroizing::new(Vec::with_capacity(room));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn byte(self, byte: u8) -> Self {
        self.bytes(&[byte])
    }

    pub(crate) fn number(self, number: u32) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    /// A number that may be absent: a byte, then the number.
    pub(crate) fn maybe(self, number: Option<u32>) -> Self {
        match number {
            None => self.byte(0),
            Some(number) => self.byte(1).number(number),
        }
    }

    /// Bytes with their length before them, 4 bytes.
    pub(crate) fn sized(self, bytes: &[u8]) -> Self {
        self.number(u32::try_from(bytes.len()).unwrap_or(u32::MAX))
            .bytes(bytes)
    }

    pub(crate) fn end(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

/// Reads the fields of a row. Every method is `None` when the bytes run out.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    pub(crate) fn secret(&mut self) -> Option<Secret> {
        self.array().map(Secret::new)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(crate) fn number(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn maybe(&mut self) -> Option<Option<u32>> {
        if self.flag()? {
            self.number().map(Some)
        } else {
            Some(None)
        }
    }

    pub(crate) fn sized(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// Nothing may be left over.
    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

const ROW_BYTES_EXPECTED: usize = 288;
