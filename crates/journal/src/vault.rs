//! The vault: secret rows that are overwritten in the same transaction as the records.
//!
//! Owns the bytes of a stored row and the running digest of the whole vault, which every step's
//! last record carries: so a row from another time, a lost one or a changed one is noticed at the
//! next start. It keeps no secret in memory; the rooms hold theirs. Spec: PROTOCOL.md, appendix
//! "The journal", rules JNL-5 to JNL-7.
//!
//! ```text
//! stored   version 8 || nonce 24 || ciphertext || tag 16       ad = "redphone/1 row" || version 8 || id
//! id       table 1 (0 the journal's own, 1 the rooms', 2 keys of bodies) || id within it
//! version  number of the closing record of the step that wrote the row
//! digest   sum modulo 2^256 of HMAC-SHA-256(digest key, id length 2 || id || stored) over all rows
//! ```

use std::collections::BTreeMap;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::cipher::{self, Draws, Sealer};
use crate::digest::VaultDigest;
use crate::error::{Damage, JournalError};
use crate::storage::{Batch, PAGE_ROWS_MAX, Storage};

/// Which part of the vault a row is in: the first byte of its id in the storage.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Table {
    /// The journal's own keys.
    Own,
    /// The rooms' rows.
    Rooms,
    /// Keys of bodies.
    Bodies,
}

impl Table {
    fn byte(self) -> u8 {
        match self {
            Self::Own => 0,
            Self::Rooms => 1,
            Self::Bodies => 2,
        }
    }

    /// Returns the id in the storage of an id within this table.
    pub(crate) fn id(self, within: &[u8]) -> Vec<u8> {
        let mut id = Vec::with_capacity(1 + within.len());
        id.push(self.byte());
        id.extend_from_slice(within);
        id
    }

    /// Splits an id in the storage.
    pub(crate) fn split(id: &[u8]) -> Option<(Self, &[u8])> {
        let (byte, within) = id.split_first()?;
        let table = match byte {
            0 => Self::Own,
            1 => Self::Rooms,
            2 => Self::Bodies,
            _ => return None,
        };
        Some((table, within))
    }
}

/// The keys that follow from one vault key.
#[derive(Clone)]
pub(crate) struct VaultKeys {
    rows: Sealer,
    digest: Hmac<Sha256>,
}

impl VaultKeys {
    pub(crate) fn new(vault_key: &[u8; 32]) -> Self {
        let rows = cipher::derive(vault_key, "journal rows", &[]);
        let digest = cipher::derive(vault_key, "journal digest", &[]);
        Self {
            rows: Sealer::new(&rows),
            digest: cipher::hmac(&digest),
        }
    }

    /// Seals a row as `version` writes it.
    pub(crate) fn seal(
        &self,
        draws: &mut Draws,
        version: u64,
        id: &[u8],
        value: &[u8],
    ) -> Option<Vec<u8>> {
        let version = version.to_be_bytes();
        self.rows
            .seal(draws.nonce(), &bound(version, id), &version, &[value])
    }

    /// Opens a stored row.
    pub(crate) fn open(&self, id: &[u8], stored: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (version, sealed) = stored.split_first_chunk::<8>()?;
        self.rows.open(&bound(*version, id), sealed)
    }

    /// Returns what a stored row adds to the digest.
    pub(crate) fn term(&self, id: &[u8], stored: &[u8]) -> VaultDigest {
        let mut mac = self.digest.clone();
        mac.update(&u16::try_from(id.len()).unwrap_or(u16::MAX).to_be_bytes());
        mac.update(id);
        mac.update(stored);
        VaultDigest::from_bytes(mac.finalize().into_bytes().into())
    }
}

/// The vault as it stands: what every row adds to the digest, and the sum. Terms of the keys of
/// bodies are not kept, there may be a great many; they are read again when needed.
pub(crate) struct Vault {
    pub(crate) keys: VaultKeys,
    terms: BTreeMap<Vec<u8>, VaultDigest>,
    digest: VaultDigest,
    bodies: u64,
}

impl Vault {
    pub(crate) fn empty(keys: VaultKeys) -> Self {
        Self {
            keys,
            terms: BTreeMap::new(),
            digest: VaultDigest::default(),
            bodies: 0,
        }
    }

    /// Reads the whole vault; hands every row but the keys of bodies to `each`, opened.
    pub(crate) fn load(
        keys: VaultKeys,
        storage: &mut impl Storage,
        mut each: impl FnMut(Table, &[u8], Zeroizing<Vec<u8>>),
    ) -> Result<Self, JournalError> {
        let mut vault = Self::empty(keys);
        for_each_row(storage, |id, stored| {
            vault.insert(id, stored);
            let (table, within) = Table::split(id).ok_or_else(|| damaged(id))?;
            if table != Table::Bodies {
                let value = vault.keys.open(id, stored).ok_or_else(|| damaged(id))?;
                each(table, within, value);
            }
            Ok(())
        })?;
        Ok(vault)
    }

    /// Counts a stored row in, as a vault that is being rebuilt meets it.
    pub(crate) fn insert(&mut self, id: &[u8], stored: &[u8]) {
        let term = self.keys.term(id, stored);
        self.digest = self.digest.add(term);
        if Table::split(id).is_some_and(|(table, _)| table == Table::Bodies) {
            self.bodies += 1;
        } else {
            self.terms.insert(id.to_vec(), term);
        }
    }

    /// Refuses a rebuilt vault that has not met every row of the old one.
    pub(crate) fn expect_same_rows(&self, old: &Self) -> Result<(), JournalError> {
        let lost = old.terms.keys().find(|id| !self.terms.contains_key(*id));
        match lost {
            Some(id) => Err(damaged(id)),
            None if self.bodies != old.bodies => Err(damaged(&Table::Bodies.id(b"*"))),
            None => Ok(()),
        }
    }

    /// Starts a change that the record `version` will close.
    pub(crate) fn change(&self, version: u64) -> Change<'_> {
        Change {
            vault: self,
            version,
            pending: BTreeMap::new(),
            digest: self.digest,
            bodies: self.bodies,
        }
    }

    /// Takes a change over, after it has become durable.
    pub(crate) fn apply(&mut self, changed: Changed) {
        for (id, term) in changed.pending {
            if Table::split(&id).is_some_and(|(table, _)| table == Table::Bodies) {
                continue;
            }
            match term {
                Some(term) => self.terms.insert(id, term),
                None => self.terms.remove(&id),
            };
        }
        self.digest = changed.digest;
        self.bodies = changed.bodies;
    }

    pub(crate) fn digest(&self) -> VaultDigest {
        self.digest
    }

    /// Returns how many bodies have a key.
    pub(crate) fn bodies(&self) -> u64 {
        self.bodies
    }

    /// Names the first row that does not open, if any.
    pub(crate) fn first_damaged(
        &self,
        storage: &mut impl Storage,
    ) -> Result<Option<Vec<u8>>, JournalError> {
        let mut found = None;
        for_each_row(storage, |id, stored| {
            if found.is_none() && self.keys.open(id, stored).is_none() {
                found = Some(id.to_vec());
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// Rows written and erased in one step, on the way into a batch.
pub(crate) struct Change<'a> {
    vault: &'a Vault,
    version: u64,
    pending: BTreeMap<Vec<u8>, Option<VaultDigest>>,
    digest: VaultDigest,
    bodies: u64,
}

/// A change without its vault, for [`Vault::apply`].
pub(crate) struct Changed {
    pending: BTreeMap<Vec<u8>, Option<VaultDigest>>,
    digest: VaultDigest,
    bodies: u64,
}

impl Changed {
    /// Returns the digest of the vault as it will be.
    pub(crate) fn digest(&self) -> VaultDigest {
        self.digest
    }
}

impl Change<'_> {
    /// Writes or erases one row.
    pub(crate) fn put(
        &mut self,
        storage: &mut impl Storage,
        draws: &mut Draws,
        batch: &mut Batch,
        id: Vec<u8>,
        value: Option<&[u8]>,
    ) -> Result<(), JournalError> {
        let before = self.term_before(storage, &id)?;
        let stored = match value {
            Some(value) => {
                let sealed = self.vault.keys.seal(draws, self.version, &id, value);
                Some(sealed.ok_or(JournalError::ApiMisuse("a row is too long to seal"))?)
            }
            None => None,
        };
        let after = stored
            .as_ref()
            .map(|stored| self.vault.keys.term(&id, stored));
        if let Some(before) = before {
            self.digest = self.digest.subtract(before);
        }
        if let Some(after) = after {
            self.digest = self.digest.add(after);
        }
        if Table::split(&id).is_some_and(|(table, _)| table == Table::Bodies) {
            let kept = self.bodies.saturating_sub(u64::from(before.is_some()));
            self.bodies = kept + u64::from(after.is_some());
        }
        self.pending.insert(id.clone(), after);
        if before.is_some() || stored.is_some() {
            batch.rows.push((id, stored));
        }
        Ok(())
    }

    pub(crate) fn done(self) -> Changed {
        Changed {
            pending: self.pending,
            digest: self.digest,
            bodies: self.bodies,
        }
    }

    fn term_before(
        &self,
        storage: &mut impl Storage,
        id: &[u8],
    ) -> Result<Option<VaultDigest>, JournalError> {
        if let Some(pending) = self.pending.get(id) {
            return Ok(*pending);
        }
        if Table::split(id).is_none_or(|(table, _)| table != Table::Bodies) {
            return Ok(self.vault.terms.get(id).copied());
        }
        let Some(stored) = storage.row(id)? else {
            return Ok(None);
        };
        // A key that was damaged since the start must not be taken out of the sum as it is now.
        self.vault
            .keys
            .open(id, &stored)
            .ok_or_else(|| damaged(id))?;
        Ok(Some(self.vault.keys.term(id, &stored)))
    }
}

/// Reads every row of a storage in order of id.
pub(crate) fn for_each_row(
    storage: &mut impl Storage,
    mut each: impl FnMut(&[u8], &[u8]) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let mut last: Option<Vec<u8>> = None;
    loop {
        let page = storage.rows(last.as_deref(), PAGE_ROWS_MAX)?;
        let more = page.len() == PAGE_ROWS_MAX;
        for (id, stored) in page {
            if last.as_ref().is_some_and(|last| *last >= id) {
                return Err(damaged(&id));
            }
            each(&id, &stored)?;
            last = Some(id);
        }
        if !more {
            return Ok(());
        }
    }
}

fn damaged(id: &[u8]) -> JournalError {
    JournalError::Damaged(Damage::Row(id.to_vec()))
}

fn bound(version: [u8; 8], id: &[u8]) -> Vec<u8> {
    let mut bound = Vec::with_capacity(22 + id.len());
    bound.extend_from_slice(b"redphone/1 row");
    bound.extend_from_slice(&version);
    bound.extend_from_slice(id);
    bound
}
