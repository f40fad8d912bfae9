//! The journal: an append-only, hash-chained record, and the vault of secrets beside it.
//!
//! Owns what is written down and proves that it is still what was written. It performs no I/O, has
//! no clock and draws no randomness: the disk is a [`Storage`], time and randomness are arguments.

#![forbid(unsafe_code)]

mod error;
mod journal;
mod key;
mod memory;
mod storage;

pub use error::{Damage, JournalError, RecordFault};
pub use journal::{Journal, Opened, ReplayError, Step, Verdict};
pub use key::{KeyError, PassphraseCost, Slot, SlotState, StationKey};
pub use memory::MemoryStorage;
pub use storage::{Batch, PAGE_ROWS_MAX, Storage, StorageError};
