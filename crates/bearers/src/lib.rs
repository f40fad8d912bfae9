//! Sockets, serial ports and carried media as datagram pipes.
//!
//! A bearer takes frames, which look random, and may lose, repeat or reorder them. It adds no
//! reliability, because the line above resends over all bearers at once; it trusts nothing that it
//! hears, because the frame's tag decides above; and it holds few frames, because a FLASH overtakes
//! only what still waits in the line.
//!
//! ```text
//!              Pipe::try_send                                BearerEvent
//!   daemon ------------------> [frames in hand] -> task <- [its share of the way in] -> daemon
//!                                                   |
//!                        socket (udp, quic) or port (serial); bags (courier) are files
//! ```
//!
//! Each of `udp`, `serial` and `quic` has a `start` that gives a [`Pipe`]; dropping the pipe ends the
//! bearer. All tell what happens through one channel of [`events`]. The `courier` has no task: it
//! writes and reads bags when a person says so.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use redphone_bearers::udp::{self, UdpConfig};
//! use redphone_bearers::{BearerEvent, events};
//! use redphone_line::{BearerId, BearerKind, BearerSpec, Carries, Rate};
//!
//! let spec = BearerSpec {
//!     name: "ip".to_owned(),
//!     kind: BearerKind::Udp,
//!     mtu: 1_200,
//!     rate: Rate::datagrams(1_000_000),
//!     overhead: udp::OVERHEAD_V4,
//!     carries: Carries::Both,
//!     cost: 0,
//!     cover: None,
//! };
//! let bind = "127.0.0.1:0".parse()?;
//! let (tell, mut sud_hears) = events(1);
//! let (_sud, sud_at) = udp::start(BearerId(1), &spec, UdpConfig { bind, peer: None }, tell)?;
//! let (tell, _nord_hears) = events(1);
//! let to_sud = UdpConfig { bind, peer: Some(sud_at) };
//! let (nord, _) = udp::start(BearerId(1), &spec, to_sud, tell)?;
//!
//! nord.try_send(b"a frame".to_vec())?;
//! loop {
//!     if let Some(BearerEvent::Frame { frame, .. }) = sud_hears.recv().await {
//!         assert_eq!(&frame[..], b"a frame");
//!         break;
//!     }
//! }
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

pub mod courier;
pub mod delimit;
mod error;
mod pace;
mod pipe;
#[cfg(feature = "planted-bugs")]
pub mod planted;
pub mod quic;
mod quic_congestion;
mod quic_keeper;
mod quic_link;
mod quic_tls;
pub mod serial;
mod socket;
pub mod udp;

pub use error::{NotTaken, StartError, Trouble};
pub use pipe::{BearerEvent, Counts, FRAMES_WAITING_MAX, HeardFrame, Pipe, events};
