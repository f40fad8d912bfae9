//! What keeps a bearer from starting, and what troubles one that runs.
//!
//! Owns the sentences for both. It decides nothing: a bearer in trouble goes on trying by itself.

use std::fmt;
use std::io;
use std::net::SocketAddr;

/// Why a bearer did not start. Variants say who has to act.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration cannot work. The operator corrects it.
    BadConfig(&'static str),
    /// The machine refused. The operator frees the address or the port, or grants the right to it.
    Machine {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The keys of the line do not make a TLS key. The line has to be paired anew.
    BadKeys(&'static str),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadConfig(what) => write!(f, "the configuration of the bearer: {what}"),
            Self::Machine { doing, .. } => write!(f, "the machine refused to {doing}"),
            Self::BadKeys(what) => write!(f, "the keys of the bearer: {what}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Machine { source, .. } => Some(source),
            Self::BadConfig(_) | Self::BadKeys(_) => None,
        }
    }
}

/// What troubles a bearer that runs. It goes on trying.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Trouble {
    /// The peer showed another key than the one of this line, or refused ours. Somebody else is at
    /// that address, or one side was paired anew and the other was not.
    KeysDiffer {
        /// Who is at the other end.
        address: SocketAddr,
    },
    /// The two sides have no version, cipher or key exchange in common.
    NothingInCommon {
        /// Who is at the other end.
        address: SocketAddr,
    },
    /// The peer ended the connection: its station stops, or takes the bearer out.
    PeerClosed,
    /// The peer lost the connection: its station was started anew.
    PeerRestarted,
    /// Nothing came back for what was sent.
    PeerSilent,
    /// The peer's QUIC does not follow RFC 9000.
    PeerMisbehaved(String),
    /// The port is not there: unplugged, or not yet made.
    PortGone(io::ErrorKind),
    /// The port is there and cannot be used as a serial port.
    PortUnusable(io::ErrorKind),
    /// The system gave up our socket. It is opened again.
    SocketLost,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeysDiffer { address } => {
                write!(
                    f,
                    "the station at {address} does not hold the keys of this line"
                )
            }
            Self::NothingInCommon { address } => {
                write!(
                    f,
                    "the station at {address} offers no cipher that this line allows"
                )
            }
            Self::PeerClosed => f.write_str("the peer ended the connection"),
            Self::PeerRestarted => f.write_str("the peer's station was started anew"),
            Self::PeerSilent => f.write_str("nothing comes back from the peer"),
            Self::PeerMisbehaved(what) => write!(f, "the peer breaks RFC 9000: {what}"),
            Self::PortGone(kind) => write!(f, "the port is gone: {kind}"),
            Self::PortUnusable(kind) => write!(f, "the port cannot be used: {kind}"),
            Self::SocketLost => f.write_str("the system gave up the socket"),
        }
    }
}

/// Why a pipe did not take a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotTaken {
    /// The task of the bearer has ended.
    Ended,
    /// It has as many frames in hand as it takes. [`crate::BearerEvent::Room`] follows.
    Full,
    /// It carries only from the peer.
    InOnly,
    /// The frame is empty, or longer than the bearer's MTU.
    WrongLength,
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "the bearer has ended",
            Self::Full => "the bearer has its frames in hand",
            Self::InOnly => "the bearer carries only from the peer",
            Self::WrongLength => "the frame is empty or longer than the bearer carries",
        })
    }
}

impl std::error::Error for NotTaken {}
