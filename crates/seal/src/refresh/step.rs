//! One step from an epoch to the next: what is mixed, and the keys that follow (rule REF-9).

use redphone_wire::Direction;

use super::exchange::Back;
use crate::epoch::EpochKeys;
use crate::kdf::{Label, Secret, kdf, mix, transcript};

/// A fresh secret that goes into an epoch.
pub(super) struct Fresh {
    /// 1 for a ciphertext to an offer, 2 for the second secret of an exchange.
    pub(super) mix: u8,
    pub(super) secret: Secret,
    /// SHA-256 of offer and ciphertext.
    pub(super) exchange: [u8; 32],
}

impl Fresh {
    pub(super) fn there(shared: &Secret, exchange: [u8; 32]) -> Self {
        Self {
            mix: 1,
            secret: kdf(shared, Label::There, &[]),
            exchange,
        }
    }

    pub(super) fn back(back: &Back) -> Self {
        Self {
            mix: 2,
            secret: back.secret.clone(),
            exchange: back.exchange,
        }
    }
}

/// One step from an epoch to the next.
pub(super) struct Step {
    pub(super) direction: Direction,
    pub(super) epoch: u32,
    pub(super) parent: u32,
    pub(super) secret: Option<Fresh>,
    /// Number and key.
    pub(super) tape: Option<(u32, Secret)>,
}

impl Step {
    /// The keys of the new epoch (rule REF-9).
    pub(super) fn keys(&self, line: &[u8; 32], next: &Secret) -> EpochKeys {
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
