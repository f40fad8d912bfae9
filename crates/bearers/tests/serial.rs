//! The `serial` bearer over ptys.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod rig;

use std::path::Path;
use std::time::{Duration, Instant};

use redphone_bearers::serial::{self, SerialConfig};
use redphone_bearers::{BearerEvent, NotTaken, Pipe, StartError, Trouble, events};
use redphone_line::{BearerId, BearerKind, Rate};
use rig::{Pty, Random, connected, disconnected, failed, frame, frame_within, room, spec};
use tokio::sync::mpsc::Receiver;

#[tokio::test]
async fn frames_go_both_ways() {
    let (left, right) = (Pty::new(), Pty::new());
    let (nord, mut nord_hears) = start(&left.path, 115_200);
    let (sud, mut sud_hears) = start(&right.path, 115_200);
    let _wire = tokio::spawn(rig::join(left, right, |piece| piece));
    for length in [1, 50, 254, 255, 600] {
        for fill in [0_u8, 1, 0xff] {
            nord.try_send(vec![fill; length]).unwrap();
            sud.try_send(vec![!fill; length]).unwrap();
            assert_eq!(frame(&mut sud_hears).await, vec![fill; length]);
            assert_eq!(frame(&mut nord_hears).await, vec![!fill; length]);
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pace_is_that_of_the_rate() {
    for baud in [75, 300, 2_400, 9_600, 115_200] {
        let pty = Pty::new();
        let (nord, mut hears) = start(&pty.path, baud);
        connected(&mut hears).await;

        let began = tokio::time::Instant::now();
        for _ in 0..4 {
            nord.try_send(vec![1; 117]).unwrap();
            room(&mut hears).await;
        }
        let took = began.elapsed().as_secs_f64();
        let bytes = 4 * (117 + 2) + 1;
        let due = f64::from(bytes) * 10.0 / f64::from(baud);
        assert!(
            (took / due - 1.0).abs() < 0.05,
            "{baud} bit/s: {took} s instead of {due} s"
        );
        assert_eq!(pty.read_exactly(476 + 1), 477);
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_are_there_when_a_wire_would_have_carried_them() {
    let pty = Pty::new();
    let (nord, mut hears) = start(&pty.path, 1_200);
    connected(&mut hears).await;
    nord.try_send(vec![1; 57]).unwrap(); // 60 bytes on the wire, 0.5 s
    tokio::time::sleep(Duration::from_millis(1)).await;
    for _tenth in 1..=5 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(pty.read_exactly(12), 12);
    }
}

#[tokio::test]
async fn flash_waits_for_one_frame_only() {
    let pty = Pty::new();
    let (nord, mut hears) = start(&pty.path, 9_600);
    nord.try_send(vec![1; 100]).unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(nord.room(), 0);
    assert_eq!(nord.try_send(vec![2; 100]), Err(NotTaken::Full));
    room(&mut hears).await; // the line offers a FLASH here
    tokio::time::sleep(Duration::from_millis(5)).await; // the pty's own delay
    assert_eq!(pty.read().len(), 103);
    nord.try_send(vec![3; 100]).unwrap();
}

#[tokio::test]
async fn damage_costs_the_damaged_frame_and_the_next_comes_through() {
    let pty = Pty::new();
    let (_nord, mut hears) = start(&pty.path, 115_200);
    connected(&mut hears).await;
    let mut random = Random(20);
    pty.write(&[0]);
    for n in 0..20_u8 {
        let good = vec![n + 1; 40];
        let mut damaged = on_wire(&[0xee; 40]);
        let at = random.below(40) as usize;
        match n % 4 {
            0 => damaged[at] ^= 1 << random.below(8),
            1 => drop(damaged.remove(at)),
            2 => damaged.insert(at, 0x55),
            _ => damaged.truncate(at),
        }
        pty.write(&damaged);
        pty.write(&[0x55, 0x11, 0x00]); // noise in the pause
        pty.write(&on_wire(&good));
        loop {
            let heard = frame(&mut hears).await;
            if heard == good {
                break;
            }
            // The frame's tag refuses it, above. It is never one of the good frames.
            assert_ne!(heard, [0xee; 40]);
        }
    }
}

#[tokio::test]
async fn frame_whose_beginning_was_not_heard_is_dropped() {
    let pty = Pty::new();
    let (nord, mut hears) = start(&pty.path, 115_200);
    connected(&mut hears).await;
    pty.write(&on_wire(&[1; 40])[10..]);
    pty.write(&on_wire(&[2; 40]));
    assert_eq!(frame(&mut hears).await, [2; 40]);
    assert_eq!(nord.counts().frames_in, 1);
}

#[tokio::test]
async fn endless_noise_is_dropped_and_counted() {
    let pty = Pty::new();
    let (nord, mut hears) = start(&pty.path, 115_200);
    connected(&mut hears).await;
    pty.write(&[0]);
    for _ in 0..40 {
        pty.write(&[0x55; 1_000]);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(nord.counts().dropped_in, 1);
    pty.write(&[0]);
    pty.write(&on_wire(&[2; 40]));
    assert_eq!(frame(&mut hears).await, [2; 40]);
}

#[tokio::test]
async fn port_that_vanishes_is_opened_again_when_it_is_back() {
    let directory = rig::Directory::new("port");
    let path = directory.path().join("radio");
    let (nord, mut hears) = start(&path, 115_200);
    let why = disconnected(&mut hears).await;
    assert_eq!(why, Trouble::PortGone(std::io::ErrorKind::NotFound));

    for _ in 0..2 {
        let pty = Pty::new();
        std::os::unix::fs::symlink(&pty.path, &path).unwrap();
        connected(&mut hears).await;
        assert!(nord.is_connected());
        pty.write(&[&[0], on_wire(&[1; 9]).as_slice()].concat());
        assert_eq!(frame(&mut hears).await, [1; 9]);

        std::fs::remove_file(&path).unwrap();
        drop(pty); // the radio is unplugged
        assert!(matches!(
            disconnected(&mut hears).await,
            Trouble::PortGone(_)
        ));
        assert!(!nord.is_connected());
        let _dropped = nord.try_send(vec![1]);
    }
}

#[tokio::test]
async fn port_that_vanishes_in_the_middle_of_a_frame_costs_that_frame_only() {
    let directory = rig::Directory::new("middle");
    let path = directory.path().join("radio");
    let pty = Pty::new();
    std::os::unix::fs::symlink(&pty.path, &path).unwrap();
    let (nord, mut hears) = start(&path, 1_200);
    connected(&mut hears).await;
    nord.try_send(vec![1; 600]).unwrap(); // 5 s
    tokio::time::sleep(Duration::from_millis(50)).await;
    std::fs::remove_file(&path).unwrap();
    drop(pty);
    room(&mut hears).await;
    assert_eq!(nord.counts().dropped_out, 1);

    let pty = Pty::new();
    std::os::unix::fs::symlink(&pty.path, &path).unwrap();
    connected(&mut hears).await;
    nord.try_send(vec![2; 9]).unwrap();
    room(&mut hears).await;
    tokio::time::sleep(Duration::from_millis(5)).await; // the pty's own delay
    assert_eq!(pty.read(), [&[0], on_wire(&[2; 9]).as_slice()].concat());
}

#[tokio::test]
async fn port_that_nobody_reads_does_not_hold_the_bearer_up_for_ever() {
    let pty = Pty::new();
    let (nord, mut hears) = start(&pty.path, 115_200);
    connected(&mut hears).await;
    let began = Instant::now();
    while nord.counts().dropped_out == 0 {
        if nord.try_send(vec![1; 600]).is_ok() {
            room(&mut hears).await;
        }
        assert!(
            began.elapsed() < Duration::from_secs(6),
            "the bearer is stuck"
        );
    }
}

#[tokio::test]
async fn file_that_is_no_port_and_port_of_another_station_are_said_to_be_unusable() {
    let directory = rig::Directory::new("no-port");
    let path = directory.path().join("file");
    std::fs::write(&path, b"text").unwrap();
    let (_nord, mut hears) = start(&path, 9_600);
    assert!(matches!(failed(&mut hears).await, Trouble::PortUnusable(_)));

    let pty = Pty::new();
    let (_first, mut first_hears) = start(&pty.path, 9_600);
    connected(&mut first_hears).await;
    let (_second, mut second_hears) = start(&pty.path, 9_600);
    assert!(matches!(
        failed(&mut second_hears).await,
        Trouble::PortUnusable(_)
    ));
    assert_eq!(
        frame_within(&mut second_hears, Duration::from_millis(600)).await,
        None
    );
}

#[tokio::test]
async fn rate_that_no_port_has_is_refused() {
    for baud in [0, 74, 115_201] {
        let config = SerialConfig {
            path: "/dev/null".into(),
            baud,
        };
        let refused = serial::start(
            BearerId(1),
            &spec(BearerKind::Serial, 600, Rate::serial(10)),
            config,
            events(1).0,
        );
        assert!(matches!(refused, Err(StartError::BadConfig(_))));
    }
}

fn start(path: &Path, baud: u32) -> (Pipe, Receiver<BearerEvent>) {
    let (tell, hears) = events(1);
    let config = SerialConfig {
        path: path.to_owned(),
        baud,
    };
    let spec = spec(BearerKind::Serial, 600, Rate::serial(baud.into()));
    let pipe = serial::start(BearerId(1), &spec, config, tell).unwrap();
    (pipe, hears)
}

/// A frame without zeros, at most 254 bytes, as it goes over the wire.
fn on_wire(frame: &[u8]) -> Vec<u8> {
    let mut wire = vec![frame.len() as u8 + 1];
    wire.extend_from_slice(frame);
    wire.push(0);
    wire
}
