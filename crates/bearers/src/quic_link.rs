//! One link: a QUIC connection, whether it still answers, and what its end means.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quinn::{Connection, ConnectionError};
use tokio::time::Instant;

use crate::Trouble;

/// A connection whose handshake is done.
#[derive(Clone)]
pub(crate) struct Link {
    connection: Connection,
    dialled: bool,
    asked: Arc<Mutex<Option<Asked>>>,
}

/// When the first frame that has no answer yet was sent.
#[derive(Clone, Copy)]
struct Asked {
    at: Instant,
    answers_before: u64,
}

impl Link {
    pub(crate) fn new(connection: Connection, dialled: bool) -> Self {
        Self {
            connection,
            dialled,
            asked: Arc::default(),
        }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether it was we who dialled.
    pub(crate) fn dialled(&self) -> bool {
        self.dialled
    }

    /// A frame is sent by it. Whether it is the first that waits for an answer.
    pub(crate) fn ask(&self) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let first = asked.is_none();
        if first {
            *asked = Some(Asked {
                at: Instant::now(),
                answers_before: self.answers(),
            });
        }
        first
    }

    /// For how long what was sent has had no answer; `None` if nothing waits for one.
    pub(crate) fn silent_for(&self) -> Option<Duration> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = asked.is_some_and(|asked| self.answers() > asked.answers_before);
        if answered {
            *asked = None;
        }
        asked.map(|asked| asked.at.elapsed())
    }

    /// Whether an answer is overdue.
    pub(crate) fn is_in_doubt(&self) -> bool {
        let patience = DOUBT_MIN.max(self.connection.rtt() * 4);
        self.silent_for().is_some_and(|silent| silent > patience)
    }

    /// Whether it has not answered for long and takes no more frames. One that does take them may
    /// still carry them, on a path that is cut one way only.
    pub(crate) fn is_dead(&self, frame_bytes: usize) -> bool {
        let full = self.connection.datagram_send_buffer_space() < frame_bytes;
        full && self.silent_for().is_some_and(|silent| silent > SILENCE_MAX)
    }

    /// Acknowledgements that the peer has sent. They are authentic.
    fn answers(&self) -> u64 {
        self.connection.stats().frame_rx.acks
    }

    /// Whether both are the same link.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.connection.stable_id() == other.connection.stable_id()
    }
}

/// What the end of a connection means to us.
pub(crate) fn trouble(error: &ConnectionError, address: SocketAddr) -> Trouble {
    match error {
        ConnectionError::ApplicationClosed(_) | ConnectionError::LocallyClosed => {
            Trouble::PeerClosed
        }
        ConnectionError::CidsExhausted | ConnectionError::TimedOut => Trouble::PeerSilent,
        ConnectionError::ConnectionClosed(close) => {
            tls_trouble(close.error_code.into(), address, &close.to_string())
        }
        ConnectionError::Reset => Trouble::PeerRestarted,
        ConnectionError::TransportError(error) => {
            tls_trouble(error.code.into(), address, &error.to_string())
        }
        ConnectionError::VersionMismatch => Trouble::NothingInCommon { address },
    }
}

/// TLS alerts are error codes of QUIC (RFC 9001, section 4.8).
fn tls_trouble(code: u64, address: SocketAddr, what: &str) -> Trouble {
    match code.checked_sub(0x100) {
        // bad, unsupported, unknown certificate; access denied; decrypt error; none sent
        Some(42..=46 | 48 | 49 | 51 | 116) => Trouble::KeysDiffer { address },
        // handshake failure, illegal parameter, protocol version, insufficient security,
        // missing extension, no application protocol
        Some(40 | 47 | 70 | 71 | 109 | 120) => Trouble::NothingInCommon { address },
        Some(_) | None => Trouble::PeerMisbehaved(what.to_owned()),
    }
}

/// How long an answer may take before the link is in doubt, or four round trips.
const DOUBT_MIN: Duration = Duration::from_secs(1);

/// How long a link that is in doubt and full is kept.
const SILENCE_MAX: Duration = Duration::from_secs(10);
