//! The end of the way out that a bearer's task holds: it tells what became of each frame.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, watch};

use super::{BearerEvent, Inlet};

/// The end of the way out that the bearer's task holds.
pub(crate) struct Outlet {
    pub(super) frames: mpsc::Receiver<Vec<u8>>,
    pub(super) peer: watch::Receiver<Option<SocketAddr>>,
    pub(super) inlet: Inlet,
    /// A frame was taken and its end is not told. The task may have been cancelled meanwhile.
    pub(super) holds: bool,
    pub(super) owes_room: bool,
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
