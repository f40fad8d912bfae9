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

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

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

/// Why a home was not made or not opened. The operator of the machine has to act.
#[derive(Debug)]
#[non_exhaustive]
pub enum HomeError {
    /// Something is where a new home should go.
    Exists(PathBuf),
    /// Another process holds it.
    Held {
        /// The home.
        path: PathBuf,
        /// Its process id, as it wrote it.
        process: Option<u32>,
    },
    /// A backup, on which no station runs.
    IsBackup(PathBuf),
    /// The machine refused.
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the machine said.
        source: io::Error,
    },
    /// A newer version made it.
    Newer {
        /// The home.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// There is no home.
    NoHome(PathBuf),
    /// Other accounts can look into it.
    OthersCanRead(PathBuf),
    /// `init`, `backup` or `restore` did not come to its end.
    Unfinished(PathBuf),
}

impl HomeError {
    fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

impl fmt::Display for HomeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(path) => write!(
                f,
                "{} is not empty. Name an empty or new directory for the home.",
                path.display()
            ),
            Self::Held { path, process } => {
                write!(f, "A station already runs on {}", path.display())?;
                if let Some(process) = process {
                    write!(f, " (process {process})")?;
                }
                f.write_str(". Use it, or stop it first: two on one home are clones.")
            }
            Self::IsBackup(path) => write!(
                f,
                "{} is a backup: no station runs on it. Restore it into a new home: redphone \
                 restore.",
                path.display()
            ),
            Self::Io { path, source } => {
                write!(
                    f,
                    "{} cannot be used: {source}. Look at the disk and at who owns it.",
                    path.display()
                )
            }
            Self::Newer { path, found } => write!(
                f,
                "A newer redphone made the home {} (format {found}; this version knows \
                 {HOME_FORMAT}). Install that version.",
                path.display()
            ),
            Self::NoHome(path) => write!(
                f,
                "{} is no home of a station. Name one with --home, or make one with redphone init.",
                path.display()
            ),
            Self::OthersCanRead(path) => write!(
                f,
                "Other accounts can look into {}. Close it with: chmod 700 {}",
                path.display(),
                path.display()
            ),
            Self::Unfinished(path) => write!(
                f,
                "The making of the home {} was broken off. Remove it and make it again.",
                path.display()
            ),
        }
    }
}

impl std::error::Error for HomeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Exists(_)
            | Self::Held { .. }
            | Self::IsBackup(_)
            | Self::Newer { .. }
            | Self::NoHome(_)
            | Self::OthersCanRead(_)
            | Self::Unfinished(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn finished(scratch: &Scratch) -> PathBuf {
        let path = scratch.path().join("nord");
        Home::create(&path).unwrap().finish().unwrap();
        path
    }

    fn refusal(path: &Path) -> String {
        Home::open(path).unwrap_err().to_string()
    }

    #[test]
    fn new_home_is_private_and_opens_again() {
        let scratch = Scratch::new();
        let path = finished(&scratch);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o700
        );
        for entry in fs::read_dir(&path).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(Home::open(&path).unwrap().path(), path);
    }

    #[test]
    fn second_process_on_one_home_is_refused_and_the_first_is_named() {
        let scratch = Scratch::new();
        let path = finished(&scratch);
        let first = Home::open(&path).unwrap();

        let said = refusal(&path);

        let process = std::process::id();
        assert!(said.starts_with("A station already runs on "), "{said}");
        assert!(said.contains(&format!("(process {process})")), "{said}");
        drop(first);
        assert!(Home::open(&path).is_ok());
    }

    #[test]
    fn home_of_a_newer_version_is_refused() {
        let scratch = Scratch::new();
        let path = finished(&scratch);
        fs::write(path.join("format"), "redphone home 7\n").unwrap();
        let said = refusal(&path);
        assert!(said.contains("A newer redphone made the home"), "{said}");
        assert!(
            said.contains("(format 7; this version knows 1). Install that version."),
            "{said}"
        );
    }

    #[test]
    fn what_is_no_home_is_refused() {
        let scratch = Scratch::new();
        let nowhere = refusal(&scratch.path().join("nowhere"));
        assert!(nowhere.contains("is no home of a station."), "{nowhere}");
        let path = finished(&scratch);
        fs::write(path.join("format"), [0xff, 0xfe]).unwrap();
        assert!(refusal(&path).contains("cannot be used"));
        fs::write(path.join("format"), "something else").unwrap();
        assert!(refusal(&path).contains("is no home of a station."));
    }

    #[test]
    fn half_a_home_is_refused() {
        let scratch = Scratch::new();
        let path = scratch.path().join("nord");
        drop(Home::create(&path).unwrap());
        assert!(refusal(&path).contains("was broken off. Remove it and make it again."));
    }

    #[test]
    fn home_that_others_can_read_is_refused() {
        let scratch = Scratch::new();
        let path = finished(&scratch);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(refusal(&path).contains("Close it with: chmod 700"));
    }

    #[test]
    fn home_is_not_made_where_something_is() {
        let scratch = Scratch::new();
        let path = finished(&scratch);
        let said = Home::create(&path).unwrap_err().to_string();
        assert!(
            said.contains("is not empty. Name an empty or new directory"),
            "{said}"
        );
    }
}
