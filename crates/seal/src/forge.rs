//! Forging: what one side alone can make, so that a leaked transcript proves nothing (rules
//! FORGE-1 and FORGE-2).
//!
//! ```text
//!   one side's vault rows --mirror--> both ends of the line --> envelopes, frames, receipts, log
//!                                                               hashes and rows, like real ones
//! ```
//!
//! Both sides hold every key that authenticates anything on the line, so each can say anything in
//! the other's name. This module does it in the open. With the same randomness a forged transcript
//! is the real one, byte for byte. It never touches the state of a live line: it works on a copy of
//! rows, and what it makes is void on the line.

use std::collections::{BTreeMap, BTreeSet};

use redphone_wire::{
    Direction, Echo, EnvelopeId, Frame, Kind, Number, Receipt, Received, Shape, Symbols,
};
use zeroize::Zeroizing;

use crate::cipher::{Life, header};
use crate::contact::Standing;
use crate::epoch::{InEpoch, OutEpoch};
use crate::frame::FrameKey;
use crate::kdf::{Label, kdf};
use crate::refresh::Exchange;
use crate::{Cipher, Effort, RowChange, SealError};

/// What somebody is to have said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Saying {
    /// Who: the side that sends in this direction.
    pub direction: Direction,
    /// What kind of message.
    pub kind: Kind,
    /// The message bytes.
    pub message: Vec<u8>,
}

/// What a leaker could hold of an exchange: nothing in it shows who made it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Transcript {
    /// The vault rows of one side before.
    pub before: Vec<RowChange>,
    /// What was said, in order.
    pub said: Vec<Said>,
    /// The vault rows of that side after.
    pub after: Vec<RowChange>,
}

/// One message of a transcript.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Said {
    /// Who said it, and what.
    pub saying: Saying,
    /// The envelope's epoch and number.
    pub id: EnvelopeId,
    /// The envelope.
    pub envelope: Vec<u8>,
    /// A frame that carried it whole.
    pub frame: Vec<u8>,
    /// The receipt, with its proof.
    pub receipt: Receipt,
    /// The running hash after it, of its direction.
    pub log: [u8; 16],
}

/// Makes a transcript from one side's rows and nothing else (rule FORGE-1).
///
/// # Errors
///
/// [`SealError::VaultDamaged`] for rows that are not a line; [`SealError::MessageTooLong`].
pub fn forge(
    rows: impl IntoIterator<Item = (Vec<u8>, Zeroizing<Vec<u8>>)>,
    sayings: &[Saying],
    effort: Effort,
    random: [u8; 32],
) -> Result<Transcript, SealError> {
    let mut ours = Cipher::restore(rows)?;
    let before = ours.rows();
    let mut theirs = ours.mirror()?;
    let standing = std::mem::take(&mut ours.standing);
    let mut said = Vec::new();
    for (count, saying) in (0_u32..).zip(sayings) {
        let draw = kdf(&random, Label::Draw, &[b"forge", &count.to_be_bytes()]);
        let (from, to) = if saying.direction == ours.sending {
            (&mut ours, &mut theirs)
        } else {
            (&mut theirs, &mut ours)
        };
        said.push(say(from, to, saying, effort, *draw)?);
    }
    ours.standing = standing;
    let after = ours.rows();
    Ok(Transcript {
        before,
        said,
        after,
    })
}

/// Checks a transcript as a third party who was given everything in it would: every envelope and
/// frame opens, every receipt's proof fits, every running hash and the rows after follow. That it
/// passes says nothing about who made it (rule FORGE-2).
///
/// # Errors
///
/// [`SealError`] of the first thing that does not follow.
pub fn verify_transcript(transcript: &Transcript) -> Result<(), SealError> {
    let rows = transcript.before.iter().cloned();
    let rows = rows.filter_map(|change| Some((change.row, change.value?)));
    let mut ours = Cipher::restore(rows)?;
    let mut theirs = ours.mirror()?;
    for said in &transcript.said {
        let (from, to) = if said.saying.direction == ours.sending {
            (&mut ours, &mut theirs)
        } else {
            (&mut theirs, &mut ours)
        };
        check(from, to, said)?;
    }
    let opened = |cipher: &Cipher| -> Vec<RowChange> {
        let rows = cipher.rows().into_iter();
        rows.filter(|change| is_of_what_was_opened(&change.row))
            .collect()
    };
    let mut after = transcript.after.clone();
    after.retain(|change| is_of_what_was_opened(&change.row));
    if opened(&ours) == after {
        Ok(())
    } else {
        Err(SealError::VaultDamaged("after".to_owned()))
    }
}

impl Cipher {
    /// The other end of the line, as far as this end's secrets reach: its newest epochs.
    fn mirror(&self) -> Result<Self, SealError> {
        let unknown = |epoch| SealError::EpochUnknown(epoch);
        let (peer, us) = (self.sending.reverse(), self.sending);
        let newest = self.in_epochs.iter().next_back();
        let (epoch, held) = newest.ok_or(unknown(0))?;
        let of_us = self.out_epochs.get(&self.out_current);
        let of_us = of_us.ok_or(unknown(self.out_current))?;
        let key = |key: &FrameKey, d| FrameKey::new(key.secret().clone(), header(&self.line, d));
        let out = OutEpoch {
            parent_end: None,
            chain: held.chain.clone(),
            next: held.next.clone(),
            frames: key(&held.frames, peer),
            words: held.words.clone(),
            log: held.log,
        };
        let sealed = of_us.chain.as_ref().map_or(0, |chain| chain.next);
        let received = InEpoch {
            parent: None,
            chain: of_us.chain.clone(),
            end: None,
            next: of_us.next.clone(),
            frames: key(&of_us.frames, us),
            words: of_us.words.clone(),
            tip: None,
            log: of_us.log,
            log_next: sealed,
            log_waiting: BTreeMap::new(),
            given_up: BTreeMap::new(),
        };
        Ok(Self {
            line: self.line,
            generation: self.generation,
            sending: peer,
            suites_out: self.suites_in,
            suites_in: self.suites_out,
            bearer: self.bearer.clone(),
            contact_out: key(&self.contact_in, peer),
            contact_in: key(&self.contact_out, us),
            confirm: None,
            by_tapes: self.by_tapes,
            sends_unconfirmed: false,
            awaits_receipts: true,
            life: Life {
                number: 1,
                id: self.standing.heard(),
            },
            standing: Standing::default(),
            out_current: *epoch,
            out_highest: *epoch,
            out_epochs: [(*epoch, out)].into(),
            sent: BTreeMap::new(),
            log_history: BTreeMap::new(),
            in_epochs: [(self.out_current, received)].into(),
            ahead: BTreeMap::new(),
            gaps: BTreeMap::new(),
            exchange: Exchange::default(),
            changed: BTreeSet::new(),
        })
    }
}

fn say(
    from: &mut Cipher,
    to: &mut Cipher,
    saying: &Saying,
    effort: Effort,
    random: [u8; 32],
) -> Result<Said, SealError> {
    let sealed = from.seal(saying.kind, &saying.message, effort, random)?;
    let frame = from.seal_frame(sealed.id.epoch, &whole(sealed.id, &sealed.envelope))?;
    to.open(sealed.id, &sealed.envelope)?;
    let receipt = receipt_of(to, sealed.id)?;
    let (_, log) = from.log_hash(from.sending);
    Ok(Said {
        saying: saying.clone(),
        id: sealed.id,
        envelope: sealed.envelope,
        frame,
        receipt,
        log,
    })
}

fn check(from: &mut Cipher, to: &mut Cipher, said: &Said) -> Result<(), SealError> {
    let refused = SealError::NotAuthentic;
    let frame = from.seal_frame(said.id.epoch, &whole(said.id, &said.envelope))?;
    if frame != said.frame {
        return Err(refused);
    }
    let opened = to.open(said.id, &said.envelope)?;
    if (opened.kind, &opened.message) != (said.saying.kind, &said.saying.message) {
        return Err(refused);
    }
    if receipt_of(to, said.id)? != said.receipt {
        return Err(SealError::ProofRefused);
    }
    let (_, log) = to.log_hash(to.sending.reverse());
    if log != said.log {
        return Err(refused);
    }
    // The sender's chain goes on behind what it sealed; how it sealed it cannot be checked.
    let out = from.out_epochs.get_mut(&said.id.epoch);
    let chain = out.and_then(|out| out.chain.as_mut()).ok_or(refused)?;
    if let Some((_, after)) = chain.step() {
        *chain = after;
    }
    Ok(())
}

/// The receipt that holds everything up to an envelope.
fn receipt_of(to: &Cipher, id: EnvelopeId) -> Result<Receipt, SealError> {
    let received = Received::new(id.number.saturating_add(1), &BTreeSet::new());
    let echo = Echo {
        number: id.number as u8,
        repeat: 0,
    };
    let receipt = to.receipt(id.epoch, received, 1, echo);
    receipt.ok_or(SealError::ProofRefused)
}

fn whole(id: EnvelopeId, envelope: &[u8]) -> Frame {
    Frame::Symbols(Symbols {
        number: Number::Full(id.number),
        mark: envelope.first().copied().unwrap_or_default(),
        shape: Shape::Single { repeat: 0 },
        bytes: envelope.to_vec(),
    })
}

/// Rows that opening moves. Those of what was sealed hold a draw that only the sealer knew.
fn is_of_what_was_opened(row: &[u8]) -> bool {
    let name = row.split(|byte| *byte == b'/').nth(1);
    name.is_some_and(|name| [&b"in"[..], b"in-chain", b"in-next", b"tip", b"gap"].contains(&name))
}

#[cfg(test)]
mod tests;
