//! A bearer as the daemon holds it: a bounded way out, and events from a bounded way in.
//!
//! Owns the bounds and the counts that all bearers share. A [`Pipe`] takes as many frames in hand
//! as its air time allows, so that frames wait in the line, where a FLASH overtakes them, and not
//! here. Every bearer has a share of its own of the way in: a flood on one takes no room from
//! another. What does not fit is dropped and counted; nothing is ever repeated here.

use std::fmt;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redphone_line::{BearerId, BearerSpec, Carries};
use redphone_wire::limits::FRAME_BYTES_MAX;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::{NotTaken, Trouble};

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
    bytes: Vec<u8>,
    shared: Arc<Shared>,
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

/// Frames that the fastest bearer takes in hand.
const FRAMES_IN_HAND_MAX: usize = 64;

/// Air time that a bearer takes in hand, if that is more than one frame.
const IN_HAND_MAX: Duration = Duration::from_millis(10);

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

/// The end of the way out that the bearer's task holds.
pub(crate) struct Outlet {
    frames: mpsc::Receiver<Vec<u8>>,
    peer: watch::Receiver<Option<SocketAddr>>,
    inlet: Inlet,
    /// A frame was taken and its end is not told. The task may have been cancelled meanwhile.
    holds: bool,
    owes_room: bool,
}

impl Outlet {
    /// The next frame to carry; `None` when the pipe was dropped. The frame stays in hand until
    /// [`Outlet::left`] or [`Outlet::dropped`], or the next call.
    pub(crate) async fn next(&mut self) -> Option<Vec<u8>> {
        if self.holds {
            self.dropped().await;
        }
        self.tell_room().await;
        let frame = self.frames.recv().await;
        self.holds = frame.is_some();
        frame
    }

    /// A frame in hand has left, and its air time has passed.
    pub(crate) async fn left(&mut self, bytes: usize) {
        let tally = &self.inlet.shared.tally;
        tally.frames_out.fetch_add(1, Ordering::Relaxed);
        tally.bytes_out.fetch_add(bytes as u64, Ordering::Relaxed);
        self.release().await;
    }

    /// A frame in hand cannot leave.
    pub(crate) async fn dropped(&mut self) {
        let tally = &self.inlet.shared.tally;
        tally.dropped_out.fetch_add(1, Ordering::Relaxed);
        self.release().await;
    }

    /// Where to send to.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        *self.peer.borrow()
    }

    /// Follows where to send to, beside the frames.
    pub(crate) fn peer_watch(&self) -> watch::Receiver<Option<SocketAddr>> {
        self.peer.clone()
    }

    async fn release(&mut self) {
        self.holds = false;
        let shared = &self.inlet.shared;
        let in_hand = shared.in_hand.fetch_sub(1, Ordering::Relaxed);
        let refused = shared.wanted.swap(false, Ordering::Relaxed);
        self.owes_room |= refused || in_hand == shared.frames_in_hand_max;
        self.tell_room().await;
    }

    async fn tell_room(&mut self) {
        if self.owes_room {
            let bearer = self.inlet.id;
            self.inlet.tell(BearerEvent::Room { bearer }).await;
            self.owes_room = false;
        }
    }
}

/// The way in, as the bearer's tasks hold it.
#[derive(Clone)]
pub(crate) struct Inlet {
    id: BearerId,
    events: mpsc::Sender<BearerEvent>,
    shared: Arc<Shared>,
}

impl Inlet {
    /// Longest frame that the bearer carries, in bytes.
    pub(crate) fn frame_bytes_max(&self) -> usize {
        self.shared.frame_bytes_max
    }

    /// Bytes came in. Dropped if they are no frame or if the bearer's share of the way in is full.
    pub(crate) fn heard(&self, bytes: Vec<u8>, from: Option<SocketAddr>) {
        let shared = &self.shared;
        let fits = !bytes.is_empty() && bytes.len() <= shared.frame_bytes_max;
        if !fits || shared.carries == Carries::Out {
            return self.dropped();
        }
        if shared.waiting.load(Ordering::Relaxed) >= FRAMES_WAITING_MAX {
            return self.dropped();
        }
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        let length = bytes.len() as u64;
        let frame = HeardFrame {
            bytes,
            shared: Arc::clone(shared),
        };
        let event = BearerEvent::Frame {
            bearer: self.id,
            frame,
            from,
        };
        if self.events.try_send(event).is_err() {
            return self.dropped();
        }
        shared.tally.frames_in.fetch_add(1, Ordering::Relaxed);
        shared.tally.bytes_in.fetch_add(length, Ordering::Relaxed);
    }

    /// Something came in that is no frame.
    pub(crate) fn dropped(&self) {
        let tally = &self.shared.tally;
        tally.dropped_in.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether there is a way to the peer.
    pub(crate) fn is_connected(&self) -> bool {
        self.shared.connected.load(Ordering::Relaxed)
    }

    /// There is a way to the peer. Said once.
    pub(crate) async fn connected(&self) {
        self.says(None);
        if !self.shared.connected.swap(true, Ordering::Relaxed) {
            let bearer = self.id;
            self.tell(BearerEvent::Connected { bearer }).await;
        }
    }

    /// There is no way to the peer. Said once, and again when the reason changes.
    pub(crate) async fn disconnected(&self, why: Trouble) {
        let news = self.says(Some(&why));
        if self.shared.connected.swap(false, Ordering::Relaxed) || news {
            let bearer = self.id;
            self.tell(BearerEvent::Disconnected { bearer, why }).await;
        }
    }

    /// A person has to look. Said once, and again when the reason changes.
    pub(crate) async fn failed(&self, why: Trouble) {
        if self.says(Some(&why)) {
            let bearer = self.id;
            self.tell(BearerEvent::Failed { bearer, why }).await;
        }
    }

    /// Notes what is said; whether it is news.
    fn says(&self, why: Option<&Trouble>) -> bool {
        let said = self.shared.said.lock();
        let mut said = said.unwrap_or_else(PoisonError::into_inner);
        let news = said.as_ref() != why;
        *said = why.cloned();
        news
    }

    /// Waits for room: only this bearer is held up when the daemon does not listen.
    async fn tell(&self, event: BearerEvent) {
        if self.events.send(event).await.is_err() {
            tracing::debug!(bearer = self.id.0, "nobody listens to the bearer");
        }
    }
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
