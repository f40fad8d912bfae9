//! The states of bearers and of the line. They are judged from what was sent and heard, never by
//! the clock alone: an idle bearer stays in its last state (rule LINE-20).

use std::collections::BTreeMap;
use std::time::Duration;

use redphone_wire::Now;

use crate::carrier::Carrier;
use crate::{BearerId, BearerState, Carries, Line, LineEvent, LineState};

/// Least time without hearing anything before a bearer counts as down.
const DOWN_AFTER_MIN: Duration = Duration::from_secs(3);
/// A bearer is degraded from this loss on, and no longer below the other.
const LOSS_DEGRADED: f64 = 0.20;
const LOSS_RESTORED: f64 = 0.15;

/// The state of the line.
#[derive(Debug)]
pub(crate) struct StateOfLine {
    state: LineState,
    since: Duration,
    pub(crate) desk_silent: bool,
    pub(crate) suspended: bool,
}

impl Default for StateOfLine {
    fn default() -> Self {
        Self {
            state: LineState::Down,
            since: Duration::ZERO,
            desk_silent: false,
            suspended: false,
        }
    }
}

impl StateOfLine {
    pub(crate) fn now(&self) -> (LineState, Duration) {
        (self.state, self.since)
    }

    /// Whether an answer on this bearer may change anything.
    pub(crate) fn is_worse_than_up(
        &self,
        bearers: &BTreeMap<BearerId, Carrier>,
        bearer: BearerId,
    ) -> bool {
        let up = bearers
            .get(&bearer)
            .is_some_and(|carrier| carrier.state == BearerState::Up);
        let lossy = bearers
            .get(&bearer)
            .and_then(|carrier| carrier.path.loss())
            .is_some_and(|loss| loss >= LOSS_DEGRADED);
        !up || lossy || self.state == LineState::Down
    }
}

impl Line {
    /// Lets time pass: bearers that got no answer change their state.
    pub fn handle_timeout(&mut self, now: Now) {
        self.judge(now);
    }

    /// Judges every bearer and the line anew.
    pub(crate) fn judge(&mut self, now: Now) {
        let at = now.monotonic;
        let mut carries = false;
        for (id, carrier) in &mut self.bearers {
            let state = carrier.judge(at);
            carries |= matches!(state, BearerState::Up | BearerState::Degraded);
            if state != carrier.state {
                carrier.state = state;
                carrier.since = at;
                let bearer = *id;
                self.events.push_back(LineEvent::Bearer { bearer, state });
            }
        }
        let state = if !carries {
            LineState::Down
        } else if self.state.suspended {
            LineState::Suspended
        } else if self.state.desk_silent {
            LineState::UpDeskSilent
        } else {
            LineState::Up
        };
        if state != self.state.state {
            self.state.state = state;
            self.state.since = at;
            self.events.push_back(LineEvent::Line(state));
        }
    }
}

impl Carrier {
    fn judge(&self, now: Duration) -> BearerState {
        if self.out {
            return BearerState::Out;
        }
        if self.is_courier() {
            return BearerState::Ready;
        }
        if !self.connected {
            return BearerState::Down;
        }
        let passed = |instant: Option<Duration>| instant.is_some_and(|instant| instant < now);
        match self.spec.carries {
            Carries::In if self.path.heard_at.is_some() && !self.tests_missed => BearerState::Up,
            Carries::In => BearerState::Down,
            // Only a receipt that comes another way tells that anything arrives.
            Carries::Out if self.path.answered_at.is_none() || passed(self.unanswered_at()) => {
                BearerState::Degraded
            }
            Carries::Both if self.path.heard_at.is_none() || passed(self.unheard_at()) => {
                BearerState::Down
            }
            Carries::Both if passed(self.unanswered_at()) => BearerState::Degraded,
            Carries::Both | Carries::Out => self.judge_loss(),
        }
    }

    fn judge_loss(&self) -> BearerState {
        let bound = if self.state == BearerState::Degraded {
            LOSS_RESTORED
        } else {
            LOSS_DEGRADED
        };
        if self.path.loss().unwrap_or(0.0) >= bound {
            BearerState::Degraded
        } else {
            BearerState::Up
        }
    }

    /// When it is down if nothing is heard.
    fn unheard_at(&self) -> Option<Duration> {
        Some(self.path.unheard_since? + self.path.silence(DOWN_AFTER_MIN))
    }

    /// When only one direction works, if no answer comes.
    fn unanswered_at(&self) -> Option<Duration> {
        Some(self.path.unanswered_since? + self.path.silence(DOWN_AFTER_MIN))
    }

    /// When the judgement may change because time passes.
    pub(crate) fn judge_next(&self, now: Duration) -> Option<Duration> {
        let instants = [self.unheard_at(), self.unanswered_at()];
        let ahead = instants.into_iter().flatten().filter(|at| *at >= now);
        ahead.min().map(|at| at + Duration::from_millis(1))
    }
}
