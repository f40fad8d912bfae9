//! Receipts: the peer's station holds these envelopes durably. Cumulative, with a bitmap.

use std::collections::BTreeSet;

use crate::limits::BITMAP_BYTES_MAX;
use crate::varint::{push_varint, take_varint};

/// Which envelopes of one epoch a station has opened and holds durably.
///
/// ```text
///   cumulative = 5, bitmap = 0b0000_0101
///   0 1 2 3 4 | 5 missing | 6 held | 7 missing | 8 held
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Received {
    /// Every number below this one is held; this one is not.
    pub cumulative: u32,
    /// Bit `i` (least significant first): number `cumulative + 1 + i` is held. No trailing zero
    /// byte; at most `BITMAP_BYTES_MAX`.
    pub bitmap: Vec<u8>,
}

impl Received {
    /// Sums up a set: everything below `cumulative`, and `beyond` as far as the bitmap reaches.
    pub fn new(cumulative: u32, beyond: &BTreeSet<u32>) -> Self {
        let mut bitmap = Vec::new();
        for number in beyond.range(cumulative.saturating_add(1)..) {
            let bit = (number - cumulative - 1) as usize;
            if bit / 8 >= BITMAP_BYTES_MAX {
                break;
            }
            if bitmap.len() <= bit / 8 {
                bitmap.resize(bit / 8 + 1, 0);
            }
            if let Some(byte) = bitmap.get_mut(bit / 8) {
                *byte |= 1 << (bit % 8);
            }
        }
        Self { cumulative, bitmap }
    }

    /// Whether this number is held.
    pub fn contains(&self, number: u32) -> bool {
        if number <= self.cumulative {
            return number < self.cumulative;
        }
        let bit = (number - self.cumulative - 1) as usize;
        self.bitmap
            .get(bit / 8)
            .is_some_and(|byte| byte & (1 << (bit % 8)) != 0)
    }

    /// The highest number held, or none.
    pub fn highest(&self) -> Option<u32> {
        let last = self.bitmap.last().filter(|byte| **byte != 0);
        if let Some(byte) = last {
            let bit = (self.bitmap.len() - 1) * 8 + (7 - byte.leading_zeros() as usize);
            return self
                .cumulative
                .checked_add(u32::try_from(bit).ok()?.checked_add(1)?);
        }
        self.cumulative.checked_sub(1)
    }

    /// The bytes that a receipt's proof covers, after the epoch.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.cumulative.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.bitmap);
        bytes
    }
}

/// Which frame made the receiver speak, so that the sender can measure the round trip exactly.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Echo {
    /// Low byte of the envelope's number.
    pub number: u8,
    /// Low byte of the repeat, or of the first encoding symbol.
    pub repeat: u8,
}

/// A receipt as a frame carries it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Receipt {
    /// Epoch of the direction that is receipted.
    pub epoch: u32,
    /// What is held of it.
    pub received: Received,
    /// Frames of the sender heard on this bearer, modulo 65,536: its loss is what is missing.
    pub heard: u16,
    /// What made the receiver speak.
    pub echo: Echo,
    /// First 8 bytes of HMAC under the receipt key of the highest number held.
    pub proof: [u8; 8],
}

impl Receipt {
    pub(crate) fn encode(&self, bytes: &mut Vec<u8>) {
        push_varint(self.epoch, bytes);
        push_varint(self.received.cumulative, bytes);
        bytes.push(u8::try_from(self.received.bitmap.len()).unwrap_or(u8::MAX));
        bytes.extend_from_slice(&self.received.bitmap);
        bytes.extend_from_slice(&self.heard.to_be_bytes());
        bytes.push(self.echo.number);
        bytes.push(self.echo.repeat);
        bytes.extend_from_slice(&self.proof);
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (epoch, rest) = take_varint(bytes)?;
        let (cumulative, rest) = take_varint(rest)?;
        let (length, rest) = rest.split_first()?;
        if usize::from(*length) > BITMAP_BYTES_MAX {
            return None;
        }
        let (bitmap, rest) = rest.split_at_checked(usize::from(*length))?;
        if bitmap.last() == Some(&0) {
            return None;
        }
        let (heard, rest) = rest.split_first_chunk::<2>()?;
        let (echo, rest) = rest.split_first_chunk::<2>()?;
        let proof: [u8; 8] = rest.try_into().ok()?;
        let [number, repeat] = *echo;
        Some(Self {
            epoch,
            received: Received {
                cumulative,
                bitmap: bitmap.to_vec(),
            },
            heard: u16::from_be_bytes(*heard),
            echo: Echo { number, repeat },
            proof,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn received_says_exactly_what_is_held() {
        let beyond = BTreeSet::from([6, 8]);
        let received = Received::new(5, &beyond);

        let held: Vec<u32> = (0..12).filter(|n| received.contains(*n)).collect();

        assert_eq!(held, [0, 1, 2, 3, 4, 6, 8]);
        assert_eq!(received.highest(), Some(8));
        assert_eq!(Received::default().highest(), None);
    }

    #[test]
    fn receipt_has_one_encoding() {
        let receipt = Receipt {
            epoch: 300,
            received: Received::new(1_000, &BTreeSet::from([1_002])),
            heard: 7,
            echo: Echo {
                number: 1,
                repeat: 2,
            },
            proof: [9; 8],
        };
        let mut bytes = Vec::new();
        receipt.encode(&mut bytes);
        assert_eq!(Receipt::decode(&bytes), Some(receipt));

        bytes.push(0);
        assert_eq!(Receipt::decode(&bytes), None, "a byte too many");
    }
}
