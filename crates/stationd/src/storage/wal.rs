//! SQLite's write-ahead log, before SQLite opens it.
//!
//! Owns one thing: the log is written over itself and synced. After a sync has failed, the
//! operating system may hold pages of it that are on no disk and that no later sync will write
//! (the fsync error of 2018, FAULTS F16). Written again they are dirty again, so that the sync
//! tells the truth, and a crash while the log is copied into the file finds the log whole.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use redphone_journal::StorageError;

use super::refused;

const PIECE_BYTES: usize = 1 << 20;

/// Makes durable what the operating system shows of the log of a journal.
pub(super) fn rewrite(journal: &Path) -> Result<(), StorageError> {
    let mut name = journal.as_os_str().to_owned();
    name.push("-wal");
    let path = PathBuf::from(name);
    match rewrite_file(&path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(refused(&path, &error)),
    }
}

fn rewrite_file(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(());
    }
    let mut piece = vec![0; PIECE_BYTES];
    let mut place = 0;
    loop {
        let read = file.read_at(&mut piece, place)?;
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        file.write_all_at(bytes, place)?;
        place += u64::try_from(read).unwrap_or(u64::MAX);
    }
    file.sync_all()
}
