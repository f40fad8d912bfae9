//! Why a home is not made or not opened.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use super::HOME_FORMAT;

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
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
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
