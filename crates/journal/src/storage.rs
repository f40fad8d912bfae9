//! What the journal asks of a disk: one durable transaction, and reads.
//!
//! Owns the [`Storage`] trait, the [`Batch`] it takes and the [`StorageError`] it gives. It knows
//! no cipher and no meaning: everything that passes here is sealed already, apart from the numbers
//! of records and the ids of rows and blobs. Implementations: [`crate::MemoryStorage`],
//! [`crate::FaultyStorage`], and the SQLite file of the daemon. Spec: OPERATING.md, "The journal
//! on disk".

use std::fmt;

/// Rows asked for at a time when a table is read whole.
pub const PAGE_ROWS_MAX: usize = 1_024;

/// An id and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// An id and its new value; `None` removes it.
pub type Write = (Vec<u8>, Option<Vec<u8>>);

/// A place that keeps records, rows, blobs and settings.
///
/// [`Storage::append`] is the only way in. When it returns `Ok`, everything in the batch survives a
/// power cut; when it returns an error, either all of the batch is there or none of it, and nobody
/// knows which until the storage is opened anew.
pub trait Storage {
    /// Makes a batch durable, all of it or none (FAULTS F07).
    ///
    /// # Errors
    ///
    /// Any [`StorageError`]. After one, nothing but a fresh opening may be trusted.
    fn append(&mut self, batch: &Batch) -> Result<(), StorageError>;

    /// Returns at most `limit` records with numbers from `from` on, in ascending order.
    ///
    /// # Errors
    ///
    /// Any [`StorageError`] except [`StorageError::Full`].
    fn records(&mut self, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, StorageError>;

    /// Returns at most `limit` rows with ids greater than `after` (from the first, if `None`), in
    /// ascending order of id.
    ///
    /// # Errors
    ///
    /// Any [`StorageError`] except [`StorageError::Full`].
    fn rows(&mut self, after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, StorageError>;

    /// Returns one row of the vault.
    ///
    /// # Errors
    ///
    /// Any [`StorageError`] except [`StorageError::Full`].
    fn row(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError>;

    /// Returns one blob.
    ///
    /// # Errors
    ///
    /// Any [`StorageError`] except [`StorageError::Full`].
    fn blob(&mut self, id: &[u8]) -> Result<Option<Vec<u8>>, StorageError>;

    /// Returns one setting.
    ///
    /// # Errors
    ///
    /// Any [`StorageError`] except [`StorageError::Full`].
    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageError>;

    /// Looks through the storage's own structure, not at what is in it.
    ///
    /// # Errors
    ///
    /// [`StorageError::Damaged`] with what is wrong, or another that kept it from looking.
    fn check(&mut self) -> Result<(), StorageError>;

    /// Removes dead copies of overwritten rows from whatever the storage wrote ahead.
    ///
    /// # Errors
    ///
    /// Any [`StorageError`]. What was appended stays appended.
    fn settle(&mut self) -> Result<(), StorageError>;

    /// Says whether appends put work off that [`Storage::catch_up`] would do.
    fn is_behind(&self) -> bool {
        false
    }

    /// Does what appends put off. To be called when nothing waits: appends do it themselves only
    /// when too much has gathered.
    ///
    /// # Errors
    ///
    /// Any [`StorageError`]. What was appended stays appended.
    fn catch_up(&mut self) -> Result<(), StorageError> {
        Ok(())
    }
}

/// One transaction. `None` as a value removes the entry and overwrites its bytes.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Batch {
    /// Sealed records with their numbers, ascending and new.
    pub records: Vec<(u64, Vec<u8>)>,
    /// Sealed vault rows to write or erase.
    pub rows: Vec<Write>,
    /// Sealed bodies and the snapshot to write or erase.
    pub blobs: Vec<Write>,
    /// Settings to write or erase.
    pub meta: Vec<(String, Option<Vec<u8>>)>,
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("records", &self.records.len())
            .field("rows", &self.rows.len())
            .field("blobs", &self.blobs.len())
            .field("meta", &self.meta.len())
            .finish()
    }
}

/// Why a storage did not do what it was asked. Variants say who has to act.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StorageError {
    /// Another process holds the storage. The operator ends one of the two.
    Busy(String),
    /// What is there is not what was written. The operator restores, or pairs anew.
    Damaged(String),
    /// There is no room. The operator frees some; what was accepted before is safe.
    Full,
    /// The disk or the operating system failed. The operator looks at the disk; the storage is
    /// opened anew before anything else is written.
    Io(String),
    /// There is none. The operator runs `redphone init`, or names the right home.
    Missing(String),
    /// A newer redphone wrote it. The operator installs that version.
    Newer {
        /// The format version found.
        found: u32,
        /// The newest format version that this program reads.
        known: u32,
    },
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(what) => write!(f, "{what} Stop it first."),
            Self::Damaged(what) => write!(f, "the journal is damaged: {what}"),
            Self::Full => f.write_str(
                "the disk that holds the home is full. Nothing accepted is lost. Free some space.",
            ),
            Self::Io(what) => write!(f, "the disk failed: {what}"),
            Self::Missing(what) => write!(f, "there is no journal at {what}. Run `redphone init`."),
            Self::Newer { found, known } => write!(
                f,
                "a newer redphone wrote this home (format {found}; this one reads up to {known}). \
                 Install that version."
            ),
        }
    }
}

impl std::error::Error for StorageError {}
