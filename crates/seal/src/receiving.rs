//! Which epochs and gap keys of the peer's direction are kept, and for how long (rules SEAL-11 and
//! REF-8).

use redphone_wire::EnvelopeId;

use crate::epoch::InEpoch;
use crate::error::Rule;
use crate::opening::GivenUp;
use crate::rows::Row;
use crate::{Cipher, SealError};

impl Cipher {
    /// Once an envelope of an epoch opened, nothing older can father an epoch (rule REF-8).
    pub(crate) fn erase_next_before(&mut self, epoch: u32) {
        self.set_confirmed();
        let mut erased = Vec::new();
        for (older, held) in self.in_epochs.range_mut(..epoch) {
            if held.next.take().is_some() {
                erased.push(*older);
            }
        }
        erased
            .into_iter()
            .for_each(|older| self.mark(Row::InNext(older)));
    }

    /// Takes what the first envelopes of an epoch say of its parent: every number that was not
    /// opened leaves its gap key, and the chain is erased (rule SEAL-11).
    pub(crate) fn close_parent(&mut self, child: u32, end: u32) -> Result<Vec<GivenUp>, SealError> {
        let parent = self.in_epochs.get(&child).and_then(|held| held.parent);
        let Some(parent) = parent else {
            return Ok(Vec::new());
        };
        let Some(held) = self.in_epochs.get_mut(&parent) else {
            return Ok(Vec::new());
        };
        let Some(chain) = &held.chain else {
            return Ok(Vec::new());
        };
        if end < chain.next {
            return Err(SealError::PeerMisbehaved(Rule::ParentEnd));
        }
        let mut given_up = Vec::new();
        let mut gaps = Vec::new();
        if end > chain.next {
            let next = chain.next;
            match held.walk_to_end(end) {
                Some(walk) => {
                    gaps = walk.skipped;
                    gaps.push((end - 1, walk.gap_key));
                    given_up.extend(walk.given_up);
                }
                None => given_up.push((next, end)),
            }
        }
        for (first, last) in &given_up {
            held.give_up(*first, *last);
        }
        held.chain = None;
        held.end = Some(end);
        self.mark(Row::InEpoch(parent));
        self.mark(Row::InChain(parent));
        for (number, key) in gaps {
            let id = EnvelopeId {
                epoch: parent,
                number,
            };
            self.gaps.insert(id, key);
            self.mark(Row::Gap(id));
        }
        let named = |(first, last)| GivenUp::new(parent, first, last);
        Ok(given_up.into_iter().map(named).collect())
    }

    /// Keeps the number of gap keys and of epochs within their bounds: the oldest go first.
    pub(crate) fn prune_in_epochs(&mut self) -> Vec<GivenUp> {
        let mut given_up = Vec::new();
        while self.gaps.len() > GAP_KEYS_MAX {
            if let Some((id, _)) = self.gaps.pop_first() {
                self.mark(Row::Gap(id));
                self.mark(Row::InEpoch(id.epoch));
                let end = id.number.saturating_add(1);
                if let Some(held) = self.in_epochs.get_mut(&id.epoch) {
                    held.give_up(id.number, end);
                }
                given_up.push(GivenUp::new(id.epoch, id.number, end));
            }
        }
        let newest = self.in_epochs.keys().next_back().copied();
        let complete: Vec<u32> = self
            .in_epochs
            .iter()
            .filter(|(epoch, held)| Some(**epoch) != newest && self.is_complete(**epoch, held))
            .map(|(epoch, _)| *epoch)
            .collect();
        let spare = complete.len().saturating_sub(COMPLETE_EPOCHS_MAX);
        for epoch in complete.iter().take(spare) {
            self.drop_in_epoch(*epoch);
        }
        while self.in_epochs.len() > IN_EPOCHS_MAX {
            let Some(epoch) = self.in_epochs.keys().next().copied() else {
                break;
            };
            given_up.extend(self.drop_in_epoch(epoch));
        }
        given_up
    }

    fn is_complete(&self, epoch: u32, held: &InEpoch) -> bool {
        held.chain.is_none() && self.gaps_of(epoch).next().is_none()
    }

    fn gaps_of(&self, epoch: u32) -> impl Iterator<Item = EnvelopeId> {
        let (first, last) = (0, u32::MAX);
        let id = |number| EnvelopeId { epoch, number };
        self.gaps.range(id(first)..=id(last)).map(|(id, _)| *id)
    }

    fn drop_in_epoch(&mut self, epoch: u32) -> Vec<GivenUp> {
        let mut given_up = Vec::new();
        let gaps: Vec<EnvelopeId> = self.gaps_of(epoch).collect();
        for id in gaps {
            self.gaps.remove(&id);
            self.mark(Row::Gap(id));
            given_up.push(GivenUp::new(epoch, id.number, id.number.saturating_add(1)));
        }
        if let Some(held) = self.in_epochs.remove(&epoch) {
            let waiting = held.log_waiting.keys();
            let rows = waiting.map(|number| {
                let number = *number;
                Row::LogWaiting(EnvelopeId { epoch, number })
            });
            self.changed.extend(rows);
            self.changed.extend([
                Row::InEpoch(epoch),
                Row::InChain(epoch),
                Row::InNext(epoch),
                Row::Tip(epoch),
            ]);
        }
        given_up
    }
}

/// Gap keys that a line keeps, over all epochs.
pub(crate) const GAP_KEYS_MAX: usize = 4_096;
/// Epochs of the peer that a line keeps.
pub(crate) const IN_EPOCHS_MAX: usize = 64;
/// Finished epochs of the peer that are kept so that their receipts can be repeated.
pub(crate) const COMPLETE_EPOCHS_MAX: usize = 4;
