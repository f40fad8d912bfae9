//! The hash ratchet of one direction and epoch (rules SEAL-1 and SEAL-10).
//!
//! ```text
//!   ck(n) --step--> ck(n+1)      gk(n) = KDF(ck(n), "gap")      ck(n+1) = KDF(ck(n), "step")
//! ```
//!
//! Owns the one step and the bounded walk over skipped numbers. A skipped number leaves its gap
//! key, never its chain key: a chain key opens all that follows.

use redphone_wire::limits::{JUMP_MAX, WINDOW};

use crate::kdf::{Label, Secret, Source};

/// A chain at its next number.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Chain {
    /// ck(next).
    pub(crate) key: Secret,
    /// The next number, never skipped nor used.
    pub(crate) next: u32,
}

/// What a walk to a number found.
pub(crate) struct Walk {
    /// The gap key of that number.
    pub(crate) gap_key: Secret,
    /// Gap keys of the last skipped numbers, ascending, at most `WINDOW`.
    pub(crate) skipped: Vec<(u32, Secret)>,
    /// First and one past the last of the skipped numbers whose keys are given up.
    pub(crate) given_up: Option<(u32, u32)>,
    /// The chain after that number.
    pub(crate) after: Chain,
}

impl Chain {
    /// The start of an epoch.
    pub(crate) fn new(key: Secret) -> Self {
        Self { key, next: 0 }
    }

    /// The gap key of the next number and the chain after it; `None` at the last number, which is
    /// never used (rule SEAL-4).
    pub(crate) fn step(&self) -> Option<(Secret, Self)> {
        let next = self.next.checked_add(1);
        #[cfg(feature = "planted-bugs")]
        let next = if crate::planted::is_planted(crate::planted::Bug::NumberWraps) {
            Some(self.next.wrapping_add(1))
        } else {
            next
        };
        let next = next?;
        let source = Source::new(&self.key);
        let after = Self {
            key: source.derive(Label::Step, &[]),
            next,
        };
        Some((source.derive(Label::Gap, &[]), after))
    }

    /// Walks on a copy to a number at or after the next one. `None` when it is behind, further
    /// ahead than `JUMP_MAX`, or the last number (rule SEAL-10).
    pub(crate) fn walk(&self, number: u32) -> Option<Walk> {
        let ahead = number.checked_sub(self.next)?;
        if ahead > JUMP_MAX || number == u32::MAX {
            return None;
        }
        let kept_from = number.saturating_sub(WINDOW).max(self.next);
        let mut chain = self.clone();
        let mut skipped = Vec::new();
        loop {
            let at = chain.next;
            let (gap_key, after) = chain.step()?;
            if at == number {
                return Some(Walk {
                    gap_key,
                    skipped,
                    given_up: (kept_from > self.next).then_some((self.next, kept_from)),
                    after,
                });
            }
            if at >= kept_from {
                skipped.push((at, gap_key));
            }
            chain = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Chain {
        Chain::new(Secret::new([5; 32]))
    }

    #[test]
    fn walk_keeps_what_it_skips_and_steps_give_the_same_keys() {
        let walk = chain().walk(3).unwrap();

        let mut stepped = Vec::new();
        let mut at = chain();
        for _ in 0..4 {
            let (gap_key, after) = at.step().unwrap();
            stepped.push(gap_key);
            at = after;
        }
        let skipped: Vec<_> = walk.skipped.iter().map(|(_, key)| key.clone()).collect();
        assert_eq!(skipped, stepped[..3]);
        assert_eq!(walk.gap_key, stepped[3]);
        assert!(walk.after == at && walk.after.next == 4 && walk.given_up.is_none());
    }

    #[test]
    fn walk_is_bounded_in_length_and_in_keys() {
        assert!(chain().walk(JUMP_MAX + 1).is_none());
        let walk = chain().walk(JUMP_MAX).unwrap();
        assert_eq!(walk.skipped.len(), WINDOW as usize);
        assert_eq!(walk.given_up, Some((0, JUMP_MAX - WINDOW)));
        assert_eq!(walk.skipped[0].0, JUMP_MAX - WINDOW);
        assert!(walk.after.walk(JUMP_MAX).is_none(), "behind");
    }

    #[test]
    fn last_number_is_never_used() {
        let mut at_end = chain();
        at_end.next = u32::MAX;
        assert!(at_end.step().is_none());
        assert!(at_end.walk(u32::MAX).is_none());
        at_end.next = u32::MAX - 1;
        assert!(at_end.step().is_some());
        assert!(at_end.walk(u32::MAX - 1).is_some());
    }

    #[cfg(feature = "planted-bugs")]
    #[test]
    fn planted_number_that_wraps_is_noticed() {
        use crate::planted::{Bug, is_noticed};
        is_noticed(Bug::NumberWraps, last_number_is_never_used);
    }
}
