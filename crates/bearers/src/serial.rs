//! The `serial` bearer: a tty or pty at 75 to 115,200 bit/s, 8N1.
//!
//! Owns a port and its pace: bytes leave at the configured rate and no faster, because a pty takes
//! them at any speed and a radio modem buffers what it is given. One frame is in hand at a time, so
//! a FLASH waits for one frame only. A port that vanishes is opened again when it is back.
//!
//! ```text
//!   [0x00 after a pause] COBS(frame) 0x00        10 bits a byte on the wire
//! ```

use std::future::pending;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use redphone_line::{BearerId, BearerSpec, Carries, Rate};
use redphone_wire::limits::FRAME_BYTES_MAX;
use rustix::fd::OwnedFd;
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::termios::{ControlModes, OptionalActions};
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::delimit::{Cut, Delimiter, wrap};
use crate::pipe::{Inlet, Outlet};
use crate::{BearerEvent, Pipe, StartError, Trouble, delimit, pipe};

/// Bytes that the bearer adds to a frame of at most 254 bytes.
pub const OVERHEAD: usize = delimit::OVERHEAD;

/// Which port a `serial` bearer uses, and how fast.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SerialConfig {
    /// The tty or pty.
    pub path: PathBuf,
    /// Bits a second, 75 to 115,200. Ten of them carry a byte.
    pub baud: u32,
}

impl SerialConfig {
    /// How long so many bytes occupy the wire.
    pub fn air_time(&self, wire_bytes: usize) -> Duration {
        let bytes = u64::try_from(wire_bytes).unwrap_or(u64::MAX);
        Rate::serial(u64::from(self.baud.max(1))).time(bytes)
    }
}

/// Starts a bearer. The port need not be there yet.
///
/// # Errors
///
/// [`StartError::BadConfig`] if the rate or the MTU is none that the bearer carries.
///
/// # Panics
///
/// Outside a Tokio runtime.
pub fn start(
    id: BearerId,
    spec: &BearerSpec,
    config: SerialConfig,
    events: mpsc::Sender<BearerEvent>,
) -> Result<Pipe, StartError> {
    if !(BAUD_MIN..=BAUD_MAX).contains(&config.baud) {
        return Err(StartError::BadConfig(
            "a serial bearer has 75 to 115200 bit/s",
        ));
    }
    if spec.mtu == 0 || spec.mtu > FRAME_BYTES_MAX {
        return Err(StartError::BadConfig("the MTU is 1 to 65000 bytes"));
    }
    // One frame in hand, whatever the rate.
    let one_by_one = BearerSpec {
        rate: Rate::serial(1),
        ..spec.clone()
    };
    let carries = spec.carries;
    Ok(pipe::start(
        id,
        &one_by_one,
        None,
        events,
        move |outlet, inlet| run(config, carries, outlet, inlet),
    ))
}

/// Opens the port, carries, and opens it again, until the pipe is dropped.
async fn run(config: SerialConfig, carries: Carries, mut outlet: Outlet, inlet: Inlet) {
    loop {
        match open(&config) {
            Ok(port) => {
                inlet.connected().await;
                let end = tokio::select! {
                    end = send(&port, &config, &mut outlet) => end,
                    end = receive(&port, carries, &inlet) => end,
                };
                match end {
                    End::PipeDropped => return,
                    End::PortLost(kind) => inlet.disconnected(Trouble::PortGone(kind)).await,
                }
            }
            Err(why @ Trouble::PortUnusable(_)) => inlet.failed(why).await,
            Err(why) => inlet.disconnected(why).await,
        }
        let again = Instant::now() + REOPEN_INTERVAL;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(again) => break,
                frame = outlet.next() => match frame {
                    Some(_) => outlet.dropped().await,
                    None => return,
                },
            }
        }
    }
}

/// Why carrying ended.
enum End {
    PipeDropped,
    PortLost(io::ErrorKind),
}

/// Opens the port as a raw 8N1 line without flow control, for this station alone.
fn open(config: &SerialConfig) -> Result<AsyncFd<OwnedFd>, Trouble> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let port = rustix::fs::open(&config.path, flags, Mode::empty())
        .map_err(|error| gone_or_unusable(error.kind()))?;
    let unusable = |error: rustix::io::Errno| Trouble::PortUnusable(error.kind());
    rustix::fs::flock(&port, FlockOperation::NonBlockingLockExclusive).map_err(unusable)?;

    let mut termios = rustix::termios::tcgetattr(&port).map_err(unusable)?;
    termios.make_raw();
    termios.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD | ControlModes::CS8;
    termios.control_modes -=
        ControlModes::CSTOPB | ControlModes::PARENB | ControlModes::CRTSCTS | ControlModes::HUPCL;
    termios.set_speed(config.baud).map_err(unusable)?;
    rustix::termios::tcsetattr(&port, OptionalActions::Now, &termios).map_err(unusable)?;
    watched(port).map_err(|error| Trouble::PortUnusable(error.kind()))
}

/// Its successor is unsafe because a descriptor might be closed while it is watched. The one of an
/// [`OwnedFd`] stays open as long as it is owned, and it is owned here.
#[expect(
    deprecated,
    reason = "sound for an OwnedFd, and the house has no unsafe code"
)]
fn watched(port: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::new(port)
}

fn gone_or_unusable(kind: io::ErrorKind) -> Trouble {
    if matches!(
        kind,
        io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory
    ) {
        Trouble::PortUnusable(kind)
    } else {
        Trouble::PortGone(kind)
    }
}

/// Carries frames at the pace of the port.
async fn send(port: &AsyncFd<OwnedFd>, config: &SerialConfig, outlet: &mut Outlet) -> End {
    let mut free_at: Option<Instant> = None;
    loop {
        let Some(frame) = outlet.next().await else {
            return End::PipeDropped;
        };
        let now = Instant::now();
        let follows = free_at.filter(|free| now < *free + PAUSE_MIN);
        let wire = wrap(&frame, follows.is_none());
        let begins = follows.unwrap_or(now);
        free_at = Some(begins + config.air_time(wire.len()));

        let patience = config.air_time(wire.len()) + STALL_MAX;
        match tokio::time::timeout(patience, write(port, config, &wire, begins)).await {
            Ok(Ok(())) => outlet.left(frame.len()).await,
            Ok(Err(error)) => {
                outlet.dropped().await;
                return End::PortLost(error.kind());
            }
            // Nobody takes the bytes. The next frame begins with a delimiter.
            Err(_stalled) => {
                free_at = None;
                outlet.dropped().await;
            }
        }
    }
}

/// Writes bytes so that each is there when a wire of this rate would have carried it.
async fn write(
    port: &AsyncFd<OwnedFd>,
    config: &SerialConfig,
    wire: &[u8],
    begins: Instant,
) -> io::Result<()> {
    let byte_nanos = config.air_time(1).as_nanos().max(1);
    let piece = usize::try_from(PIECE.as_nanos() / byte_nanos).unwrap_or(1);
    let mut written = 0;
    for bytes in wire.chunks(piece.max(1)) {
        written += bytes.len();
        tokio::time::sleep_until(begins + config.air_time(written)).await;
        let mut left = bytes;
        while !left.is_empty() {
            let mut ready = port.writable().await?;
            match ready.try_io(|port| Ok(rustix::io::write(port.get_ref(), left)?)) {
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(length) => left = left.get(length?..).unwrap_or_default(),
                Err(_would_block) => {}
            }
        }
    }
    Ok(())
}

/// Hands up what the port says, cut into frames.
async fn receive(port: &AsyncFd<OwnedFd>, carries: Carries, inlet: &Inlet) -> End {
    if carries == Carries::Out {
        return pending().await;
    }
    let mut delimiter = Delimiter::new(inlet.frame_bytes_max());
    let mut buffer = [0; READ_BYTES_MAX];
    loop {
        let mut ready = match port.readable().await {
            Ok(ready) => ready,
            Err(error) => return End::PortLost(error.kind()),
        };
        let read = ready.try_io(|port| Ok(rustix::io::read(port.get_ref(), &mut buffer)?));
        let length = match read {
            Ok(Ok(0)) => return End::PortLost(io::ErrorKind::UnexpectedEof),
            Ok(Ok(length)) => length,
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
            Ok(Err(error)) => return End::PortLost(error.kind()),
            Err(_would_block) => continue,
        };
        delimiter.push(buffer.get(..length).unwrap_or_default(), |cut| match cut {
            Cut::Frame(bytes) => inlet.heard(bytes, None),
            Cut::Noise => inlet.dropped(),
        });
    }
}

/// The slowest port, in bits a second.
const BAUD_MIN: u32 = 75;

/// The fastest port, in bits a second.
const BAUD_MAX: u32 = 115_200;

/// How often a port that is gone is looked for.
const REOPEN_INTERVAL: Duration = Duration::from_millis(250);

/// A wire that was silent for longer may have carried noise.
const PAUSE_MIN: Duration = Duration::from_millis(5);

/// Bytes that make up so much air time are written at once.
const PIECE: Duration = Duration::from_millis(5);

/// How much longer than its air time a frame may take before it is given up.
const STALL_MAX: Duration = Duration::from_secs(1);

/// Bytes read at once.
const READ_BYTES_MAX: usize = 4_096;
