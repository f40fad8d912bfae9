//! Historical bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch and the tests that show that each bug is noticed.

/// A bug that somebody shipped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// The chain advances for an envelope that does not authenticate (RUSTSEC-2024-0011).
    AdvancesBeforeAuthentication,
    /// A second station under one life is taken for the first.
    CopyUnnoticed,
    /// The number behind the last one is the first again (RUSTSEC-2026-0071).
    NumberWraps,
    /// Envelopes are sealed further ahead than a receipt reaches: the line is never receipted again.
    ReachUnbounded,
    /// A receipt counts without a proof: whoever holds a frame key makes messages "received".
    ReceiptWithoutProof,
    /// A peer who forgot what it had is taken for one who did not.
    RestoredUnnoticed,
    /// The salt does not depend on the body: a restored machine that repeats its randomness
    /// repeats a key.
    SaltIgnoresBody,
    /// A letter's suites are used without a look at what was agreed.
    SuitesUnchecked,
    /// Random bytes that were seen before go on being used.
    TakesRepeatedRandomness,
    /// Two tapes under one number are taken for the same.
    TapeUnchecked,
}

redphone_wire::planted_switch!(Bug);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use redphone_wire::{Echo, Kind, Received};

    use super::*;
    use crate::testing::{copy, open, pair, seal, state};
    use crate::{Effort, Hedge};

    /// The bug must break what the check holds, and nothing else may.
    fn breaks(bug: Bug, check: fn()) {
        check();
        is_noticed(bug, check);
    }

    #[test]
    fn advance_before_authentication_is_noticed() {
        breaks(Bug::AdvancesBeforeAuthentication, || {
            let (mut nord, mut sud) = pair();
            let sealed = seal(&mut nord, "text");
            let before = state(&sud);
            let mut forged = sealed.envelope.clone();
            forged[9] ^= 1;
            sud.open(sealed.id, &forged).unwrap_err();
            assert!(state(&sud) == before);
        });
    }

    #[test]
    fn receipt_without_proof_is_noticed() {
        breaks(Bug::ReceiptWithoutProof, || {
            let (mut nord, mut sud) = pair();
            let sealed = seal(&mut nord, "text");
            open(&mut sud, &sealed);
            let received = Received::new(1, &BTreeSet::new());
            let echo = Echo {
                number: 0,
                repeat: 0,
            };
            let mut forged = sud.receipt(0, received, 0, echo).unwrap();
            forged.proof = [0; 8];
            nord.check_receipt(&forged).unwrap_err();
        });
    }

    #[test]
    fn salt_that_ignores_the_body_is_noticed() {
        breaks(Bug::SaltIgnoresBody, || {
            let (mut nord, _) = pair();
            let mut restored = copy(&nord);
            let salt = |cipher: &mut crate::Cipher, text: &[u8]| {
                let sealed = cipher.seal(Kind::OrderWire, text, Effort::Fast, [9; 32]);
                sealed.unwrap().envelope[..8].to_vec()
            };
            assert_ne!(salt(&mut nord, b"one"), salt(&mut restored, b"two"));
        });
    }

    #[test]
    fn repeated_randomness_is_noticed() {
        breaks(Bug::TakesRepeatedRandomness, || {
            let mut hedge = Hedge::new(&[1; 32]);
            let os: [u8; 32] = std::array::from_fn(|index| index as u8);
            hedge.draw(os, &[0; 32]).unwrap();
            assert!(hedge.draw(os, &[0; 32]).is_err());
        });
    }
}
