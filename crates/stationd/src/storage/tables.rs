//! What kind of SQLite file it is: its marks, its format and its tables.

use redphone_journal::StorageError;

use super::SqliteStorage;
use super::fault::{damaged, fault};

/// The newest format of the file that this program reads and writes.
pub const STORAGE_FORMAT: u32 = 1;

/// `rphn`: what kind of SQLite file it is.
const APPLICATION_ID: u32 = 0x7270_686e;

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

/// Whether the file may be one that is still to be made.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Whether {
    MayBeEmpty,
    MustBeWhole,
}

impl SqliteStorage {
    /// Reads what kind of file it is; makes the tables in an empty one.
    pub(super) fn check_format(&mut self, whether: Whether) -> Result<(), StorageError> {
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

    /// Checks that the tables are those of this format.
    pub(super) fn check_tables(&mut self) -> Result<(), StorageError> {
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
}
