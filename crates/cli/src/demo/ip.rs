//! A shuttle for UDP datagrams between the two stations: it can be cut, and cut in the middle.
//!
//! Each station sees the other at one of the shuttle's two addresses.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// Bytes of a datagram.
const DATAGRAM_BYTES_MAX: usize = 65_536;
/// Datagrams of this size carry a message; handshakes and receipts are smaller.
pub(crate) const LARGE_BYTES: usize = 1_000;
/// No limit on large datagrams.
const UNLIMITED: u64 = u64::MAX;

/// The shuttle.
pub(crate) struct Shuttle {
    /// Where NORD finds SUD.
    pub(crate) nord_side: SocketAddr,
    /// Where SUD finds NORD.
    pub(crate) sud_side: SocketAddr,
    switch: Arc<Switch>,
}

/// What both directions share.
struct Switch {
    cut: AtomicBool,
    /// Large datagrams from NORD that still pass before the shuttle cuts itself.
    large_left: AtomicU64,
}

impl Shuttle {
    /// Starts it between the addresses to which the two stations are bound.
    pub(crate) fn start(nord: SocketAddr, sud: SocketAddr) -> io::Result<Self> {
        let to_nord = UdpSocket::bind("127.0.0.1:0")?;
        let to_sud = UdpSocket::bind("127.0.0.1:0")?;
        let switch = Arc::new(Switch {
            cut: AtomicBool::new(false),
            large_left: AtomicU64::new(UNLIMITED),
        });
        let shuttle = Self {
            nord_side: to_nord.local_addr()?,
            sud_side: to_sud.local_addr()?,
            switch: Arc::clone(&switch),
        };
        let (from_nord, from_sud) = (to_nord.try_clone()?, to_sud.try_clone()?);
        let back = Arc::clone(&switch);
        thread::spawn(move || carry(&from_nord, &to_sud, sud, &switch, true));
        thread::spawn(move || carry(&from_sud, &to_nord, nord, &back, false));
        Ok(shuttle)
    }

    /// Lets so many large datagrams of NORD pass, then cuts.
    pub(crate) fn cut_after_large(&self, count: u64) {
        self.switch.large_left.store(count, Ordering::SeqCst);
    }

    /// Cuts at once.
    pub(crate) fn cut(&self) {
        self.switch.cut.store(true, Ordering::SeqCst);
    }

    /// Carries again.
    pub(crate) fn restore(&self) {
        self.switch.large_left.store(UNLIMITED, Ordering::SeqCst);
        self.switch.cut.store(false, Ordering::SeqCst);
    }

    /// True once it is cut.
    pub(crate) fn is_cut(&self) -> bool {
        self.switch.cut.load(Ordering::SeqCst)
    }
}

/// Carries one direction for as long as the process lives.
fn carry(from: &UdpSocket, by: &UdpSocket, to: SocketAddr, switch: &Switch, of_nord: bool) {
    let mut datagram = vec![0; DATAGRAM_BYTES_MAX];
    loop {
        // A station that is down makes the socket report it; the next datagram may pass again.
        let Ok((length, _)) = from.recv_from(&mut datagram) else {
            continue;
        };
        if switch.cut.load(Ordering::SeqCst) {
            continue;
        }
        if let Some(bytes) = datagram.get(..length) {
            let _ = by.send_to(bytes, to);
        }
        if of_nord && length >= LARGE_BYTES {
            switch.count_large();
        }
    }
}

impl Switch {
    /// Counts a large datagram that passed; cuts after the last one that may.
    fn count_large(&self) {
        let left = self.large_left.load(Ordering::SeqCst);
        if left == 1 {
            self.cut.store(true, Ordering::SeqCst);
        }
        if left != UNLIMITED {
            self.large_left
                .store(left.saturating_sub(1), Ordering::SeqCst);
        }
    }
}

/// An address on this machine that is free now.
pub(crate) fn free_address() -> io::Result<SocketAddr> {
    UdpSocket::bind("127.0.0.1:0")?.local_addr()
}
