//! What of a station may be kept elsewhere, and how it comes back: a copy of its journal without
//! the keys of its lines.
//!
//! Owns what stays behind. Keys of lines, tapes, pairings under way and sealed envelopes are never
//! in a copy, so that nobody who has one, its owner included, can go on with them. The secret that hedges randomness is drawn anew for each copy: no two of them draw alike.
//! Files and directories are the daemon's. Rules RESTORE-1 and RESTORE-2.

use redphone_journal::{Copied, Journal, ReplayError, Selection, StationKey, Step, Storage};
use redphone_seal::Hedge;
use redphone_wire::{Utc, from_bytes, to_bytes};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::{HubError, not_followed};
use crate::hub::Entropy;
use crate::record::Record;
use crate::rows::{HEDGE_ROW, is_of_line, station_rows};

/// A journal that is open to be copied. It is not changed.
pub struct Keeper<S: Storage> {
    journal: Journal<S>,
    hedge: Hedge,
    entropy: Entropy,
    newest: Option<Record>,
}

impl<S: Storage> Keeper<S> {
    /// Opens the journal of a station, or of a backup, and follows it to its end.
    ///
    /// # Errors
    ///
    /// [`HubError`], as a station that opens it.
    pub fn open(storage: S, key: &StationKey, entropy: Entropy) -> Result<Self, HubError> {
        let (mut journal, opened) = Journal::open(storage, key)?;
        let mut newest = None;
        let replayed = journal.replay(|number, _, bytes| {
            newest = Some(from_bytes::<Record>(bytes).map_err(|_| not_followed(number))?);
            Ok::<(), HubError>(())
        });
        replayed.map_err(|error| match error {
            ReplayError::Journal(error) => HubError::Journal(error),
            ReplayError::Room(_, error) => error,
        })?;
        let (_, hedge, _) = station_rows(opened.rows)?;
        Ok(Self {
            journal,
            hedge,
            entropy,
            newest,
        })
    }

    /// Whether these are the settings that were backed up with it. What is no backup fits any.
    pub fn has_settings(&self, settings: &[u8]) -> bool {
        match &self.newest {
            Some(Record::BackedUp { settings: held, .. }) => *held == digest(settings),
            Some(_) | None => true,
        }
    }

    /// Writes a backup into an empty storage. `settings` are those that lie beside it.
    ///
    /// # Errors
    ///
    /// [`HubError`]: something is there already, the journal is damaged, or a disk fails.
    pub fn back_up(
        &mut self,
        target: &mut impl Storage,
        key: &StationKey,
        at: Utc,
        settings: &[u8],
    ) -> Result<Copied, HubError> {
        let settings = digest(settings);
        self.copy(target, key, at, &Record::BackedUp { at, settings })
    }

    /// Writes the journal of a restored station into an empty storage.
    ///
    /// # Errors
    ///
    /// As [`Keeper::back_up`].
    pub fn restore(
        &mut self,
        target: &mut impl Storage,
        key: &StationKey,
        at: Utc,
    ) -> Result<Copied, HubError> {
        self.copy(target, key, at, &Record::Restored { at })
    }

    fn copy(
        &mut self,
        target: &mut impl Storage,
        key: &StationKey,
        at: Utc,
        record: &Record,
    ) -> Result<Copied, HubError> {
        let hedge = Zeroizing::new(self.draw()?);
        let random = self.draw()?;
        let selection = Selection {
            row: &|id| !is_of_line(id),
            body: &|_| true,
        };
        let closing = Step {
            records: vec![to_bytes(record)],
            rows: vec![(HEDGE_ROW.to_vec(), Some(Zeroizing::new(hedge.to_vec())))],
            ..Step::default()
        };
        let copied = self
            .journal
            .copy_to(target, key, &selection, at, &closing, random)?;
        Ok(copied)
    }

    fn draw(&mut self) -> Result<[u8; 32], HubError> {
        let mut os = [0; 32];
        let filled = (self.entropy)(&mut os);
        let head = self.journal.head().1;
        match self.hedge.draw(os, &head) {
            Ok(random) if filled => Ok(random),
            _ => Err(HubError::Randomness),
        }
    }
}

fn digest(settings: &[u8]) -> [u8; 32] {
    Sha256::digest(settings).into()
}
