//! The hub: one desk, one journal, and a seal and a line for every peer. Still no I/O.
//!
//! **Decide, record, act.** A call decides and notes records; [`Hub::commit`] makes everything
//! since the last one durable in one append; only then do answers, events and frames leave. A hub
//! whose append failed refuses everything until it is opened again.
//!
//! ```text
//!   out: request -> desk -> seal -> line -> commit -> poll_transmit -> bearer
//!   in:  bearer -> handle_frame -> seal -> line -> seal -> desk -> commit -> receipt, events
//! ```
//!
//! The order of calls: any number of `handle_*`, then [`Hub::commit`], then [`Hub::poll_transmit`]
//! for every bearer that has room, then [`Hub::poll_timeout`].

#![forbid(unsafe_code)]

mod age;
mod agree;
mod agreed;
mod alarms;
mod answers;
mod apply;
mod asks;
mod attachments;
mod bell;
mod budget;
mod carriage;
mod coded;
mod commit;
mod courier;
mod drafts;
mod error;
mod find;
mod frames;
mod generation;
mod holds;
mod hub;
mod keep;
mod key_ages;
mod letters;
mod missing;
mod officers;
mod one_way;
mod open;
mod opened;
mod peer;
#[cfg(feature = "planted-bugs")]
pub mod planted;
mod pump;
mod readbacks;
mod receipts;
mod record;
mod refresh;
mod refusals;
mod release;
mod requests;
mod restored;
mod rights;
mod roster;
mod rows;
mod says;
mod snapshot;
mod status;
mod tapes;
mod threads;
mod timers;
mod translations;
mod transmit;
mod view;
mod watch;
mod wording;

pub use bell::{Ring, Rung};
pub use carriage::{Carriage, OpenedSet, Outstanding, Waiting};
pub use error::{Fault, HubError};
pub use frames::FrameOutcome;
pub use hub::{BearerKeys, Entropy, Founding, Hub, Witnessed};
pub use keep::Keeper;
pub use record::{About, Record};
pub use release::attachment_info;
pub use rights::{OPEN, Open, Right, right};
pub use wording::finding_view;
