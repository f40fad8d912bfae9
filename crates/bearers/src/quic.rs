//! The `quic` bearer: one frame, one unreliable QUIC datagram (RFC 9000, RFC 9221).
//!
//! Owns a socket of its own, one for each line. Both sides listen; a side that is told to dials at
//! once, the other only when the peer does not. There is no keepalive and no idle time-out: a silent
//! line costs nothing. The way to the peer is kept by the keeper (`quic_keeper`):
//!
//! ```text
//!   frames --> send --> the link in use --> peer
//!   events <-- a reader for each link   <-- peer
//!   keeper: accepts, dials, chooses the link in use, replaces one that does not answer
//! ```
//!
//! QUIC needs paths of 1,200 bytes and about 5 kB for a handshake: narrower links want `udp`.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use quinn::Endpoint;
use quinn_proto::HashedConnectionIdGenerator;
use redphone_line::{BearerId, BearerSpec, Carries};
use tokio::sync::{Notify, mpsc, watch};

pub use crate::quic_tls::QuicKeys;

use crate::pace::Pace;
use crate::pipe::{Inlet, Outlet};
use crate::quic_congestion::FixedWindow;
use crate::quic_keeper::Keeper;
use crate::quic_link::Link;
use crate::quic_tls::{ResetKey, Tls};
use crate::{BearerEvent, Pipe, StartError, Trouble, pipe, socket};

/// The longest frame in bytes that every path which carries QUIC carries.
pub const MTU: usize = 1_162;

/// The longest frame in bytes that a `quic` bearer may be configured for, on a path that is known
/// to carry more.
pub const MTU_MAX: usize = 8_900;

/// Bytes that IPv4, UDP and QUIC add to a frame.
pub const OVERHEAD_V4: usize = 60;

/// Bytes that IPv6, UDP and QUIC add to a frame.
pub const OVERHEAD_V6: usize = 80;

/// Where a `quic` bearer sends from and to, and with which keys.
#[derive(Debug)]
pub struct QuicConfig {
    /// Our address. `[::]` carries IPv4 as well.
    pub bind: SocketAddr,
    /// The peer's address. Without it the bearer waits for the peer, and [`Pipe::set_peer`].
    pub peer: Option<SocketAddr>,
    /// Whether we dial at once. One side of a line should; the other dials when the peer does not.
    pub dial: bool,
    /// The keys of the line.
    pub keys: QuicKeys,
}

/// Starts a bearer; returns it with the address that it is bound to. After a pipe is dropped its
/// address is free within a second, when the peer has been told.
///
/// # Errors
///
/// [`StartError`] if the MTU is more than [`MTU_MAX`], the bearer is one-way, the keys make no TLS
/// keys, or the address cannot be bound.
///
/// # Panics
///
/// Outside a Tokio runtime.
pub fn start(
    id: BearerId,
    spec: &BearerSpec,
    config: QuicConfig,
    events: mpsc::Sender<BearerEvent>,
) -> Result<(Pipe, SocketAddr), StartError> {
    if spec.mtu == 0 || spec.mtu > MTU_MAX {
        return Err(StartError::BadConfig(
            "a quic bearer has an MTU of 1 to 8900 bytes",
        ));
    }
    if spec.carries != Carries::Both {
        return Err(StartError::BadConfig(
            "a quic bearer carries both ways; use udp for one",
        ));
    }
    let mut setup = Setup::new(spec, &config)?;
    let endpoint = setup.open()?;
    let ours = endpoint.local_addr().map_err(machine)?;
    setup.bind = ours;
    let pace = Pace::new(spec);
    let pipe = pipe::start(id, spec, config.peer, events, move |outlet, inlet| {
        run(setup, endpoint, pace, outlet, inlet)
    });
    Ok((pipe, ours))
}

/// Carries until the pipe is dropped; opens the socket again when the system gives it up.
async fn run(
    setup: Setup,
    mut endpoint: Endpoint,
    mut pace: Pace,
    mut outlet: Outlet,
    inlet: Inlet,
) {
    loop {
        let (chosen, in_use) = watch::channel(None);
        let wake = Arc::new(Notify::new());
        let peer = outlet.peer_watch();
        let keeper = Keeper::new(endpoint, &setup, peer, inlet.clone(), chosen);
        tokio::select! {
            () = send(&mut outlet, in_use, &mut pace, &wake) => return,
            () = keeper.run(&wake) => inlet.disconnected(Trouble::SocketLost).await,
        }
        endpoint = loop {
            tokio::time::sleep(REOPEN_INTERVAL).await;
            match setup.open() {
                Ok(endpoint) => break endpoint,
                Err(error) => tracing::debug!(%error, "the socket cannot be opened yet"),
            }
        };
    }
}

/// What is needed to open the bearer's socket, and to dial.
pub(crate) struct Setup {
    bind: SocketAddr,
    pub(crate) dial_at_once: bool,
    pub(crate) dial_interval: Duration,
    pub(crate) client: quinn::ClientConfig,
    server: quinn::ServerConfig,
    endpoint: quinn::EndpointConfig,
}

impl Setup {
    fn new(spec: &BearerSpec, config: &QuicConfig) -> Result<Self, StartError> {
        let tls = Tls::new(&config.keys)?;
        let transport = Arc::new(transport(spec));
        let mut server = quinn::ServerConfig::with_crypto(tls.server);
        server
            .transport_config(Arc::clone(&transport))
            .max_incoming(INCOMING_MAX)
            .validation_token_config(no_tokens());
        let mut client = quinn::ClientConfig::new(tls.client);
        client.transport_config(transport);
        Ok(Self {
            bind: config.bind,
            dial_at_once: config.dial,
            dial_interval: DIAL_INTERVAL.max(spec.air_time(DIAL_BYTES)),
            client,
            server,
            endpoint: endpoint_config(&config.keys, spec),
        })
    }

    fn open(&self) -> Result<Endpoint, StartError> {
        Endpoint::new(
            self.endpoint.clone(),
            Some(self.server.clone()),
            socket::bind(self.bind)?,
            Arc::new(quinn::TokioRuntime),
        )
        .map_err(machine)
    }
}

fn machine(source: io::Error) -> StartError {
    StartError::Machine {
        doing: "use the socket of the bearer",
        source,
    }
}

/// Carries frames over the link in use until the pipe is dropped.
async fn send(
    outlet: &mut Outlet,
    mut in_use: watch::Receiver<Option<Link>>,
    pace: &mut Pace,
    wake: &Notify,
) {
    while let Some(frame) = outlet.next().await {
        let bytes = frame.len();
        let sent = carry(frame, &mut in_use, wake).await;
        pace.charge(bytes);
        if let Some(free) = pace.wait_until() {
            tokio::time::sleep_until(free).await;
        }
        if sent {
            outlet.left(bytes).await;
        } else {
            outlet.dropped().await;
        }
    }
}

/// Gives a frame to the link in use. A link that is full is waited for, until the keeper finds a
/// better one. Returns whether the frame is on its way.
async fn carry(frame: Vec<u8>, in_use: &mut watch::Receiver<Option<Link>>, wake: &Notify) -> bool {
    loop {
        let Some(link) = in_use.borrow_and_update().clone() else {
            return false;
        };
        if link.ask() {
            wake.notify_one(); // an answer is due
        }
        tokio::select! {
            sent = link.connection().send_datagram_wait(frame.clone().into()) => {
                return sent.is_ok();
            }
            Ok(()) = in_use.changed() => {}
        }
    }
}

fn transport(spec: &BearerSpec) -> quinn::TransportConfig {
    let path_bytes = u16::try_from(path_bytes(spec)).unwrap_or(u16::MAX);
    let mut transport = quinn::TransportConfig::default();
    transport
        .max_idle_timeout(None)
        .keep_alive_interval(None)
        .max_concurrent_bidi_streams(0_u8.into())
        .max_concurrent_uni_streams(0_u8.into())
        .datagram_receive_buffer_size(Some(RECEIVE_BYTES_MAX))
        .datagram_send_buffer_size(send_bytes_max(spec))
        .initial_mtu(path_bytes)
        .min_mtu(path_bytes)
        .mtu_discovery_config(None)
        .initial_rtt(INITIAL_ROUND_TRIP)
        .allow_spin(false)
        .congestion_controller_factory(Arc::new(FixedWindow::new(spec)));
    transport
}

fn endpoint_config(keys: &QuicKeys, spec: &BearerSpec) -> quinn::EndpointConfig {
    let reset = ResetKey::new(keys);
    let connection_ids = reset.connection_ids();
    let mut config = quinn::EndpointConfig::new(Arc::new(reset));
    config.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(connection_ids)));
    let path_bytes = u16::try_from(path_bytes(spec)).unwrap_or(u16::MAX);
    if let Err(error) = config.max_udp_payload_size(path_bytes.max(ETHERNET_BYTES)) {
        tracing::debug!(%error, "the default size of a packet stays");
    }
    config
}

/// Nothing that would let a handshake refer to an earlier one.
fn no_tokens() -> quinn::ValidationTokenConfig {
    let mut config = quinn::ValidationTokenConfig::default();
    config.sent(0);
    config
}

/// Bytes of the largest UDP payload.
fn path_bytes(spec: &BearerSpec) -> usize {
    (spec.mtu + PACKET_OVERHEAD).max(QUIC_BYTES_MIN)
}

/// Frames wait in the line, where a FLASH overtakes them, and not here.
fn send_bytes_max(spec: &BearerSpec) -> usize {
    (spec.mtu + FRAME_MEMORY) * pipe::frames_in_hand_max(spec).clamp(2, 32)
}

/// Bytes that a QUIC packet and a DATAGRAM frame add at most.
const PACKET_OVERHEAD: usize = QUIC_BYTES_MIN - MTU;

/// Bytes of UDP payload that a path must carry (RFC 9000, section 14).
const QUIC_BYTES_MIN: usize = 1_200;

/// Bytes of UDP payload that we take from any peer.
const ETHERNET_BYTES: u16 = 1_472;

/// Bytes that a queued frame takes beside its own.
const FRAME_MEMORY: usize = 64;

/// Bytes of frames that have come in and are not yet read. Older ones are dropped.
const RECEIVE_BYTES_MAX: usize = 1024 * 1024;

/// Handshakes that may wait to be looked at.
const INCOMING_MAX: usize = 64;

/// Taken for the round trip until it is measured: the first packets are repeated after three.
const INITIAL_ROUND_TRIP: Duration = Duration::from_millis(200);

/// How far apart dials begin, on a bearer that is fast enough for them.
const DIAL_INTERVAL: Duration = Duration::from_millis(300);

/// Bytes of the first flight of a handshake.
const DIAL_BYTES: usize = 2 * QUIC_BYTES_MIN;

/// How often a socket that the system gave up is opened again.
const REOPEN_INTERVAL: Duration = Duration::from_millis(250);
