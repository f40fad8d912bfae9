//! Budgets: how much of a thing a peer may make this station do in a time (rule DESK-7).
//!
//! Owns the bounds that a peer who holds the keys meets beyond those of each message. What an
//! honest station asks for stays far below them.

use std::time::Duration;

use redphone_wire::Precedence;

/// How much, and in what time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    pub(crate) most: u32,
    pub(crate) every: Duration,
}

/// Messages of ours that one peer makes us seal again.
pub(crate) const RESENT: Allowance = Allowance {
    most: 1_024,
    every: Duration::from_secs(600),
};
/// Steps of a chain that openings in vain, and jumps beyond the window, take.
pub(crate) const CHAIN_STEPS: Allowance = Allowance {
    most: 8 * redphone_wire::limits::JUMP_MAX,
    every: Duration::from_secs(60),
};
/// Steps of refreshes that one peer takes.
pub(crate) const REFRESH_STEPS: Allowance = Allowance {
    most: 64,
    every: Duration::from_secs(600),
};
/// Notices of bearers taken out and put back that are told to those who listen.
pub(crate) const NOTICES: Allowance = Allowance {
    most: 60,
    every: Duration::from_secs(60),
};
/// Notices to one peer that nobody here has acknowledged messages of his.
pub(crate) const RISES: Allowance = Allowance {
    most: 12,
    every: Duration::from_secs(600),
};
/// FLASH messages that are nothing to wonder at.
pub(crate) const FLASH: Allowance = Allowance {
    most: 30,
    every: Duration::from_secs(3_600),
};
/// What FLASH beyond that is handled as.
pub(crate) const FLASH_BEYOND: Precedence = Precedence::Immediate;
/// Second texts under one serial, and kinds that nobody here knows, that are kept as evidence.
pub(crate) const EVIDENCE: Allowance = Allowance {
    most: 64,
    every: Duration::from_secs(3_600),
};
/// Alarms and broken rules that the station shows until it starts anew.
pub(crate) const ALARMS_MAX: usize = 256;

/// All that one peer has used up.
#[derive(Debug, Default)]
pub(crate) struct Budgets {
    pub(crate) chain_steps: Budget,
    pub(crate) evidence: Budget,
    pub(crate) flash: Budget,
    pub(crate) notices: Budget,
    pub(crate) refresh_steps: Budget,
    pub(crate) resent: Budget,
    pub(crate) rises: Budget,
}

/// What was used of one allowance since some instant of the monotonic clock.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    used: u32,
    since: Duration,
}

impl Budget {
    /// What is left.
    pub(crate) fn left(&mut self, now: Duration, allowance: Allowance) -> u32 {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::BudgetWithoutEnd) {
            return u32::MAX;
        }
        if now.saturating_sub(self.since) >= allowance.every {
            self.used = 0;
            self.since = now;
        }
        allowance.most.saturating_sub(self.used)
    }

    /// Takes so much, if that is left.
    pub(crate) fn take(&mut self, now: Duration, allowance: Allowance, amount: u32) -> bool {
        let may = self.left(now, allowance) >= amount;
        if may {
            self.used = self.used.saturating_add(amount);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowance_comes_back_when_its_time_is_over() {
        let mut budget = Budget::default();
        let now = Duration::from_secs(5_000);
        assert!(budget.take(now, RESENT, 1_000));
        assert!(!budget.take(now, RESENT, 25));
        assert!(budget.take(now, RESENT, 24));
        let later = now + RESENT.every;
        assert!(!budget.take(later - Duration::from_millis(1), RESENT, 1));
        assert!(budget.take(later, RESENT, 1_024));
    }
}
