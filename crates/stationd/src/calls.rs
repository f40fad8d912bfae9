//! The way from the operator's border to the hub's thread: a bounded queue of calls, each with a
//! place for its answer.
//!
//! It owns the queue and its bounds. Answers come only after the commit that made them true.

use std::time::Duration;

use redphone_api::{Actor, MessageRef, Refusal, RefusalKind, Request, Response};
use redphone_station::Rung;
use redphone_wire::{PartyName, Utc};
use tokio::sync::{mpsc, oneshot};

/// Calls that may wait for the hub.
pub(crate) const CALLS_WAITING_MAX: usize = 1_024;
/// How long a call may wait for a place in the queue.
const PLACE_WITHIN: Duration = Duration::from_secs(10);

/// Where an answer goes. The asker may be gone; then the answer is dropped.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Refusal>>;

/// What is asked of the hub's thread.
#[derive(Debug)]
pub(crate) enum Call {
    /// An attachment's bytes and its name.
    Attachment {
        message: MessageRef,
        index: u8,
        reply: Reply<AttachmentBytes>,
    },
    /// Frames that a courier brought.
    BagIn {
        bearer: Option<String>,
        frames: Vec<Vec<u8>>,
        reply: Reply<BagTaken>,
    },
    /// Frames for a courier.
    BagOut {
        bearer: Option<String>,
        reply: Reply<BagOut>,
    },
    /// A desk confirms that it displays.
    Desk { desk: String, reply: Reply<()> },
    /// What became of a ring of the alarm. Nobody waits for an answer.
    Rung(Rung),
    /// Anything that the hub itself answers.
    Request {
        request: Box<Request>,
        reply: Reply<Response>,
    },
}

/// An attachment as it is handed out.
#[derive(Debug)]
pub(crate) struct AttachmentBytes {
    /// As the sender named it: not to be trusted.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Frames to pack into a bag.
#[derive(Debug)]
pub(crate) struct BagOut {
    /// The courier bearer.
    pub(crate) bearer: String,
    /// Our own name, for the bag's.
    pub(crate) station: PartyName,
    /// The station's clock, for the bag's name.
    pub(crate) utc: Utc,
    pub(crate) frames: Vec<Vec<u8>>,
}

/// What became of a bag's frames.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct BagTaken {
    pub(crate) frames: u32,
    pub(crate) refused: u32,
    pub(crate) messages: u32,
    pub(crate) also_came: u32,
}

impl BagTaken {
    /// Adds what became of further frames.
    pub(crate) fn add(&mut self, more: Self) {
        self.frames = self.frames.saturating_add(more.frames);
        self.refused = self.refused.saturating_add(more.refused);
        self.messages = self.messages.saturating_add(more.messages);
        self.also_came = self.also_came.saturating_add(more.also_came);
    }
}

/// The asking end of the queue.
#[derive(Clone, Debug)]
pub(crate) struct HubHandle(mpsc::Sender<Call>);

/// Makes the queue.
pub(crate) fn queue() -> (HubHandle, mpsc::Receiver<Call>) {
    let (asking, answering) = mpsc::channel(CALLS_WAITING_MAX);
    (HubHandle(asking), answering)
}

impl HubHandle {
    /// Asks what the hub itself answers.
    pub(crate) async fn request(&self, request: Request) -> Result<Response, Refusal> {
        let request = Box::new(request);
        self.ask(|reply| Call::Request { request, reply }).await
    }

    /// Tells the hub what became of a ring. A queue that is full drops it: the next ring tells more.
    pub(crate) fn tell_rung(&self, rung: Rung) {
        let _ = self.0.try_send(Call::Rung(rung));
    }

    /// Asks from a thread that may block.
    pub(crate) fn ask_blocking<T>(
        &self,
        call: impl FnOnce(Reply<T>) -> Call,
    ) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.0.blocking_send(call(reply)).map_err(|_| stopping())?;
        answer.blocking_recv().unwrap_or_else(|_| Err(stopping()))
    }

    /// Asks anything.
    pub(crate) async fn ask<T>(&self, call: impl FnOnce(Reply<T>) -> Call) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        match self.0.send_timeout(call(reply), PLACE_WITHIN).await {
            Ok(()) => {}
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => return Err(busy()),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => return Err(stopping()),
        }
        answer.await.unwrap_or_else(|_| Err(stopping()))
    }
}

fn busy() -> Refusal {
    Refusal {
        kind: RefusalKind::Stopped,
        actor: Actor::Administrator,
        what: format!(
            "The station has too much in hand; nothing was accepted within {} s.",
            PLACE_WITHIN.as_secs()
        ),
        to_do: "Try again; if it stays so, look at the speed of the disk.".to_owned(),
        findings: Vec::new(),
    }
}

/// The refusal of a station that stops.
pub(crate) fn stopping() -> Refusal {
    Refusal {
        kind: RefusalKind::Stopped,
        actor: Actor::Administrator,
        what: "The station stops.".to_owned(),
        to_do: "Start it again, and look at the outbox before you repeat what you asked."
            .to_owned(),
        findings: Vec::new(),
    }
}
