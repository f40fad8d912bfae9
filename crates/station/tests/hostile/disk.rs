//! A disk that the test can look at while the hub writes to it.

use std::sync::{Arc, Mutex, MutexGuard};

use redphone_journal::{Batch, MemoryStorage, Storage, StorageError};

/// A memory that is shared with the hub.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<MemoryStorage>>);

impl Disk {
    pub(crate) fn look(&self) -> MutexGuard<'_, MemoryStorage> {
        self.0.lock().unwrap()
    }
}

impl Storage for Disk {
    fn append(&mut self, batch: &Batch) -> Result<(), StorageError> {
        self.look().append(batch)
    }

    fn records(&mut self, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, StorageError> {
        self.look().records(from, limit)
    }

    fn rows(
        &mut self,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StorageError> {
        self.look().rows(after, limit)
    }

    fn row(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.look().row(id)
    }

    fn blob(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.look().blob(id)
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.look().meta(name)
    }

    fn check(&mut self) -> Result<(), StorageError> {
        self.look().check()
    }

    fn settle(&mut self) -> Result<(), StorageError> {
        self.look().settle()
    }
}
