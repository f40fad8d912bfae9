//! The receiving side of a refresh: offers kept, openings answered once and for all (rules REF-3
//! and REF-5).

use redphone_wire::{Mix, NoReason, Refresh};

use super::exchange::{Back, keep_newest};
use super::step::{Fresh, Step};
use super::{BACKS_MAX, Cipher};
use crate::cipher::header;
use crate::epoch::InEpoch;
use crate::error::Rule;
use crate::kdf::{Label, kdf, transcript};
use crate::rows::Row;
use crate::{SealError, kem};

impl Cipher {
    pub(super) fn handle_offer(&mut self, offer: u32, key: &[u8]) -> Result<(), SealError> {
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
    pub(super) fn answer(&mut self, refresh: &Refresh) -> Option<Option<NoReason>> {
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
        let header = header(&self.line, direction);
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

    pub(super) fn insert_in_epoch(&mut self, epoch: u32, held: InEpoch) {
        self.in_epochs.insert(epoch, held);
        self.changed
            .extend([Row::InEpoch(epoch), Row::InChain(epoch), Row::InNext(epoch)]);
    }
}
