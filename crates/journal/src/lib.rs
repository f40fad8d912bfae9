//! The journal: an append-only, hash-chained record, and the vault of secrets beside it.
//!
//! Owns what is written down and proves that it is still what was written. It performs no I/O, has
//! no clock and draws no randomness: the disk is a [`Storage`], time and randomness are arguments.

#![forbid(unsafe_code)]

mod body;
mod cipher;
mod error;
mod faulty;
mod head;
mod journal;
mod key;
mod memory;
mod record;
mod rotate;
mod slot;
mod snapshot;
mod step;
mod storage;
mod vault;
mod verify;
mod wrap;

pub use error::{Damage, JournalError, RecordFault};
pub use faulty::{Disk, Fault, FaultyStorage};
pub use journal::{Journal, Opened, ReplayError};
pub use key::{
    KeyError, PASSPHRASE_LANES_MAX, PASSPHRASE_MEMORY_KIB_MAX, PASSPHRASE_PASSES_MAX,
    PassphraseCost, StationKey,
};
pub use memory::MemoryStorage;
pub use slot::{MemorySlot, Slot, SlotState};
pub use step::{
    BODY_BYTES_MAX, RECORD_BYTES_MAX, ROW_BYTES_MAX, ROW_ID_BYTES_MAX, SNAPSHOT_BYTES_MAX,
    STEP_RECORDS_MAX, SecretWrite, Step,
};
pub use storage::{Batch, PAGE_ROWS_MAX, Pair, Storage, StorageError, Write};
pub use verify::{DAMAGE_MAX, Verdict, verify};
