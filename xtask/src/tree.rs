//! The text files of the repository, read once.
//!
//! Every tidy check is a function of a [`Tree`], so that a test can plant a violation in one made
//! of literals. Owns which folders are not ours to check; knows nothing of what is checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Folders that hold what is built, fetched or raw bytes.
const SKIPPED_FOLDERS: [&str; 5] = [".git", "__pycache__", "artifacts", "corpus", "target"];

/// Paths from the root, with `/` between folders, and the text of each file. A file that is not
/// text is there with an empty one.
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads every file under the root.
    pub(crate) fn load(root: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root.join(&folder))? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = folder.join(&name);
                if entry.file_type()?.is_dir() {
                    if !SKIPPED_FOLDERS.contains(&name.as_str()) {
                        folders.push(path);
                    }
                } else if let Some(path) = path.to_str() {
                    let bytes = fs::read(entry.path())?;
                    files.insert(
                        path.to_owned(),
                        String::from_utf8(bytes).unwrap_or_default(),
                    );
                }
            }
        }
        Ok(Self { files })
    }

    /// A tree of literals.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let own = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self {
            files: files.iter().map(own).collect(),
        }
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether there is a file, or a folder with a file in it, at this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let inside = format!("{path}/");
        self.files.contains_key(path) || self.files.keys().any(|file| file.starts_with(&inside))
    }

    /// All files with this ending, in order of path.
    pub(crate) fn ending<'t>(&'t self, ending: &str) -> impl Iterator<Item = (&'t str, &'t str)> {
        let ending = ending.to_owned();
        self.files
            .iter()
            .filter(move |(path, _)| path.ends_with(&ending))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// All files, in order of path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ending("")
    }
}
