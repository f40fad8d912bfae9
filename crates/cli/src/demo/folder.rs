//! The temporary directory of a demo: gone at the end, unless somebody wants to look.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use redphone_api::Refusal;

use crate::commands::failed;

/// The directory.
pub(crate) struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    /// Makes it, for this account only.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub(crate) fn make(keep: bool) -> Result<Self, Refusal> {
        let path = std::env::temp_dir().join(format!("redphone-demo-{}", std::process::id()));
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|fault| {
                failed(
                    format!("{} cannot be made: {fault}.", path.display()),
                    "Set TMPDIR.",
                )
            })?;
        Ok(Self { path, keep })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// It stays.
    pub(crate) fn keep_for_looking(&mut self) {
        self.keep = true;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
