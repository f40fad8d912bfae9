//! The root of a line: every contribution and the transcript, mixed (rule PAIR-6).

use redphone_wire::{Direction, Letter1, Letter2, TapeKey, to_bytes};

use crate::kdf::{Label, Secret, kdf, mix, transcript};

use super::check::Cards;

/// What the three encapsulations gave.
pub(super) struct KemSecrets {
    pub(super) to_higher: Secret,
    pub(super) to_lower: Secret,
    pub(super) to_ephemeral: Secret,
}

/// Mixes all contributions and the transcript (rule PAIR-6).
pub(super) fn root(
    cards: &Cards<'_>,
    letter1: &Letter1,
    letter2: &Letter2,
    tapes: [Option<&TapeKey>; 2],
    kem: Option<&KemSecrets>,
) -> Secret {
    let letter2 = Letter2 {
        confirm: [0; 32],
        ..letter2.clone()
    };
    let t = transcript(&[
        &to_bytes(cards.lower),
        &to_bytes(cards.higher),
        &to_bytes(letter1),
        &to_bytes(&letter2),
    ]);
    let [tape_lower, tape_higher] = tapes.map(|tape| tape.map(|key| key.key.as_slice()));
    let slots = [
        tape_lower,
        tape_higher,
        kem.map(|kem| kem.to_higher.as_slice()),
        kem.map(|kem| kem.to_lower.as_slice()),
        kem.map(|kem| kem.to_ephemeral.as_slice()),
    ];
    mix(&[0; 32], &slots, &t)
}

/// The proof that the sender of a direction derived the root.
pub(super) fn confirm(root: &Secret, direction: Direction) -> [u8; 32] {
    *kdf(root, Label::Confirm, &[&[direction.byte()]])
}
