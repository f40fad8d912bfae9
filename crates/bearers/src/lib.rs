//! Sockets, serial ports and carried media as datagram pipes.

#![forbid(unsafe_code)]

mod error;
mod pace;
mod pipe;
mod socket;
pub mod udp;

pub use error::{NotTaken, StartError, Trouble};
pub use pipe::{BearerEvent, Counts, FRAMES_WAITING_MAX, HeardFrame, Pipe, events};
