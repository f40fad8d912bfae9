//! A simulated disk whose faults are scripted, for tests and for the simulator.
//!
//! Owns what a disk may do to an append: refuse it, lose it, keep it and still report failure,
//! acknowledge it and forget it at the next power cut. Everything is deterministic: a fault comes
//! at the append that the script names. docs/FAULTS.md: F01, F13, F15, F16, F17, F41.
//!
//! A [`Disk`] outlives the processes that open it. [`Disk::open`] is what a process gets; a crash
//! is that process dropping its storage and another opening the disk.
//!
//! ```
//! use redphone_journal::{Batch, Disk, Fault, Storage, StorageError};
//!
//! let disk = Disk::new();
//! disk.script(2, Fault::FullBefore);
//! let mut storage = disk.open();
//! let batch = |number| Batch { records: vec![(number, vec![1])], ..Batch::default() };
//! assert_eq!(storage.append(&batch(1)), Ok(()));
//! assert_eq!(storage.append(&batch(2)), Err(StorageError::Full));
//! assert_eq!(disk.contents().records.len(), 1);
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::memory::MemoryStorage;
use crate::storage::{Batch, Pair, Storage, StorageError};

/// What goes wrong with one append.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The append is refused, nothing is written; the disk is full.
    FullBefore,
    /// The append is kept, and yet fails: a power cut or an error after the write.
    IoAfter,
    /// The append fails and nothing is written: an error before or in the write.
    IoBefore,
    /// The append is acknowledged and visible, and gone after the next power cut: a disk that lies
    /// about its cache. No station survives this one; the planted-bug twin of "synchronous=FULL".
    Unsynced,
}

/// A simulated disk. Clones are the same disk.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// What is read.
    contents: MemoryStorage,
    /// What a power cut leaves, where that is not `contents`.
    synced: Option<MemoryStorage>,
    appends: u64,
    script: BTreeMap<u64, Fault>,
    /// Every append is unsynced, until the next power cut.
    lies: bool,
    bytes_max: Option<u64>,
    opened: u64,
}

impl Disk {
    /// Returns an empty disk without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a disk that holds a copy of something, as restored from a backup.
    pub fn holding(contents: MemoryStorage) -> Self {
        let disk = Self::new();
        disk.state().contents = contents;
        disk
    }

    /// Opens it. Every storage that was opened before answers `Io` from then on, as after a crash.
    pub fn open(&self) -> FaultyStorage {
        let mut state = self.state();
        state.opened += 1;
        FaultyStorage {
            disk: self.clone(),
            opening: state.opened,
        }
    }

    /// Schedules a fault for the `nth` append from the beginning of the disk (the first is 1).
    pub fn script(&self, nth: u64, fault: Fault) {
        self.state().script.insert(nth, fault);
    }

    /// Schedules a fault for the next append.
    pub fn script_next(&self, fault: Fault) {
        let mut state = self.state();
        let next = state.appends + 1;
        state.script.insert(next, fault);
    }

    /// From here on every append is [`Fault::Unsynced`], until the next power cut.
    pub fn lie(&self) {
        self.state().lies = true;
    }

    /// Bounds what the disk holds. Appends that may go beyond it answer `Full`: their bytes are
    /// counted on top of what is there, also where they replace something.
    pub fn set_bytes_max(&self, bytes_max: Option<u64>) {
        self.state().bytes_max = bytes_max;
    }

    /// Cuts the power: unsynced appends are gone, and open storages answer `Io`.
    pub fn cut_power(&self) {
        let mut state = self.state();
        state.opened += 1;
        state.lies = false;
        if let Some(synced) = state.synced.take() {
            state.contents = synced;
        }
    }

    /// Flips one bit of what is stored, counted over all values in order. Returns `false` if there
    /// are fewer bits.
    pub fn flip(&self, bit: u64) -> bool {
        self.state().contents.flip(bit)
    }

    /// Returns a copy of what the disk holds, as a backup or a clone would.
    pub fn contents(&self) -> MemoryStorage {
        self.state().contents.clone()
    }

    /// Returns how many appends were tried.
    pub fn appends(&self) -> u64 {
        self.state().appends
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk").finish_non_exhaustive()
    }
}

/// An open [`Disk`].
#[derive(Debug)]
pub struct FaultyStorage {
    disk: Disk,
    opening: u64,
}

impl FaultyStorage {
    fn state(&self) -> Result<MutexGuard<'_, State>, StorageError> {
        let state = self.disk.state();
        if state.opened == self.opening {
            Ok(state)
        } else {
            let what = "this process lost the disk".to_owned();
            Err(StorageError::Io(what))
        }
    }
}

impl Storage for FaultyStorage {
    fn append(&mut self, batch: &Batch) -> Result<(), StorageError> {
        let mut state = self.state()?;
        state.appends += 1;
        let nth = state.appends;
        let failed = || StorageError::Io("scripted fault".to_owned());
        let lie = state.lies.then_some(Fault::Unsynced);
        match state.script.remove(&nth).or(lie) {
            Some(Fault::FullBefore) => return Err(StorageError::Full),
            Some(Fault::IoBefore) => return Err(failed()),
            Some(Fault::IoAfter) => {
                state.synced = None;
                state.contents.append(batch)?;
                return Err(failed());
            }
            Some(Fault::Unsynced) => {
                if state.synced.is_none() {
                    state.synced = Some(state.contents.clone());
                }
                return state.contents.append(batch);
            }
            None => {}
        }
        if let Some(bytes_max) = state.bytes_max {
            let mut grown = MemoryStorage::new();
            grown.append(batch)?;
            if state.contents.bytes() + grown.bytes() > bytes_max {
                return Err(StorageError::Full);
            }
        }
        state.contents.append(batch)?;
        // One journal: a sync makes all that came before durable too.
        state.synced = None;
        Ok(())
    }

    fn records(&mut self, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, StorageError> {
        self.state()?.contents.records(from, limit)
    }

    fn rows(&mut self, after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, StorageError> {
        self.state()?.contents.rows(after, limit)
    }

    fn row(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.state()?.contents.row(id)
    }

    fn blob(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.state()?.contents.blob(id)
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.state()?.contents.meta(name)
    }

    fn check(&mut self) -> Result<(), StorageError> {
        self.state()?.contents.check()
    }

    fn settle(&mut self) -> Result<(), StorageError> {
        self.state()?.contents.settle()
    }
}
