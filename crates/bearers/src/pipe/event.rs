//! What a bearer tells the daemon, and how much of it may wait.

use std::fmt;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use redphone_line::BearerId;
use tokio::sync::mpsc;

use crate::Trouble;

use super::Shared;

/// What a bearer tells the daemon.
#[derive(Debug)]
#[non_exhaustive]
pub enum BearerEvent {
    /// The bearer has a way to the peer.
    Connected {
        /// Which bearer.
        bearer: BearerId,
    },
    /// The bearer lost its way to the peer and looks for it.
    Disconnected {
        /// Which bearer.
        bearer: BearerId,
        /// Why.
        why: Trouble,
    },
    /// A person has to look: it will not mend by itself. The bearer tries on all the same. Said
    /// once until the trouble changes or the bearer is connected.
    Failed {
        /// Which bearer.
        bearer: BearerId,
        /// Why.
        why: Trouble,
    },
    /// Bytes came in. Nothing about them is known yet, least of all who sent them.
    Frame {
        /// Which bearer.
        bearer: BearerId,
        /// The bytes.
        frame: HeardFrame,
        /// Where they came from, if the bearer has addresses.
        from: Option<SocketAddr>,
    },
    /// The bearer had its frames in hand and takes one again.
    Room {
        /// Which bearer.
        bearer: BearerId,
    },
}

/// The bytes of one frame, not yet authenticated. Holds its place in the bearer's share of the way
/// in until it is dropped.
pub struct HeardFrame {
    pub(super) bytes: Vec<u8>,
    pub(super) shared: Arc<Shared>,
}

impl Deref for HeardFrame {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for HeardFrame {
    fn drop(&mut self) {
        self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for HeardFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeardFrame({} bytes)", self.bytes.len())
    }
}

/// Makes the channel for the events of so many bearers, large enough for the share of each.
pub fn events(bearers: usize) -> (mpsc::Sender<BearerEvent>, mpsc::Receiver<BearerEvent>) {
    mpsc::channel(bearers.max(1) * (FRAMES_WAITING_MAX + STATE_EVENTS))
}

/// Frames of one bearer that may wait for the daemon.
pub const FRAMES_WAITING_MAX: usize = 1_024;

/// Places in the channel that each bearer has for events other than frames.
const STATE_EVENTS: usize = 16;
