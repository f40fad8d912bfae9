//! The home of a station: one private directory, held by one process at a time.
//!
//! It owns the names in the directory, its permissions, its format number and its lock. It reads
//! neither the configuration nor the journal; it only says where they are.
//!
//! ```text
//!   config.toml    settings, written by people
//!   station.db     the journal and the vault (and station.db-wal, station.db-shm beside it)
//!   station.key    the key file, where the station is not opened with a passphrase
//!   format         "redphone home 1", or "redphone backup 1": written last, so that half of one
//!                  is known as such
//!   lock           held by the process that has the home open
//!   api.sock       the operator's border, while the station runs
//! ```

mod error;

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

pub use error::HomeError;

/// The format of homes that this version makes and opens.
pub const HOME_FORMAT: u32 = 1;

/// The format of backups that this version makes and opens.
pub const BACKUP_FORMAT: u32 = 1;

const HOME_PREFIX: &str = "redphone home ";
const BACKUP_PREFIX: &str = "redphone backup ";
const FORMAT_BYTES_MAX: u64 = 64;

/// What a finished directory is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sort {
    Backup,
    Home,
}

/// A home that this process holds. Dropping it lets go of it.
#[derive(Debug)]
pub struct Home {
    path: PathBuf,
    _lock: File,
}

impl Home {
    /// Makes the directory of a new home, private to this account, and holds it. It is a home
    /// only after [`Home::finish`].
    ///
    /// # Errors
    ///
    /// [`HomeError::Exists`] when anything but an empty directory is there.
    pub fn create(path: &Path) -> Result<Self, HomeError> {
        let fault = |source| HomeError::io(path, source);
        if !path.exists() {
            DirBuilder::new()
                .mode(0o700)
                .recursive(true)
                .create(path)
                .map_err(fault)?;
        }
        let mut entries = fs::read_dir(path).map_err(fault)?;
        if entries.next().is_some() {
            return Err(HomeError::Exists(path.to_owned()));
        }
        // The directory was there, or its parents' mask was wider than ours.
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(fault)?;
        Self::hold(path)
    }

    /// Marks a new home as whole: all that is in it is durable, and so is the mark.
    ///
    /// # Errors
    ///
    /// [`HomeError::Io`].
    pub fn finish(&self) -> Result<(), HomeError> {
        self.write_new("format", format!("{HOME_PREFIX}{HOME_FORMAT}\n").as_bytes())
    }

    /// Marks a new directory as a whole backup, which no station runs on.
    ///
    /// # Errors
    ///
    /// [`HomeError::Io`].
    pub fn finish_backup(&self) -> Result<(), HomeError> {
        self.write_new(
            "format",
            format!("{BACKUP_PREFIX}{BACKUP_FORMAT}\n").as_bytes(),
        )
    }

    /// Writes a new private file in the home, durably.
    ///
    /// # Errors
    ///
    /// [`HomeError::Io`]; also when the file is there already.
    pub fn write_new(&self, name: &str, bytes: &[u8]) -> Result<(), HomeError> {
        let path = self.path.join(name);
        write_private(&path, bytes).map_err(|source| HomeError::io(&path, source))
    }

    /// Opens a home and holds it.
    ///
    /// # Errors
    ///
    /// [`HomeError`] in a sentence for each: no home, half a home, a newer one, one that others
    /// can read, one that another process holds.
    pub fn open(path: &Path) -> Result<Self, HomeError> {
        match Self::open_any(path)? {
            (home, Sort::Home) => Ok(home),
            (_, Sort::Backup) => Err(HomeError::IsBackup(path.to_owned())),
        }
    }

    /// Opens what can be restored: a backup, or a copy of a home.
    ///
    /// # Errors
    ///
    /// As [`Home::open`], except that a backup is one.
    pub fn open_backup(path: &Path) -> Result<Self, HomeError> {
        Self::open_any(path).map(|(home, _)| home)
    }

    fn open_any(path: &Path) -> Result<(Self, Sort), HomeError> {
        let found = match fs::metadata(path) {
            Ok(found) if found.is_dir() => found,
            Ok(_) => return Err(HomeError::NoHome(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(HomeError::NoHome(path.to_owned()));
            }
            Err(source) => return Err(HomeError::io(path, source)),
        };
        let sort = sort_of(path)?;
        if found.permissions().mode() & 0o077 != 0 {
            return Err(HomeError::OthersCanRead(path.to_owned()));
        }
        Ok((Self::hold(path)?, sort))
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the configuration is.
    pub fn config_path(&self) -> PathBuf {
        config_path(&self.path)
    }

    /// Where the journal and the vault are.
    pub fn storage_path(&self) -> PathBuf {
        self.path.join("station.db")
    }

    /// Where the key file is, if the home has one of its own.
    pub fn key_path(&self) -> PathBuf {
        key_path(&self.path)
    }

    fn hold(path: &Path) -> Result<Self, HomeError> {
        let lock_path = path.join("lock");
        let fault = |source| HomeError::io(&lock_path, source);
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path)
            .map_err(fault)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only to name the process; the refusal holds without it.
                let _ = lock.take(20).read_to_string(&mut holder);
                return Err(HomeError::Held {
                    path: path.to_owned(),
                    process: holder.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(fault(source)),
        }
        lock.set_len(0).map_err(fault)?;
        writeln!(lock, "{}", std::process::id()).map_err(fault)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }
}

/// Where the configuration of a home is. Needs no lock.
pub fn config_path(home: &Path) -> PathBuf {
    home.join("config.toml")
}

/// Where the key file of a home is, if it has one of its own. Needs no lock.
pub fn key_path(home: &Path) -> PathBuf {
    home.join("station.key")
}

/// Writes a new file that only this account can read, and makes it and its name durable.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        Some(_) | None => File::open(".")?.sync_all(),
    }
}

fn sort_of(path: &Path) -> Result<Sort, HomeError> {
    let format_path = path.join("format");
    let file = match File::open(&format_path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let begun = path.join("lock").exists() || path.join("station.db").exists();
            return Err(match begun {
                true => HomeError::Unfinished(path.to_owned()),
                false => HomeError::NoHome(path.to_owned()),
            });
        }
        Err(source) => return Err(HomeError::io(&format_path, source)),
    };
    let mut words = String::new();
    file.take(FORMAT_BYTES_MAX)
        .read_to_string(&mut words)
        .map_err(|source| HomeError::io(&format_path, source))?;
    let words = words.trim();
    let (sort, known, number) = match words.strip_prefix(BACKUP_PREFIX) {
        Some(number) => (Sort::Backup, BACKUP_FORMAT, Some(number)),
        None => (Sort::Home, HOME_FORMAT, words.strip_prefix(HOME_PREFIX)),
    };
    match number.and_then(|number| number.parse::<u32>().ok()) {
        Some(found) if found == known => Ok(sort),
        Some(found) if found > known => Err(HomeError::Newer {
            path: path.to_owned(),
            found,
        }),
        Some(_) | None => Err(HomeError::NoHome(path.to_owned())),
    }
}

#[cfg(test)]
mod tests;
