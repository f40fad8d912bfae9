//! Carries sealed envelopes exactly once, over every bearer at once. Black: opens nothing.
//!
//! One [`Line`] per peer. It cuts envelopes into symbols, chooses which goes next on which bearer,
//! repeats what is not receipted, puts symbols together again, and says what is to be receipted.
//! It holds no key, sees no content, reads no clock and does no I/O. Rules LINE-1 to LINE-21.
//!
//! ```text
//!              submit                                    Whole, Copy
//!   hub  ------------------>  outgoing      incoming  ------------------>  hub
//!                                |              ^
//!                        schedule, repair    received, receipts
//!                                |              |
//!   hub  <------------------  poll_transmit  handle_symbols  <-----------  hub
//!   seals a frame, hands it                  handle_receipt     opened a frame
//!   to the bearer
//! ```
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use redphone_line::{
//!     BearerId, BearerKind, BearerSpec, Carries, Line, LineConfig, Outgoing, Rate, Transmit,
//! };
//! use redphone_wire::{EnvelopeId, Now, Precedence};
//!
//! let (now, bearer) = (Now::default(), BearerId(1));
//! let mut line = Line::new(LineConfig::default());
//! let spec = BearerSpec {
//!     name: "harbour radio".to_owned(),
//!     kind: BearerKind::Serial,
//!     mtu: 512,
//!     rate: Rate::serial(300),
//!     overhead: 3,
//!     carries: Carries::Both,
//!     cost: 0,
//!     cover: None,
//! };
//! line.add_bearer(now, bearer, spec, None);
//! line.submit(now, Outgoing {
//!     id: EnvelopeId { epoch: 0, number: 0 },
//!     mark: 0x5a,
//!     envelope: Arc::from([0x5a; 205]),
//!     precedence: Precedence::Flash,
//!     attachment_bytes: None,
//!     again: false,
//! });
//!
//! // FLASH goes before the contact frame; the next waits until the bearer is free.
//! let first = line.poll_transmit(now, bearer);
//! assert!(matches!(first, Some(Transmit::Symbols { .. })));
//! assert_eq!(line.poll_transmit(now, bearer), None);
//! assert!(line.poll_timeout(now) > Some(Duration::from_secs(7)));
//! ```

#![forbid(unsafe_code)]

mod agenda;
mod arrival;
mod bearer;
mod book;
mod carrier;
mod contact;
mod courier;
mod cover;
mod cutting;
mod fitting;
mod forecast;
mod incoming;
mod line;
mod offering;
mod outgoing;
mod path;
#[cfg(feature = "planted-bugs")]
pub mod planted;
mod rate;
mod receipt;
mod received;
mod repair;
mod repeat;
mod sending;
mod size;
mod state;
mod test;
mod transmit;
mod turn;
mod types;

pub use bearer::{BearerId, BearerKind, BearerSpec, Carries, Cover};
pub use book::TEST_TEXTS;
pub use line::Line;
pub use rate::Rate;
pub use test::{HourlyTest, Standing, TestConfig, TestEvent, TestMark};
pub use types::{
    Arrival, BearerState, BearerStatus, Learned, LineConfig, LineEvent, LineState, Outgoing,
    Refused, Transmit,
};
