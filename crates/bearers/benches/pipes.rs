//! Measures the `udp` and `quic` bearers over loopback, beside a bare UDP echo in the same run.
//!
//! Two stations on two threads, each with a runtime of its own. `cargo bench -p redphone-bearers`.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use redphone_bearers::quic::{QuicConfig, QuicKeys};
use redphone_bearers::udp::UdpConfig;
use redphone_bearers::{BearerEvent, Pipe, events, quic, udp};
use redphone_line::{BearerId, BearerKind, BearerSpec, Carries, Rate};
use tokio::sync::mpsc::Receiver;
use zeroize::Zeroizing;

const ECHOES: usize = 5_000;
const FLOOD_FRAMES: usize = 100_000;

fn main() {
    let floor = bare_echo();
    println!("bare UDP, one thread echoing: {floor}");
    for kind in [BearerKind::Udp, BearerKind::Quic] {
        let far = start(kind, SUD, None);
        let at = far.2;
        std::thread::spawn(move || far.3.block_on(echo(far.0, far.1)));
        let (pipe, mut hears, _, runtime) = start(kind, NORD, Some(at));
        runtime.block_on(async {
            while !pipe.is_connected() {
                hears.recv().await;
            }
            println!(
                "{kind}: echo of 280 bytes: {}",
                echoes(&pipe, &mut hears).await
            );
            println!("{kind}: {}", flood(&pipe, &mut hears).await);
        });
        println!("memory of this process: {} KiB", resident_kib());
    }
}

/// Sends one frame and waits for it to come back, again and again.
async fn echoes(pipe: &Pipe, hears: &mut Receiver<BearerEvent>) -> Times {
    let mut times = Vec::new();
    for _ in 0..ECHOES {
        let began = Instant::now();
        pipe.try_send(vec![1; 280]).unwrap();
        while !matches!(hears.recv().await.unwrap(), BearerEvent::Frame { .. }) {}
        times.push(began.elapsed());
    }
    Times::of(times)
}

/// Sends frames of 1,000 bytes as fast as the pipe takes them. The far side counts, and answers
/// every thousandth.
async fn flood(pipe: &Pipe, hears: &mut Receiver<BearerEvent>) -> String {
    let began = Instant::now();
    let mut sent = 0;
    while sent < FLOOD_FRAMES {
        while pipe.room() > 0 && sent < FLOOD_FRAMES {
            pipe.try_send(vec![2; 1_000]).unwrap();
            sent += 1;
        }
        while pipe.room() == 0 {
            hears.recv().await;
        }
    }
    let took = began.elapsed();
    tokio::time::sleep(Duration::from_millis(200)).await;
    // Asks how many came.
    pipe.try_send(vec![3; 8]).unwrap();
    loop {
        let BearerEvent::Frame { frame, .. } = hears.recv().await.unwrap() else {
            continue;
        };
        let heard = u64::from_be_bytes(frame[..8].try_into().unwrap());
        let rate = heard as f64 / took.as_secs_f64();
        let lost = sent as u64 - heard;
        return format!(
            "{rate:.0} frames/s of 1,000 bytes ({:.1} MB/s), {lost} of {sent} lost",
            rate / 1_000.0
        );
    }
}

async fn echo(pipe: Pipe, mut hears: Receiver<BearerEvent>) {
    let mut heard = 0_u64;
    while let Some(event) = hears.recv().await {
        let BearerEvent::Frame { frame, from, .. } = event else {
            continue;
        };
        if let Some(from) = from {
            pipe.set_peer(from);
        }
        match frame[0] {
            1 => pipe.try_send(frame.to_vec()).unwrap(),
            2 => heard += 1,
            _ => pipe.try_send(heard.to_be_bytes().to_vec()).unwrap(),
        }
    }
}

fn bare_echo() -> Times {
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let near = UdpSocket::bind("127.0.0.1:0").unwrap();
    near.connect(far.local_addr().unwrap()).unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 2_000];
        while let Ok((length, from)) = far.recv_from(&mut buffer) {
            far.send_to(&buffer[..length], from).unwrap();
        }
    });
    let mut buffer = [0; 2_000];
    let times = (0..ECHOES).map(|_| {
        let began = Instant::now();
        near.send(&[1; 280]).unwrap();
        near.recv(&mut buffer).unwrap();
        began.elapsed()
    });
    Times::of(times.collect())
}

/// Seeds of our key and of the peer's.
const NORD: (u8, u8) = (1, 2);
const SUD: (u8, u8) = (2, 1);

type Station = (
    Pipe,
    Receiver<BearerEvent>,
    SocketAddr,
    tokio::runtime::Runtime,
);

fn start(kind: BearerKind, (ours, theirs): (u8, u8), peer: Option<SocketAddr>) -> Station {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let (tell, hears) = events(1);
    let spec = BearerSpec {
        name: kind.to_string(),
        kind,
        mtu: quic::MTU,
        rate: Rate::UNPACED,
        overhead: 0,
        carries: Carries::Both,
        cost: 0,
        cover: None,
    };
    let bind = "127.0.0.1:0".parse().unwrap();
    let (pipe, at) = if kind == BearerKind::Udp {
        udp::start(BearerId(1), &spec, UdpConfig { bind, peer }, tell).unwrap()
    } else {
        let keys = QuicKeys {
            ours: Zeroizing::new([ours; 32]),
            theirs: Zeroizing::new([theirs; 32]),
            reset: Zeroizing::new([9; 32]),
        };
        let config = QuicConfig {
            bind,
            peer,
            dial: peer.is_some(),
            keys,
        };
        quic::start(BearerId(1), &spec, config, tell).unwrap()
    };
    drop(_entered);
    (pipe, hears, at, runtime)
}

/// Median, 99th percentile and worst of many times.
struct Times(Duration, Duration, Duration);

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let last = times.len() - 1;
        Self(times[last / 2], times[last * 99 / 100], times[last])
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(median, most, worst) = self;
        write!(f, "p50 {median:?}, p99 {most:?}, worst {worst:?}")
    }
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let digits: String = line
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap_or(0)
}
