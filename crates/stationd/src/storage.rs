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

mod mark;
mod wal;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use redphone_journal::{Batch, Pair, Storage, StorageError, Write};
use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, OptionalExtension, Params};

use mark::Mark;

/// The newest format of the file that this program reads and writes.
pub const STORAGE_FORMAT: u32 = 1;

/// `rphn`: what kind of SQLite file it is.
const APPLICATION_ID: u32 = 0x7270_686e;

/// Bytes appended, roughly, until the write-ahead log is copied into the file.
const CHECKPOINT_BYTES: u64 = 4 << 20;

/// Largest file whose structure is checked at every opening; it takes about a second for each GiB.
/// The structure of a larger one is checked by `redphone journal verify`.
const CHECK_AT_OPEN_BYTES_MAX: u64 = 512 << 20;

/// Pages that one append writes beside its contents, at most as a rule, in bytes.
const APPEND_OVERHEAD_BYTES: u64 = 6 * 4_096;

const TABLES: [(&str, &str); 4] = [
    (
        "blobs",
        "CREATE TABLE blobs(id BLOB NOT NULL PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID",
    ),
    (
        "meta",
        "CREATE TABLE meta(name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    ),
    (
        "records",
        "CREATE TABLE records(number INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT",
    ),
    (
        "rows",
        "CREATE TABLE rows(id BLOB NOT NULL PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID",
    ),
];

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

    /// Reads what kind of file it is; makes the tables in an empty one.
    fn check_format(&mut self, whether: Whether) -> Result<(), StorageError> {
        let application = self.pragma("application_id")?;
        let format = self.pragma("user_version")?;
        let tables: u32 = self
            .connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(fault)?;
        if (application, format, tables) == (0, 0, 0) && whether == Whether::MayBeEmpty {
            return self.make_tables();
        }
        if application != APPLICATION_ID {
            return Err(damaged("the file is not a redphone journal"));
        }
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::NewerTaken) {
            return Ok(());
        }
        if format > STORAGE_FORMAT {
            return Err(StorageError::Newer {
                found: format,
                known: STORAGE_FORMAT,
            });
        }
        if format != STORAGE_FORMAT {
            return Err(damaged("the format number is none that was ever written"));
        }
        Ok(())
    }

    fn make_tables(&mut self) -> Result<(), StorageError> {
        let transaction = self.connection.transaction().map_err(fault)?;
        for (_, sql) in TABLES {
            transaction.execute(sql, []).map_err(fault)?;
        }
        let marks = format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {STORAGE_FORMAT};"
        );
        transaction.execute_batch(&marks).map_err(fault)?;
        transaction.commit().map_err(fault)
    }

    fn check_tables(&mut self) -> Result<(), StorageError> {
        let mut statement = self
            .connection
            .prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")
            .map_err(fault)?;
        let found = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect::<Result<Vec<(String, String)>, _>>)
            .map_err(fault)?;
        let found = found
            .iter()
            .map(|(name, sql)| (name.as_str(), sql.as_str()));
        if found.eq(TABLES) {
            Ok(())
        } else {
            Err(damaged("the tables are not those that were made"))
        }
    }

    fn pragma(&self, name: &str) -> Result<u32, StorageError> {
        let value = self
            .connection
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i32>(0))
            .map_err(fault)?;
        Ok(value.cast_unsigned())
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

    fn commit(&mut self, batch: &Batch) -> Result<(), StorageError> {
        // Cached statements: a step begins and ends thousands of times a second. What fails in
        // between is undone with the connection, which is not used again.
        run(&mut prepared(&self.connection, "BEGIN IMMEDIATE")?, ())?;
        {
            let mut insert = prepared(
                &self.connection,
                "INSERT INTO records(number, sealed) VALUES(?1, ?2)",
            )?;
            for (number, sealed) in &batch.records {
                let number = i64::try_from(*number).map_err(|_| damaged("a record number"))?;
                run(&mut insert, (number, sealed))?;
            }
        }
        put(&self.connection, "rows", &batch.rows)?;
        put(&self.connection, "blobs", &batch.blobs)?;
        for (name, value) in &batch.meta {
            let mut statement = match value {
                Some(_) => prepared(
                    &self.connection,
                    "REPLACE INTO meta(name, value) VALUES(?1, ?2)",
                )?,
                None => prepared(&self.connection, "DELETE FROM meta WHERE name = ?1")?,
            };
            match value {
                Some(value) => run(&mut statement, (name, value))?,
                None => run(&mut statement, (name,))?,
            }
        }
        run(&mut prepared(&self.connection, "COMMIT")?, ())
    }

    /// Copies the write-ahead log into the file and syncs both. With `TRUNCATE` the log is empty
    /// afterwards.
    fn checkpoint(&mut self, mode: &str) -> Result<(), StorageError> {
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        let (busy, frames, copied): (i64, i64, i64) = self
            .connection
            .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(fault)?;
        if busy != 0 || frames != copied {
            let what = "the write-ahead log could not be copied".to_owned();
            return Err(StorageError::Io(what));
        }
        self.appended_bytes = 0;
        Ok(())
    }

    fn append_and_mark(&mut self, batch: &Batch) -> Result<(), StorageError> {
        self.commit(batch)?;
        if let Some((newest, _)) = batch.records.last() {
            self.mark.write(*newest)?;
        }
        self.appended_bytes += APPEND_OVERHEAD_BYTES + batch_bytes(batch);
        if self.appended_bytes >= CHECKPOINT_BYTES {
            self.checkpoint("PASSIVE")?;
        }
        Ok(())
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
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Whether {
    MayBeEmpty,
    MustBeWhole,
}

fn prepared<'a>(
    connection: &'a Connection,
    sql: &str,
) -> Result<CachedStatement<'a>, StorageError> {
    connection.prepare_cached(sql).map_err(fault)
}

fn run(statement: &mut CachedStatement<'_>, values: impl Params) -> Result<(), StorageError> {
    statement.execute(values).map(|_| ()).map_err(fault)
}

/// Writes and erases rows of one of the two tables with sealed values.
fn put(connection: &Connection, table: &str, writes: &[Write]) -> Result<(), StorageError> {
    let (write, erase) = match table {
        "rows" => (
            "REPLACE INTO rows(id, sealed) VALUES(?1, ?2)",
            "DELETE FROM rows WHERE id = ?1",
        ),
        _ => (
            "REPLACE INTO blobs(id, sealed) VALUES(?1, ?2)",
            "DELETE FROM blobs WHERE id = ?1",
        ),
    };
    let mut write = prepared(connection, write)?;
    let mut erase = prepared(connection, erase)?;
    for (id, value) in writes {
        match value {
            Some(value) => run(&mut write, (id, value))?,
            None => run(&mut erase, (id,))?,
        }
    }
    Ok(())
}

fn batch_bytes(batch: &Batch) -> u64 {
    let records = batch.records.iter().map(|(_, sealed)| sealed.len());
    let writes = batch.rows.iter().chain(&batch.blobs);
    let writes = writes.map(|(_, value)| value.as_ref().map_or(0, Vec::len));
    let bytes: usize = records.chain(writes).sum();
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn number(found: i64) -> Result<u64, StorageError> {
    u64::try_from(found).map_err(|_| damaged("a record has a negative number"))
}

fn damaged(what: &str) -> StorageError {
    StorageError::Damaged(what.to_owned())
}

/// Says in the storage's words what SQLite said.
fn fault(error: rusqlite::Error) -> StorageError {
    let said = error.to_string();
    let Some(code) = error.sqlite_error_code() else {
        // Everything else that rusqlite reports is a value of another type than was written.
        return StorageError::Damaged(said);
    };
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "SQLite adds codes; unknown ones are faults"
    )]
    match code {
        ErrorCode::DiskFull => StorageError::Full,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            StorageError::Busy("another process has the journal open.".to_owned())
        }
        ErrorCode::ConstraintViolation
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase
        | ErrorCode::SchemaChanged
        | ErrorCode::TypeMismatch
        | ErrorCode::Unknown => StorageError::Damaged(said),
        _ => StorageError::Io(said),
    }
}

/// Says in the storage's words what the operating system said of a file.
fn refused(path: &Path, error: &io::Error) -> StorageError {
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    if full.contains(&error.kind()) {
        return StorageError::Full;
    }
    StorageError::Io(format!("{}: {error}", path.display()))
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
