//! A poor network between two stations: it loses, delays, counts and can be cut.
//!
//! Owns two sockets and a thread for each way. Each station sees the other at one of the two
//! addresses. What is lost follows from a seed.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::setting::Route;
use crate::demo::ip;

/// Bytes of a datagram.
const DATAGRAM_BYTES_MAX: usize = 65_536;
/// Bytes that IPv4 and UDP add to each.
const HEADER_BYTES: u64 = 28;
/// What is lost follows from it.
const SEED: u64 = 0x5eed;

/// The network.
pub(super) struct Network {
    /// How the stations are joined by it.
    pub(super) route: Route,
    state: Arc<State>,
}

/// What both ways share.
#[derive(Default)]
struct State {
    cut: AtomicBool,
    loss_percent: AtomicU32,
    delay_ms: AtomicU64,
    /// Bytes with headers that were put on each way, lost ones too: from NORD, from SUD.
    carried: [AtomicU64; 2],
}

impl Network {
    /// Starts it. It loses and delays nothing yet.
    pub(super) fn start() -> io::Result<Self> {
        let (nord, sud) = (ip::free_address()?, ip::free_address()?);
        let (to_nord, to_sud) = (
            UdpSocket::bind("127.0.0.1:0")?,
            UdpSocket::bind("127.0.0.1:0")?,
        );
        let route = Route {
            nord: (nord, to_nord.local_addr()?),
            sud: (sud, to_sud.local_addr()?),
        };
        let state = Arc::new(State::default());
        let (from_nord, from_sud) = (to_nord.try_clone()?, to_sud.try_clone()?);
        carry(0, from_nord, to_sud, sud, &state);
        carry(1, from_sud, to_nord, nord, &state);
        Ok(Self { route, state })
    }

    /// From now on it loses so many of a hundred each way, and takes so long one way.
    pub(super) fn set(&self, loss_percent: u32, delay: Duration) {
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.state
            .loss_percent
            .store(loss_percent, Ordering::Relaxed);
        self.state.delay_ms.store(delay_ms, Ordering::Relaxed);
    }

    /// Cuts it, or joins it again.
    pub(super) fn cut(&self, cut: bool) {
        self.state.cut.store(cut, Ordering::Relaxed);
    }

    /// Bytes put on it so far with IPv4 and UDP headers: from NORD, from SUD.
    pub(super) fn carried(&self) -> [u64; 2] {
        let [out, back] = &self.state.carried;
        [out.load(Ordering::Relaxed), back.load(Ordering::Relaxed)]
    }
}

/// Carries one way for as long as the process lives.
fn carry(way: usize, from: UdpSocket, by: UdpSocket, to: SocketAddr, state: &Arc<State>) {
    let (late, due) = mpsc::channel::<(Instant, Vec<u8>)>();
    let state = Arc::clone(state);
    thread::spawn(move || {
        let mut draws = Draws(SEED + way as u64);
        let mut datagram = vec![0; DATAGRAM_BYTES_MAX];
        loop {
            // A station that is down makes the socket report it; the next datagram may pass again.
            let Ok((length, _)) = from.recv_from(&mut datagram) else {
                continue;
            };
            if let Some(carried) = state.carried.get(way) {
                carried.fetch_add(length as u64 + HEADER_BYTES, Ordering::Relaxed);
            }
            let lost = draws.percent() < state.loss_percent.load(Ordering::Relaxed);
            if lost || state.cut.load(Ordering::Relaxed) {
                continue;
            }
            let delay = Duration::from_millis(state.delay_ms.load(Ordering::Relaxed));
            let bytes = datagram.get(..length).unwrap_or_default().to_vec();
            if late.send((Instant::now() + delay, bytes)).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (at, bytes) in due {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            let _ = by.send_to(&bytes, to);
        }
    });
}

/// A generator for losses (xorshift64*), not for secrets.
struct Draws(u64);

impl Draws {
    /// A number below a hundred.
    fn percent(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        u32::try_from(high % 100).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_is_as_much_as_asked_for_and_repeats() {
        let lost = |percent: u32| {
            let mut draws = Draws(SEED);
            (0..10_000).filter(|_| draws.percent() < percent).count()
        };
        assert_eq!((lost(0), lost(100)), (0, 10_000));
        assert!((4_800..5_200).contains(&lost(50)));
        assert_eq!(lost(50), lost(50));
    }

    #[test]
    fn datagrams_pass_are_counted_and_stay_out_while_it_is_cut() {
        let network = Network::start().unwrap();
        let nord = UdpSocket::bind(network.route.nord.0).unwrap();
        let sud = UdpSocket::bind(network.route.sud.0).unwrap();
        let mut datagram = [0; 16];
        network.cut(true);
        nord.send_to(b"lost", network.route.nord.1).unwrap();
        while network.carried() != [32, 0] {
            thread::yield_now();
        }
        // It was counted, and is dropped before the next one is looked at.
        network.cut(false);
        nord.send_to(b"there", network.route.nord.1).unwrap();
        let length = sud.recv(&mut datagram).unwrap();
        assert!(matches!(&datagram[..length], b"there" | b"lost"));
        sud.send_to(b"back", network.route.sud.1).unwrap();
        assert_eq!(nord.recv(&mut datagram).unwrap(), 4);
        assert_eq!(network.carried(), [32 + 33, 32]);
    }
}
