//! Tapes: couriered keys, installed, used in their order, and looked ahead with (rules REF-7 and
//! REF-10).

use redphone_wire::limits::REEL_KEYS_MAX;
use redphone_wire::{Direction, TapeKey};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::step::Step;
use crate::cipher::header;
use crate::epoch::InEpoch;
use crate::error::RefreshObstacle;
use crate::rows::Row;
use crate::{Cipher, SealError};

/// An epoch that the peer may open with a tape key at hand.
pub(crate) struct Ahead {
    pub(crate) held: InEpoch,
    /// The tape key that it takes.
    pub(crate) tape: u32,
}

impl Cipher {
    /// Moves our direction of a one-way line to its next epoch with the next tape key, at once
    /// and without an answer: the peer looks ahead (rule REF-10). Returns the new epoch.
    ///
    /// # Errors
    ///
    /// [`SealError::RefreshNotPossible`] without a tape key, or while an opening waits.
    pub fn turn_epoch(&mut self) -> Result<u32, SealError> {
        let not_possible = |why| Err(SealError::RefreshNotPossible(why));
        if self.exchange.pending.is_some() {
            return not_possible(RefreshObstacle::OpeningWaits);
        }
        let Some(tape) = self.exchange.lowest_tape(self.sending) else {
            return not_possible(RefreshObstacle::NothingToMix);
        };
        let parent = self.out_current;
        let epoch = self.next_epoch()?;
        let number = tape.0;
        let step = Step {
            direction: self.sending,
            epoch,
            parent,
            secret: None,
            tape: Some(tape),
        };
        let next = self.out_next(parent)?;
        let keys = step.keys(&self.line, &next);
        self.out_highest = epoch;
        self.take_over(epoch, keys, Some(number));
        Ok(epoch)
    }

    /// Installs a key of the tape of one direction (rule REF-7).
    ///
    /// # Errors
    ///
    /// [`SealError::RefreshNotPossible`] for a number that was used or that other bytes stand
    /// under, and above `REEL_KEYS_MAX` keys.
    pub fn install_tape(&mut self, direction: Direction, tape: &TapeKey) -> Result<(), SealError> {
        let refused = |why| Err(SealError::RefreshNotPossible(why));
        let tapes = self.exchange.tapes_of(direction);
        if let Some(there) = tapes.get(&tape.number) {
            if bool::from(there.ct_eq(&tape.key)) {
                return Ok(());
            }
            return refused(RefreshObstacle::TapeNumberUsed(tape.number));
        }
        let used = tape.number < self.exchange.tape_next_of(direction);
        if used || tape.number == u32::MAX {
            return refused(RefreshObstacle::TapeNumberUsed(tape.number));
        }
        if tapes.len() >= REEL_KEYS_MAX {
            return refused(RefreshObstacle::TapesFull);
        }
        let place = usize::from(direction.byte());
        if let Some(tapes) = self.exchange.tapes.get_mut(place) {
            tapes.insert(tape.number, Zeroizing::new(tape.key));
        }
        self.mark(Row::Tape(direction.byte(), tape.number));
        self.look_ahead();
        Ok(())
    }

    /// Numbers of the tape keys of one direction that are installed and not used, ascending.
    pub fn tapes(&self, direction: Direction) -> Vec<u32> {
        self.exchange.tapes_of(direction).keys().copied().collect()
    }

    /// The lowest number of a direction's tape that is not used.
    pub fn tape_next(&self, direction: Direction) -> u32 {
        self.exchange.tape_next_of(direction)
    }

    /// Derives the epochs that the peer may open with the tape keys at hand (rule REF-10).
    pub(crate) fn look_ahead(&mut self) {
        let direction = self.sending.reverse();
        self.ahead.clear();
        let Some((newest, held)) = self.in_epochs.iter().next_back() else {
            return;
        };
        let burnt = self.exchange.answer.map_or(0, |(epoch, _)| epoch);
        let (mut parent, mut epoch) = (*newest, burnt.max(*newest));
        let mut next = held.next.clone();
        let unused = self.exchange.tape_next_of(direction)..;
        let tapes = self.exchange.tapes_of(direction).range(unused);
        let mut wanted = None;
        for (number, key) in tapes {
            let (Some(grows_from), Some(after)) = (next, epoch.checked_add(1)) else {
                return;
            };
            // The sender takes every number: what comes after a missing one cannot be derived.
            if wanted.is_some_and(|wanted| wanted != *number) {
                return;
            }
            wanted = number.checked_add(1);
            epoch = after;
            let step = Step {
                direction,
                epoch,
                parent,
                secret: None,
                tape: Some((*number, key.clone())),
            };
            let keys = step.keys(&self.line, &grows_from);
            let header = header(&self.line, direction);
            let held = InEpoch::new(keys, header, Some(parent));
            next = held.next.clone();
            parent = epoch;
            self.ahead.insert(
                epoch,
                Ahead {
                    held,
                    tape: *number,
                },
            );
        }
    }

    /// Makes epochs that were looked ahead to our own, up to one that proved itself.
    pub(crate) fn adopt_ahead(&mut self, epoch: u32) {
        if !self.ahead.contains_key(&epoch) {
            return;
        }
        let mut last_tape = None;
        while let Some((adopted, ahead)) = self.ahead.pop_first() {
            last_tape = Some(ahead.tape);
            self.insert_in_epoch(adopted, ahead.held);
            if adopted == epoch {
                break;
            }
        }
        if let Some(tape) = last_tape {
            let used = self.exchange.use_up_tape(self.sending.reverse(), tape);
            used.into_iter().for_each(|row| self.mark(row));
        }
        self.look_ahead();
    }
}
