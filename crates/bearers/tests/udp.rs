//! The `udp` bearer over loopback.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod rig;

use std::net::SocketAddr;
use std::time::Duration;

use redphone_bearers::udp::{self, UdpConfig};
use redphone_bearers::{BearerEvent, NotTaken, Pipe, StartError, events};
use redphone_line::{BearerId, BearerKind, BearerSpec, Carries, Rate};
use rig::{frame, frame_from, frame_within, loopback, spec};
use tokio::sync::mpsc::Receiver;

#[tokio::test]
async fn frames_go_both_ways_and_tell_where_they_came_from() {
    let (nord, mut nord_hears, nord_at) = start(&fast(), None);
    let (sud, mut sud_hears, sud_at) = start(&fast(), Some(nord_at));

    sud.try_send(b"a frame".to_vec()).unwrap();
    let (bytes, from) = frame_from(&mut nord_hears).await;
    assert_eq!(
        (bytes.as_slice(), from),
        (b"a frame".as_slice(), Some(sud_at))
    );

    nord.set_peer(sud_at);
    nord.try_send(b"another".to_vec()).unwrap();
    assert_eq!(frame(&mut sud_hears).await, b"another");
}

#[tokio::test]
async fn frame_without_a_known_peer_is_dropped_and_counted() {
    let (nord, mut hears, _) = start(&fast(), None);
    nord.try_send(vec![1]).unwrap();
    assert_eq!(
        frame_within(&mut hears, Duration::from_millis(50)).await,
        None
    );
    assert_eq!(nord.counts().dropped_out, 1);
    assert_eq!(nord.room(), start(&fast(), None).0.room());
}

#[tokio::test]
async fn receiving_bearer_refuses_frames_and_hears_them() {
    let inward = BearerSpec {
        carries: Carries::In,
        ..fast()
    };
    let outward = BearerSpec {
        carries: Carries::Out,
        ..fast()
    };
    let (nord, mut nord_hears, nord_at) = start(&inward, None);
    let (sud, mut sud_hears, sud_at) = start(&outward, Some(nord_at));

    assert_eq!(nord.try_send(vec![1]), Err(NotTaken::InOnly));
    sud.try_send(vec![2]).unwrap();
    assert_eq!(frame(&mut nord_hears).await, [2]);

    let stranger = tokio::net::UdpSocket::bind(loopback()).await.unwrap();
    stranger.send_to(&[3], sud_at).await.unwrap();
    assert_eq!(
        frame_within(&mut sud_hears, Duration::from_millis(50)).await,
        None
    );
}

#[tokio::test]
async fn one_socket_carries_both_families() {
    let (nord, mut nord_hears, nord_at) = bind("[::]:0", None);
    let four: SocketAddr = SocketAddr::new([127, 0, 0, 1].into(), nord_at.port());
    let six: SocketAddr = SocketAddr::new("::1".parse().unwrap(), nord_at.port());
    for (at, ours) in [(four, "127.0.0.1:0"), (six, "[::1]:0")] {
        let (sud, mut sud_hears, sud_at) = bind(ours, Some(at));
        sud.try_send(vec![1]).unwrap();
        assert_eq!(frame_from(&mut nord_hears).await, (vec![1], Some(sud_at)));
        nord.set_peer(sud_at);
        nord.try_send(vec![2]).unwrap();
        assert_eq!(frame(&mut sud_hears).await, [2]);
    }
}

#[tokio::test]
async fn peer_that_is_not_there_yet_does_not_trouble_the_bearer() {
    let (nord, mut nord_hears, nord_at) = start(&fast(), None);
    let (later, _, later_at) = start(&fast(), None);
    drop(later);
    tokio::task::yield_now().await;
    nord.set_peer(later_at);
    for _ in 0..5 {
        nord.try_send(vec![1]).unwrap(); // each is answered by "port unreachable"
        tokio::time::sleep(Duration::from_millis(2)).await;
    }

    let (sud, mut sud_hears, _) = bind(&later_at.to_string(), Some(nord_at));
    nord.try_send(vec![2]).unwrap();
    assert_eq!(frame(&mut sud_hears).await, [2]);
    sud.try_send(vec![3]).unwrap();
    assert_eq!(frame(&mut nord_hears).await, [3]);
}

#[tokio::test]
async fn network_that_cannot_be_reached_costs_the_frame_only() {
    let (nord, mut hears, nord_at) = start(&fast(), Some("240.0.0.1:9".parse().unwrap()));
    nord.try_send(vec![1]).unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    nord.set_peer(nord_at);
    nord.try_send(vec![2]).unwrap();
    assert_eq!(frame(&mut hears).await, [2]);
}

#[tokio::test]
async fn frames_up_to_the_mtu_pass_and_longer_ones_do_not() {
    let (nord, mut hears, nord_at) = start(&fast(), None);
    let (sud, _, _) = start(&fast(), Some(nord_at));
    let mtu = fast().mtu;
    assert_eq!(sud.try_send(vec![1; mtu + 1]), Err(NotTaken::WrongLength));
    assert_eq!(sud.try_send(Vec::new()), Err(NotTaken::WrongLength));
    sud.try_send(vec![1; mtu]).unwrap();
    assert_eq!(frame(&mut hears).await.len(), mtu);

    let stranger = tokio::net::UdpSocket::bind(loopback()).await.unwrap();
    stranger.send_to(&vec![0; mtu + 1], nord_at).await.unwrap();
    stranger.send_to(&[], nord_at).await.unwrap();
    assert_eq!(
        frame_within(&mut hears, Duration::from_millis(50)).await,
        None
    );
    assert_eq!(nord.counts().dropped_in, 2);
}

#[tokio::test(start_paused = true)]
async fn slow_bearer_keeps_to_its_rate_and_holds_one_frame() {
    let slow = BearerSpec {
        rate: Rate::datagrams(16_000),
        overhead: udp::OVERHEAD_V4,
        ..fast()
    };
    let (_nord, mut nord_hears, nord_at) = start(&fast(), None);
    let (sud, mut sud_hears, _) = start(&slow, Some(nord_at));
    assert_eq!(sud.room(), 1);

    let began = tokio::time::Instant::now();
    for _ in 0..5 {
        sud.try_send(vec![1; 172]).unwrap(); // 0.1 s each
        assert_eq!(sud.try_send(vec![2; 172]), Err(NotTaken::Full));
        rig::room(&mut sud_hears).await;
    }
    let took = began.elapsed().as_secs_f64();
    assert!((0.49..0.51).contains(&took), "{took} s");
    tokio::time::resume();
    for _ in 0..5 {
        assert_eq!(frame(&mut nord_hears).await, [1; 172]);
    }
}

#[tokio::test]
async fn daemon_that_does_not_listen_loses_frames_and_memory_is_bounded() {
    let (nord, mut hears, nord_at) = start(&fast(), None);
    let flood = tokio::net::UdpSocket::bind(loopback()).await.unwrap();
    for n in 0..5_000 {
        flood.send_to(&[7; 100], nord_at).await.unwrap();
        if n % 100 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    let counts = nord.counts();
    assert_eq!(
        counts.frames_in,
        redphone_bearers::FRAMES_WAITING_MAX as u64
    );
    assert!(counts.dropped_in > 0);

    // What waited is taken; then the bearer hears again.
    while frame_within(&mut hears, Duration::from_millis(50))
        .await
        .is_some()
    {}
    flood.send_to(&[8], nord_at).await.unwrap();
    assert_eq!(frame(&mut hears).await, [8]);
}

#[tokio::test]
async fn flood_on_one_bearer_takes_no_room_from_another() {
    let (tell, mut hears) = events(2);
    let at_any = config(loopback(), None);
    let (flooded, flooded_at) = udp::start(BearerId(1), &fast(), at_any, tell.clone()).unwrap();
    let (_quiet, quiet_at) = udp::start(BearerId(2), &fast(), at_any, tell).unwrap();
    let flood = tokio::net::UdpSocket::bind(loopback()).await.unwrap();
    while flooded.counts().dropped_in == 0 {
        flood.send_to(&[7; 100], flooded_at).await.unwrap();
        tokio::task::yield_now().await;
    }
    flood.send_to(&[8], quiet_at).await.unwrap();
    while frame(&mut hears).await != [8] {}
}

#[tokio::test]
async fn dropped_pipe_frees_the_address() {
    let (nord, _hears, nord_at) = start(&fast(), None);
    let second = udp::start(BearerId(2), &fast(), config(nord_at, None), events(1).0);
    assert!(matches!(second, Err(StartError::Machine { .. })));
    drop(nord);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(udp::start(BearerId(2), &fast(), config(nord_at, None), events(1).0).is_ok());
}

fn fast() -> BearerSpec {
    spec(BearerKind::Udp, 1_200, Rate::UNPACED)
}

fn config(bind: SocketAddr, peer: Option<SocketAddr>) -> UdpConfig {
    UdpConfig { bind, peer }
}

fn start(spec: &BearerSpec, peer: Option<SocketAddr>) -> (Pipe, Receiver<BearerEvent>, SocketAddr) {
    let (tell, hears) = events(1);
    let (pipe, at) = udp::start(BearerId(1), spec, config(loopback(), peer), tell).unwrap();
    (pipe, hears, at)
}

fn bind(ours: &str, peer: Option<SocketAddr>) -> (Pipe, Receiver<BearerEvent>, SocketAddr) {
    let (tell, hears) = events(1);
    let config = config(ours.parse().unwrap(), peer);
    let (pipe, at) = udp::start(BearerId(1), &fast(), config, tell).unwrap();
    (pipe, hears, at)
}
