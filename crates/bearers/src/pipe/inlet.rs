//! The way in, as a bearer's tasks hold it: frames, and news of the bearer, each told once.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use redphone_line::{BearerId, Carries};
use tokio::sync::mpsc;

use crate::Trouble;

use super::{BearerEvent, FRAMES_WAITING_MAX, HeardFrame, Shared};

/// The way in, as the bearer's tasks hold it.
#[derive(Clone)]
pub(crate) struct Inlet {
    pub(super) id: BearerId,
    pub(super) events: mpsc::Sender<BearerEvent>,
    pub(super) shared: Arc<Shared>,
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
    pub(super) async fn tell(&self, event: BearerEvent) {
        if self.events.send(event).await.is_err() {
            tracing::debug!(bearer = self.id.0, "nobody listens to the bearer");
        }
    }
}
