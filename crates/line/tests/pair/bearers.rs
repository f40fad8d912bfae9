//! Bearers as tests want them, and what lies between their two ends.

use std::time::Duration;

use redphone_line::{BearerId, BearerKind, BearerSpec, Carries, Rate};

/// So many milliseconds.
pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// So many seconds.
pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A bearer as a test wants it: no loss, both ways.
pub(crate) fn spec(kind: BearerKind, mtu: usize, bit_s: u64, overhead: usize) -> BearerSpec {
    let rate = match kind {
        BearerKind::Serial => Rate::serial(bit_s),
        BearerKind::Courier | BearerKind::Quic | BearerKind::Udp => Rate::datagrams(bit_s),
    };
    BearerSpec {
        name: format!("{kind}"),
        kind,
        mtu,
        rate,
        overhead,
        carries: Carries::Both,
        cost: 0,
        cover: None,
    }
}

pub(crate) fn lan() -> BearerSpec {
    spec(BearerKind::Udp, 1_400, 1_000_000_000, 28)
}

/// A datagram bearer of so many bits a second, with IP and UDP headers.
pub(crate) fn udp(bits: u64) -> BearerSpec {
    spec(BearerKind::Udp, 548, bits, 28)
}

/// A serial bearer, 8N1, with stuffing and its delimiter.
pub(crate) fn serial(baud: u64) -> BearerSpec {
    spec(BearerKind::Serial, 512, baud, 3)
}

/// What lies between the two ends of a bearer.
pub(crate) struct Link {
    pub(crate) id: BearerId,
    pub(crate) spec: BearerSpec,
    pub(crate) delay: Duration,
    pub(crate) jitter: Duration,
    pub(crate) loss: [f64; 2],
    pub(crate) double: f64,
    pub(crate) cut: [bool; 2],
    /// Longer frames than this vanish.
    pub(crate) path_bytes: usize,
    /// Frames that the bearer takes ahead; 0 is any number.
    pub(crate) takes: usize,
    pub(super) free_at: [Duration; 2],
    /// When each frame left, and its bytes, by direction.
    pub(crate) left: [Vec<(Duration, usize)>; 2],
}

impl Link {
    pub(crate) fn bytes(&self, side: usize) -> usize {
        self.left[side].iter().map(|(_, bytes)| bytes).sum()
    }
}

/// What the other end of a bearer carries.
pub(super) fn other_end(carries: Carries) -> Carries {
    match carries {
        Carries::Both => Carries::Both,
        Carries::In => Carries::Out,
        Carries::Out => Carries::In,
    }
}
