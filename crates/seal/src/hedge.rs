//! Hedged randomness: no single source is trusted (rules HEDGE-1 and HEDGE-2).
//!
//! ```text
//!   draw = KDF(vault's hedge secret, "hedge", OS bytes, draw number, 8 bytes, journal head)
//! ```
//!
//! Owns the draw and the refusal of a source that repeats itself. Asks no operating system: its
//! bytes are an argument.

use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::kdf::{Label, Source};

/// Makes each draw from the operating system's bytes and from what only this station knows.
pub struct Hedge {
    source: Source,
    count: u64,
    /// Hashes of the last draws of the operating system, oldest first.
    seen: VecDeque<[u8; 32]>,
    failed: bool,
}

impl Hedge {
    /// Starts with the vault's hedge secret, 32 random bytes that were drawn when the station was
    /// made.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self {
            source: Source::new(secret),
            count: 0,
            seen: VecDeque::new(),
            failed: false,
        }
    }

    /// One draw of 32 bytes. The journal head makes a restored station draw otherwise.
    ///
    /// # Errors
    ///
    /// [`RandomnessFailed`] when the operating system's bytes are zeros, or nearly, or were seen
    /// before (rule HEDGE-2): from then on always. The station stops.
    pub fn draw(
        &mut self,
        os: [u8; 32],
        journal_head: &[u8; 32],
    ) -> Result<[u8; 32], RandomnessFailed> {
        let hash: [u8; 32] = Sha256::digest(os).into();
        let different: BTreeSet<u8> = os.into_iter().collect();
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::TakesRepeatedRandomness) {
            self.seen.clear();
        }
        // 32 random bytes have fewer than 8 different values once in 2^120 draws.
        if self.failed || different.len() < DIFFERENT_BYTES_MIN || self.seen.contains(&hash) {
            self.failed = true;
            return Err(RandomnessFailed);
        }
        self.seen.push_back(hash);
        if self.seen.len() > SEEN_MAX {
            self.seen.pop_front();
        }
        self.count += 1;
        let context = [&os[..], &self.count.to_be_bytes(), journal_head];
        Ok(*self.source.derive(Label::Hedge, &context))
    }
}

impl fmt::Debug for Hedge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hedge({} draws, ..)", self.count)
    }
}

/// The operating system's random source repeats itself or is stuck. An operator has to act; the
/// station seals nothing more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RandomnessFailed;

impl fmt::Display for RandomnessFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the machine's random source repeats itself")
    }
}

impl std::error::Error for RandomnessFailed {}

/// Different values that 32 random bytes must have.
const DIFFERENT_BYTES_MIN: usize = 8;
/// Draws of the operating system that are compared with the next one.
const SEEN_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Draws;

    const HEAD: [u8; 32] = [3; 32];

    #[test]
    fn stuck_or_repeating_source_stops_the_station_for_good() {
        let mut draws = Draws::new(1);
        let first = draws.bytes();
        let mut nearly_zero = [0; 32];
        nearly_zero[..6].copy_from_slice(&[1, 2, 3, 4, 5, 6]);
        for bad in [[0; 32], [0xff; 32], nearly_zero, first] {
            let mut hedge = Hedge::new(&[9; 32]);
            hedge.draw(first, &HEAD).unwrap();
            assert_eq!(hedge.draw(bad, &HEAD), Err(RandomnessFailed));
            assert_eq!(hedge.draw(draws.bytes(), &HEAD), Err(RandomnessFailed));
        }
    }

    #[test]
    fn secret_count_and_journal_head_all_matter() {
        let os = Draws::new(2).bytes();
        let draw = |secret, head| Hedge::new(&[secret; 32]).draw(os, &[head; 32]).unwrap();
        let all = BTreeSet::from([draw(1, 1), draw(1, 2), draw(2, 1)]);
        assert_eq!(all.len(), 3);
        assert!(!all.contains(&os));
    }

    #[test]
    fn debug_hides_the_secret() {
        assert_eq!(format!("{:?}", Hedge::new(&[9; 32])), "Hedge(0 draws, ..)");
    }
}
