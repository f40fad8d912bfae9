//! How fast a bearer carries: bits a second as its link counts them, and the bits that one byte
//! takes there. Both are exact, so that a link of 7.5 bytes a second is paced as one.

use std::cmp::Ordering;
use std::time::Duration;

/// Bits of a byte in a datagram.
const DATAGRAM_BITS_A_BYTE: u32 = 8;
/// Bits of a byte on a serial wire: 8N1, with its start and its stop bit.
const SERIAL_BITS_A_BYTE: u32 = 10;
const NANOS_A_SECOND: u128 = 1_000_000_000;

/// How fast a bearer carries. The faster one is the greater, whatever its bits a byte.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    bit_s: u64,
    bits_a_byte: u32,
}

impl Rate {
    /// No pace at all: a courier.
    pub const UNPACED: Self = Self::datagrams(0);

    /// A bearer whose bytes take eight bits each.
    pub const fn datagrams(bit_s: u64) -> Self {
        Self {
            bit_s,
            bits_a_byte: DATAGRAM_BITS_A_BYTE,
        }
    }

    /// A serial wire, 8N1: ten bits a byte.
    pub const fn serial(bit_s: u64) -> Self {
        Self {
            bit_s,
            bits_a_byte: SERIAL_BITS_A_BYTE,
        }
    }

    /// Bits a second. 0 is no pace at all.
    pub fn bit_s(self) -> u64 {
        self.bit_s
    }

    /// Whether anything bounds it.
    pub fn is_paced(self) -> bool {
        self.bit_s > 0
    }

    /// How long so many bytes take, to the nanosecond above.
    pub fn time(self, bytes: u64) -> Duration {
        if !self.is_paced() {
            return Duration::ZERO;
        }
        let bits = u128::from(bytes) * u128::from(self.bits_a_byte);
        let nanos = (bits * NANOS_A_SECOND).div_ceil(u128::from(self.bit_s));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Whole bytes that fit into a time; `None` when nothing bounds them.
    pub fn bytes_in(self, time: Duration) -> Option<u64> {
        if !self.is_paced() {
            return None;
        }
        let bit_nanos = u128::from(self.bit_s).saturating_mul(time.as_nanos());
        let bytes = bit_nanos / (NANOS_A_SECOND * u128::from(self.bits_a_byte));
        Some(u64::try_from(bytes).unwrap_or(u64::MAX))
    }
}

impl Ord for Rate {
    fn cmp(&self, other: &Self) -> Ordering {
        let ours = u128::from(self.bit_s) * u128::from(other.bits_a_byte);
        let theirs = u128::from(other.bit_s) * u128::from(self.bits_a_byte);
        ours.cmp(&theirs)
            .then(self.bits_a_byte.cmp(&other.bits_a_byte))
    }
}

impl PartialOrd for Rate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_of_no_whole_byte_a_second_is_exact() {
        let telegraph = Rate::serial(75);
        assert_eq!(telegraph.time(15), Duration::from_secs(2));
        assert_eq!(telegraph.bytes_in(Duration::from_secs(2)), Some(15));
        let narrow = Rate::datagrams(75);
        assert_eq!(narrow.time(75), Duration::from_secs(8));
        assert_eq!(narrow.bytes_in(Duration::from_secs(8)), Some(75));
    }

    #[test]
    fn bytes_never_take_less_than_their_bits() {
        let rate = Rate::datagrams(300);
        for bytes in 0..500 {
            let time = rate.time(bytes);
            assert!(time.as_nanos() * 300 >= u128::from(bytes) * 8 * NANOS_A_SECOND);
            assert_eq!(rate.bytes_in(time), Some(bytes));
        }
    }

    #[test]
    fn faster_is_greater_whatever_the_bits_a_byte() {
        assert!(Rate::serial(9_600) < Rate::datagrams(9_600));
        assert!(Rate::serial(9_600) > Rate::datagrams(7_600));
        assert!(Rate::UNPACED < Rate::serial(1));
    }

    #[test]
    fn nothing_bounds_a_courier() {
        assert_eq!(Rate::UNPACED.time(u64::MAX), Duration::ZERO);
        assert_eq!(Rate::UNPACED.bytes_in(Duration::MAX), None);
    }
}
