//! Receipts: proofs that the peer's station opened an envelope (rules RECEIPT-1 to RECEIPT-4).
//!
//! ```text
//!   proof = first 8 bytes of KDF(rk(highest n held), "receipted", e, cumulative || bitmap)
//! ```
//!
//! Owns the proof and how long its keys live. A stolen frame key forges no receipt: the proof
//! needs the key of the message. What is due when is decided by the line.

use redphone_wire::{Echo, EnvelopeId, Receipt, Received};
use subtle::ConstantTimeEq;

use crate::epoch::first;
use crate::kdf::{Label, kdf};
use crate::rows::Row;
use crate::{Cipher, SealError};

impl Cipher {
    /// A receipt for what is held of an epoch of the peer's direction. `None` while nothing of it
    /// was opened, or when `received` does not end with the highest envelope opened.
    pub fn receipt(
        &self,
        epoch: u32,
        received: Received,
        heard: u16,
        echo: Echo,
    ) -> Option<Receipt> {
        let tip = self.in_epochs.get(&epoch)?.tip.as_ref()?;
        if received.highest() != Some(tip.number) {
            return None;
        }
        let proof = proof(&tip.receipt, epoch, &received);
        Some(Receipt {
            epoch,
            received,
            heard,
            echo,
            proof,
        })
    }

    /// Checks that a receipt's proof fits the highest envelope that it names.
    ///
    /// # Errors
    ///
    /// [`SealError::ReceiptOld`] when its key is erased because newer receipts came;
    /// [`SealError::ProofRefused`] when it does not fit.
    pub fn check_receipt(&self, receipt: &Receipt) -> Result<(), SealError> {
        let number = receipt.received.highest().ok_or(SealError::ReceiptOld)?;
        let id = EnvelopeId {
            epoch: receipt.epoch,
            number,
        };
        let sent = self.sent.get(&id).ok_or(SealError::ReceiptOld)?;
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::ReceiptWithoutProof) {
            return Ok(());
        }
        let wanted = proof(&sent.receipt, receipt.epoch, &receipt.received);
        if bool::from(wanted.ct_eq(&receipt.proof)) {
            Ok(())
        } else {
            Err(SealError::ProofRefused)
        }
    }

    /// Notes that these numbers are receipted, after [`Cipher::check_receipt`] and the line agreed:
    /// their receipt keys are erased but for the highest, whose proofs may still come.
    pub fn receipted(&mut self, epoch: u32, numbers: &[u32]) {
        self.awaits_receipts = true;
        for number in numbers {
            let id = EnvelopeId {
                epoch,
                number: *number,
            };
            if let Some(sent) = self.sent.get_mut(&id) {
                sent.receipted = true;
                self.mark(Row::Sent(id));
            }
        }
        let whole = EnvelopeId { epoch, number: 0 }..=EnvelopeId {
            epoch,
            number: u32::MAX,
        };
        let receipted: Vec<EnvelopeId> = self
            .sent
            .range(whole)
            .filter(|(_, sent)| sent.receipted)
            .map(|(id, _)| *id)
            .collect();
        if let Some((_, lower)) = receipted.split_last() {
            for id in lower {
                self.sent.remove(id);
                self.mark(Row::Sent(*id));
            }
            if let Some(out) = self.out_epochs.get_mut(&epoch)
                && out.parent_end.take().is_some()
            {
                self.mark(Row::OutEpoch(epoch));
            }
        }
        self.drop_finished_out_epoch(epoch);
    }

    /// Erases an epoch that a newer one took over, once nothing of it is unreceipted.
    pub(crate) fn drop_finished_out_epoch(&mut self, epoch: u32) {
        let waiting = |(id, sent): (&EnvelopeId, &crate::epoch::SentKey)| {
            id.epoch == epoch && !sent.receipted
        };
        if epoch == self.out_current || self.sent.iter().any(waiting) {
            return;
        }
        self.drop_out_epoch(epoch);
    }

    /// Erases all that is held of an epoch of ours.
    pub(crate) fn drop_out_epoch(&mut self, epoch: u32) {
        if self.out_epochs.remove(&epoch).is_some() {
            self.mark(Row::OutEpoch(epoch));
            self.mark(Row::OutChain(epoch));
            self.mark(Row::OutNext(epoch));
        }
        let left: Vec<EnvelopeId> = self
            .sent
            .keys()
            .filter(|id| id.epoch == epoch)
            .copied()
            .collect();
        for id in left {
            self.sent.remove(&id);
            self.mark(Row::Sent(id));
        }
    }
}

fn proof(key: &[u8; 32], epoch: u32, received: &Received) -> [u8; 8] {
    let bytes = received.to_bytes();
    first(&kdf(key, Label::Receipted, &[&epoch.to_be_bytes(), &bytes]))
}
