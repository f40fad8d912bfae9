//! Our own congestion controller for QUIC: a window that neither grows nor collapses.
//!
//! The bearer is paced at its configured rate, so the window is no means of pacing. It bounds how
//! much may be on its way without an answer, and so the memory of a connection. It must not shrink
//! on loss: frames are repeated by the line, and after an outage the first one has to leave at once.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quinn_proto::congestion::{Controller, ControllerFactory};
use redphone_line::BearerSpec;

/// A window of a fixed size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FixedWindow {
    bytes: u64,
}

impl FixedWindow {
    /// A window for a bearer: what it carries in `WINDOW`, within bounds.
    pub(crate) fn new(spec: &BearerSpec) -> Self {
        let bytes = spec.rate.bytes_in(WINDOW).unwrap_or(WINDOW_BYTES_MAX);
        Self {
            bytes: bytes.clamp(WINDOW_BYTES_MIN, WINDOW_BYTES_MAX),
        }
    }
}

impl ControllerFactory for FixedWindow {
    fn build(self: Arc<Self>, _now: Instant, _current_mtu: u16) -> Box<dyn Controller> {
        Box::new(*self)
    }
}

impl Controller for FixedWindow {
    fn on_congestion_event(
        &mut self,
        _now: Instant,
        _sent: Instant,
        _is_persistent_congestion: bool,
        _lost_bytes: u64,
    ) {
    }

    fn on_mtu_update(&mut self, _new_mtu: u16) {}

    fn window(&self) -> u64 {
        self.bytes
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(*self)
    }

    fn initial_window(&self) -> u64 {
        self.bytes
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Sending without an answer that the window covers: longer than any round trip, and
/// long enough to bridge an outage on the old connection before a new one is needed.
const WINDOW: Duration = Duration::from_secs(4);

/// Bytes of the smallest window.
const WINDOW_BYTES_MIN: u64 = 256 * 1024;

/// Bytes of the largest window.
const WINDOW_BYTES_MAX: u64 = 8 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use redphone_line::{BearerKind, Carries, Rate};

    #[test]
    fn window_stays_within_its_bounds_and_survives_loss() {
        for (bit_s, bytes) in [
            (0, WINDOW_BYTES_MAX),
            (8_000, WINDOW_BYTES_MIN),
            (8_000_000, 4_000_000),
            (u64::MAX, WINDOW_BYTES_MAX),
        ] {
            let mut window = FixedWindow::new(&spec(bit_s));
            let now = Instant::now();
            window.on_congestion_event(now, now, true, 1_000_000);
            assert_eq!(window.window(), bytes);
        }
    }

    fn spec(bit_s: u64) -> BearerSpec {
        BearerSpec {
            name: "ip".to_owned(),
            kind: BearerKind::Quic,
            mtu: 1_000,
            rate: Rate::datagrams(bit_s),
            overhead: 0,
            carries: Carries::Both,
            cost: 0,
            cover: None,
        }
    }
}
