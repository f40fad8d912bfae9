//! The mark beside the journal: the number of the newest accepted record.
//!
//! Owns 16 bytes in a file of their own, and the lock on it. The mark is written behind every
//! append and not synced, so it costs a microsecond and may be old; it is never ahead of what was
//! accepted. When the store ends before it, accepted records are gone: the write-ahead log was cut
//! or damaged, which SQLite itself takes for a write that a crash cut short.
//!
//! ```text
//! station.db-mark    number 8 || its bitwise complement 8
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use redphone_journal::StorageError;

use super::{refused, sync_directory};

const MARK_BYTES: usize = 16;

/// The mark's file, locked.
pub(super) struct Mark {
    path: PathBuf,
    file: File,
}

impl Mark {
    /// Opens the mark of a journal, or makes one, and locks it.
    pub(super) fn hold(journal: &Path) -> Result<Self, StorageError> {
        let mut name = journal.as_os_str().to_owned();
        name.push("-mark");
        let path = PathBuf::from(name);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| refused(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path, file }),
            Err(TryLockError::WouldBlock) => Err(StorageError::Busy(format!(
                "another redphone has {} open.",
                journal.display()
            ))),
            Err(TryLockError::Error(error)) => Err(refused(&path, &error)),
        }
    }

    /// Compares the mark with the newest record in the store, then moves it there, durably.
    pub(super) fn check(&mut self, newest: u64) -> Result<(), StorageError> {
        let marked = self.read()?.unwrap_or(0);
        #[cfg(feature = "planted-bugs")]
        let marked = if crate::planted::is_planted(crate::planted::Bug::MarkUnchecked) {
            newest
        } else {
            marked
        };
        if marked > newest {
            return Err(StorageError::Damaged(format!(
                "record {marked} was accepted, but the store ends at {newest}"
            )));
        }
        self.write(newest)?;
        self.file
            .sync_all()
            .map_err(|error| refused(&self.path, &error))?;
        sync_directory(&self.path)
    }

    /// Moves the mark. Not synced.
    pub(super) fn write(&mut self, newest: u64) -> Result<(), StorageError> {
        let mut bytes = [0; MARK_BYTES];
        let (number, complement) = bytes.split_at_mut(8);
        number.copy_from_slice(&newest.to_be_bytes());
        complement.copy_from_slice(&(!newest).to_be_bytes());
        self.file
            .write_all_at(&bytes, 0)
            .map_err(|error| refused(&self.path, &error))
    }

    /// Reads the mark; `None` if the file is new.
    fn read(&mut self) -> Result<Option<u64>, StorageError> {
        let mut bytes = Vec::new();
        let mut file: &File = &self.file;
        let bound = u64::try_from(MARK_BYTES + 1).unwrap_or(u64::MAX);
        io::Seek::rewind(&mut file)
            .and_then(|()| file.take(bound).read_to_end(&mut bytes))
            .map_err(|error| refused(&self.path, &error))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let whole = <[u8; MARK_BYTES]>::try_from(bytes).ok();
        let mark = whole.and_then(|bytes| {
            let number = u64::from_be_bytes(*bytes.first_chunk()?);
            let complement = u64::from_be_bytes(*bytes.last_chunk()?);
            (number == !complement).then_some(number)
        });
        match mark {
            Some(mark) => Ok(Some(mark)),
            None => Err(StorageError::Damaged(format!(
                "{} is damaged. It only guards the journal beside it: remove it to go on without.",
                self.path.display()
            ))),
        }
    }
}
