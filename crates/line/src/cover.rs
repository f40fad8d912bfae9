//! Cover: on a bearer with cover, one frame of one size leaves each interval, whatever there is to
//! say (rule LINE-19). Each frame is traffic, padded, or says nothing.

use std::time::Duration;

use crate::Cover;

/// When the frames of a bearer with cover leave.
#[derive(Debug)]
pub(crate) struct CoverClock {
    cover: Cover,
    next_at: Duration,
}

impl CoverClock {
    pub(crate) fn new(now: Duration, cover: Cover) -> Self {
        let next_at = now + cover.interval;
        Self { cover, next_at }
    }

    pub(crate) fn next_at(&self) -> Duration {
        self.next_at
    }

    /// A frame leaves; returns its size. A station that slept does not catch up: a burst would
    /// show that it slept.
    pub(crate) fn sent(&mut self, now: Duration) -> usize {
        let on_time = self.next_at + self.cover.interval;
        self.next_at = if on_time > now {
            on_time
        } else {
            now + self.cover.interval
        };
        self.cover.frame_bytes
    }

    pub(crate) fn frame_bytes(&self) -> usize {
        self.cover.frame_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_keep_their_beat_when_a_poll_is_late() {
        let second = Duration::from_secs(1);
        let cover = Cover {
            frame_bytes: 200,
            interval: second,
        };
        let mut clock = CoverClock::new(Duration::ZERO, cover);
        assert_eq!(clock.sent(second + second / 10), 200);
        assert_eq!(clock.next_at(), second * 2);
        clock.sent(second * 60);
        assert_eq!(clock.next_at(), second * 61, "no burst after a sleep");
    }
}
