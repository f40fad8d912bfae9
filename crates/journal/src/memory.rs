//! A storage in memory, for tests and for simulated disks.
//!
//! Owns nothing but maps. A clone is a copy of the whole, as a snapshot of a disk would be.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::storage::{Batch, Pair, Storage, StorageError};

/// What a disk would hold, in memory.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct MemoryStorage {
    /// Sealed records by number.
    pub records: BTreeMap<u64, Vec<u8>>,
    /// Sealed rows of the vault by id.
    pub rows: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Sealed bodies and the snapshot by id.
    pub blobs: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Settings by name.
    pub meta: BTreeMap<String, Vec<u8>>,
}

impl MemoryStorage {
    /// Returns an empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns how many bytes of values it holds.
    pub fn bytes(&self) -> u64 {
        let values = self
            .records
            .values()
            .chain(self.rows.values())
            .chain(self.blobs.values())
            .chain(self.meta.values());
        values.fold(0, |sum, value| {
            sum + u64::try_from(value.len()).unwrap_or(u64::MAX)
        })
    }

    /// Flips one bit of a value, counted over records, rows, blobs and settings in order. Returns
    /// `false` if there are fewer bits.
    pub fn flip(&mut self, bit: u64) -> bool {
        let mut left = bit / 8;
        let values = self
            .records
            .values_mut()
            .chain(self.rows.values_mut())
            .chain(self.blobs.values_mut())
            .chain(self.meta.values_mut());
        for value in values {
            let bytes = u64::try_from(value.len()).unwrap_or(u64::MAX);
            let place = usize::try_from(left).unwrap_or(usize::MAX);
            if let Some(byte) = value.get_mut(place) {
                *byte ^= 1 << (bit % 8);
                return true;
            }
            left -= bytes;
        }
        false
    }

    fn put<K: Ord + Clone>(map: &mut BTreeMap<K, Vec<u8>>, entries: &[(K, Option<Vec<u8>>)]) {
        for (id, value) in entries {
            match value {
                Some(value) => map.insert(id.clone(), value.clone()),
                None => map.remove(id),
            };
        }
    }
}

impl std::fmt::Debug for MemoryStorage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStorage")
            .field("records", &self.records.len())
            .field("rows", &self.rows.len())
            .field("blobs", &self.blobs.len())
            .finish_non_exhaustive()
    }
}

impl Storage for MemoryStorage {
    fn append(&mut self, batch: &Batch) -> Result<(), StorageError> {
        if let Some((number, _)) = batch
            .records
            .iter()
            .find(|(number, _)| self.records.contains_key(number))
        {
            let what = format!("record {number} is there already");
            return Err(StorageError::Damaged(what));
        }
        self.records.extend(batch.records.iter().cloned());
        Self::put(&mut self.rows, &batch.rows);
        Self::put(&mut self.blobs, &batch.blobs);
        Self::put(&mut self.meta, &batch.meta);
        Ok(())
    }

    fn records(&mut self, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, StorageError> {
        let found = self.records.range(from..).take(limit);
        Ok(found
            .map(|(number, record)| (*number, record.clone()))
            .collect())
    }

    fn rows(&mut self, after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, StorageError> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let found = self.rows.range::<[u8], _>((start, Bound::Unbounded));
        Ok(found
            .take(limit)
            .map(|(id, row)| (id.clone(), row.clone()))
            .collect())
    }

    fn row(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.rows.get(id).cloned())
    }

    fn blob(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.blobs.get(id).cloned())
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.meta.get(name).cloned())
    }

    fn check(&mut self) -> Result<(), StorageError> {
        Ok(())
    }

    fn settle(&mut self) -> Result<(), StorageError> {
        Ok(())
    }
}
