//! The operator's border: HTTP and JSON on a Unix socket that only this account can open.
//!
//! It owns the socket, the routes, the limits on what a client may send and how slowly. It decides
//! nothing about messages: it turns a call into a request for the hub, and the hub's answer or
//! refusal into JSON. The contract is `openapi.json`.

mod answer;
mod asker;
mod asks;
mod bodies;
mod body;
mod books;
mod courier;
mod drafts;
mod feed;
mod health;
mod messages;
mod roster;
mod routes;
mod socket;
mod station;
mod status;
mod stream;

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::bag::Couriers;
use crate::calls::HubHandle;
use crate::events::EventLog;
use crate::last_status::LastStatus;
use crate::metrics::Metrics;

pub use bodies::body_is_taken;
pub(crate) use health::Health;
pub(crate) use routes::router;
#[cfg(test)]
pub(crate) use routes::table;
pub(crate) use socket::Border;
pub use socket::SocketError;

/// Bytes of a request's body: two attachments of the largest size, in hexadecimal, and a text.
pub const BODY_BYTES_MAX: usize = 40 * 1024 * 1024;

/// What the handlers share.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) hub: HubHandle,
    pub(crate) events: Arc<EventLog>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: watch::Receiver<Health>,
    pub(crate) last: Arc<LastStatus>,
    /// Places for askers of the status, so that they never fill the queue of calls.
    pub(crate) status_askers: Arc<Semaphore>,
    pub(crate) couriers: Arc<Couriers>,
}

#[cfg(test)]
mod tests;
