//! The `quic` bearer over loopback.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod rig;

use std::net::SocketAddr;
use std::sync::mpsc as threads;
use std::time::{Duration, Instant};

use redphone_bearers::quic::{self, QuicConfig, QuicKeys};
use redphone_bearers::{BearerEvent, Pipe, StartError, Trouble, events};
use redphone_line::{BearerId, BearerKind, BearerSpec, Carries, Rate};
use rig::{Route, connected, disconnected, failed, frame, frame_within, loopback, spec};
use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

#[tokio::test]
async fn frames_up_to_the_mtu_go_both_ways() {
    for mtu in [100, quic::MTU, quic::MTU_MAX] {
        let (mut nord, mut sud) = pair(mtu).await;
        for length in [1, mtu / 2, mtu] {
            nord.pipe.try_send(vec![1; length]).unwrap();
            assert_eq!(frame(&mut sud.hears).await, vec![1; length]);
            sud.pipe.try_send(vec![2; length]).unwrap();
            assert_eq!(frame(&mut nord.hears).await, vec![2; length]);
        }
    }
}

#[tokio::test]
async fn side_that_is_not_told_to_dial_does_when_the_peer_cannot() {
    let sud = Station::start(SUD, loopback(), None, false);
    let mut nord = Station::start(NORD, loopback(), Some(sud.at), false);
    connected(&mut nord.hears).await;
    assert!(nord.pipe.is_connected());
}

#[tokio::test]
async fn both_sides_may_dial_at_once() {
    for _ in 0..5 {
        let mut nord = Station::start(NORD, loopback(), None, true);
        let mut sud = Station::start(SUD, loopback(), Some(nord.at), true);
        nord.pipe.set_peer(sud.at);
        connected(&mut nord.hears).await;
        connected(&mut sud.hears).await;
        for _ in 0..20 {
            nord.pipe.try_send(vec![1]).unwrap();
            sud.pipe.try_send(vec![2]).unwrap();
            assert_eq!(frame(&mut sud.hears).await, [1]);
            assert_eq!(frame(&mut nord.hears).await, [2]);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn peer_with_other_keys_is_refused_and_both_sides_say_so() {
    let mut sud = Station::start(SUD, loopback(), None, false);
    let mut evil = Station::start((7, 8), loopback(), Some(sud.at), true);
    let why = failed(&mut evil.hears).await;
    assert_eq!(why, Trouble::KeysDiffer { address: sud.at });
    assert!(!evil.pipe.is_connected());
    assert_eq!(
        frame_within(&mut sud.hears, Duration::from_millis(500)).await,
        None
    );
    assert!(!sud.pipe.is_connected());
}

#[tokio::test]
async fn peer_who_holds_one_of_two_keys_is_refused_and_both_sides_say_so() {
    // He knows SUD's key and shows a wrong one of his own, so only SUD can tell.
    let mut sud = Station::start(SUD, loopback(), None, false);
    let mut evil = Station::start((7, SUD.0), loopback(), Some(sud.at), true);
    assert_eq!(
        failed(&mut sud.hears).await,
        Trouble::KeysDiffer { address: evil.at }
    );
    assert_eq!(
        failed(&mut evil.hears).await,
        Trouble::KeysDiffer { address: sud.at }
    );
    evil.pipe.try_send(vec![1]).ok();
    assert_eq!(
        frame_within(&mut sud.hears, Duration::from_millis(500)).await,
        None
    );
    assert_eq!(sud.pipe.counts().frames_in, 0);
}

#[tokio::test]
async fn strangers_who_knock_do_not_hold_up_the_peer() {
    strangers_knock().await;
}

#[cfg(feature = "planted-bugs")]
#[tokio::test]
async fn planted_stranger_who_ends_the_bearer_is_noticed() {
    use redphone_bearers::planted::{Bug, plant};
    plant(Some(Bug::StrangerEndsBearer));
    let knocking = tokio::time::timeout(Duration::from_secs(10), strangers_knock());
    let outcome = tokio::spawn(knocking).await;
    plant(None);
    assert!(!matches!(outcome, Ok(Ok(()))), "it went unseen");
}

async fn strangers_knock() {
    let (mut nord, mut sud) = pair(quic::MTU).await;
    let mut first = Station::start((7, 8), loopback(), Some(sud.at), true);
    failed(&mut first.hears).await;
    let mut strangers = vec![first];
    for _ in 1..20 {
        strangers.push(Station::start((7, 8), loopback(), Some(sud.at), true));
    }
    let noise = tokio::net::UdpSocket::bind(loopback()).await.unwrap();
    for n in 0..2_000_u32 {
        let _ = noise.send_to(&[n as u8; 1_200], sud.at).await;
        if n % 100 == 0 {
            nord.pipe.try_send(vec![1]).unwrap();
            assert_eq!(frame(&mut sud.hears).await, [1]);
        }
    }
    drop(nord.pipe);
    let mut again = Station::start(NORD, loopback(), Some(sud.at), true);
    connected(&mut again.hears).await;
    again.pipe.try_send(vec![2]).unwrap();
    assert_eq!(frame(&mut sud.hears).await, [2]);
    assert!(
        nord.hears
            .recv()
            .await
            .is_none_or(|event| !matches!(event, BearerEvent::Failed { .. }))
    );
}

#[tokio::test]
async fn side_that_dials_is_killed_and_comes_back() {
    let mut sud = Station::start(SUD, loopback(), None, false);
    let killed = Killable::start(NORD, loopback(), Some(sud.at), true);
    connected(&mut sud.hears).await;
    killed.kill();

    let began = Instant::now();
    let mut nord = Station::start(NORD, loopback(), Some(sud.at), true);
    connected(&mut nord.hears).await;
    nord.pipe.try_send(vec![1]).unwrap();
    assert_eq!(frame(&mut sud.hears).await, [1]);
    sud.pipe.try_send(vec![2]).unwrap();
    assert_eq!(frame(&mut nord.hears).await, [2]);
    within(began, 500);
}

#[tokio::test]
async fn side_that_listens_is_killed_and_comes_back() {
    let killed = Killable::start(SUD, loopback(), None, false);
    let at = killed.at;
    let mut nord = Station::start(NORD, loopback(), Some(at), true);
    connected(&mut nord.hears).await;
    killed.kill();

    let began = Instant::now();
    let mut sud = Station::start(SUD, at, None, false);
    nord.pipe.try_send(vec![1]).unwrap(); // tells NORD that the link is gone
    assert_eq!(disconnected(&mut nord.hears).await, Trouble::PeerRestarted);
    connected(&mut nord.hears).await;
    nord.pipe.try_send(vec![2]).unwrap();
    assert_eq!(frame(&mut sud.hears).await, [2]);
    within(began, 500);
}

#[tokio::test]
async fn peer_that_stops_says_so() {
    let (nord, mut sud) = pair(quic::MTU).await;
    drop(nord);
    assert_eq!(disconnected(&mut sud.hears).await, Trouble::PeerClosed);
}

#[tokio::test]
async fn first_frame_after_an_outage_comes_through() {
    assert_eq!(outage(Duration::from_secs(3), 1).await, None);
}

#[tokio::test]
async fn first_frame_after_an_outage_that_filled_the_window_comes_through() {
    assert_eq!(outage(Duration::from_secs(3), 20_000).await, None);
}

#[tokio::test]
async fn first_frame_after_an_outage_that_ended_the_link_comes_through() {
    let why = outage(Duration::from_secs(13), 20_000).await;
    assert_eq!(why, Some(Trouble::PeerSilent));
}

/// The path is cut while the line goes on sending frames, four times a second. Returns why the
/// bearer was disconnected meanwhile, if it was.
async fn outage(time: Duration, frames: usize) -> Option<Trouble> {
    let mut sud = Station::start(SUD, loopback(), None, false);
    let route = Route::to(sud.at).await;
    let mut nord = Station::start(NORD, loopback(), Some(route.address), true);
    connected(&mut nord.hears).await;
    connected(&mut sud.hears).await;
    let mut disconnected = None;
    route.set_cut(true);
    let began = Instant::now();
    while began.elapsed() < time {
        for _ in 0..frames {
            let _full = nord.pipe.try_send(vec![1; 300]);
            while let Ok(event) = nord.hears.try_recv() {
                if let BearerEvent::Disconnected { why, .. } = event {
                    disconnected = Some(why);
                }
            }
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    while sud.hears.try_recv().is_ok() {}

    route.set_cut(false);
    let began = Instant::now();
    while frame_within(&mut sud.hears, Duration::from_millis(1))
        .await
        .is_none()
    {
        let _full = nord.pipe.try_send(vec![2; 300]);
        tokio::time::sleep(Duration::from_millis(10)).await;
        within(began, 600);
    }
    within(began, 500);

    // The way back works as well.
    let began = Instant::now();
    while frame_within(&mut nord.hears, Duration::from_millis(1))
        .await
        .is_none()
    {
        let _full = sud.pipe.try_send(vec![3; 300]);
        tokio::time::sleep(Duration::from_millis(10)).await;
        within(began, 500);
    }
    disconnected
}

#[tokio::test]
async fn path_that_is_cut_one_way_carries_the_other() {
    let mut sud = Station::start(SUD, loopback(), None, false);
    let route = Route::to(sud.at).await;
    let mut nord = Station::start(NORD, loopback(), Some(route.address), true);
    connected(&mut nord.hears).await;
    route.set_cut_back(true);
    for n in 0..50 {
        nord.pipe.try_send(vec![n; 300]).unwrap();
        assert_eq!(frame(&mut sud.hears).await, [n; 300]);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn caller_whose_address_changes_is_followed() {
    let mut sud = Station::start(SUD, loopback(), None, false);
    let route = Route::to(sud.at).await;
    let mut nord = Station::start(NORD, loopback(), Some(route.address), true);
    connected(&mut nord.hears).await;
    nord.pipe.try_send(vec![0]).unwrap();
    let (_, before) = rig::frame_from(&mut sud.hears).await;
    for moves in 1..=3_u8 {
        route.move_caller();
        tokio::time::sleep(Duration::from_millis(20)).await;
        nord.pipe.try_send(vec![moves]).unwrap();
        let (bytes, from) = rig::frame_from(&mut sud.hears).await;
        assert_eq!(bytes, [moves]);
        assert_ne!(from, before);
        sud.pipe.try_send(vec![moves]).unwrap();
        assert_eq!(frame(&mut nord.hears).await, [moves]);
    }
}

#[tokio::test]
async fn line_without_traffic_sends_nothing() {
    let sud = Station::start(SUD, loopback(), None, false);
    let route = Route::to(sud.at).await;
    let mut nord = Station::start(NORD, loopback(), Some(route.address), true);
    connected(&mut nord.hears).await;
    tokio::time::sleep(Duration::from_secs(1)).await; // the handshake's last packets
    let before = route.carried();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(route.carried(), before);
}

#[tokio::test]
async fn slow_bearer_keeps_to_its_rate() {
    let slow = BearerSpec {
        rate: Rate::datagrams(160_000),
        overhead: quic::OVERHEAD_V4,
        ..spec(BearerKind::Quic, 1_000, Rate::UNPACED)
    };
    let mut sud = Station::start(SUD, loopback(), None, false);
    let mut nord = Station::with(&slow, NORD, loopback(), Some(sud.at), true);
    connected(&mut nord.hears).await;
    let began = Instant::now();
    for _ in 0..10 {
        nord.pipe.try_send(vec![1; 940]).unwrap(); // 0.05 s each
        rig::room(&mut nord.hears).await;
    }
    let took = began.elapsed().as_secs_f64();
    assert!((0.45..2.0).contains(&took), "{took} s");
    for _ in 0..10 {
        frame(&mut sud.hears).await;
    }
}

#[tokio::test]
async fn configuration_that_cannot_work_is_refused() {
    let start = |spec: &BearerSpec, keys| {
        let config = config(keys, loopback(), None, false);
        quic::start(BearerId(1), spec, config, events(1).0)
    };
    let good = spec(BearerKind::Quic, quic::MTU, Rate::UNPACED);
    let wide = spec(BearerKind::Quic, quic::MTU_MAX + 1, Rate::UNPACED);
    let one_way = BearerSpec {
        carries: Carries::Out,
        ..good.clone()
    };
    assert!(matches!(start(&wide, NORD), Err(StartError::BadConfig(_))));
    assert!(matches!(
        start(&one_way, NORD),
        Err(StartError::BadConfig(_))
    ));
    assert!(matches!(start(&good, (1, 1)), Err(StartError::BadKeys(_))));
}

/// Seeds of our key and of the peer's.
const NORD: (u8, u8) = (1, 2);
const SUD: (u8, u8) = (2, 1);

struct Station {
    pipe: Pipe,
    hears: Receiver<BearerEvent>,
    at: SocketAddr,
}

impl Station {
    fn start(keys: (u8, u8), bind: SocketAddr, peer: Option<SocketAddr>, dial: bool) -> Self {
        let spec = spec(BearerKind::Quic, quic::MTU, Rate::UNPACED);
        Self::with(&spec, keys, bind, peer, dial)
    }

    fn with(
        spec: &BearerSpec,
        keys: (u8, u8),
        bind: SocketAddr,
        peer: Option<SocketAddr>,
        dial: bool,
    ) -> Self {
        let (tell, hears) = events(1);
        let config = config(keys, bind, peer, dial);
        let (pipe, at) = quic::start(BearerId(1), spec, config, tell).unwrap();
        Self { pipe, hears, at }
    }
}

async fn pair(mtu: usize) -> (Station, Station) {
    let spec = spec(BearerKind::Quic, mtu, Rate::UNPACED);
    let mut sud = Station::with(&spec, SUD, loopback(), None, false);
    let mut nord = Station::with(&spec, NORD, loopback(), Some(sud.at), true);
    connected(&mut nord.hears).await;
    connected(&mut sud.hears).await;
    (nord, sud)
}

fn config(
    (ours, theirs): (u8, u8),
    bind: SocketAddr,
    peer: Option<SocketAddr>,
    dial: bool,
) -> QuicConfig {
    QuicConfig {
        bind,
        peer,
        dial,
        keys: QuicKeys {
            ours: Zeroizing::new([ours; 32]),
            theirs: Zeroizing::new([theirs; 32]),
            reset: Zeroizing::new([ours + 100; 32]),
        },
    }
}

/// A station on a runtime of its own, which can end without a word to the peer.
struct Killable {
    at: SocketAddr,
    kill: oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Killable {
    fn start(keys: (u8, u8), bind: SocketAddr, peer: Option<SocketAddr>, dial: bool) -> Self {
        let (kill, killed) = oneshot::channel();
        let (tell, started) = threads::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = runtime.unwrap();
            let station = runtime.block_on(async {
                let station = Station::start(keys, bind, peer, dial);
                tell.send(station.at).unwrap();
                killed.await.unwrap();
                station
            });
            drop(runtime); // nothing runs any more, so nothing is sent
            drop(station);
        });
        let at = started.recv().unwrap();
        Self { at, kill, thread }
    }

    fn kill(self) {
        self.kill.send(()).unwrap();
        self.thread.join().unwrap();
    }
}

/// A busy machine may take so many times as long; `cargo bench` measures the times themselves.
const PATIENCE: u128 = 8;

fn within(began: Instant, milliseconds: u128) {
    let took = began.elapsed().as_millis();
    let most = PATIENCE * milliseconds;
    assert!(took <= most, "{took} ms instead of {milliseconds}");
}
