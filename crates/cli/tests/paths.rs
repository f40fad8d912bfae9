//! What the path between two stations may do to datagrams. FAULTS: F36.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use stations::{Homes, NAMES, scratch};

const HOST: &str = "127.0.0.1";
/// Longer datagrams than this vanish on the narrow path.
const NARROW: usize = 600;

/// Carries datagrams between two stations, and drops the long ones without a word.
struct Shuttle {
    most: Arc<AtomicUsize>,
    dropped: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
    ways: Vec<JoinHandle<()>>,
}

impl Shuttle {
    /// Each station sends to the shuttle's port of its side.
    fn start(stations: [u16; 2], shuttle: [u16; 2]) -> Self {
        let most = Arc::new(AtomicUsize::new(usize::MAX));
        let dropped = Arc::new(AtomicUsize::new(0));
        let ends = Arc::new(AtomicBool::new(false));
        let sockets = shuttle.map(|port| UdpSocket::bind((HOST, port)).unwrap());
        let way = |side: usize| {
            let (from, by) = (&sockets[side], &sockets[1 - side]);
            let (from, by) = (from.try_clone().unwrap(), by.try_clone().unwrap());
            let wait = Some(Duration::from_millis(100));
            from.set_read_timeout(wait).unwrap();
            let to = stations[1 - side];
            let (most, dropped) = (Arc::clone(&most), Arc::clone(&dropped));
            let ends = Arc::clone(&ends);
            std::thread::spawn(move || {
                let mut datagram = [0; 65_536];
                while !ends.load(Ordering::Relaxed) {
                    let Ok(bytes) = from.recv(&mut datagram) else {
                        continue; // Nothing came, or a station is not there yet.
                    };
                    if bytes > most.load(Ordering::Relaxed) {
                        dropped.fetch_add(1, Ordering::Relaxed);
                    } else {
                        let _ = by.send_to(&datagram[..bytes], (HOST, to));
                    }
                }
            })
        };
        let ways = vec![way(0), way(1)];
        Self {
            most,
            dropped,
            ends,
            ways,
        }
    }
}

impl Drop for Shuttle {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        for way in self.ways.drain(..) {
            let _ = way.join();
        }
    }
}

/// The length of the longest frame in use, as the station shows it.
fn length_in_use(homes: &Homes, side: usize) -> usize {
    let shown = homes.run(side, &["status", "--json"]);
    let length = shown.split("\"mtu\":").nth(1).unwrap();
    let digits = length.split(|letter: char| !letter.is_ascii_digit());
    digits.into_iter().next().unwrap().parse().unwrap()
}

/// A text that does not shrink to one short frame.
fn long_text() -> String {
    let word = |number: u32| format!("{:x}", number.wrapping_mul(0x9e37_79b9));
    (1..600).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn long_datagrams_that_vanish_are_followed_by_shorter_ones() {
    let root = scratch("paths");
    let (ports, shuttle_ports) = ([17_541, 17_551], [17_543, 17_553]);
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], ports);
    for side in [0, 1] {
        let config = format!(
            "[[udp]]\nname = \"lan\"\npeer = \"{}\"\nbind = \"{HOST}:{}\"\n\
             address = \"{HOST}:{}\"\nrate_bit_s = 100000000\n",
            NAMES[1 - side],
            ports[side],
            shuttle_ports[side]
        );
        fs::write(Path::new(&homes.home(side)).join("config.toml"), config).unwrap();
    }
    let shuttle = Shuttle::start(ports, shuttle_ports);
    let mut nord = homes.start(0, &[]);
    let mut sud = homes.start(1, &[]);
    assert!(homes.ready(0, &mut nord) && homes.ready(1, &mut sud));
    homes.exchange();
    assert_eq!(length_in_use(&homes, 0), 1_200);

    shuttle.most.store(NARROW, Ordering::Relaxed);
    let long = long_text();
    for side in [0, 1] {
        let flash = ["send", "--as", "watch", "--precedence", "flash", &long];
        homes.run(side, &flash);
        homes.run(side, &["wait", "2", "--timeout", "60s"]);
    }
    assert!(shuttle.dropped.load(Ordering::Relaxed) > 0);
    for side in [0, 1] {
        let length = length_in_use(&homes, side);
        assert!(length <= NARROW, "{length}");
    }
    drop((nord, sud, shuttle));
    let _ = fs::remove_dir_all(root);
}
