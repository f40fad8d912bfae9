//! The bell: when the alarm rings, and until when it is silent. Pure, on the monotonic clock.
//!
//! Owns that it repeats until everything is acknowledged, and that a silence ends by itself. What waits
//! for an acknowledgement is the desk's, in `rises`; the sound is the daemon's. Rules WATCH-4 and
//! WATCH-5.

use std::collections::VecDeque;
use std::time::Duration;

use redphone_wire::{PartyName, Precedence, Utc};

/// How long a silence lasts (IMO MSC.302(87), 7.3.5: it comes back by itself).
pub(crate) const SILENCE: Duration = Duration::from_secs(30);
/// For how long after a ring somebody may say that he heard it.
pub(crate) const HEARD_WITHIN: Duration = Duration::from_secs(300);
/// From one ring to the next, where the configuration does not say.
pub(crate) const REPEAT_DEFAULT: Duration = Duration::from_secs(15);

/// What the alarm is to say: no content, ever.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ring {
    /// The most urgent message that nobody has acknowledged; none to prove the alarm.
    pub precedence: Option<Precedence>,
    /// How many nobody has acknowledged.
    pub count: u32,
    /// To whom they have risen: 0 the watch, 1 the next officer, 2 the chief of watch.
    pub level: u8,
    /// Our own name.
    pub station: PartyName,
}

impl Ring {
    /// Whether it is rung to be proven.
    pub fn is_proof(&self) -> bool {
        self.precedence.is_none()
    }
}

/// What became of a ring.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rung {
    /// Whether it was rung to be proven.
    pub proof: bool,
    /// Why it failed, in words; none where all went well.
    pub failed: Option<String>,
}

/// The bell of one station.
#[derive(Debug)]
pub(crate) struct Bell {
    pub(crate) repeat: Duration,
    pub(crate) has_command: bool,
    /// When it rings next.
    next: Option<Duration>,
    last: Option<Duration>,
    silent_until: Duration,
    /// Rings that are due, until they are given out after the commit.
    pub(crate) due: VecDeque<Ring>,
    /// When a proof last rang without a failure, and nobody has said that he heard it.
    pub(crate) proof_rang: Option<Duration>,
    /// When its command last ran, and why it failed.
    pub(crate) outcome: Option<(Utc, Option<String>)>,
}

impl Default for Bell {
    fn default() -> Self {
        Self {
            repeat: REPEAT_DEFAULT,
            has_command: false,
            next: None,
            last: None,
            silent_until: Duration::ZERO,
            due: VecDeque::new(),
            proof_rang: None,
            outcome: None,
        }
    }
}

impl Bell {
    /// Something came, or rose: it rings at once, also in a silence. `urgent`: it does so however
    /// short ago it rang.
    pub(crate) fn news(&mut self, now: Duration, urgent: bool) {
        let at = match self.last {
            Some(last) if !urgent => now.max(last.saturating_add(self.repeat)),
            _ => now,
        };
        if urgent {
            self.silent_until = Duration::ZERO;
        }
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }

    /// Lays a ring aside until it is given out. What nobody takes is replaced by what is newer.
    pub(crate) fn lay_aside(&mut self, ring: Ring) {
        self.due.retain(|waits| waits.is_proof() != ring.is_proof());
        self.due.push_back(ring);
    }

    /// It is silent for a while.
    pub(crate) fn silence(&mut self, now: Duration) {
        self.silent_until = now.saturating_add(SILENCE);
        if self.next.is_some() {
            self.next = Some(self.silent_until);
        }
    }

    /// For how long it is silent.
    pub(crate) fn silent_for(&self, now: Duration) -> Option<Duration> {
        self.silent_until
            .checked_sub(now)
            .filter(|left| !left.is_zero())
    }

    /// When it rings next.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.next
    }

    /// Whether it rings now. `repeats`: something is there for which it rings again.
    pub(crate) fn rings(&mut self, now: Duration, repeats: bool) -> bool {
        if self.next.is_none_or(|next| next > now) {
            return false;
        }
        self.next = repeats.then(|| now.saturating_add(self.repeat));
        self.last = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn bell_repeats_until_nothing_waits() {
        let mut bell = Bell::default();
        assert!(!bell.rings(s(0), true));
        bell.news(s(10), true);
        assert!(bell.rings(s(10), true));
        assert!(!bell.rings(s(24), true));
        assert!(bell.rings(s(25), true));
        assert!(bell.rings(s(40), false));
        assert_eq!(bell.next(), None);
    }

    #[test]
    fn silence_ends_by_itself_and_at_once_when_something_urgent_comes() {
        let mut bell = Bell::default();
        bell.news(s(10), true);
        assert!(bell.rings(s(10), true));
        bell.silence(s(12));
        assert_eq!(bell.silent_for(s(13)), Some(s(29)));
        assert!(!bell.rings(s(41), true));
        assert!(bell.rings(s(42), true));
        bell.silence(s(43));
        bell.news(s(44), true);
        assert!(bell.rings(s(44), true));
        assert_eq!(bell.silent_for(s(45)), None);
    }

    #[test]
    fn flood_of_what_is_not_urgent_rings_once_in_a_while() {
        let mut bell = Bell::default();
        let mut rung = 0;
        for at in 0..60 {
            bell.news(s(100 + at), false);
            rung += u32::from(bell.rings(s(100 + at), false));
        }
        assert_eq!(rung, 4);
    }
}
