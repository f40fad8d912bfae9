//! Sockets, serial ports and carried media as datagram pipes.

#![forbid(unsafe_code)]

pub mod courier;
mod delimit;
mod error;
mod pace;
mod pipe;
pub mod quic;
mod quic_congestion;
mod quic_keeper;
mod quic_tls;
pub mod serial;
mod socket;
pub mod udp;

pub use error::{NotTaken, StartError, Trouble};
pub use pipe::{BearerEvent, Counts, FRAMES_WAITING_MAX, HeardFrame, Pipe, events};
