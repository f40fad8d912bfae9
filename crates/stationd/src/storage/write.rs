//! Writing: one transaction an append, and when the write-ahead log is copied into the file.

use redphone_journal::{Batch, StorageError, Write};
use rusqlite::{CachedStatement, Connection, Params};

use super::fault::{damaged, fault};
use super::{SqliteStorage, prepared};

/// Bytes appended, roughly, until the write-ahead log is to be copied into the file: as soon as
/// nothing waits.
const BEHIND_BYTES: u64 = 4 << 20;

/// Bytes appended, roughly, until an append copies it, whatever waits. Well below the reserve, so
/// that on a full disk there is room for the copy.
const CHECKPOINT_BYTES: u64 = 8 << 20;

/// Pages that one append writes beside its contents, at most as a rule, in bytes.
const APPEND_OVERHEAD_BYTES: u64 = 6 * 4_096;

impl SqliteStorage {
    /// Whether so much was appended that the log is to be copied as soon as nothing waits.
    pub(super) fn owes_checkpoint(&self) -> bool {
        self.appended_bytes >= BEHIND_BYTES
    }

    /// One durable transaction.
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
    pub(super) fn checkpoint(&mut self, mode: &str) -> Result<(), StorageError> {
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

    /// One durable transaction, then the mark of the newest record.
    pub(super) fn append_and_mark(&mut self, batch: &Batch) -> Result<(), StorageError> {
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
