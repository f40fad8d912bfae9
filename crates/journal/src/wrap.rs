//! The wrapped vault key: the one cell that the station's key and the slot open.
//!
//! Owns the bytes of that cell and the order in which the slot moves. Spec: PROTOCOL.md, appendix
//! "The journal", rules JNL-8 and JNL-9.
//!
//! ```text
//! cell     header || nonce 24 || sealed vault key 32 || tag 16 || check 8         ad = header
//! header   format 1 || sort 1 (0 key file, 1 passphrase) || memory KiB 4 || passes 4 || lanes 4
//!          || salt 32 || slot 1 (0 none, 1 needed) || counter 8
//! check    first 8 bytes of SHA-256(all before it)
//! root     the key file's 32 bytes, or argon2id(passphrase, salt, memory, passes, lanes)
//! wrap key KDF(HKDF-Extract(salt = slot's secret or 32 zero bytes, ikm = root), "journal wrap", counter 8)
//! ```

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::cipher::{self, Draws, SEALED_EXTRA_BYTES, Sealer, Secret};
use crate::error::{Damage, JournalError};
use crate::key::{PassphraseCost, StationKey};
use crate::slot::{Slot, SlotState};

/// Name of the cell among the settings.
pub(crate) const CELL: &str = "key";

const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 55;
const CELL_BYTES: usize = HEADER_BYTES + 32 + SEALED_EXTRA_BYTES + 8;

/// What is needed to wrap the next vault key, kept while the journal is open.
#[derive(Clone)]
pub(crate) struct Lock {
    root: Secret,
    cost: Option<PassphraseCost>,
    salt: [u8; 32],
    slot: Option<Arc<dyn Slot>>,
    /// Grows by one with every wrapping.
    counter: u64,
    /// Whether the wrapping at `counter` needs the slot.
    slotted: bool,
}

/// A vault key that has been wrapped anew, on the way into a batch.
pub(crate) struct Wrapped {
    pub(crate) cell: Vec<u8>,
    pub(crate) lock: Lock,
    staged: Option<SlotState>,
}

impl Lock {
    /// Makes the lock of a new home.
    pub(crate) fn new(key: &StationKey, draws: &mut Draws) -> Result<Self, JournalError> {
        let salt = *draws.secret();
        let cost = key.cost();
        let root = key.root(cost, &salt).ok_or(JournalError::ApiMisuse(
            "the passphrase cannot be stretched",
        ))?;
        Ok(Self {
            root,
            cost,
            salt,
            slot: key.slot(),
            counter: 0,
            slotted: false,
        })
    }

    /// Makes the lock that another key will open from the next wrapping on. The slot stays.
    pub(crate) fn with_key(
        &self,
        key: &StationKey,
        draws: &mut Draws,
    ) -> Result<Self, JournalError> {
        Ok(Self {
            slot: self.slot.clone().or_else(|| key.slot()),
            counter: self.counter,
            slotted: self.slotted,
            ..Self::new(key, draws)?
        })
    }

    /// Opens a cell: returns the lock and the vault key in it.
    pub(crate) fn open(key: &StationKey, cell: &[u8]) -> Result<(Self, Secret), JournalError> {
        let header = Header::parse(cell)?;
        let Some(root) = key.root(header.cost, &header.salt) else {
            let wants_passphrase = header.cost.is_some();
            return Err(JournalError::WrongKeyKind { wants_passphrase });
        };
        let lock = Self {
            root,
            cost: header.cost,
            salt: header.salt,
            slot: key.slot(),
            counter: header.counter,
            slotted: header.slotted,
        };
        let state = lock.own_state()?;
        let sealer = lock.sealer(state.as_ref());
        let text = sealer
            .open(&lock.header(), header.sealed)
            .ok_or(JournalError::WrongKey)?;
        let vault_key = text
            .first_chunk::<32>()
            .ok_or(JournalError::Damaged(Damage::Key))?;
        Ok((lock, Secret::new(*vault_key)))
    }

    /// Wraps a new vault key under the next counter, and stages the slot's next secret beside the
    /// one in use.
    pub(crate) fn wrap_next(
        &self,
        vault_key: &Secret,
        draws: &mut Draws,
    ) -> Result<Wrapped, JournalError> {
        let mut lock = self.clone();
        lock.counter = self.counter.saturating_add(1);
        lock.slotted = self.slot.is_some();
        let mut staged = None;
        if let Some(slot) = &self.slot {
            let next = SlotState {
                counter: lock.counter,
                secret: draws.secret(),
            };
            let mut states = Vec::from_iter(self.own_state()?);
            if states.is_empty() && !slot.read().map_err(JournalError::SlotFailed)?.is_empty() {
                return Err(JournalError::SlotFailed(
                    "it is in use by another home, or by a change that was cut short. Name an \
                     empty one."
                        .to_owned(),
                ));
            }
            states.push(next.clone());
            slot.write(&states).map_err(JournalError::SlotFailed)?;
            staged = Some(next);
        }
        let header = lock.header();
        let sealer = lock.sealer(staged.as_ref());
        let mut cell = sealer
            .seal(draws.nonce(), &header, &header, &[vault_key.as_slice()])
            .ok_or(JournalError::ApiMisuse("the vault key cannot be sealed"))?;
        let check = check(&cell);
        cell.extend_from_slice(&check);
        Ok(Wrapped { cell, lock, staged })
    }

    /// Leaves only the state in use in the slot. Called when the cell that needs it is durable.
    pub(crate) fn tidy(&self) -> Result<(), JournalError> {
        let (Some(slot), Some(own)) = (&self.slot, self.own_state()?) else {
            return Ok(());
        };
        let states = slot.read().map_err(JournalError::SlotFailed)?;
        if states.len() > 1 {
            slot.write(&[own]).map_err(JournalError::SlotFailed)?;
        }
        Ok(())
    }

    /// Finds the slot's state that goes with this home's counter.
    fn own_state(&self) -> Result<Option<SlotState>, JournalError> {
        if !self.slotted {
            return Ok(None);
        }
        let slot = self.slot.as_ref().ok_or(JournalError::SlotMissing)?;
        let states = slot.read().map_err(JournalError::SlotFailed)?;
        let newest = states.iter().map(|state| state.counter).max();
        let own = states
            .into_iter()
            .find(|state| state.counter == self.counter);
        match (own, newest) {
            (Some(own), _) => Ok(Some(own)),
            (None, Some(newest)) if newest > self.counter => Err(JournalError::Restored {
                slot: newest,
                storage: self.counter,
            }),
            (None, _) => Err(JournalError::SlotBehind {
                storage: self.counter,
            }),
        }
    }

    fn sealer(&self, state: Option<&SlotState>) -> Sealer {
        let none = Secret::default();
        let secret = state.map_or(&none, |state| &state.secret);
        let mixed = cipher::extract(secret, &[self.root.as_slice()]);
        let counter = self.counter.to_be_bytes();
        Sealer::new(&cipher::derive(&mixed, "journal wrap", &[&counter]))
    }

    fn header(&self) -> Vec<u8> {
        let mut header = Vec::with_capacity(CELL_BYTES);
        header.push(FORMAT);
        header.push(u8::from(self.cost.is_some()));
        let none = PassphraseCost {
            memory_kib: 0,
            passes: 0,
            lanes: 0,
        };
        let cost = self.cost.unwrap_or(none);
        for number in [cost.memory_kib, cost.passes, cost.lanes] {
            header.extend_from_slice(&number.to_be_bytes());
        }
        header.extend_from_slice(&self.salt);
        header.push(u8::from(self.slotted));
        header.extend_from_slice(&self.counter.to_be_bytes());
        header
    }
}

impl Wrapped {
    /// Forgets the slot's old secret. Called when the cell is durable.
    pub(crate) fn settle(&self) -> Result<(), JournalError> {
        match (&self.lock.slot, &self.staged) {
            (Some(slot), Some(staged)) => slot
                .write(std::slice::from_ref(staged))
                .map_err(JournalError::SlotFailed),
            _ => Ok(()),
        }
    }
}

struct Header<'a> {
    cost: Option<PassphraseCost>,
    salt: [u8; 32],
    slotted: bool,
    counter: u64,
    sealed: &'a [u8],
}

impl<'a> Header<'a> {
    fn parse(cell: &'a [u8]) -> Result<Self, JournalError> {
        let damaged = JournalError::Damaged(Damage::Key);
        let Some((whole, stored_check)) = cell.split_last_chunk::<8>() else {
            return Err(damaged);
        };
        if *stored_check != check(whole) {
            return Err(damaged);
        }
        if whole.first().is_some_and(|format| *format > FORMAT) {
            return Err(JournalError::Newer);
        }
        Self::fields(whole).ok_or(damaged)
    }

    fn fields(whole: &'a [u8]) -> Option<Self> {
        let (&[_, sort], rest) = whole.split_first_chunk::<2>()?;
        let (memory_kib, rest) = rest.split_first_chunk::<4>()?;
        let (passes, rest) = rest.split_first_chunk::<4>()?;
        let (lanes, rest) = rest.split_first_chunk::<4>()?;
        let (salt, rest) = rest.split_first_chunk::<32>()?;
        let (&[slotted], rest) = rest.split_first_chunk::<1>()?;
        let (counter, sealed) = rest.split_first_chunk::<8>()?;
        let cost = PassphraseCost {
            memory_kib: u32::from_be_bytes(*memory_kib),
            passes: u32::from_be_bytes(*passes),
            lanes: u32::from_be_bytes(*lanes),
        };
        let known = sort <= 1 && slotted <= 1 && sealed.len() == 32 + SEALED_EXTRA_BYTES;
        known.then(|| Self {
            cost: (sort == 1).then_some(cost),
            salt: *salt,
            slotted: slotted == 1,
            counter: u64::from_be_bytes(*counter),
            sealed,
        })
    }
}

fn check(bytes: &[u8]) -> [u8; 8] {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    hash.first_chunk().copied().unwrap_or_default()
}
