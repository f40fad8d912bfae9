//! Backups on disk: written from a home that is not running, and restored into a new one.
//!
//! It owns the files: which are in a backup, in which order they are written, and how half of one
//! is known. What of the journal is taken over is the station's affair ([`Keeper`]). A backup is a
//! directory like a home, with another mark in `format`, so that no station runs on it by mistake.
//! Spec: OPERATING.md, "Backup and restore".
//!
//! ```text
//!   config.toml    settings, as they were; their digest is in the journal's last record
//!   station.db     the journal, without the keys of lines
//!   format         "redphone backup 1", written last
//! ```

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use redphone_journal::{Copied, StationKey};
use redphone_station::{HubError, Keeper};

use crate::clock::Clock;
use crate::config::{CONFIG_BYTES_MAX, Config, ConfigError};
use crate::daemon::entropy;
use crate::home::{Home, HomeError};
use crate::storage::SqliteStorage;
use crate::unlock::{Unlock, UnlockError};

/// What was written, and what the operator has to know of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Kept {
    /// Records, bodies, and keys that were left out.
    pub copied: Copied,
    /// The slot that the settings name. A backup has none; a restored home needs an empty one.
    pub slot: Option<PathBuf>,
    /// The key file in the home, which is in no backup.
    pub key_file: Option<PathBuf>,
}

/// Writes a backup of a home that no station runs on, and checks it from end to end.
///
/// # Errors
///
/// [`KeepError`], each with its own sentence. Half a backup is known as one.
pub fn back_up(home: &Path, out: &Path, unlock: &Unlock) -> Result<Kept, KeepError> {
    let home = Home::open(home)?;
    let settings = read_settings(&home.config_path())?;
    let config = parse(&settings, &home.config_path())?;
    let key = unlock.station_key(&home)?;
    let storage = open(&home)?;
    let mut keeper = Keeper::open(storage, &config.with_slot(key.clone()), entropy())?;
    let copy = Home::create(out)?;
    copy.write_new("config.toml", settings.as_bytes())?;
    let mut target = SqliteStorage::create(&copy.storage_path()).map_err(storage_failed)?;
    let at = Clock::start().now().utc;
    let copied = keeper.back_up(&mut target, &key, at, settings.as_bytes())?;
    drop(target);
    verify(&copy, &key)?;
    copy.finish_backup()?;
    Ok(Kept {
        copied,
        slot: config.slot,
        key_file: Some(home.key_path()).filter(|path| path.exists()),
    })
}

/// Restores a backup, or a plain copy of a home, into a new home: never over anything. `settings`
/// takes the place of those in the backup.
///
/// # Errors
///
/// [`KeepError`], each with its own sentence. Half a home is known as one.
pub fn restore(
    backup: &Path,
    home: &Path,
    settings: Option<&Path>,
    unlock: &Unlock,
) -> Result<Kept, KeepError> {
    let backup = Home::open_backup(backup)?;
    let kept = backup.config_path();
    let from = settings.unwrap_or(&kept);
    let text = read_settings(from)?;
    let key = unlock.station_key(&backup)?;
    let slotted = match settings {
        // Only a plain copy of a home needs the slot that its own settings name.
        None => parse(&text, from).map_or_else(|_| key.clone(), |own| own.with_slot(key.clone())),
        Some(_) => key.clone(),
    };
    let mut keeper = Keeper::open(open(&backup)?, &slotted, entropy())?;
    if settings.is_none() && !keeper.has_settings(text.as_bytes()) {
        return Err(KeepError::SettingsDiffer(kept));
    }
    let config = parse(&text, from)?;
    let home = Home::create(home)?;
    home.write_new("config.toml", text.as_bytes())?;
    let mut target = SqliteStorage::create(&home.storage_path()).map_err(storage_failed)?;
    let copied = keeper.restore(&mut target, &key, Clock::start().now().utc)?;
    drop(target);
    verify(&home, &key)?;
    home.finish()?;
    Ok(Kept {
        copied,
        slot: config.slot,
        key_file: None,
    })
}

fn open(home: &Home) -> Result<SqliteStorage, KeepError> {
    SqliteStorage::open(&home.storage_path()).map_err(storage_failed)
}

fn read_settings(path: &Path) -> Result<String, KeepError> {
    let fault = |source| KeepError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = File::open(path).map_err(fault)?;
    file.take(CONFIG_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(fault)?;
    if text.len() as u64 > CONFIG_BYTES_MAX {
        return Err(fault(io::Error::other("it is too long")));
    }
    Ok(text)
}

fn parse(text: &str, path: &Path) -> Result<Config, KeepError> {
    Config::parse(text).map_err(|refused| {
        KeepError::Settings(ConfigError {
            file: path.to_owned(),
            line: refused.line,
            what: refused.what,
        })
    })
}

/// Checks what was written from end to end, as it is on the disk.
fn verify(copy: &Home, key: &StationKey) -> Result<(), KeepError> {
    let mut storage = open(copy)?;
    let verdict = redphone_journal::verify(&mut storage, key).map_err(HubError::from)?;
    let damage = verdict.damage.first().map(ToString::to_string);
    let bad = verdict
        .first_bad
        .map(|(number, why)| format!("record {number} {why}"));
    match bad.or(damage) {
        Some(what) => Err(KeepError::NotWhole {
            path: copy.path().to_owned(),
            what,
        }),
        None => Ok(()),
    }
}

fn storage_failed(error: redphone_journal::StorageError) -> KeepError {
    KeepError::Hub(HubError::Journal(error.into()))
}

/// Why a backup was not written or not restored. The operator of the machine has to act.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeepError {
    /// One of the two directories.
    Home(HomeError),
    /// The journal did not open, or could not be copied.
    Hub(HubError),
    /// What was written is not what it should be.
    NotWhole {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The settings make no sense.
    Settings(ConfigError),
    /// The settings are not those that were backed up.
    SettingsDiffer(PathBuf),
    /// There is no key.
    Unlock(UnlockError),
    /// The settings cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        source: io::Error,
    },
}

impl From<HomeError> for KeepError {
    fn from(error: HomeError) -> Self {
        Self::Home(error)
    }
}

impl From<HubError> for KeepError {
    fn from(error: HubError) -> Self {
        Self::Hub(error)
    }
}

impl From<UnlockError> for KeepError {
    fn from(error: UnlockError) -> Self {
        Self::Unlock(error)
    }
}

impl fmt::Display for KeepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home(error) => error.fmt(f),
            Self::Hub(HubError::Journal(error)) => {
                // The part that is damaged is named by what caused the error.
                let mut words = error.to_string();
                let mut source = error.source();
                while let Some(inner) = source {
                    words = format!("{words}: {inner}");
                    source = inner.source();
                }
                f.write_str(&capital(&words))
            }
            Self::Hub(error) => error.fmt(f),
            Self::NotWhole { path, what } => write!(
                f,
                "What was written to {} is not whole: {what}. Look at that disk.",
                path.display()
            ),
            Self::Settings(error) => error.fmt(f),
            Self::SettingsDiffer(path) => write!(
                f,
                "{} is not what was backed up: it was changed, or damaged. Name settings to use \
                 in its place with --config.",
                path.display()
            ),
            Self::Unlock(error) => error.fmt(f),
            Self::Unreadable { path, source } => {
                write!(
                    f,
                    "The settings {} cannot be read: {source}.",
                    path.display()
                )
            }
        }
    }
}

impl Error for KeepError {}

/// A first capital and a full stop.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}
