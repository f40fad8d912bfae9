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

mod exchange;
#[cfg(test)]
mod tests;

use std::time::Duration;

use redphone_wire::limits::REEL_KEYS_MAX;
use redphone_wire::{Direction, Mix, NoReason, Now, Refresh, TapeKey, Utc, from_bytes, to_bytes};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

pub(crate) use exchange::Exchange;

use crate::chain::Chain;
use crate::epoch::{EpochKeys, InEpoch, OutEpoch};
use crate::error::{RefreshObstacle, Rule};
use crate::kdf::{Label, Secret, kdf, mix, transcript};
use crate::rows::Row;
use crate::words::{self, Language, WordsError};
use crate::{Cipher, SealError, kem};
use exchange::{Back, Pending, keep_newest};

/// An epoch that the peer may open with a tape key at hand.
pub(crate) struct Ahead {
    pub(crate) held: InEpoch,
    /// The tape key that it takes.
    pub(crate) tape: u32,
}

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

    /// The opening that waits, byte for byte as it was first said.
    pub fn waiting_opening(&self) -> Option<Refresh> {
        let pending = self.exchange.pending.as_ref()?;
        from_bytes(&pending.message).ok()
    }

    /// Moves our direction of a one-way line to its next epoch with the next tape key, at once
    /// and without an answer: the peer looks ahead (rule REF-10). Returns the new epoch.
    ///
    /// # Errors
    ///
    /// [`SealError::RefreshNotPossible`] without a tape key, or while an opening waits.
    pub fn turn_epoch(&mut self, now: Now) -> Result<u32, SealError> {
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
        self.take_over(epoch, keys, Some(number), now.utc);
        Ok(epoch)
    }

    /// Takes a step of the peer that arrived, and returns the answer to be sealed and sent. The
    /// same step again gets the same answer.
    ///
    /// # Errors
    ///
    /// [`SealError::PeerMisbehaved`] for an offer that is not a key.
    pub fn handle_refresh(
        &mut self,
        now: Now,
        refresh: &Refresh,
    ) -> Result<Option<Refresh>, SealError> {
        match refresh {
            Refresh::Offer { offer, key } => self.handle_offer(*offer, key).map(|()| None),
            Refresh::Open { epoch, .. } => {
                let answer = self.answer(now.utc, refresh);
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
                    self.take_over(*epoch, keys, pending.tape, now.utc);
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

    /// When a direction was last refreshed by this station's wall clock.
    pub fn refreshed_at(&self, direction: Direction) -> Option<Utc> {
        let [lower, higher] = self.exchange.refreshed;
        match direction {
            Direction::FromLower => lower,
            Direction::FromHigher => higher,
        }
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
            let header = crate::cipher::header(&self.line, direction);
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

    fn handle_offer(&mut self, offer: u32, key: &[u8]) -> Result<(), SealError> {
        if offer < self.exchange.their_offer_next || offer == u32::MAX {
            return Ok(());
        }
        if !kem::is_key(key) {
            return Err(SealError::PeerMisbehaved(Rule::RefreshForm));
        }
        let replaced = self.exchange.their_offer.replace((offer, key.to_vec()));
        if let Some((old, _)) = replaced {
            self.mark(Row::TheirOffer(old));
        }
        self.exchange.their_offer_next = offer.saturating_add(1);
        self.mark(Row::Exchange);
        self.mark(Row::TheirOffer(offer));
        Ok(())
    }

    /// The answer to an opening: `None` when it comes too late to matter, `Some(None)` for ready.
    /// The first answer is durable and final (rule REF-5).
    fn answer(&mut self, now: Utc, refresh: &Refresh) -> Option<Option<NoReason>> {
        let Refresh::Open {
            epoch,
            parent,
            mix,
            tape,
        } = refresh
        else {
            return None;
        };
        match self.exchange.answer {
            Some((answered, no)) if answered == *epoch => return Some(no),
            Some((answered, _)) if answered > *epoch => return None,
            Some(_) | None => {}
        }
        let no = if self.in_epochs.contains_key(epoch) {
            None
        } else {
            self.derive_opening_of_peer(*epoch, *parent, mix, *tape)
                .err()
        };
        if no.is_none() {
            self.note_refreshed(self.sending.reverse(), now);
        }
        self.exchange.answer = Some((*epoch, no));
        self.mark(Row::Exchange);
        self.look_ahead();
        Some(no)
    }

    fn derive_opening_of_peer(
        &mut self,
        epoch: u32,
        parent: u32,
        mix: &Mix,
        tape: Option<u32>,
    ) -> Result<(), NoReason> {
        let direction = self.sending.reverse();
        let newest = self.in_epochs.keys().next_back().copied().unwrap_or(0);
        let next = self
            .in_epochs
            .get(&parent)
            .and_then(|held| held.next.clone());
        let next = next.filter(|_| epoch > newest && epoch < u32::MAX);
        let next = next.ok_or(NoReason::ParentUnknown)?;
        let tape = match tape {
            None => None,
            Some(number) => {
                let key = self.exchange.tapes_of(direction).get(&number);
                Some((number, key.ok_or(NoReason::TapeUnknown)?.clone()))
            }
        };
        let secret = self.secret_of(mix)?;
        if secret.is_none() && tape.is_none() {
            return Err(NoReason::TapeUnknown);
        }
        let used = tape.as_ref().map(|(number, _)| *number);
        let step = Step {
            direction,
            epoch,
            parent,
            secret,
            tape,
        };
        let header = crate::cipher::header(&self.line, direction);
        let held = InEpoch::new(step.keys(&self.line, &next), header, Some(parent));
        self.insert_in_epoch(epoch, held);
        self.use_up_mix(mix);
        if let Some(number) = used {
            let rows = self.exchange.use_up_tape(direction, number);
            rows.into_iter().for_each(|row| self.mark(row));
        }
        Ok(())
    }

    /// What the peer mixed in, without using it up.
    fn secret_of(&self, mix: &Mix) -> Result<Option<Fresh>, NoReason> {
        match mix {
            Mix::Nothing => Ok(None),
            Mix::There { offer, ciphertext } => {
                let seed = self.exchange.offers.get(offer);
                let seed = seed.ok_or(NoReason::OfferUnknown)?;
                let shared = kem::decapsulate(seed, ciphertext).ok_or(NoReason::OfferUnknown)?;
                let exchange = transcript(&[&kem::public_key(seed), ciphertext]);
                Ok(Some(Fresh::there(&shared, exchange)))
            }
            Mix::Back { offer } => {
                let back = self.exchange.backs_given.get(offer);
                let back = back.ok_or(NoReason::OfferUnknown)?;
                Ok(Some(Fresh::back(back)))
            }
        }
    }

    /// An offer is answered once, and its second secret used once (rule REF-3).
    fn use_up_mix(&mut self, mix: &Mix) {
        match mix {
            Mix::Nothing => {}
            Mix::There { offer, ciphertext } => {
                let Some(seed) = self.exchange.offers.remove(offer) else {
                    return;
                };
                self.mark(Row::Offer(*offer));
                let Some(shared) = kem::decapsulate(&seed, ciphertext) else {
                    return;
                };
                let back = Back {
                    secret: kdf(&shared, Label::Back, &[]),
                    exchange: transcript(&[&kem::public_key(&seed), ciphertext]),
                };
                self.exchange.backs_held.insert(*offer, back);
                let old = keep_newest(&mut self.exchange.backs_held, BACKS_MAX);
                let rows = old.into_iter().chain([*offer]);
                rows.for_each(|number| self.mark(Row::BackHeld(number)));
            }
            Mix::Back { offer } => {
                self.exchange.backs_given.remove(offer);
                self.mark(Row::BackGiven(*offer));
            }
        }
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
    fn take_over(&mut self, epoch: u32, keys: EpochKeys, tape: Option<u32>, now: Utc) {
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
        self.note_refreshed(self.sending, now);
        self.changed.extend([
            Row::Sending,
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

    fn insert_in_epoch(&mut self, epoch: u32, held: InEpoch) {
        self.in_epochs.insert(epoch, held);
        self.changed
            .extend([Row::InEpoch(epoch), Row::InChain(epoch), Row::InNext(epoch)]);
    }

    fn take_pending(&mut self, epoch: u32) -> Option<Pending> {
        let waits = |pending: &mut Pending| pending.epoch == epoch;
        let pending = self.exchange.pending.take_if(waits)?;
        self.mark(Row::Pending);
        Some(pending)
    }

    fn note_refreshed(&mut self, direction: Direction, now: Utc) {
        let place = usize::from(direction.byte());
        if let Some(at) = self.exchange.refreshed.get_mut(place) {
            *at = Some(now);
        }
        self.mark(Row::Exchange);
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

/// A fresh secret that goes into an epoch.
struct Fresh {
    mix: u8,
    secret: Secret,
    exchange: [u8; 32],
}

impl Fresh {
    fn there(shared: &Secret, exchange: [u8; 32]) -> Self {
        Self {
            mix: 1,
            secret: kdf(shared, Label::There, &[]),
            exchange,
        }
    }

    fn back(back: &Back) -> Self {
        Self {
            mix: 2,
            secret: back.secret.clone(),
            exchange: back.exchange,
        }
    }
}

/// One step from an epoch to the next.
struct Step {
    direction: Direction,
    epoch: u32,
    parent: u32,
    secret: Option<Fresh>,
    tape: Option<(u32, Secret)>,
}

impl Step {
    /// The keys of the new epoch (rule REF-9).
    fn keys(&self, line: &[u8; 32], next: &Secret) -> EpochKeys {
        let mix_byte = self.secret.as_ref().map_or(0, |fresh| fresh.mix);
        let exchange = self.secret.as_ref().map(|fresh| fresh.exchange);
        let number = self.tape.as_ref().map(|(number, _)| number.to_be_bytes());
        let t = transcript(&[
            line,
            &[self.direction.byte()],
            &self.epoch.to_be_bytes(),
            &self.parent.to_be_bytes(),
            &[mix_byte],
            exchange.as_ref().map_or(&[], |exchange| &exchange[..]),
            number.as_ref().map_or(&[], |number| &number[..]),
        ]);
        let secret = self.secret.as_ref().map(|fresh| &fresh.secret[..]);
        let tape = self.tape.as_ref().map(|(_, key)| &key[..]);
        EpochKeys::from_root(&mix(next, &[secret, tape], &t), self.direction)
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
