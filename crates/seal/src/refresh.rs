//! Refresh: each direction's sender moves its own epochs (rules REF-1 to REF-11).
//!
//! ```text
//!   A                                     B
//!   offer k ----------------------------> keeps the newest
//!     <------------- open e' (to offer k) seals to k; keeps "back"
//!   derives e'; keeps "back"
//!   ready ------------------------------> seals in e' from here on
//!   open e' (back of k) ----------------> derives e'
//!     <----------------------------- ready
//!
//!   exchange = SHA-256(part(offer) || part(ciphertext))
//!   T        = SHA-256(parts of line, d, e', e, mix: 0 nothing 1 there 2 back, exchange or empty, tape number or empty)
//!   root'    = MIX(next(d, e), KDF(ss, "there") or KDF(ss, "back") or absent, tape key or absent; T)
//! ```
//!
//! Owns offers, openings, answers, tapes and what is derived ahead for a one-way line. The steps
//! travel as messages of kind refresh, sealed like all others. When a refresh is due is decided by
//! the station. A new offer never replaces an opening that waits.

mod answer;
mod exchange;
mod step;
mod tape;
#[cfg(test)]
mod tests;

use std::time::Duration;

use redphone_wire::{Direction, Mix, Now, Refresh, from_bytes, to_bytes};

pub(crate) use exchange::Exchange;
pub(crate) use tape::Ahead;

use crate::chain::Chain;
use crate::epoch::{EpochKeys, InEpoch, OutEpoch};
use crate::error::{RefreshObstacle, Rule};
use crate::kdf::{Label, Secret, kdf, transcript};
use crate::rows::Row;
use crate::words::{self, Language, WordsError};
use crate::{Cipher, SealError, kem};
use exchange::{Back, Pending, keep_newest};
use step::{Fresh, Step};

impl Cipher {
    /// Makes an offer, to be sealed and sent. `None` within ten minutes of the last (rule REF-1).
    pub fn offer(&mut self, now: Now, random: [u8; 32]) -> Option<Refresh> {
        let exchange = &mut self.exchange;
        let early = |at: Duration| now.monotonic.saturating_sub(at) < OFFER_INTERVAL_MIN;
        if exchange.offered_at.is_some_and(early) {
            return None;
        }
        let offer = exchange.offer_next;
        exchange.offer_next = offer.checked_add(1)?;
        exchange.offered_at = Some(now.monotonic);
        let seed = kdf(&random, Label::Draw, &[b"offer"]);
        let key = kem::public_key(&seed);
        exchange.offers.insert(offer, seed);
        let old = keep_newest(&mut exchange.offers, OFFERS_MAX);
        self.mark(Row::Exchange);
        self.mark(Row::Offer(offer));
        old.into_iter().for_each(|old| self.mark(Row::Offer(old)));
        Some(Refresh::Offer { offer, key })
    }

    /// Opens the next epoch of our direction, to be sealed in the present one. It takes over when
    /// the peer is ready. The freshest secret at hand goes in, and the next tape key if wanted.
    ///
    /// # Errors
    ///
    /// [`SealError::RefreshNotPossible`] while an opening waits, or with nothing to mix in.
    pub fn open_epoch(&mut self, use_tape: bool, random: [u8; 32]) -> Result<Refresh, SealError> {
        if self.exchange.pending.is_some() {
            let waits = RefreshObstacle::OpeningWaits;
            return Err(SealError::RefreshNotPossible(waits));
        }
        let parent = self.out_current;
        let epoch = self.next_epoch()?;
        let tape = self.exchange.lowest_tape(self.sending).filter(|_| use_tape);
        let (mix, secret, answers) = self.choose_mix(&random)?;
        if secret.is_none() && tape.is_none() {
            let nothing = RefreshObstacle::NothingToMix;
            return Err(SealError::RefreshNotPossible(nothing));
        }
        let refresh = Refresh::Open {
            epoch,
            parent,
            mix,
            tape: tape.as_ref().map(|(number, _)| *number),
        };
        let step = Step {
            direction: self.sending,
            epoch,
            parent,
            secret,
            tape,
        };
        let next = self.out_next(parent)?;
        let keys = step.keys(&self.line, &next);
        self.out_highest = epoch;
        self.exchange.pending = Some(Pending {
            epoch,
            message: to_bytes(&refresh),
            chain: keys.chain.key.clone(),
            frames: keys.frames,
            next: keys.next,
            words: keys.words,
            tape: step.tape.map(|(number, _)| number),
            answers,
        });
        self.mark(Row::Sending);
        self.mark(Row::Exchange);
        self.mark(Row::Pending);
        Ok(refresh)
    }

    /// The opening that waits, byte for byte as it was first said: it may be said again.
    pub fn waiting_opening(&self) -> Option<Refresh> {
        let pending = self.exchange.pending.as_ref()?;
        from_bytes(&pending.message).ok()
    }

    /// Takes a step of the peer that arrived, and returns the answer to be sealed and sent. The
    /// same step again gets the same answer.
    ///
    /// # Errors
    ///
    /// [`SealError::PeerMisbehaved`] for an offer that is not a key.
    pub fn handle_refresh(&mut self, refresh: &Refresh) -> Result<Option<Refresh>, SealError> {
        match refresh {
            Refresh::Offer { offer, key } => self.handle_offer(*offer, key).map(|()| None),
            Refresh::Open { epoch, .. } => {
                let answer = self.answer(refresh);
                Ok(answer.map(|no| match no {
                    None => Refresh::Ready { epoch: *epoch },
                    Some(reason) => Refresh::No {
                        epoch: *epoch,
                        reason,
                    },
                }))
            }
            Refresh::Ready { epoch } => {
                if let Some(pending) = self.take_pending(*epoch) {
                    let keys = EpochKeys {
                        chain: Chain::new(pending.chain),
                        frames: pending.frames,
                        next: pending.next,
                        words: pending.words,
                    };
                    self.take_over(*epoch, keys, pending.tape);
                }
                Ok(None)
            }
            Refresh::No { epoch, .. } => {
                let pending = self.take_pending(*epoch);
                if let Some(offer) = pending.and_then(|pending| pending.answers) {
                    self.exchange.backs_given.remove(&offer);
                    self.mark(Row::BackGiven(offer));
                }
                Ok(None)
            }
        }
    }

    /// The highest epoch of our direction that was ever named, void ones too.
    pub fn highest_epoch(&self) -> u32 {
        self.out_highest
    }

    /// The epochs whose words officers read to one another: of direction 0 and of direction 1, the
    /// newest on which both sides agree as far as this station knows.
    pub fn words_epochs(&self) -> (u32, u32) {
        let opened = |(epoch, held): (&u32, &InEpoch)| held.tip.is_some().then_some(*epoch);
        let theirs = self.in_epochs.iter().rev().find_map(opened).unwrap_or(0);
        match self.sending {
            Direction::FromLower => (self.out_current, theirs),
            Direction::FromHigher => (theirs, self.out_current),
        }
    }

    /// 24 words of a pair of epochs, of direction 0 and of direction 1, to be read aloud: equal on
    /// both sides unless somebody sits between them. `None` when one is not held.
    pub fn line_words(
        &self,
        epochs: (u32, u32),
        language: Language,
    ) -> Option<[String; words::LINE_WORDS]> {
        Some(words::line_words(&*self.words_key(epochs)?, language))
    }

    /// Checks words that the other side read out. `None` when an epoch is not held.
    pub fn check_line_words(
        &self,
        epochs: (u32, u32),
        typed: &str,
    ) -> Option<Result<(), WordsError>> {
        Some(words::check_line_words(&*self.words_key(epochs)?, typed))
    }

    /// What we mix in: the second secret of an exchange that the peer answered, else a fresh one to
    /// the peer's offer, else nothing. Used up at once.
    fn choose_mix(
        &mut self,
        random: &[u8; 32],
    ) -> Result<(Mix, Option<Fresh>, Option<u32>), SealError> {
        if let Some((offer, back)) = self.exchange.backs_held.pop_last() {
            self.mark(Row::BackHeld(offer));
            return Ok((Mix::Back { offer }, Some(Fresh::back(&back)), None));
        }
        let Some((offer, key)) = self.exchange.their_offer.take() else {
            return Ok((Mix::Nothing, None, None));
        };
        self.mark(Row::TheirOffer(offer));
        let random = kdf(random, Label::Draw, &[b"open"]);
        let (ciphertext, shared) =
            kem::encapsulate(&key, &random).ok_or(SealError::PeerMisbehaved(Rule::RefreshForm))?;
        let exchange = transcript(&[&key, &ciphertext]);
        let back = Back {
            secret: kdf(&shared, Label::Back, &[]),
            exchange,
        };
        self.exchange.backs_given.insert(offer, back);
        let old = keep_newest(&mut self.exchange.backs_given, BACKS_MAX);
        let rows = old.into_iter().chain([offer]);
        rows.for_each(|number| self.mark(Row::BackGiven(number)));
        let fresh = Fresh::there(&shared, exchange);
        Ok((Mix::There { offer, ciphertext }, Some(fresh), Some(offer)))
    }

    /// Our direction goes on in a new epoch: chain and next of the old one are erased, its frame
    /// key too once nothing of it is unreceipted (rule REF-8).
    fn take_over(&mut self, epoch: u32, keys: EpochKeys, tape: Option<u32>) {
        let parent = self.out_current;
        let mut end = None;
        if let Some(old) = self.out_epochs.get_mut(&parent) {
            end = old.chain.take().map(|chain| chain.next);
            old.next = None;
        }
        let header = crate::cipher::header(&self.line, self.sending);
        self.out_epochs
            .insert(epoch, OutEpoch::new(keys, header, end));
        self.out_current = epoch;
        if let Some(number) = tape {
            let used = self.exchange.use_up_tape(self.sending, number);
            used.into_iter().for_each(|row| self.mark(row));
        }
        self.changed.extend([
            Row::Sending,
            Row::LogEnd,
            Row::OutChain(parent),
            Row::OutNext(parent),
            Row::OutEpoch(epoch),
            Row::OutChain(epoch),
            Row::OutNext(epoch),
        ]);
        self.drop_finished_out_epoch(parent);
        while self.out_epochs.len() > OUT_EPOCHS_MAX {
            let Some(oldest) = self.out_epochs.keys().next().copied() else {
                break;
            };
            self.drop_out_epoch(oldest);
        }
    }

    fn take_pending(&mut self, epoch: u32) -> Option<Pending> {
        let waits = |pending: &mut Pending| pending.epoch == epoch;
        let pending = self.exchange.pending.take_if(waits)?;
        self.mark(Row::Pending);
        Some(pending)
    }

    /// The number of the next epoch of ours: never one that was named (rule REF-4).
    fn next_epoch(&self) -> Result<u32, SealError> {
        let next = self.out_highest.checked_add(1);
        next.filter(|epoch| *epoch < u32::MAX)
            .ok_or(SealError::Exhausted)
    }

    fn out_next(&self, epoch: u32) -> Result<Secret, SealError> {
        let out = self.out_epochs.get(&epoch);
        out.and_then(|out| out.next.clone())
            .ok_or(SealError::EpochUnknown(epoch))
    }

    fn words_key(&self, (lower, higher): (u32, u32)) -> Option<Secret> {
        let (ours, theirs) = match self.sending {
            Direction::FromLower => (lower, higher),
            Direction::FromHigher => (higher, lower),
        };
        let out = &self.out_epochs.get(&ours)?.words;
        let held = &self.in_epochs.get(&theirs)?.words;
        let (of_lower, of_higher) = match self.sending {
            Direction::FromLower => (out, held),
            Direction::FromHigher => (held, out),
        };
        Some(kdf(of_lower, Label::Words, &[&**of_higher]))
    }
}

/// Time between two offers of one side.
const OFFER_INTERVAL_MIN: Duration = Duration::from_secs(600);
/// Offers whose seeds are kept.
const OFFERS_MAX: usize = 2;
/// Second secrets that are kept, of each side's exchanges.
const BACKS_MAX: usize = 2;

/// Epochs of ours that are kept while something in them is not receipted.
const OUT_EPOCHS_MAX: usize = 64;
