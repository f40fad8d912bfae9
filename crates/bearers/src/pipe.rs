//! A bearer as the daemon holds it: a bounded way out, and events from a bounded way in.
//!
//! Owns the bounds and the counts that all bearers share. The ends that a bearer's task holds are in
//! `outlet` and `inlet`. A [`Pipe`] takes as many frames in hand
//! as its air time allows, so that frames wait in the line, where a FLASH overtakes them, and not
//! here. Every bearer has a share of its own of the way in: a flood on one takes no room from
//! another. What does not fit is dropped and counted; nothing is ever repeated here.

mod event;
mod inlet;
mod outlet;

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use redphone_line::{BearerId, BearerSpec, Carries};
use redphone_wire::limits::FRAME_BYTES_MAX;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::{NotTaken, Trouble};

pub use event::{BearerEvent, FRAMES_WAITING_MAX, HeardFrame, events};
pub(crate) use inlet::Inlet;
pub(crate) use outlet::Outlet;

/// A running bearer. Dropping it ends the bearer's task and closes its socket or port.
pub struct Pipe {
    id: BearerId,
    out: mpsc::Sender<Vec<u8>>,
    peer: watch::Sender<Option<SocketAddr>>,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Pipe {
    /// The bearer's id.
    pub fn id(&self) -> BearerId {
        self.id
    }

    /// Gives the bearer a frame to carry. It may be lost like any other datagram.
    ///
    /// # Errors
    ///
    /// [`NotTaken`]: the frame is gone. Ask [`Pipe::room`] before making one.
    pub fn try_send(&self, frame: Vec<u8>) -> Result<(), NotTaken> {
        let shared = &self.shared;
        if shared.carries == Carries::In {
            return Err(NotTaken::InOnly);
        }
        if frame.is_empty() || frame.len() > shared.frame_bytes_max {
            return Err(NotTaken::WrongLength);
        }
        if self.room() == 0 {
            shared.wanted.store(true, Ordering::Relaxed);
            return Err(NotTaken::Full);
        }
        shared.in_hand.fetch_add(1, Ordering::Relaxed);
        self.out.try_send(frame).map_err(|_| NotTaken::Ended)
    }

    /// How many more frames the bearer takes at this moment. When that is none, a
    /// [`BearerEvent::Room`] says when it takes one again.
    pub fn room(&self) -> usize {
        let in_hand = self.shared.in_hand.load(Ordering::Relaxed);
        self.shared.frames_in_hand_max.saturating_sub(in_hand)
    }

    /// Sends to this address from now on. The daemon calls it when an *authenticated* frame came
    /// from a new address; a serial bearer ignores it.
    pub fn set_peer(&self, address: SocketAddr) {
        self.peer.send_if_modified(|peer| {
            let moved = *peer != Some(address);
            *peer = Some(address);
            moved
        });
    }

    /// The address that the bearer sends to, if it has one.
    pub fn peer(&self) -> Option<SocketAddr> {
        *self.peer.borrow()
    }

    /// Whether frames given now have a way to leave.
    pub fn is_connected(&self) -> bool {
        self.shared.connected.load(Ordering::Relaxed)
    }

    /// What the bearer has carried and dropped since it started.
    pub fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let tally = &self.shared.tally;
        Counts {
            frames_out: read(&tally.frames_out),
            bytes_out: read(&tally.bytes_out),
            dropped_out: read(&tally.dropped_out),
            frames_in: read(&tally.frames_in),
            bytes_in: read(&tally.bytes_in),
            dropped_in: read(&tally.dropped_in),
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipe")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What a bearer has carried since it started. Bytes are of frames, without what the bearer adds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Frames that left.
    pub frames_out: u64,
    /// Their bytes.
    pub bytes_out: u64,
    /// Frames taken that could not leave: no peer known, no connection, the system refused.
    pub dropped_out: u64,
    /// Frames handed to the daemon.
    pub frames_in: u64,
    /// Their bytes.
    pub bytes_in: u64,
    /// What came in and was dropped: too long, not delimited, or the way in was full.
    pub dropped_in: u64,
}

/// Makes the two ends of a bearer and starts its task on the inner one.
pub(crate) fn start<F>(
    id: BearerId,
    spec: &BearerSpec,
    peer: Option<SocketAddr>,
    events: mpsc::Sender<BearerEvent>,
    task: impl FnOnce(Outlet, Inlet) -> F,
) -> Pipe
where
    F: Future<Output = ()> + Send + 'static,
{
    let shared = Arc::new(Shared {
        frame_bytes_max: spec.mtu.min(FRAME_BYTES_MAX),
        frames_in_hand_max: frames_in_hand_max(spec),
        carries: spec.carries,
        in_hand: AtomicUsize::new(0),
        wanted: AtomicBool::new(false),
        waiting: AtomicUsize::new(0),
        connected: AtomicBool::new(false),
        said: Mutex::new(None),
        tally: Tally::default(),
    });
    let (out, frames) = mpsc::channel(shared.frames_in_hand_max);
    let (peer, peer_heard) = watch::channel(peer);
    let inlet = Inlet {
        id,
        events,
        shared: Arc::clone(&shared),
    };
    let outlet = Outlet {
        frames,
        peer: peer_heard,
        inlet: inlet.clone(),
        holds: false,
        owes_room: false,
    };
    let task = tokio::spawn(task(outlet, inlet));
    Pipe {
        id,
        out,
        peer,
        shared,
        task,
    }
}

/// A slow bearer takes one frame, so that a FLASH waits for one frame only.
pub(crate) fn frames_in_hand_max(spec: &BearerSpec) -> usize {
    let frame = u64::try_from(spec.mtu + spec.overhead).unwrap_or(u64::MAX);
    let frames = match spec.rate.bytes_in(IN_HAND_MAX) {
        None => FRAMES_IN_HAND_MAX,
        Some(bytes) => usize::try_from(bytes / frame.max(1)).unwrap_or(1),
    };
    frames.clamp(1, FRAMES_IN_HAND_MAX)
}

/// What both ends of a bearer share.
struct Shared {
    frame_bytes_max: usize,
    frames_in_hand_max: usize,
    carries: Carries,
    in_hand: AtomicUsize,
    wanted: AtomicBool,
    waiting: AtomicUsize,
    connected: AtomicBool,
    said: Mutex<Option<Trouble>>,
    tally: Tally,
}

#[derive(Default)]
struct Tally {
    frames_out: AtomicU64,
    bytes_out: AtomicU64,
    dropped_out: AtomicU64,
    frames_in: AtomicU64,
    bytes_in: AtomicU64,
    dropped_in: AtomicU64,
}

/// Frames that the fastest bearer takes in hand.
const FRAMES_IN_HAND_MAX: usize = 64;

/// Air time that a bearer takes in hand, if that is more than one frame.
const IN_HAND_MAX: Duration = Duration::from_millis(10);
