//! Key tapes: makes reels and checks those that a courier brought.
//!
//! Owns the rules of a reel: one direction, numbers ascending without gaps, no name on both ends.
//! Which keys are installed, used or in the safe is kept by the station. Rules TAPE-1 to TAPE-4.

use std::fmt;

use redphone_wire::limits::REEL_KEYS_MAX;
use redphone_wire::{Environment, PartyName, Reel, TapeKey};

use crate::kdf::{Label, Source, kdf};

/// Makes a reel of `keys` keys, 1 to `REEL_KEYS_MAX`, numbered from `first_number`.
///
/// # Errors
///
/// [`ReelError`] when no such reel may exist. The caller has to act.
pub fn make_reel(
    environment: Environment,
    from: PartyName,
    to: PartyName,
    first_number: u32,
    keys: u32,
    random: [u8; 32],
) -> Result<Reel, ReelError> {
    let source = Source::new(&random);
    let last = first_number
        .checked_add(keys)
        .ok_or(ReelError::NumbersEnd)?;
    if keys as usize > REEL_KEYS_MAX {
        return Err(ReelError::TooMany);
    }
    let key = |number: u32| TapeKey {
        number,
        key: *source.derive(Label::Draw, &[b"tape", &number.to_be_bytes()]),
    };
    let reel = Reel {
        id: *source.derive_long(Label::Draw, &[b"reel"]),
        environment,
        from,
        to,
        keys: (first_number..last).map(key).collect(),
    };
    check_reel(&reel)?;
    Ok(reel)
}

/// Checks a reel that was read from outside.
///
/// # Errors
///
/// [`ReelError`] names what is wrong. Its maker has to act.
pub fn check_reel(reel: &Reel) -> Result<(), ReelError> {
    if reel.from == reel.to {
        return Err(ReelError::OneParty);
    }
    if reel.keys.len() > REEL_KEYS_MAX {
        return Err(ReelError::TooMany);
    }
    let first = reel.keys.first().ok_or(ReelError::Empty)?;
    let count = u32::try_from(reel.keys.len()).map_err(|_| ReelError::TooMany)?;
    let end = first
        .number
        .checked_add(count)
        .ok_or(ReelError::NumbersEnd)?;
    for (key, number) in reel.keys.iter().zip(first.number..end) {
        if key.number != number {
            return Err(ReelError::Gap { number });
        }
    }
    for (index, key) in reel.keys.iter().enumerate() {
        let earlier = reel.keys.iter().take(index);
        if earlier.into_iter().any(|other| other.key == key.key) {
            return Err(ReelError::Repeated { number: key.number });
        }
    }
    Ok(())
}

/// Eight bytes by which both sides can tell that they hold the same key, and nobody else learns
/// anything of it.
pub fn tape_check(key: &TapeKey) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = *kdf(&key.key, Label::Check, &[]);
    [a, b, c, d, e, f, g, h]
}

/// Why a reel is refused. Its maker has to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReelError {
    /// It holds no key.
    Empty,
    /// This number should follow and does not.
    Gap {
        /// The number that was expected.
        number: u32,
    },
    /// Its numbers pass the last that there is.
    NumbersEnd,
    /// It goes from a party to itself.
    OneParty,
    /// This key stands on the reel before.
    Repeated {
        /// Its number.
        number: u32,
    },
    /// It holds more than `REEL_KEYS_MAX` keys.
    TooMany,
}

impl fmt::Display for ReelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the reel holds no key"),
            Self::Gap { number } => write!(f, "key {number} is not where it should be on the reel"),
            Self::NumbersEnd => f.write_str("the reel's numbers pass the last one"),
            Self::OneParty => f.write_str("the reel goes from a party to itself"),
            Self::Repeated { number } => write!(f, "key {number} stands on the reel twice"),
            Self::TooMany => write!(f, "a reel holds at most {REEL_KEYS_MAX} keys"),
        }?;
        f.write_str("; make another reel")
    }
}

impl std::error::Error for ReelError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_without_gaps_and_no_key_repeats() {
        let reel = reel(5, 30).unwrap();

        let numbers: Vec<u32> = reel.keys.iter().map(|key| key.number).collect();
        assert_eq!(numbers, (5..35).collect::<Vec<u32>>());
        assert_eq!(check_reel(&reel), Ok(()));
    }

    #[test]
    fn bounds_are_kept() {
        assert_eq!(reel(0, 0).err(), Some(ReelError::Empty));
        assert_eq!(reel(0, 31).err(), Some(ReelError::TooMany));
        assert_eq!(reel(0, u32::MAX).err(), Some(ReelError::TooMany));
        assert_eq!(reel(u32::MAX, 1).err(), Some(ReelError::NumbersEnd));
        assert!(reel(u32::MAX - 30, 30).is_ok());
    }

    #[test]
    fn bad_reels_of_others_are_named() {
        let good = reel(5, 3).unwrap();
        let refused = |change: fn(&mut Reel)| {
            let mut reel = good.clone();
            change(&mut reel);
            check_reel(&reel).unwrap_err()
        };

        let gap = refused(|reel| drop(reel.keys.remove(1)));
        assert_eq!(gap, ReelError::Gap { number: 6 });
        let swapped = refused(|reel| reel.keys.swap(0, 1));
        assert_eq!(swapped, ReelError::Gap { number: 7 });
        let repeated = refused(|reel| reel.keys[2].key = reel.keys[0].key);
        assert_eq!(repeated, ReelError::Repeated { number: 7 });
        let one_party = refused(|reel| reel.to = reel.from.clone());
        assert_eq!(one_party, ReelError::OneParty);
        assert_eq!(refused(|reel| reel.keys.clear()), ReelError::Empty);
        let end = refused(|reel| reel.keys[0].number = u32::MAX);
        assert_eq!(end, ReelError::NumbersEnd);
    }

    #[test]
    fn check_tells_keys_apart_and_shows_none() {
        let reel = reel(5, 2).unwrap();
        assert_ne!(tape_check(&reel.keys[0]), tape_check(&reel.keys[1]));
        assert_ne!(tape_check(&reel.keys[0])[..], reel.keys[0].key[..8]);
    }

    #[test]
    fn debug_hides_keys() {
        let reel = reel(5, 1).unwrap();
        let shown = format!("{reel:?}");
        assert!(shown.contains("TapeKey(5, ..)"), "{shown}");
    }

    fn reel(first: u32, keys: u32) -> Result<Reel, ReelError> {
        let (from, to) = ("NORD".parse().unwrap(), "SUD".parse().unwrap());
        make_reel(Environment::Exercise, from, to, first, keys, [3; 32])
    }
}
