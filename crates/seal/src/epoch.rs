//! Epochs: what one direction's keys were since its last refresh (rules SEAL-1, SEAL-11, SEAL-12).
//!
//! Owns the state of one epoch on the sending and on the receiving side, and how it follows from
//! a root. Which epochs there are is decided by pairing and by refresh.

use std::collections::BTreeMap;

use redphone_wire::{Direction, EnvelopeId};

use crate::chain::{Chain, Walk};
use crate::frame::FrameKey;
use crate::kdf::{Label, Secret, Source, transcript};

/// The keys that an epoch starts with.
pub(crate) struct EpochKeys {
    pub(crate) chain: Chain,
    pub(crate) frames: Secret,
    pub(crate) next: Secret,
    pub(crate) words: Secret,
}

impl EpochKeys {
    /// Derives them from the root of a pairing or of a refresh (rule SEAL-1).
    pub(crate) fn from_root(root: &[u8; 32], direction: Direction) -> Self {
        let source = Source::new(root);
        let derive = |label| source.derive(label, &[&[direction.byte()]]);
        Self {
            chain: Chain::new(derive(Label::Chain)),
            frames: derive(Label::Frames),
            next: derive(Label::Next),
            words: derive(Label::Words),
        }
    }
}

/// One epoch of the direction that we send in.
pub(crate) struct OutEpoch {
    /// How many envelopes the parent had, until the peer is known to know it.
    pub(crate) parent_end: Option<u32>,
    /// The chain; erased when a newer epoch takes over.
    pub(crate) chain: Option<Chain>,
    /// What the next epoch grows from.
    pub(crate) next: Option<Secret>,
    /// Frames.
    pub(crate) frames: FrameKey,
    /// Words to be read aloud.
    pub(crate) words: Secret,
    /// Running hash of all that was sealed in it.
    pub(crate) log: [u8; 16],
}

impl OutEpoch {
    /// An epoch that nothing was sealed in.
    pub(crate) fn new(keys: EpochKeys, header: [u8; 33], parent_end: Option<u32>) -> Self {
        Self {
            parent_end,
            chain: Some(keys.chain),
            next: Some(keys.next),
            frames: FrameKey::new(keys.frames, header),
            words: keys.words,
            log: [0; 16],
        }
    }
}

/// What is kept of a sealed envelope until it is receipted.
#[derive(Clone)]
pub(crate) struct SentKey {
    /// Its receipt key.
    pub(crate) receipt: Secret,
    /// Whether it is receipted and kept only as the highest that is.
    pub(crate) receipted: bool,
}

/// One epoch of the direction that we receive in.
pub(crate) struct InEpoch {
    /// The epoch it grew from; none for epoch 0.
    pub(crate) parent: Option<u32>,
    /// The chain; erased once the end is known.
    pub(crate) chain: Option<Chain>,
    /// How many envelopes it had, once known.
    pub(crate) end: Option<u32>,
    /// What the next epoch grows from; erased when the first envelope of a newer one is opened.
    pub(crate) next: Option<Secret>,
    /// Frames.
    pub(crate) frames: FrameKey,
    /// Words to be read aloud.
    pub(crate) words: Secret,
    /// The highest envelope opened.
    pub(crate) tip: Option<Tip>,
    /// Running hash of all that was opened, in order, without a gap.
    pub(crate) log: [u8; 16],
    /// The first number that the running hash does not cover.
    pub(crate) log_next: u32,
    /// Log hashes of envelopes that were opened beyond a gap.
    pub(crate) log_waiting: BTreeMap<u32, [u8; 16]>,
    /// Numbers whose keys were given up: first, and one past the last.
    pub(crate) given_up: BTreeMap<u32, u32>,
}

/// What is kept of the highest envelope opened in an epoch: enough to prove that it was.
#[derive(Clone)]
pub(crate) struct Tip {
    pub(crate) number: u32,
    pub(crate) salt: [u8; 8],
    pub(crate) receipt: Secret,
}

impl InEpoch {
    /// An epoch that nothing was opened in.
    pub(crate) fn new(keys: EpochKeys, header: [u8; 33], parent: Option<u32>) -> Self {
        Self {
            parent,
            chain: Some(keys.chain),
            end: None,
            next: Some(keys.next),
            frames: FrameKey::new(keys.frames, header),
            words: keys.words,
            tip: None,
            log: [0; 16],
            log_next: 0,
            log_waiting: BTreeMap::new(),
            given_up: BTreeMap::new(),
        }
    }

    /// Whether this number's key was given up.
    pub(crate) fn is_given_up(&self, number: u32) -> bool {
        let below = self.given_up.range(..=number).next_back();
        below.is_some_and(|(_, end)| number < *end)
    }

    /// Notes that keys were given up. Beyond `GIVEN_UP_RANGES_MAX` ranges the two lowest become
    /// one, which may name opened numbers too.
    pub(crate) fn give_up(&mut self, first: u32, end: u32) {
        let mut merged = (first, end);
        if let Some((start, last)) = self.given_up.range(..=first).next_back()
            && *last >= first
        {
            merged = (*start, end.max(*last));
        }
        self.given_up.insert(merged.0, merged.1);
        while self.given_up.len() > GIVEN_UP_RANGES_MAX {
            let lowest = self.given_up.pop_first();
            let second = self.given_up.pop_first();
            if let (Some((start, _)), Some((_, end))) = (lowest, second) {
                self.given_up.insert(start, end);
            }
        }
    }

    /// Takes the log hash of an opened envelope into the running hash, as soon as it is in order
    /// (rule SEAL-12). Says of which numbers a log hash began or ended to wait.
    pub(crate) fn note_log(
        &mut self,
        direction: Direction,
        id: EnvelopeId,
        log: [u8; 16],
    ) -> Vec<u32> {
        if id.number != self.log_next {
            if self.log_waiting.len() < LOG_WAITING_MAX {
                self.log_waiting.insert(id.number, log);
                return vec![id.number];
            }
            return Vec::new();
        }
        let mut used = Vec::new();
        let mut next = Some(log);
        while let Some(log) = next {
            let id = EnvelopeId {
                epoch: id.epoch,
                number: self.log_next,
            };
            self.log = fold_log(&self.log, direction, id, &log);
            self.log_next = self.log_next.saturating_add(1);
            next = self.log_waiting.remove(&self.log_next);
            if next.is_some() {
                used.push(self.log_next);
            }
        }
        used
    }

    /// The walk to the end of the epoch: every number that was not opened leaves its gap key. The
    /// chain is not moved.
    pub(crate) fn walk_to_end(&self, end: u32) -> Option<Walk> {
        self.chain.as_ref()?.walk(end.checked_sub(1)?)
    }
}

/// One step of the running hash: SHA-256 of what came before and the envelope, first 16 bytes.
pub(crate) fn fold_log(
    before: &[u8; 16],
    direction: Direction,
    id: EnvelopeId,
    log: &[u8; 16],
) -> [u8; 16] {
    let hash = transcript(&[
        before,
        &[direction.byte()],
        &id.epoch.to_be_bytes(),
        &id.number.to_be_bytes(),
        log,
    ]);
    first(&hash)
}

/// The first bytes of a longer array.
pub(crate) fn first<const N: usize>(bytes: &[u8; 32]) -> [u8; N] {
    const { assert!(N <= 32, "no more than there are") };
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
    out
}

/// Ranges of given-up keys that an epoch tells apart.
pub(crate) const GIVEN_UP_RANGES_MAX: usize = 64;
/// Log hashes that wait for a gap to be filled, in one epoch.
pub(crate) const LOG_WAITING_MAX: usize = 4_096;
