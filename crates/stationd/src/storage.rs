//! The journal on disk: one SQLite file, every append one durable transaction.
//!
//! Owns the tables, the settings of SQLite that durability rests on, and what is done after a fault
//! of the disk: the connection is never used again, and a fresh one copies everything accepted out
//! of the write-ahead log, synced, before it takes anything more. It opens no record: all of it is
//! sealed. Spec: OPERATING.md, "The journal on disk"; FAULTS F01 to F06, F13 to F19.
//!
//! ```text
//!   station.db        records, rows, blobs, meta; application id "rphn", user version = format
//!   station.db-wal    SQLite's write-ahead log
//!   station.db-mark   the newest accepted record (mark.rs); also locked, so that there is one writer
//! ```

mod fault;
mod mark;
mod tables;
mod wal;
mod write;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use redphone_journal::{Batch, Pair, Storage, StorageError};
use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, OpenFlags, OptionalExtension, Params};

use fault::{damaged, fault, refused};
use mark::Mark;
use tables::Whether;

pub use tables::STORAGE_FORMAT;

/// Largest file whose structure is checked at every opening; it takes about a second for each GiB.
/// The structure of a larger one is checked by `redphone journal verify`.
const CHECK_AT_OPEN_BYTES_MAX: u64 = 512 << 20;

/// The journal's storage in an SQLite file.
///
/// After any error it answers nothing but that error's consequence: open it anew with
/// [`SqliteStorage::reopen`].
pub struct SqliteStorage {
    path: PathBuf,
    connection: Connection,
    mark: Mark,
    /// Bytes appended since the write-ahead log was last copied.
    appended_bytes: u64,
    failed: bool,
}

impl SqliteStorage {
    /// Makes the file, or opens one that is there, so that a creation that was cut short can be
    /// repeated.
    ///
    /// # Errors
    ///
    /// As [`SqliteStorage::open`], except `Missing`.
    pub fn create(path: &Path) -> Result<Self, StorageError> {
        let made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        match made {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refused(path, &error)),
        }
        let mark = Mark::hold(path)?;
        sync_directory(path)?;
        Self::connect(path.to_owned(), mark, Whether::MayBeEmpty)
    }

    /// Opens the file and makes durable what it finds.
    ///
    /// # Errors
    ///
    /// `Missing`, `Busy` for a second process, `Newer`, `Damaged`, `Full` or `Io`.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        match std::fs::metadata(path) {
            Ok(found) if found.is_file() => {}
            Ok(_) => return Err(StorageError::Missing(path.display().to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StorageError::Missing(path.display().to_string()));
            }
            Err(error) => return Err(refused(path, &error)),
        }
        let mark = Mark::hold(path)?;
        Self::connect(path.to_owned(), mark, Whether::MustBeWhole)
    }

    /// Drops the connection, with all that the operating system may have told it wrongly, and opens
    /// a fresh one. The lock is kept throughout.
    ///
    /// # Errors
    ///
    /// As [`SqliteStorage::open`]; the lock is then let go.
    pub fn reopen(self) -> Result<Self, StorageError> {
        let Self {
            path,
            connection,
            mark,
            ..
        } = self;
        drop(connection);
        Self::connect(path, mark, Whether::MustBeWhole)
    }

    fn connect(path: PathBuf, mark: Mark, whether: Whether) -> Result<Self, StorageError> {
        wal::rewrite(&path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(fault)?;
        let mut storage = Self {
            path,
            connection,
            mark,
            appended_bytes: 0,
            failed: false,
        };
        storage.configure()?;
        storage.check_format(whether)?;
        storage.settle()?;
        storage.check_tables()?;
        let newest = storage.newest()?;
        storage.mark.check(newest)?;
        if storage.file_bytes()? <= CHECK_AT_OPEN_BYTES_MAX {
            storage.check()?;
        }
        Ok(storage)
    }

    fn configure(&mut self) -> Result<(), StorageError> {
        // A connection that failed must not copy the log as it closes: that would be the retry of
        // a sync that the operating system has already given up on.
        for (option, on) in [
            (DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        ] {
            self.connection.set_db_config(option, on).map_err(fault)?;
        }
        self.connection.set_prepared_statement_cache_capacity(32);
        // In this order: the locking mode must be known before the log is first touched, so that
        // its index is kept in memory and not in a third file.
        let synchronous = "FULL";
        #[cfg(feature = "planted-bugs")]
        let synchronous = if crate::planted::is_planted(crate::planted::Bug::SyncedLater) {
            "NORMAL"
        } else {
            synchronous
        };
        for (name, value) in [
            ("locking_mode", "EXCLUSIVE"),
            ("journal_mode", "WAL"),
            ("synchronous", synchronous),
            ("secure_delete", "ON"),
            ("cell_size_check", "ON"),
            ("temp_store", "MEMORY"),
            ("wal_autocheckpoint", "0"),
        ] {
            let sql = format!("PRAGMA {name} = {value}");
            self.connection
                .query_row(&sql, [], |_| Ok(()))
                .optional()
                .map_err(fault)?;
        }
        Ok(())
    }

    fn newest(&mut self) -> Result<u64, StorageError> {
        let newest: Option<i64> = self
            .connection
            .query_row("SELECT max(number) FROM records", [], |row| row.get(0))
            .map_err(fault)?;
        number(newest.unwrap_or(0))
    }

    fn file_bytes(&self) -> Result<u64, StorageError> {
        let found = std::fs::metadata(&self.path);
        found
            .map(|found| found.len())
            .map_err(|error| refused(&self.path, &error))
    }

    fn usable(&self) -> Result<(), StorageError> {
        if self.failed {
            let what = "it failed before, and has not been opened anew".to_owned();
            return Err(StorageError::Io(what));
        }
        Ok(())
    }

    /// Remembers that something failed: from then on only a fresh connection may be trusted.
    fn noting<T>(&mut self, result: Result<T, StorageError>) -> Result<T, StorageError> {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::FailedConnectionUsed) {
            return result;
        }
        self.failed |= result.is_err();
        result
    }

    fn value(&mut self, sql: &str, key: impl Params) -> Result<Option<Vec<u8>>, StorageError> {
        self.usable()?;
        let mut statement = prepared(&self.connection, sql)?;
        statement
            .query_row(key, |row| row.get(0))
            .optional()
            .map_err(fault)
    }
}

impl Storage for SqliteStorage {
    fn append(&mut self, batch: &Batch) -> Result<(), StorageError> {
        self.usable()?;
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::FileForEachAppend) {
            let newest = self.newest()?;
            let file = self.path.with_extension(newest.to_string());
            File::create(&file).map_err(|error| refused(&file, &error))?;
        }
        let appended = self.append_and_mark(batch);
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::FaultSwallowed) {
            return Ok(());
        }
        self.noting(appended)
    }

    fn records(&mut self, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, StorageError> {
        self.usable()?;
        let Ok(from) = i64::try_from(from) else {
            return Ok(Vec::new());
        };
        let sql = "SELECT number, sealed FROM records WHERE number >= ?1 ORDER BY number LIMIT ?2";
        let mut statement = prepared(&self.connection, sql)?;
        let found = statement
            .query_map((from, limit_of(limit)), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .and_then(Iterator::collect::<Result<Vec<(i64, Vec<u8>)>, _>>)
            .map_err(fault)?;
        let found = found.into_iter();
        found
            .map(|(found, sealed)| Ok((number(found)?, sealed)))
            .collect()
    }

    fn rows(&mut self, after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, StorageError> {
        self.usable()?;
        let sql = "SELECT id, sealed FROM rows WHERE ?1 IS NULL OR id > ?1 ORDER BY id LIMIT ?2";
        let behind = "SELECT id, sealed FROM rows WHERE id > ?1 ORDER BY id LIMIT ?2";
        let sql = if after.is_some() { behind } else { sql };
        let mut statement = prepared(&self.connection, sql)?;
        statement
            .query_map((after, limit_of(limit)), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .and_then(Iterator::collect)
            .map_err(fault)
    }

    fn row(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.value("SELECT sealed FROM rows WHERE id = ?1", (id,))
    }

    fn blob(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.value("SELECT sealed FROM blobs WHERE id = ?1", (id,))
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.value("SELECT value FROM meta WHERE name = ?1", (name,))
    }

    fn check(&mut self) -> Result<(), StorageError> {
        self.usable()?;
        let found: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(fault)?;
        if found == "ok" {
            return Ok(());
        }
        Err(StorageError::Damaged(found))
    }

    fn settle(&mut self) -> Result<(), StorageError> {
        self.usable()?;
        let settled = self.checkpoint("TRUNCATE");
        self.noting(settled)
    }

    fn is_behind(&self) -> bool {
        !self.failed && self.owes_checkpoint()
    }

    fn catch_up(&mut self) -> Result<(), StorageError> {
        self.usable()?;
        if !self.is_behind() {
            return Ok(());
        }
        let copied = self.checkpoint("PASSIVE");
        self.noting(copied)
    }
}

fn prepared<'a>(
    connection: &'a Connection,
    sql: &str,
) -> Result<CachedStatement<'a>, StorageError> {
    connection.prepare_cached(sql).map_err(fault)
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn number(found: i64) -> Result<u64, StorageError> {
    u64::try_from(found).map_err(|_| damaged("a record has a negative number"))
}

/// Makes the names in a file's directory durable.
fn sync_directory(path: &Path) -> Result<(), StorageError> {
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::DirectoryUnsynced) {
        return Ok(());
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| refused(directory, &error))
}

#[cfg(test)]
mod tests;
