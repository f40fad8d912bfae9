//! The journal: an append-only, hash-chained record, and the vault of secrets beside it.
//!
//! It owns what is written down, and the proof that what is read is what was written. It deliberately
//! has no disk, no clock and no random source: the disk is a [`Storage`], time and randomness are
//! arguments. It does not know what a record means, and no record ever holds a key.
//! Spec: PROTOCOL.md, appendix "The journal", rules JNL-1 to JNL-12.
//!
//! ```text
//!             one step = one append = one transaction
//!   records   sealed, numbered, each chained to the one before     never written again
//!   rows      the vault: secrets, sealed, overwritten in place     digest in the step's last record
//!   blobs     bodies, each under a key that is a row of the vault; the newest snapshot
//!   meta      the wrapped vault key; the head
//!
//!   station's key (+ slot) -> vault key -> rows -> record key, snapshot key, keys of bodies
//! ```
//!
//! ```
//! use redphone_journal::{Journal, MemoryStorage, StationKey, Step};
//! use redphone_wire::Utc;
//!
//! let key = StationKey::from_key_file("5a".repeat(32).as_bytes())?;
//! let mut journal = Journal::create(MemoryStorage::new(), &key, Utc(0), [1; 32])?;
//! let step = Step {
//!     records: vec![b"released NORD 7".to_vec()],
//!     bodies: vec![(b"NORD 7".to_vec(), Some(b"This is not an exercise.".to_vec()))],
//!     ..Step::default()
//! };
//! journal.append(Utc(1_000), step, [2; 32])?;
//!
//! let (mut journal, opened) = Journal::open(journal.into_storage(), &key)?;
//! assert!(opened.rows.is_empty());
//! let mut told = Vec::new();
//! journal.replay(|_, _, record| {
//!     told.push(record.to_vec());
//!     Ok::<(), std::convert::Infallible>(())
//! })?;
//! assert_eq!(told, [b"released NORD 7"]);
//! assert!(journal.body(b"NORD 7")?.is_some());
//! assert!(journal.verify()?.is_whole());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod append;
mod body;
mod cipher;
mod copy;
mod digest;
mod error;
mod faulty;
mod head;
mod journal;
mod key;
mod memory;
#[cfg(feature = "planted-bugs")]
pub mod planted;
mod record;
mod rotate;
mod slot;
mod snapshot;
mod step;
mod storage;
mod vault;
mod verify;
mod wrap;

pub use copy::{Copied, Selection};
pub use error::{Damage, JournalError, RecordFault, ReplayError};
pub use faulty::{Disk, Fault, FaultyStorage};
pub use journal::{Journal, Opened};
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
