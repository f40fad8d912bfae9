//! The slot: 32 bytes and a counter outside the home, without which an old copy does not open.
//!
//! Owns the trait and what a slot holds. Where it is kept (a file on another disk, a token) is the
//! daemon's affair. Spec: docs/PROTOCOL.md, rule JNL-9.
//!
//! A rotation writes `[old, new]`, then the vault under the new key, then `[new]`. Whichever step is
//! cut short, the home's counter says which of the two states is its own.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

/// Secret and counter, as kept outside the home.
#[derive(Clone, Eq, PartialEq)]
pub struct SlotState {
    /// Which rotation it belongs to.
    pub counter: u64,
    /// What the vault key is wrapped under, together with the station's key.
    pub secret: Zeroizing<[u8; 32]>,
}

/// A place outside the home that remembers how far the vault has come.
pub trait Slot: Send + Sync {
    /// Returns what is there: nothing, one state, or two in the middle of a rotation.
    ///
    /// # Errors
    ///
    /// Words for the operator.
    fn read(&self) -> Result<Vec<SlotState>, String>;

    /// Replaces all that is there by these (one or two), durably, and overwrites what was there.
    ///
    /// # Errors
    ///
    /// Words for the operator.
    fn write(&self, states: &[SlotState]) -> Result<(), String>;
}

impl fmt::Debug for SlotState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlotState")
            .field("counter", &self.counter)
            .finish_non_exhaustive()
    }
}

/// A slot in memory, for tests and simulation. Clones share what is in it.
#[derive(Clone, Debug, Default)]
pub struct MemorySlot(Arc<Mutex<Vec<SlotState>>>);

impl MemorySlot {
    /// Returns an empty one.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Slot for MemorySlot {
    fn read(&self) -> Result<Vec<SlotState>, String> {
        Ok(self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }

    fn write(&self, states: &[SlotState]) -> Result<(), String> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = states.to_vec();
        Ok(())
    }
}
