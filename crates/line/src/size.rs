//! Which frames a bearer is used for: shorter ones than configured while the longer ones vanish.
//!
//! A path may drop every datagram above some length and say nothing. Then contact frames and short
//! receipts pass, and a long message never does. So frames of symbols are counted by length, in
//! eighths of the longest that is configured. Those of one length that went unanswered while a
//! shorter frame was answered twice, some time apart, are taken to vanish, and the middle between
//! the two lengths is used. A longer frame that says nothing tries the path again, ever more rarely
//! (rule LINE-21). Owns the counting and the length in use; what is too long is cut anew elsewhere.

use std::time::Duration;

use crate::BearerSpec;
use crate::carrier::CONTACT_BYTES;

/// Lengths that are told apart: eighths of the longest frame.
const LEVELS: usize = 8;
/// Fewer frames that went unanswered may be chance.
const VANISHED_MIN: u32 = 6;
/// First time from a change of length to the next try of a longer one.
const TRIAL_AFTER: Duration = Duration::from_secs(10);
/// A try in vain doubles the time to the next, up to this.
const TRIAL_INTERVAL_MAX: Duration = Duration::from_secs(600);
/// Of a slow bearer, a try takes one in so many air times at most.
const TRIAL_AIR_TIMES: u32 = 64;

/// Frames of one length since the last that was answered.
#[derive(Clone, Copy, Debug)]
struct Unanswered {
    /// When the first of those that count went.
    since: Duration,
    frames: u32,
    /// A shorter frame was answered since: the bearer carries something.
    shorter_passed: bool,
}

/// The length of the frames of one bearer.
#[derive(Debug)]
pub(crate) struct FrameSize {
    configured: usize,
    /// Eighths of it in use.
    level: usize,
    unanswered: [Option<Unanswered>; LEVELS],
    /// Frames sent and frames heard by the peer, at the newest answer.
    base: Option<(u16, u16)>,
    /// Frames sent when the try under way was, that one included.
    trial: Option<u16>,
    trial_at: Duration,
    trial_interval: Duration,
    /// No contact frame is asked for before this.
    ask_at: Duration,
}

impl FrameSize {
    /// All of what is configured, in sealed bytes.
    pub(crate) fn new(configured: usize) -> Self {
        Self {
            configured,
            level: LEVELS,
            unanswered: [None; LEVELS],
            base: None,
            trial: None,
            trial_at: Duration::ZERO,
            trial_interval: TRIAL_AFTER,
            ask_at: Duration::ZERO,
        }
    }

    /// Sealed bytes of the longest frame in use.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes_of(self.level)
    }

    fn bytes_of(&self, level: usize) -> usize {
        self.configured * level / LEVELS
    }

    /// The least level whose frames have so many bytes.
    fn level_of(&self, bytes: usize) -> usize {
        (1..LEVELS)
            .find(|level| bytes <= self.bytes_of(*level))
            .unwrap_or(LEVELS)
    }

    /// A frame that wants a receipt went out.
    pub(crate) fn sent(&mut self, now: Duration, bytes: usize) {
        let level = self.level_of(bytes);
        let Some(slot) = self.unanswered.get_mut(level - 1) else {
            return;
        };
        let unanswered = slot.get_or_insert(Unanswered {
            since: now,
            frames: 0,
            shorter_passed: false,
        });
        unanswered.frames = unanswered.frames.saturating_add(1);
    }

    /// Whether a contact frame shall find out if short frames pass: long ones go unanswered.
    pub(crate) fn asks_contact(&mut self, now: Duration, silence: Duration) -> bool {
        let contact = self.level_of(CONTACT_BYTES);
        let longer = self.unanswered.get(contact..).unwrap_or_default();
        let asks = longer.iter().any(Option::is_some) && self.ask_at <= now;
        if asks {
            self.ask_at = now + silence;
        }
        asks
    }

    /// Frames of this length, and shorter ones, arrive.
    pub(crate) fn arrived(&mut self, bytes: usize) {
        let level = self.level_of(bytes);
        for slot in self.unanswered.iter_mut().take(level) {
            *slot = None;
        }
    }

    /// A frame of so many bytes that went at `sent_at` was answered. True when longer ones vanish
    /// and the length in use is less from now on.
    pub(crate) fn answered(
        &mut self,
        now: Duration,
        silence: Duration,
        bytes: usize,
        sent_at: Duration,
    ) -> bool {
        self.arrived(bytes);
        let passed = self.level_of(bytes);
        let vanished = self.vanished(now, silence, passed, sent_at);
        let Some(vanished) = vanished else {
            return false;
        };
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::SizeKept) {
            return false;
        }
        let level = usize::midpoint(passed, vanished).max(self.level_of(CONTACT_BYTES));
        if level >= self.level {
            return false;
        }
        self.level = level;
        self.unanswered = [None; LEVELS];
        self.trial = None;
        self.trial_at = now + self.trial_interval;
        true
    }

    /// The least level above `passed` whose frames vanish.
    fn vanished(
        &mut self,
        now: Duration,
        silence: Duration,
        passed: usize,
        sent_at: Duration,
    ) -> Option<usize> {
        for (below, slot) in self.unanswered.iter_mut().enumerate().skip(passed) {
            let Some(unanswered) = slot.as_mut().filter(|slot| slot.since <= sent_at) else {
                continue;
            };
            if !unanswered.shorter_passed {
                // What went before may have gone into an outage: from here it counts.
                *unanswered = Unanswered {
                    since: now,
                    frames: 0,
                    shorter_passed: true,
                };
            } else if unanswered.frames >= VANISHED_MIN
                && now.saturating_sub(unanswered.since) >= silence
            {
                return Some(below + 1);
            }
        }
        None
    }

    /// Sealed bytes of a frame that tries a longer length, when one is due.
    pub(crate) fn trial(&self, now: Duration, spec: &BearerSpec) -> Option<usize> {
        if self.level >= LEVELS || self.trial.is_some() || self.trial_at > now {
            return None;
        }
        let bytes = self.bytes_of(self.next_level());
        let due = self.trial_at + spec.air_time(bytes) * TRIAL_AIR_TIMES;
        (due <= now).then_some(bytes)
    }

    fn next_level(&self) -> usize {
        (self.level * 2).min(LEVELS)
    }

    /// The try went out, as the frame of this count.
    pub(crate) fn tried(&mut self, count: u16) {
        self.trial = Some(count);
    }

    /// The frame of this count was answered, and the peer had `heard` so many. True when a longer
    /// length is in use from now on: nothing was lost, the try neither.
    pub(crate) fn counted(&mut self, now: Duration, count: u16, heard: u16) -> bool {
        let newer = |than: u16| count.wrapping_sub(than) <= u16::MAX / 2;
        if self.base.is_some_and(|(before, _)| !newer(before)) {
            return false;
        }
        let base = self.base.replace((count, heard));
        if self.trial.take_if(|tried| newer(*tried)).is_none() {
            return false;
        }
        let all =
            base.is_some_and(|(sent, known)| count.wrapping_sub(sent) == heard.wrapping_sub(known));
        if all {
            self.level = self.next_level();
            self.trial_interval = TRIAL_AFTER;
            self.trial_at = now;
        } else {
            self.trial_interval = (self.trial_interval * 2).min(TRIAL_INTERVAL_MAX);
            self.trial_at = now + self.trial_interval;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BearerKind, Carries, Rate};

    const SECOND: Duration = Duration::from_secs(1);
    const SILENCE: Duration = Duration::from_secs(2);

    /// Long frames go each quarter of a second from `from` on, for so many seconds.
    fn send(size: &mut FrameSize, from: Duration, seconds: u32, bytes: usize) -> Duration {
        for quarter in 0..seconds * 4 {
            size.sent(from + SECOND * quarter / 4, bytes);
        }
        from + SECOND * seconds
    }

    /// A size whose long frames vanished while contact frames were answered.
    fn shrunk() -> (FrameSize, Duration) {
        let mut size = FrameSize::new(1_200);
        let mut now = send(&mut size, SECOND, 3, 1_190);
        assert!(!size.answered(now, SILENCE, CONTACT_BYTES, now));
        now = send(&mut size, now, 3, 1_190);
        assert!(size.answered(now, SILENCE, CONTACT_BYTES, now));
        (size, now)
    }

    #[test]
    fn length_is_halved_between_what_passes_and_what_vanishes() {
        let (mut size, mut now) = shrunk();
        assert_eq!(size.bytes(), 600);
        for (sent, left) in [(590, 300), (290, 150)] {
            now = send(&mut size, now, 3, sent);
            size.answered(now, SILENCE, CONTACT_BYTES, now);
            now = send(&mut size, now, 3, sent);
            assert!(size.answered(now, SILENCE, CONTACT_BYTES, now));
            assert_eq!(size.bytes(), left);
        }
        now = send(&mut size, now, 9, 150);
        assert!(
            !size.answered(now, SILENCE, CONTACT_BYTES, now),
            "the least"
        );
    }

    #[test]
    fn outage_of_everything_is_no_reason_for_shorter_frames() {
        let mut size = FrameSize::new(1_200);
        let now = send(&mut size, SECOND, 600, 1_190);
        assert!(!size.answered(now, SILENCE, CONTACT_BYTES, now));
        size.sent(now, 1_190);
        size.arrived(1_190);
        assert!(!size.answered(now + SILENCE, SILENCE, CONTACT_BYTES, now + SILENCE));
        assert_eq!(size.bytes(), 1_200);
    }

    #[test]
    fn short_frame_from_before_the_long_ones_says_nothing_of_them() {
        let mut size = FrameSize::new(1_200);
        let now = send(&mut size, SECOND * 2, 9, 1_190);
        for _ in 0..3 {
            assert!(!size.answered(now, SILENCE, CONTACT_BYTES, SECOND));
        }
    }

    #[test]
    fn long_frame_that_passes_now_and_then_keeps_the_length() {
        let mut size = FrameSize::new(1_200);
        let mut now = SECOND;
        for _ in 0..100 {
            now = send(&mut size, now, 3, 1_190);
            assert!(!size.answered(now, SILENCE, 300, now));
            assert!(!size.answered(now, SILENCE, 1_190, now));
        }
    }

    #[test]
    fn longer_frames_are_tried_again_ever_more_rarely_until_they_pass() {
        let (mut size, mut now) = shrunk();
        let spec = BearerSpec {
            name: "lan".to_owned(),
            kind: BearerKind::Udp,
            mtu: 600,
            rate: Rate::UNPACED,
            overhead: 28,
            carries: Carries::Both,
            cost: 0,
            cover: None,
        };
        let mut count = 100;
        size.counted(now, count, 50);
        for wait in [10, 20, 40, 80, 160, 320, 600, 600] {
            assert_eq!(size.trial(now + SECOND * (wait - 1), &spec), None);
            now += SECOND * wait;
            assert_eq!(size.trial(now, &spec), Some(1_200));
            size.tried(count + 1);
            count += 2;
            let heard = 50 + (count - 100) / 2;
            assert!(!size.counted(now, count, heard), "the try did not come");
        }
        now += TRIAL_INTERVAL_MAX;
        size.tried(count + 1);
        let heard = 50 + (count - 100) / 2;
        assert!(size.counted(now, count + 2, heard + 2));
        assert_eq!(size.bytes(), 1_200);
    }
}
