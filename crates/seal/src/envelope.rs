//! Envelopes: one message, sealed under a key of its own (rules SEAL-2 to SEAL-12).
//!
//! ```text
//!   salt     = first 8 bytes of KDF(gk(n), "salt", 32 random bytes, SHA-256(body))
//!   mk       = KDF(gk(n), "message", salt)
//!   envelope = salt || layers(mk, ad = line || d || e || n || salt; body)
//!   rk       = KDF(mk, "receipt")        lg = first 16 bytes of KDF(mk, "log", SHA-256(body))
//! ```
//!
//! Owns sealing and opening. Opening works on copies and commits at its end, after the tag has
//! fitted. What a frame or a receipt is, it does not know.

use redphone_wire::limits::BODY_BYTES_MAX;
use redphone_wire::{Direction, EnvelopeId, Kind, Suites};
use sha2::{Digest, Sha256};

use crate::body::Body;
use crate::chain::Chain;
use crate::contact::is_flash;
use crate::epoch::{SentKey, Tip, first, fold_log};
use crate::error::Rule;
use crate::kdf::{Label, Secret, Source, kdf};
use crate::rows::Row;
use crate::{Cipher, Effort, SealError, suite};

/// A sealed envelope.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed {
    /// Its epoch and number, in our direction.
    pub id: EnvelopeId,
    /// First byte of its salt, which its frames carry.
    pub mark: u8,
    /// Its bytes.
    pub envelope: Vec<u8>,
}

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
    /// Seals a message. Its key is erased from the state with this call: write the changes and
    /// the envelope in one transaction.
    ///
    /// # Errors
    ///
    /// [`SealError::Held`] while officers have to decide first; [`SealError::WindowFull`] while too
    /// much waits for receipts; [`SealError::MessageTooLong`]; [`SealError::Exhausted`] at the end
    /// of the chain.
    pub fn seal(
        &mut self,
        kind: Kind,
        message: &[u8],
        effort: Effort,
        random: [u8; 32],
    ) -> Result<Sealed, SealError> {
        self.check_hold(kind, message)?;
        self.check_window(kind, message)?;
        if message.len() > BODY_BYTES_MAX {
            return Err(SealError::MessageTooLong);
        }
        let unknown = SealError::EpochUnknown(self.out_current);
        let epoch = self.out_epochs.get(&self.out_current).ok_or(unknown)?;
        let chain = epoch.chain.as_ref().ok_or(SealError::Exhausted)?;
        let id = EnvelopeId {
            epoch: self.out_current,
            number: chain.next,
        };
        let (gap_key, after) = chain.step().ok_or(SealError::Exhausted)?;
        let body = Body {
            kind: kind.byte(),
            life: self.life.tag(),
            end: epoch.parent_end,
            message: message.to_vec(),
        };
        let body = body.to_bytes(effort).ok_or(SealError::MessageTooLong)?;

        let digest: [u8; 32] = Sha256::digest(&body).into();
        let salt = draw_salt(&gap_key, &random, &digest);
        let keys = Keys::new(&gap_key, &salt, &digest);
        let ad = envelope_ad(&self.line, self.sending, id, &salt);
        let sealed =
            suite::seal(self.suites_out, &keys.mk, &ad, body).ok_or(SealError::MessageTooLong)?;
        self.commit_sealed(id, after, &keys);
        let [mark, ..] = salt;
        Ok(Sealed {
            id,
            mark,
            envelope: [&salt[..], &sealed].concat(),
        })
    }

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

    /// A receipt proves the highest envelope held, so its key must still be there: a two-way line
    /// seals no more than it can keep receipt keys of (rule RECEIPT-3). FLASH has room of its own.
    fn check_window(&self, kind: Kind, message: &[u8]) -> Result<(), SealError> {
        let waiting = self.sent.len();
        let is_full =
            waiting >= FLASH_KEYS_MAX || waiting >= SENT_KEYS_MAX && !is_flash(kind, message);
        if self.awaits_receipts && is_full {
            return Err(SealError::WindowFull);
        }
        Ok(())
    }

    fn commit_sealed(&mut self, id: EnvelopeId, after: Chain, keys: &Keys) {
        if let Some(epoch) = self.out_epochs.get_mut(&id.epoch) {
            epoch.chain = Some(after);
            epoch.log = fold_log(&epoch.log, self.sending, id, &keys.log);
            let log = epoch.log;
            self.remember_log(id, log);
        }
        let sent = SentKey {
            receipt: keys.receipt.clone(),
            receipted: false,
        };
        self.sent.insert(id, sent);
        self.mark(Row::OutChain(id.epoch));
        self.mark(Row::Sent(id));
        // Nobody will ever receipt on a one-way line: the oldest keys go.
        while !self.awaits_receipts && self.sent.len() > SENT_KEYS_MAX {
            if let Some((oldest, _)) = self.sent.pop_first() {
                self.mark(Row::Sent(oldest));
                self.drop_finished_out_epoch(oldest.epoch);
            }
        }
    }

    /// Keeps a running hash of what was sent, to compare with what the peer tells. After a restart
    /// only the newest is known.
    pub(crate) fn remember_log(&mut self, id: EnvelopeId, log: [u8; 16]) {
        self.log_history.insert(id.number % LOG_HISTORY, (id, log));
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

/// The keys of one envelope.
struct Keys {
    mk: Source,
    receipt: Secret,
    log: [u8; 16],
}

impl Keys {
    fn new(gap_key: &Secret, salt: &[u8; 8], digest: &[u8; 32]) -> Self {
        let mk = Source::new(&kdf(gap_key, Label::Message, &[salt]));
        Self {
            receipt: mk.derive(Label::Receipt, &[]),
            log: first(&mk.derive(Label::Log, &[digest])),
            mk,
        }
    }
}

/// A salt that a restored machine does not repeat: it depends on the body (rule SEAL-3).
fn draw_salt(gap_key: &Secret, random: &[u8; 32], digest: &[u8; 32]) -> [u8; 8] {
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::SaltIgnoresBody) {
        return first(&kdf(gap_key, Label::Salt, &[random]));
    }
    first(&kdf(gap_key, Label::Salt, &[random, digest]))
}

/// The receipt key that follows from a gap key and a salt.
pub(crate) fn receipt_key(gap_key: &Secret, salt: &[u8; 8]) -> Secret {
    let mk = kdf(gap_key, Label::Message, &[salt]);
    kdf(&mk, Label::Receipt, &[])
}

/// What every layer authenticates beside the body.
fn envelope_ad(line: &[u8; 32], direction: Direction, id: EnvelopeId, salt: &[u8; 8]) -> Vec<u8> {
    let mut ad = Vec::with_capacity(49);
    ad.extend_from_slice(line);
    ad.push(direction.byte());
    ad.extend_from_slice(&id.epoch.to_be_bytes());
    ad.extend_from_slice(&id.number.to_be_bytes());
    ad.extend_from_slice(salt);
    ad
}

/// Seals any bytes as a body, as a newer or a hostile peer may.
#[cfg(test)]
pub(crate) fn seal_body(
    cipher: &Cipher,
    id: EnvelopeId,
    gap_key: &Secret,
    salt: [u8; 8],
    body: Vec<u8>,
) -> Vec<u8> {
    let keys = Keys::new(gap_key, &salt, &[0; 32]);
    let ad = envelope_ad(&cipher.line, cipher.sending, id, &salt);
    let sealed = suite::seal(cipher.suites_out, &keys.mk, &ad, body).unwrap();
    [&salt[..], &sealed].concat()
}

/// Bytes that an envelope has beside its body.
pub fn envelope_overhead(suites: Suites) -> usize {
    8 + suite::overhead(suites)
}

/// Receipt keys of sealed envelopes that a line keeps, FLASH apart.
pub(crate) const SENT_KEYS_MAX: usize = redphone_wire::limits::WINDOW as usize + 64;
/// Receipt keys of sealed envelopes that a line keeps, FLASH among them.
const FLASH_KEYS_MAX: usize = 4_096;
/// Running hashes of what was sent that a line keeps, to compare with what the peer tells.
pub(crate) const LOG_HISTORY: u32 = 128;
