//! What a frame holds once it is opened: symbols, a receipt, or cover.
//!
//! The header is sealed with the rest, so a frame looks random on the bearer. It is as short as
//! it can be (rules FRAME-1 to FRAME-6):
//!
//! ```text
//!   kind 3 bits | number 9 bits (short) or 32 bits (long) | mark 8 bits | then
//!   single: repeat     12 bits (short, 4 bytes in all) or 21 bits (long, 8 bytes)
//!   multi:  symbol 16 bits, source symbols 12 bits        (6 bytes, or 9 with one zero bit)
//!   pack:   as multi, then a byte: how many symbols follow (7 bytes, or 10)
//!   padded: kind 3 bits, 1, then two bytes: length of the frame that follows, then zeros
//! ```
//!
//! On a bearer with cover every frame has one size: a shorter one travels padded (rule FRAME-7).

use crate::limits::SYMBOLS_MAX;
use crate::{Malformed, Receipt};

/// An opened frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Frame {
    /// Nothing: sent so that silence and traffic look alike.
    Cover {
        /// Zero bytes that follow the header.
        padding: usize,
    },
    /// Another frame, made as long as all frames of a bearer with cover are.
    Padded {
        /// Symbols or a receipt.
        frame: Box<Frame>,
        /// Zero bytes that follow it.
        zeros: usize,
    },
    /// The other side holds envelopes durably.
    Receipt(Receipt),
    /// A whole envelope, or symbols of one.
    Symbols(Symbols),
}

/// Symbols of one envelope.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Symbols {
    /// Which envelope of the epoch whose frame key opened the frame.
    pub number: Number,
    /// First byte of the envelope's salt: tells two envelopes of one number apart.
    pub mark: u8,
    /// How the envelope was cut.
    pub shape: Shape,
    /// The symbols, one after the other, all of one length.
    pub bytes: Vec<u8>,
}

/// The number of an envelope as a frame carries it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Number {
    /// All 32 bits.
    Full(u32),
    /// The low 9 bits, when the sender is within `SHORT_NUMBER_SPAN` of the last receipt.
    Low(u16),
}

impl Number {
    /// The short form of a number.
    pub fn low(number: u32) -> Self {
        Self::Low((number & 0x1ff) as u16)
    }

    /// The number that is meant, by a receiver who holds everything below `cumulative`: the one in
    /// `cumulative - 256 .. cumulative + 256` with these low bits.
    pub fn resolve(self, cumulative: u32) -> Option<u32> {
        match self {
            Self::Full(number) => Some(number),
            Self::Low(low) => {
                let first = i64::from(cumulative) - 256;
                let ahead = (i64::from(low) - first).rem_euclid(512);
                u32::try_from(first + ahead).ok()
            }
        }
    }
}

/// How an envelope was cut into symbols.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// Into one: the symbol is the envelope. `repeat` makes equal symbols look different.
    Single {
        /// Counts the copies sent; wraps.
        repeat: u32,
    },
    /// Into `source` symbols of a fountain code (RFC 6330), of which some follow.
    Multi {
        /// Encoding symbol id of the first.
        first: u16,
        /// Source symbols of the envelope, 2 to `SYMBOLS_MAX`.
        source: u16,
        /// How many follow, their ids ascending by one.
        count: u8,
    },
}

const SINGLE: u64 = 0;
const MULTI: u64 = 1;
const PACK: u64 = 2;
const LONG: u64 = 3; // added to the three above
const RECEIPT: u64 = 6;
const COVER: u64 = 7;
const PADDED_FIRST: u8 = (COVER << 5) as u8 | 1;

impl Frame {
    /// Plain bytes that the padded form adds to a frame.
    pub const PADDED_BYTES: usize = 3;

    /// This frame in exactly so many plain bytes, if it fits: as it is, as longer cover, or padded.
    pub fn padded_to(self, bytes: usize) -> Option<Self> {
        match self {
            Self::Cover { .. } => Some(Self::Cover {
                padding: bytes.checked_sub(1)?,
            }),
            Self::Padded { frame, .. } => frame.padded_to(bytes),
            Self::Receipt(_) | Self::Symbols(_) => {
                let length = self.to_bytes().len();
                if length == bytes {
                    return Some(self);
                }
                let zeros = bytes.checked_sub(length + Self::PADDED_BYTES)?;
                let frame = Box::new(self);
                Some(Self::Padded { frame, zeros })
            }
        }
    }

    /// The frame within the padding.
    #[must_use]
    pub fn unpadded(self) -> Self {
        match self {
            Self::Padded { frame, .. } => *frame,
            Self::Cover { .. } | Self::Receipt(_) | Self::Symbols(_) => self,
        }
    }

    /// The plain bytes of a frame, ready to be sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Cover { padding } => {
                let mut bytes = vec![0; padding + 1];
                if let Some(first) = bytes.first_mut() {
                    *first = (COVER << 5) as u8;
                }
                bytes
            }
            Self::Padded { frame, zeros } => {
                let inner = frame.to_bytes();
                let length = u16::try_from(inner.len()).unwrap_or(u16::MAX);
                let mut bytes = vec![PADDED_FIRST];
                bytes.extend_from_slice(&length.to_be_bytes());
                bytes.extend_from_slice(&inner);
                bytes.resize(bytes.len() + zeros, 0);
                bytes
            }
            Self::Receipt(receipt) => {
                let mut bytes = vec![(RECEIPT << 5) as u8];
                receipt.encode(&mut bytes);
                bytes
            }
            Self::Symbols(symbols) => {
                let mut bytes = Vec::with_capacity(symbols.bytes.len() + 10);
                symbols.push_header(&mut bytes);
                bytes.extend_from_slice(&symbols.bytes);
                bytes
            }
        }
    }

    /// Reads the plain bytes of a frame.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for every byte string that [`Frame::to_bytes`] does not make.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (first, rest) = bytes.split_first().ok_or(Malformed)?;
        match u64::from(first >> 5) {
            RECEIPT if first & 0x1f == 0 => {
                Receipt::decode(rest).map(Self::Receipt).ok_or(Malformed)
            }
            COVER if first & 0x1f == 0 && rest.iter().all(|byte| *byte == 0) => Ok(Self::Cover {
                padding: rest.len(),
            }),
            COVER if *first == PADDED_FIRST => Self::padded_from_bytes(rest),
            kind @ (SINGLE..RECEIPT) => Symbols::from_bytes(kind, bytes)
                .map(Self::Symbols)
                .ok_or(Malformed),
            _ => Err(Malformed),
        }
    }

    fn padded_from_bytes(rest: &[u8]) -> Result<Self, Malformed> {
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(Malformed)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (inner, zeros) = rest.split_at_checked(length).ok_or(Malformed)?;
        // Refused before it is read, so that no frame makes the reader go deep.
        let carries = inner
            .first()
            .is_some_and(|first| u64::from(first >> 5) != COVER);
        if !carries || zeros.iter().any(|byte| *byte != 0) {
            return Err(Malformed);
        }
        Ok(Self::Padded {
            frame: Box::new(Self::from_bytes(inner)?),
            zeros: zeros.len(),
        })
    }
}

impl Symbols {
    fn push_header(&self, bytes: &mut Vec<u8>) {
        let (long, number_bits, number) = match self.number {
            Number::Low(low) => (0, 9, u64::from(low & 0x1ff)),
            Number::Full(full) => (LONG, 32, u64::from(full)),
        };
        let mut bits = Bits::default();
        match self.shape {
            Shape::Single { repeat } => {
                let (repeat_bits, length) = if long == 0 { (12, 4) } else { (21, 8) };
                bits.push(SINGLE + long, 3);
                bits.push(number, number_bits);
                bits.push(u64::from(self.mark), 8);
                bits.push(u64::from(repeat), repeat_bits);
                bits.write(length, bytes);
            }
            Shape::Multi {
                first,
                source,
                count,
            } => {
                let kind = if count == 1 { MULTI } else { PACK };
                let (spare, length) = if long == 0 { (0, 6) } else { (1, 9) };
                bits.push(kind + long, 3);
                bits.push(number, number_bits);
                bits.push(u64::from(self.mark), 8);
                bits.push(u64::from(first), 16);
                bits.push(u64::from(source), 12);
                bits.push(0, spare);
                bits.write(length, bytes);
                if count != 1 {
                    bytes.push(count);
                }
            }
        }
    }

    fn from_bytes(kind: u64, bytes: &[u8]) -> Option<Self> {
        let long = kind >= LONG;
        let shape = kind % LONG;
        let length = match (shape, long) {
            (SINGLE, false) => 4,
            (SINGLE, true) => 8,
            (_, false) => 6,
            (_, true) => 9,
        };
        let (header, rest) = bytes.split_at_checked(length)?;
        let mut bits = Bits::read(header);
        bits.take(3);
        let number = if long {
            Number::Full(u32::try_from(bits.take(32)).ok()?)
        } else {
            Number::Low(u16::try_from(bits.take(9)).ok()?)
        };
        let mark = u8::try_from(bits.take(8)).ok()?;
        let (shape, rest) = if shape == SINGLE {
            let repeat = u32::try_from(bits.take(if long { 21 } else { 12 })).ok()?;
            (Shape::Single { repeat }, rest)
        } else {
            let first = u16::try_from(bits.take(16)).ok()?;
            let source = u16::try_from(bits.take(12)).ok()?;
            if long && bits.take(1) != 0 {
                return None;
            }
            let (count, rest) = if shape == PACK {
                let (count, rest) = rest.split_first()?;
                (*count, rest)
            } else {
                (1, rest)
            };
            let several = shape == MULTI || count > 1;
            let fits = rest.len() % usize::from(count.max(1)) == 0;
            let last = u32::from(first) + u32::from(count) <= 65_536;
            if !(several && fits && last && (2..=SYMBOLS_MAX).contains(&source)) {
                return None;
            }
            let shape = Shape::Multi {
                first,
                source,
                count,
            };
            (shape, rest)
        };
        (!rest.is_empty()).then(|| Self {
            number,
            mark,
            shape,
            bytes: rest.to_vec(),
        })
    }
}

/// A header as one number, most significant bit first.
#[derive(Default)]
struct Bits {
    value: u128,
    left: u32,
}

impl Bits {
    fn push(&mut self, value: u64, bits: u32) {
        let mask = (1_u128 << bits) - 1;
        self.value = self.value << bits | (u128::from(value) & mask);
    }

    fn write(&self, length: usize, bytes: &mut Vec<u8>) {
        let all = self.value.to_be_bytes();
        if let Some(tail) = all.get(all.len() - length..) {
            bytes.extend_from_slice(tail);
        }
    }

    fn read(header: &[u8]) -> Self {
        let value = header
            .iter()
            .fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
        let left = u32::try_from(header.len() * 8).unwrap_or(0);
        Self { value, left }
    }

    fn take(&mut self, bits: u32) -> u64 {
        self.left = self.left.saturating_sub(bits);
        let mask = (1_u128 << bits) - 1;
        u64::try_from(self.value >> self.left & mask).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
