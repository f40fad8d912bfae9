//! Carries sealed envelopes exactly once, over every bearer at once. Black: opens nothing.
//!
//! One [`Line`] per peer. It cuts envelopes into symbols, chooses which goes next on which bearer,
//! repeats what is not receipted, puts symbols together again, and says what is to be receipted.
//! It holds no key, sees no content, reads no clock and does no I/O. Rules LINE-1 to LINE-20.
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

#![forbid(unsafe_code)]

mod agenda;
mod bearer;
mod book;
mod carrier;
mod contact;
mod courier;
mod cover;
mod cutting;
mod incoming;
mod line;
mod offering;
mod outgoing;
mod path;
mod receipt;
mod received;
mod repair;
mod state;
mod test;
mod transmit;
mod types;

pub use bearer::{BearerId, BearerKind, BearerSpec, Carries, Cover};
pub use book::TEST_TEXTS;
pub use line::Line;
pub use test::{HourlyTest, Standing, TestConfig, TestEvent, TestMark};
pub use types::{
    Arrival, BearerState, BearerStatus, Learned, LineConfig, LineEvent, LineState, Outgoing,
    Refused, Transmit,
};
