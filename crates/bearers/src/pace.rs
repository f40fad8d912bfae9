//! Keeps a bearer to its rate: says when the next frame may leave.
//!
//! The line paces too; this bounds what a mistake there could do to a narrow link. It never sleeps
//! itself.

use std::time::Duration;

use redphone_line::BearerSpec;
use tokio::time::Instant;

/// When the bearer is free again, by the air time of what has left.
pub(crate) struct Pace {
    spec: BearerSpec,
    burst: Duration,
    free_at: Instant,
}

impl Pace {
    /// Keeps to the rate of the bearer's configuration. A rate without a pace is no bound.
    pub(crate) fn new(spec: &BearerSpec) -> Self {
        let fast = spec.air_time(spec.mtu) < BURST_MAX / 2;
        Self {
            spec: spec.clone(),
            burst: if fast { BURST_MAX } else { Duration::ZERO },
            free_at: Instant::now(),
        }
    }

    /// A frame of so many bytes leaves at this moment.
    pub(crate) fn charge(&mut self, frame_bytes: usize) {
        let air_time = self.spec.air_time(frame_bytes);
        self.free_at = self.free_at.max(Instant::now()) + air_time;
    }

    /// When the next frame may leave; `None` if at once.
    pub(crate) fn wait_until(&self) -> Option<Instant> {
        let at = self.free_at.checked_sub(self.burst)?;
        (at > Instant::now()).then_some(at)
    }
}

/// Air time that a fast bearer may be ahead of its rate, so that timers need not be finer. A
/// bearer with longer frames sends them one by one.
const BURST_MAX: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use super::*;
    use redphone_line::{BearerKind, Carries, Rate};

    fn spec(rate: Rate) -> BearerSpec {
        BearerSpec {
            name: "narrow".to_owned(),
            kind: BearerKind::Udp,
            mtu: 1_000,
            rate,
            overhead: 28,
            carries: Carries::Both,
            cost: 0,
            cover: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn slow_bearer_sends_one_frame_at_a_time() {
        let mut pace = Pace::new(&spec(Rate::datagrams(8_000)));
        assert_eq!(pace.wait_until(), None);

        pace.charge(472);

        let half_second = Instant::now() + Duration::from_millis(500);
        assert_eq!(pace.wait_until(), Some(half_second));
    }

    #[tokio::test(start_paused = true)]
    async fn fast_bearer_bursts_no_longer_than_the_bound() {
        let mut pace = Pace::new(&spec(Rate::datagrams(8_000_000)));
        let mut frames = 0;
        while pace.wait_until().is_none() {
            pace.charge(972);
            frames += 1;
        }
        assert_eq!(frames, 11);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_bounds_a_bearer_without_a_pace() {
        let mut pace = Pace::new(&spec(Rate::UNPACED));
        for _ in 0..1_000 {
            pace.charge(1_000);
        }
        assert_eq!(pace.wait_until(), None);
    }
}
