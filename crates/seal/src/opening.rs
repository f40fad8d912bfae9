//! Opening: an envelope of the peer becomes a message, once.
//!
//! Works on copies and commits at its end, after the tag has fitted (rules SEAL-6, SEAL-10 and
//! SEAL-12). The form of an envelope is in `envelope`.

use redphone_wire::{EnvelopeId, Kind};
use sha2::{Digest, Sha256};

use crate::body::Body;
use crate::chain::Chain;
use crate::envelope::envelope_ad;
use crate::epoch::{Tip, first};
use crate::error::Rule;
use crate::kdf::{Label, Secret, Source, kdf};
use crate::rows::Row;
use crate::{Cipher, SealError, suite};

/// An opened envelope.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Opened {
    /// What it holds.
    pub kind: Kind,
    /// The message bytes.
    pub message: Vec<u8>,
    /// Numbers whose keys had to be given up to open it: both desks show them.
    pub given_up: Vec<GivenUp>,
}

/// Envelopes of the peer that can no longer be opened (rule SEAL-11).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GivenUp {
    /// The first of them.
    pub first: EnvelopeId,
    /// How many, in the same epoch.
    pub count: u32,
}

impl Cipher {
    /// Opens an envelope and commits: its key is erased, its number never opens again. Write the
    /// changes and the message in one transaction, then send the receipt.
    ///
    /// # Errors
    ///
    /// See [`SealError`]. Nothing has moved unless [`SealError::is_opened`] says so.
    pub fn open(&mut self, id: EnvelopeId, envelope: &[u8]) -> Result<Opened, SealError> {
        let opening = self.derive_opening(id, envelope);
        #[cfg(feature = "planted-bugs")]
        self.advance_unauthenticated(id, &opening);
        let opening = opening?;
        if self.standing.is_refused(opening.body.as_ref()) {
            return Err(SealError::CloneRefused(id));
        }
        let end = opening.body.as_ref().and_then(|body| body.end);
        let body = opening.body.clone();
        if let Some(body) = &body {
            self.standing.note_opened(id, body.life);
        }
        let mut given_up = self.commit_opened(id, opening);
        let body = body.ok_or(SealError::PeerMisbehaved(Rule::BodyForm))?;
        if let Some(end) = end {
            given_up.extend(self.close_parent(id.epoch, end)?);
        }
        given_up.extend(self.prune_in_epochs());
        match Kind::from_byte(body.kind) {
            Some(kind) => Ok(Opened {
                kind,
                message: body.message,
                given_up,
            }),
            None => Err(SealError::NewerKind {
                kind: body.kind,
                message: body.message,
            }),
        }
    }

    #[cfg(feature = "planted-bugs")]
    fn advance_unauthenticated(&mut self, id: EnvelopeId, opening: &Result<Opening, SealError>) {
        let bug = crate::planted::Bug::AdvancesBeforeAuthentication;
        let held = self.in_epochs.get_mut(&id.epoch);
        if let (true, Err(_), Some(held)) = (crate::planted::is_planted(bug), opening, held) {
            let walk = held.chain.as_ref().and_then(|chain| chain.walk(id.number));
            held.chain = walk.map(|walk| walk.after);
        }
    }

    /// Everything that opening finds out, on copies.
    fn derive_opening(&self, id: EnvelopeId, envelope: &[u8]) -> Result<Opening, SealError> {
        let epoch = self
            .in_epochs
            .get(&id.epoch)
            .or_else(|| self.ahead.get(&id.epoch).map(|ahead| &ahead.held))
            .ok_or(SealError::EpochUnknown(id.epoch))?;
        let mut opening = Opening::default();
        let gap_key = match &epoch.chain {
            Some(chain) if id.number >= chain.next => {
                let walk = chain.walk(id.number).ok_or(SealError::JumpTooFar(id))?;
                opening.skipped = walk.skipped;
                opening.given_up = walk.given_up;
                opening.after = Some(walk.after);
                walk.gap_key
            }
            Some(_) | None => match self.gaps.get(&id) {
                Some(gap_key) => gap_key.clone(),
                None if epoch.is_given_up(id.number) => return Err(SealError::KeyGone(id)),
                None => return Err(SealError::AlreadyOpened(id)),
            },
        };
        let (salt, sealed) = envelope
            .split_first_chunk::<8>()
            .ok_or(SealError::NotAuthentic)?;
        let mk = Source::new(&kdf(&gap_key, Label::Message, &[salt]));
        let ad = envelope_ad(&self.line, self.sending.reverse(), id, salt);
        let body = suite::open(self.suites_in, &mk, &ad, sealed).ok_or(SealError::NotAuthentic)?;

        opening.salt = *salt;
        opening.log = first(&mk.derive(Label::Log, &[&Sha256::digest(&body)]));
        opening.receipt = mk.derive(Label::Receipt, &[]);
        opening.body = Body::from_bytes(&body);
        Ok(opening)
    }

    fn commit_opened(&mut self, id: EnvelopeId, opening: Opening) -> Vec<GivenUp> {
        self.adopt_ahead(id.epoch);
        let direction = self.sending.reverse();
        let mut given_up = Vec::new();
        let Some(epoch) = self.in_epochs.get_mut(&id.epoch) else {
            return given_up;
        };
        let mut changed = Vec::new();
        if self.gaps.remove(&id).is_some() {
            changed.push(Row::Gap(id));
        }
        if let Some((first, end)) = opening.given_up {
            epoch.give_up(first, end);
            changed.push(Row::InEpoch(id.epoch));
            given_up.push(GivenUp::new(id.epoch, first, end));
        }
        for (number, key) in opening.skipped {
            let skipped = EnvelopeId { number, ..id };
            self.gaps.insert(skipped, key);
            changed.push(Row::Gap(skipped));
        }
        if opening.after.is_some() {
            epoch.chain = opening.after;
            changed.push(Row::InChain(id.epoch));
        }
        if epoch.tip.as_ref().is_none_or(|tip| tip.number < id.number) {
            epoch.tip = Some(Tip {
                number: id.number,
                salt: opening.salt,
                receipt: opening.receipt,
            });
        }
        changed.push(Row::Tip(id.epoch));
        let waiting = |number| Row::LogWaiting(EnvelopeId { number, ..id });
        let noted = epoch.note_log(direction, id, opening.log);
        changed.extend(noted.into_iter().map(waiting));
        changed.into_iter().for_each(|row| self.mark(row));
        self.erase_next_before(id.epoch);
        given_up
    }
}

impl GivenUp {
    pub(crate) fn new(epoch: u32, first: u32, end: u32) -> Self {
        Self {
            first: EnvelopeId {
                epoch,
                number: first,
            },
            count: end.saturating_sub(first),
        }
    }
}

/// What opening found out, before anything moves.
#[derive(Default)]
struct Opening {
    body: Option<Body>,
    salt: [u8; 8],
    receipt: Secret,
    log: [u8; 16],
    after: Option<Chain>,
    skipped: Vec<(u32, Secret)>,
    given_up: Option<(u32, u32)>,
}
