//! The `udp` bearer: one frame, one datagram, no handshake.
//!
//! For narrow IP links and for lines that carry one way only. Owns a socket. It does not learn the
//! peer's address by itself, because it cannot tell who sent a datagram: the address goes up with
//! the frame, and the daemon calls [`Pipe::set_peer`] when the frame proves to be the peer's.
//!
//! Errors of single datagrams (an ICMP answer, an interface that is down, a full queue) cost that
//! datagram and nothing else.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use redphone_line::{BearerId, BearerSpec, Carries};
use redphone_wire::limits::FRAME_BYTES_MAX;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use crate::pace::Pace;
use crate::pipe::{Inlet, Outlet};
use crate::{BearerEvent, Pipe, StartError, pipe, socket};

/// Bytes that IPv4 and UDP add to every frame.
pub const OVERHEAD_V4: usize = 28;

/// Bytes that IPv6 and UDP add to every frame.
pub const OVERHEAD_V6: usize = 48;

/// Where a `udp` bearer sends from and to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UdpConfig {
    /// Our address. Port 0 is any port. `[::]` carries IPv4 as well.
    pub bind: SocketAddr,
    /// The peer's address. Without it the bearer only receives, until [`Pipe::set_peer`].
    pub peer: Option<SocketAddr>,
}

/// Starts a bearer; returns it with the address that it is bound to.
///
/// # Errors
///
/// [`StartError`] if the MTU is none, or the address cannot be bound.
///
/// # Panics
///
/// Outside a Tokio runtime.
pub fn start(
    id: BearerId,
    spec: &BearerSpec,
    config: UdpConfig,
    events: mpsc::Sender<BearerEvent>,
) -> Result<(Pipe, SocketAddr), StartError> {
    if spec.mtu == 0 || spec.mtu > FRAME_BYTES_MAX {
        return Err(StartError::BadConfig("the MTU is 1 to 65000 bytes"));
    }
    let machine = |source| StartError::Machine {
        doing: "use the socket of the bearer",
        source,
    };
    let socket = socket::bind(config.bind)?;
    socket::let_routers_fragment(&socket);
    let socket = UdpSocket::from_std(socket).map_err(machine)?;
    let ours = socket.local_addr().map_err(machine)?;
    let socket = Arc::new(socket);
    let pace = Pace::new(spec);
    let carries = spec.carries;
    let pipe = pipe::start(
        id,
        spec,
        config.peer,
        events,
        move |outlet, inlet| async move {
            inlet.connected().await;
            let out = send(&socket, ours, outlet, pace);
            match carries {
                Carries::Out => out.await,
                // Nothing is given out on a receiving bearer, but the pipe may be dropped.
                Carries::Both | Carries::In => tokio::select! {
                    () = out => (),
                    () = receive(&socket, &inlet) => (),
                },
            }
        },
    );
    Ok((pipe, ours))
}

/// Carries frames to the peer until the pipe is dropped.
async fn send(socket: &UdpSocket, ours: SocketAddr, mut outlet: Outlet, mut pace: Pace) {
    while let Some(frame) = outlet.next().await {
        let Some(peer) = outlet.peer() else {
            outlet.dropped().await;
            continue;
        };
        let sent = socket
            .send_to(&frame, socket::in_family_of(ours, peer))
            .await;
        pace.charge(frame.len());
        if let Some(free) = pace.wait_until() {
            tokio::time::sleep_until(free).await;
        }
        match sent {
            Ok(_) => outlet.left(frame.len()).await,
            Err(error) => {
                tracing::debug!(%error, "a datagram could not leave");
                outlet.dropped().await;
            }
        }
    }
}

/// Hands datagrams up for ever.
async fn receive(socket: &UdpSocket, inlet: &Inlet) {
    let mut buffer = vec![0; inlet.frame_bytes_max() + 1]; // one more shows what is too long
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, from)) => {
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                inlet.heard(bytes, Some(socket::as_written(from)));
            }
            // What ICMP says of an earlier datagram of ours. The socket is as good as before.
            Err(error) => {
                tracing::debug!(%error, "the socket reports an error");
                pause_after(&error).await;
            }
        }
    }
}

/// An error that comes again at once must not take the processor.
async fn pause_after(error: &io::Error) {
    if error.kind() != io::ErrorKind::ConnectionRefused {
        tokio::time::sleep(ERROR_PAUSE).await;
    }
}

/// How long the way in rests after an error of the socket.
const ERROR_PAUSE: Duration = Duration::from_millis(10);
