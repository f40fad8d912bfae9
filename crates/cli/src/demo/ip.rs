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
pub(super) const LARGE_BYTES: usize = 1_000;
/// No limit on large datagrams.
const UNLIMITED: u64 = u64::MAX;

/// The shuttle.
pub(super) struct Shuttle {
    /// Where NORD finds SUD.
    pub(super) nord_side: SocketAddr,
    /// Where SUD finds NORD.
    pub(super) sud_side: SocketAddr,
    switch: Arc<Switch>,
}

/// What both directions share.
struct Switch {
    cut: AtomicBool,
    /// Large datagrams from NORD that still pass before the shuttle cuts itself.
    large_left: AtomicU64,
    carried: AtomicU64,
    dropped: AtomicU64,
}

impl Shuttle {
    /// Starts it between the addresses to which the two stations are bound.
    pub(super) fn start(nord: SocketAddr, sud: SocketAddr) -> io::Result<Self> {
        let to_nord = UdpSocket::bind("127.0.0.1:0")?;
        let to_sud = UdpSocket::bind("127.0.0.1:0")?;
        let switch = Arc::new(Switch {
            cut: AtomicBool::new(false),
            large_left: AtomicU64::new(UNLIMITED),
            carried: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
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

    /// Drops everything from here on.
    pub(super) fn cut(&self) {
        self.switch.cut.store(true, Ordering::SeqCst);
    }

    /// Lets so many large datagrams of NORD pass, then cuts.
    pub(super) fn cut_after_large(&self, count: u64) {
        self.switch.large_left.store(count, Ordering::SeqCst);
    }

    /// Carries again.
    pub(super) fn restore(&self) {
        self.switch.large_left.store(UNLIMITED, Ordering::SeqCst);
        self.switch.cut.store(false, Ordering::SeqCst);
    }

    /// True once it is cut.
    pub(super) fn is_cut(&self) -> bool {
        self.switch.cut.load(Ordering::SeqCst)
    }

    /// Datagrams carried, and dropped.
    pub(super) fn counts(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::SeqCst);
        (read(&self.switch.carried), read(&self.switch.dropped))
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
        if of_nord && length >= LARGE_BYTES {
            let left = switch.large_left.load(Ordering::SeqCst);
            if left == 0 {
                switch.cut.store(true, Ordering::SeqCst);
            } else if left != UNLIMITED {
                switch.large_left.store(left - 1, Ordering::SeqCst);
            }
        }
        if switch.cut.load(Ordering::SeqCst) {
            switch.dropped.fetch_add(1, Ordering::SeqCst);
            continue;
        }
        if let Some(bytes) = datagram.get(..length) {
            let _ = by.send_to(bytes, to);
        }
        switch.carried.fetch_add(1, Ordering::SeqCst);
    }
}

/// An address on this machine that is free now.
pub(super) fn free_address() -> io::Result<SocketAddr> {
    UdpSocket::bind("127.0.0.1:0")?.local_addr()
}
