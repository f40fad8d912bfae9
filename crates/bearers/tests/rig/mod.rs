//! What the tests of bearers share: ptys, a lossy path for datagrams, directories, waiting.
#![allow(dead_code, reason = "every test binary uses a part of the rig")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]
#![allow(clippy::wildcard_enum_match_arm)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use redphone_bearers::{BearerEvent, Trouble};
use redphone_line::{BearerKind, BearerSpec, Carries, Rate};
use rustix::fd::OwnedFd;
use rustix::pty::OpenptFlags;
use tokio::net::UdpSocket;
use tokio::sync::mpsc::Receiver;

pub(crate) fn spec(kind: BearerKind, mtu: usize, rate: Rate) -> BearerSpec {
    BearerSpec {
        name: kind.to_string(),
        kind,
        mtu,
        rate,
        overhead: 0,
        carries: Carries::Both,
        cost: 0,
        cover: None,
    }
}

pub(crate) fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// Waits for the next frame, past all other events.
pub(crate) async fn frame(events: &mut Receiver<BearerEvent>) -> Vec<u8> {
    frame_from(events).await.0
}

pub(crate) async fn frame_from(
    events: &mut Receiver<BearerEvent>,
) -> (Vec<u8>, Option<SocketAddr>) {
    let wait = async {
        loop {
            if let BearerEvent::Frame { frame, from, .. } = events.recv().await.unwrap() {
                return (frame.to_vec(), from);
            }
        }
    };
    tokio::time::timeout(WAIT_MAX, wait)
        .await
        .expect("no frame came")
}

/// Whether a frame comes within so long.
pub(crate) async fn frame_within(
    events: &mut Receiver<BearerEvent>,
    time: Duration,
) -> Option<Vec<u8>> {
    tokio::time::timeout(time, frame(events)).await.ok()
}

pub(crate) async fn connected(events: &mut Receiver<BearerEvent>) {
    wait_for(events, |event| {
        matches!(event, BearerEvent::Connected { .. }).then_some(())
    })
    .await;
}

pub(crate) async fn disconnected(events: &mut Receiver<BearerEvent>) -> Trouble {
    wait_for(events, |event| match event {
        BearerEvent::Disconnected { why, .. } => Some(why),
        _ => None,
    })
    .await
}

pub(crate) async fn failed(events: &mut Receiver<BearerEvent>) -> Trouble {
    wait_for(events, |event| match event {
        BearerEvent::Failed { why, .. } => Some(why),
        _ => None,
    })
    .await
}

pub(crate) async fn room(events: &mut Receiver<BearerEvent>) {
    wait_for(events, |event| {
        matches!(event, BearerEvent::Room { .. }).then_some(())
    })
    .await;
}

async fn wait_for<T>(
    events: &mut Receiver<BearerEvent>,
    wanted: impl Fn(BearerEvent) -> Option<T>,
) -> T {
    let wait = async {
        loop {
            if let Some(found) = wanted(events.recv().await.unwrap()) {
                return found;
            }
        }
    };
    tokio::time::timeout(WAIT_MAX, wait)
        .await
        .expect("the event did not come")
}

const WAIT_MAX: Duration = Duration::from_secs(30);

/// A pty: the test holds the inner end, the bearer opens the outer one by its path.
pub(crate) struct Pty {
    pub(crate) inner: OwnedFd,
    pub(crate) path: PathBuf,
}

impl Pty {
    pub(crate) fn new() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let inner = rustix::pty::openpt(flags).unwrap();
        rustix::pty::grantpt(&inner).unwrap();
        rustix::pty::unlockpt(&inner).unwrap();
        let name = rustix::pty::ptsname(&inner, Vec::new()).unwrap();
        let path = PathBuf::from(name.to_str().unwrap());
        rustix::fs::fcntl_setfl(&inner, rustix::fs::OFlags::NONBLOCK).unwrap();
        Self { inner, path }
    }

    pub(crate) fn write(&self, bytes: &[u8]) {
        assert_eq!(rustix::io::write(&self.inner, bytes).unwrap(), bytes.len());
    }

    /// What the bearer has written; empty if nothing or if it has not opened the port.
    pub(crate) fn read(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut buffer = [0; 4_096];
        while let Ok(length @ 1..) = rustix::io::read(&self.inner, &mut buffer) {
            all.extend_from_slice(&buffer[..length]);
        }
        all
    }

    /// How many bytes the bearer has written, by the machine's clock: waits until they are as many
    /// as expected and a little longer, because a pty takes its time.
    pub(crate) fn read_exactly(&self, expected: usize) -> usize {
        let mut bytes = 0;
        for _ in 0..1_000 {
            bytes += self.read().len();
            std::thread::sleep(Duration::from_millis(2));
            if bytes >= expected {
                break;
            }
        }
        bytes + self.read().len()
    }
}

/// Carries bytes between two ptys; `damage` sees each piece on its way from the first.
pub(crate) async fn join(left: Pty, right: Pty, mut damage: impl FnMut(Vec<u8>) -> Vec<u8>) {
    loop {
        let piece = damage(left.read());
        if !piece.is_empty() {
            right.write(&piece);
        }
        let piece = right.read();
        if !piece.is_empty() {
            left.write(&piece);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A path for datagrams between one caller and one address. It can be cut, and its caller's
/// address as the other side sees it can change.
pub(crate) struct Route {
    pub(crate) address: SocketAddr,
    cut: Arc<AtomicBool>,
    cut_back: Arc<AtomicBool>,
    moved: Arc<AtomicU64>,
    carried: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Route {
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let near = UdpSocket::bind(loopback()).await.unwrap();
        let address = near.local_addr().unwrap();
        let cut = Arc::new(AtomicBool::new(false));
        let cut_back = Arc::new(AtomicBool::new(false));
        let moved = Arc::new(AtomicU64::new(0));
        let carried = Arc::new(AtomicU64::new(0));
        let cuts = (Arc::clone(&cut), Arc::clone(&cut_back));
        let counts = (Arc::clone(&moved), Arc::clone(&carried));
        let task = tokio::spawn(carry(near, target, cuts, counts));
        Self {
            address,
            cut,
            cut_back,
            moved,
            carried,
            task,
        }
    }

    /// Datagrams carried so far, both ways.
    pub(crate) fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }

    pub(crate) fn set_cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
        self.set_cut_back(cut);
    }

    /// Cuts the way back to the caller only.
    pub(crate) fn set_cut_back(&self, cut: bool) {
        self.cut_back.store(cut, Ordering::Relaxed);
    }

    /// From now on the caller comes from another address.
    pub(crate) fn move_caller(&self) {
        self.moved.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Route {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(
    near: UdpSocket,
    target: SocketAddr,
    (cut, cut_back): (Arc<AtomicBool>, Arc<AtomicBool>),
    (moved, carried): (Arc<AtomicU64>, Arc<AtomicU64>),
) {
    let mut far = UdpSocket::bind(loopback()).await.unwrap();
    let mut moves = 0;
    let mut caller = None;
    let (mut out, mut back) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        if moved.load(Ordering::Relaxed) != moves {
            moves = moved.load(Ordering::Relaxed);
            far = UdpSocket::bind(loopback()).await.unwrap();
        }
        let open = !cut.load(Ordering::Relaxed);
        let open_back = !cut_back.load(Ordering::Relaxed);
        tokio::select! {
            heard = near.recv_from(&mut out) => if let Ok((length, from)) = heard {
                caller = Some(from);
                if open {
                    carried.fetch_add(1, Ordering::Relaxed);
                    let _ = far.send_to(&out[..length], target).await;
                }
            },
            heard = far.recv_from(&mut back) => if let (true, Some(caller)) = (open_back, caller) {
                let length = heard.map_or(0, |(length, _)| length);
                carried.fetch_add(1, Ordering::Relaxed);
                let _ = near.send_to(&back[..length], caller).await;
            },
            () = tokio::time::sleep(Duration::from_millis(5)) => {}
        }
    }
}

/// A directory that is gone when the test ends.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("redphone-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A generator that is the same in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}
