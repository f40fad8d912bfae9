//! Envelopes: one message, sealed under a key of its own (rules SEAL-2 to SEAL-4).
//!
//! ```text
//!   salt     = first 8 bytes of KDF(gk(n), "salt", 32 random bytes, SHA-256(body))
//!   mk       = KDF(gk(n), "message", salt)
//!   envelope = salt || layers(mk, ad = line || d || e || n || salt; body)
//!   rk       = KDF(mk, "receipt")        lg = first 16 bytes of KDF(mk, "log", SHA-256(body))
//! ```
//!
//! Owns the form and the sealing; `opening` opens. What a frame or a receipt is, it does not know.

use redphone_wire::limits::{BODY_BYTES_MAX, WINDOW};
use redphone_wire::{Direction, EnvelopeId, Kind, Suites};
use sha2::{Digest, Sha256};

use crate::body::Body;
use crate::chain::Chain;
use crate::contact::is_flash;
use crate::epoch::{SentKey, first, fold_log};
use crate::kdf::{Label, Secret, Source, kdf};
use crate::rows::Row;
use crate::{Cipher, Effort, SealError, suite};

#[cfg(test)]
mod tests;

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
        self.check_keys(kind, message)?;
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
        self.check_reach(id, kind, message)?;
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

    /// A receipt proves the highest envelope held, so its key must still be there: a two-way line
    /// seals no more than it can keep receipt keys of (rule RECEIPT-3). FLASH has room of its own.
    fn check_keys(&self, kind: Kind, message: &[u8]) -> Result<(), SealError> {
        let waiting = self.sent.len();
        let is_full =
            waiting >= FLASH_KEYS_MAX || waiting >= SENT_KEYS_MAX && !is_flash(kind, message);
        if self.awaits_receipts && is_full {
            return Err(SealError::WindowFull);
        }
        Ok(())
    }

    /// A receipt reaches `WINDOW` numbers beyond the first that it lacks, and the receiver keeps keys
    /// for as many: one further ahead would void the first, and could never be receipted. The end of
    /// the window is FLASH's.
    fn check_reach(&self, id: EnvelopeId, kind: Kind, message: &[u8]) -> Result<(), SealError> {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::ReachUnbounded) {
            return Ok(());
        }
        let of_epoch = EnvelopeId { number: 0, ..id }..id;
        let mut sent = self.sent.range(of_epoch);
        let first = sent.find(|(_, sent)| !sent.receipted);
        let Some((first, _)) = first.filter(|_| self.awaits_receipts) else {
            return Ok(());
        };
        let kept = if is_flash(kind, message) {
            0
        } else {
            FLASH_NUMBERS
        };
        if id.number - first.number > WINDOW - kept {
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
pub(crate) fn envelope_ad(
    line: &[u8; 32],
    direction: Direction,
    id: EnvelopeId,
    salt: &[u8; 8],
) -> Vec<u8> {
    let mut ad = Vec::with_capacity(49);
    ad.extend_from_slice(line);
    ad.push(direction.byte());
    ad.extend_from_slice(&id.epoch.to_be_bytes());
    ad.extend_from_slice(&id.number.to_be_bytes());
    ad.extend_from_slice(salt);
    ad
}

/// Bytes that an envelope has beside its body.
pub fn envelope_overhead(suites: Suites) -> usize {
    8 + suite::overhead(suites)
}

/// Receipt keys of sealed envelopes that a line keeps, FLASH apart.
pub(crate) const SENT_KEYS_MAX: usize = WINDOW as usize + 64;
/// Numbers at the end of the window that are kept for FLASH.
const FLASH_NUMBERS: u32 = 64;
/// Receipt keys of sealed envelopes that a line keeps, FLASH among them.
const FLASH_KEYS_MAX: usize = 4_096;
/// Running hashes of what was sent that a line keeps, to compare with what the peer tells.
pub(crate) const LOG_HISTORY: u32 = 128;
