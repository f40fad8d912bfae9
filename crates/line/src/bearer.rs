//! What the line knows of a bearer: a datagram pipe with an MTU, a rate, a cost, and perhaps only
//! one way.

use std::fmt;
use std::time::Duration;

use crate::Rate;

/// Names a bearer of one station.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BearerId(pub u16);

/// The kinds of bearer (PROTOCOL.md, registry of bearers).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum BearerKind {
    /// Carried media.
    Courier,
    /// QUIC datagrams.
    Quic,
    /// A serial port or radio modem.
    Serial,
    /// Plain UDP datagrams.
    Udp,
}

impl fmt::Display for BearerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Courier => "courier",
            Self::Quic => "quic",
            Self::Serial => "serial",
            Self::Udp => "udp",
        })
    }
}

/// Which way a bearer carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Carries {
    /// To the peer only; no receipt ever comes back by it.
    Out,
    /// From the peer only.
    In,
    /// Both ways.
    Both,
}

/// Cover: frames of one size at a constant rate, whether or not there is traffic.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cover {
    /// Bytes of every frame.
    pub frame_bytes: usize,
    /// Time from one frame to the next.
    pub interval: Duration,
}

/// What a bearer is, as configured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BearerSpec {
    /// Its name, as an operator says it.
    pub name: String,
    /// Its kind.
    pub kind: BearerKind,
    /// Largest frame in bytes.
    pub mtu: usize,
    /// How fast it carries, its own overhead included.
    pub rate: Rate,
    /// Bytes that it adds to every frame: IP and UDP headers, stuffing.
    pub overhead: usize,
    /// Which way it carries.
    pub carries: Carries,
    /// Cost of a megabyte in any unit; the dearer bearer is used later for ROUTINE. 0 is free.
    pub cost: u32,
    /// Cover, if on.
    pub cover: Option<Cover>,
}

impl BearerSpec {
    /// How long a frame of so many bytes occupies the bearer.
    pub fn air_time(&self, frame_bytes: usize) -> Duration {
        let bytes = u64::try_from(frame_bytes + self.overhead).unwrap_or(u64::MAX);
        self.rate.time(bytes)
    }
}
