//! What SQLite and the operating system said, in the storage's words: who has to act.

use std::io;
use std::path::Path;

use redphone_journal::StorageError;
use rusqlite::ErrorCode;

/// Says that what is there is not what was written.
pub(super) fn damaged(what: &str) -> StorageError {
    StorageError::Damaged(what.to_owned())
}

/// Says in the storage's words what SQLite said.
pub(super) fn fault(error: rusqlite::Error) -> StorageError {
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
pub(super) fn refused(path: &Path, error: &io::Error) -> StorageError {
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    if full.contains(&error.kind()) {
        return StorageError::Full;
    }
    StorageError::Io(format!("{}: {error}", path.display()))
}
