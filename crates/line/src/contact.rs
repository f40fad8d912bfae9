//! When contact frames go: at the start, when a bearer comes back, and in answer to the peer's.
//!
//! One that asks is repeated ever more rarely until the peer's is heard. One that comes while ours
//! asks is taken for the answer, so that two stations never answer each other for ever.

use std::time::Duration;

/// An unanswered contact frame is repeated so often, unless traffic waits for the answer.
const TRIES_MAX: u32 = 6;
const GAP_MIN: Duration = Duration::from_secs(1);
const GAP_WANTED_MIN: Duration = Duration::from_millis(250);

/// The contact frames of one bearer.
#[derive(Debug, Default)]
pub(crate) struct ContactTurn {
    asks: bool,
    answers: bool,
    /// One that asks went out and none came back.
    waits: bool,
    due: Duration,
    tries: u32,
}

impl ContactTurn {
    /// Ours shall go, and the peer's shall come.
    pub(crate) fn ask(&mut self, now: Duration) {
        if !self.asks {
            self.asks = true;
            self.due = now;
            self.tries = 0;
        }
    }

    /// The peer's came.
    pub(crate) fn handle(&mut self, now: Duration) {
        self.asks = false;
        if self.waits {
            self.waits = false;
        } else {
            self.answers = true;
            self.due = now;
        }
    }

    /// When the next one goes, if any does.
    pub(crate) fn next_at(&self) -> Option<Duration> {
        (self.asks || self.answers).then_some(self.due)
    }

    /// One went out. `wait` is when its answer should be here; `wanted` while traffic waits for it.
    pub(crate) fn sent(&mut self, now: Duration, wait: Duration, wanted: bool) {
        self.answers = false;
        if !self.asks {
            return;
        }
        self.waits = true;
        self.tries += 1;
        if wanted {
            self.due = now + wait.max(GAP_WANTED_MIN);
        } else {
            self.due = now + wait.max(GAP_MIN) * (1 << self.tries.min(TRIES_MAX));
            self.asks = self.tries < TRIES_MAX;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn answer_is_not_answered() {
        let mut ours = ContactTurn::default();
        let mut theirs = ContactTurn::default();
        ours.ask(Duration::ZERO);
        ours.sent(Duration::ZERO, SECOND, false);
        theirs.handle(SECOND);
        assert_eq!(theirs.next_at(), Some(SECOND));
        theirs.sent(SECOND, SECOND, false);
        ours.handle(SECOND * 2);
        assert_eq!((ours.next_at(), theirs.next_at()), (None, None));
    }

    #[test]
    fn lost_answer_is_given_again() {
        let mut theirs = ContactTurn::default();
        for second in 1..4 {
            theirs.handle(SECOND * second);
            assert_eq!(theirs.next_at(), Some(SECOND * second));
            theirs.sent(SECOND * second, SECOND, false);
        }
    }

    #[test]
    fn idle_line_falls_quiet_and_a_waiting_one_does_not() {
        for wanted in [false, true] {
            let mut turn = ContactTurn::default();
            turn.ask(Duration::ZERO);
            let mut sent = 0;
            while let Some(due) = turn.next_at().filter(|_| sent < 100) {
                turn.sent(due, Duration::ZERO, wanted);
                sent += 1;
            }
            assert_eq!(sent, if wanted { 100 } else { TRIES_MAX });
        }
    }
}
