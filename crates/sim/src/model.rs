//! What must hold, kept apart from the hubs: who released what, who shows what.
//!
//! The invariants are those of docs/THREAT-MODEL.md: I1 no loss, I2 exactly once, I3 a receipt
//! means durable, I4 no key twice, I5 unauthenticated bytes move nothing, I6 both records agree,
//! I7 loud and closed, I8 traffic flows again, I9 everything is bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// An invariant that does not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Broken {
    /// Which: `I1` to `I9`.
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}

impl std::error::Error for Broken {}

/// Makes a [`Broken`].
pub(crate) fn broken<T>(invariant: &'static str, what: String) -> Result<T, Broken> {
    Err(Broken { invariant, what })
}

/// Whose key: side, generation, epoch, number, salt.
type UsedKey = (usize, u32, u32, u32, [u8; 8]);

/// The reference: side 0 and side 1 each release to the other.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Texts released, by side and serial.
    released: [BTreeMap<u32, String>; 2],
    /// Serials that the receiving side holds durably, by sending side.
    durable: [BTreeSet<u32>; 2],
    /// Serials that were handed to a desk as new, by sending side.
    handed: [BTreeSet<u32>; 2],
    /// Salts seen, by whoever sealed them.
    keys: BTreeMap<UsedKey, Vec<u8>>,
}

impl Model {
    /// A message was released, and its release is durable.
    pub fn release(&mut self, side: usize, serial: u32, text: String) -> Result<(), Broken> {
        let Some(released) = self.released.get_mut(side) else {
            return Ok(());
        };
        match released.insert(serial, text) {
            None => Ok(()),
            Some(_) => broken("I2", format!("side {side} gave serial {serial} twice")),
        }
    }

    /// The other side holds a message of `side` durably, with this text.
    pub fn hold(&mut self, side: usize, serial: u32, text: &str) -> Result<(), Broken> {
        match self.released.get(side).and_then(|all| all.get(&serial)) {
            None => return broken("I5", format!("serial {serial} of side {side} is made up")),
            Some(wanted) if wanted != text => {
                return broken("I5", format!("serial {serial} of side {side} is altered"));
            }
            Some(_) => {}
        }
        if let Some(durable) = self.durable.get_mut(side) {
            durable.insert(serial);
        }
        Ok(())
    }

    /// The other side's desk was told of a new message of `side`.
    pub fn hand(&mut self, side: usize, serial: u32) -> Result<(), Broken> {
        let fresh = self
            .handed
            .get_mut(side)
            .is_some_and(|handed| handed.insert(serial));
        if fresh {
            Ok(())
        } else {
            broken("I2", format!("serial {serial} of side {side} came twice"))
        }
    }

    /// `side` shows its message as held by the other station.
    pub fn show_receipt(&self, side: usize, serial: u32) -> Result<(), Broken> {
        let durable = self
            .durable
            .get(side)
            .is_some_and(|all| all.contains(&serial));
        if durable {
            Ok(())
        } else {
            let what = format!("side {side} shows a receipt for {serial}, which is not held");
            broken("I3", what)
        }
    }

    /// `side` sealed an envelope: its key must be new.
    pub fn seal(
        &mut self,
        side: usize,
        (generation, epoch, number): (u32, u32, u32),
        envelope: &[u8],
    ) -> Result<(), Broken> {
        let Some(salt) = envelope.first_chunk::<8>() else {
            return broken("I4", "an envelope without a salt".to_owned());
        };
        let key = (side, generation, epoch, number, *salt);
        match self.keys.insert(key, envelope.to_vec()) {
            Some(other) if other != envelope => broken(
                "I4",
                format!("side {side} used the key of {epoch}/{number} twice"),
            ),
            _ => Ok(()),
        }
    }

    /// Serials of `side` that the other side does not hold.
    pub fn missing(&self, side: usize) -> Vec<u32> {
        let durable = self.durable.get(side);
        let released = self.released.get(side);
        released.map_or_else(Vec::new, |released| {
            released
                .keys()
                .filter(|serial| !durable.is_some_and(|all| all.contains(serial)))
                .copied()
                .collect()
        })
    }

    /// Whether `side` is known to have released this serial.
    pub fn is_released(&self, side: usize, serial: u32) -> bool {
        self.released
            .get(side)
            .is_some_and(|all| all.contains_key(&serial))
    }

    /// Whether the other side is known to hold this serial of `side`.
    pub fn is_held(&self, side: usize, serial: u32) -> bool {
        self.durable
            .get(side)
            .is_some_and(|all| all.contains(&serial))
    }

    /// Messages released by both sides.
    pub fn released(&self) -> usize {
        self.released.iter().map(BTreeMap::len).sum()
    }

    /// A side was set back to an earlier state: what it knew since is forgotten.
    pub fn set_back(&mut self, side: usize, released: u32, held: &BTreeSet<u32>) {
        if let Some(all) = self.released.get_mut(side) {
            all.retain(|serial, _| *serial <= released);
        }
        if let Some(durable) = self.durable.get_mut(1 - side.min(1)) {
            durable.retain(|serial| held.contains(serial));
        }
        if let Some(handed) = self.handed.get_mut(1 - side.min(1)) {
            handed.retain(|serial| held.contains(serial));
        }
    }
}
