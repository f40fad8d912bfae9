//! The `courier` bearer: bags in a directory.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod rig;

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use redphone_bearers::courier::{Import, NoBag, export_bag, import_bags};
use redphone_wire::PartyName;
use redphone_wire::limits::FRAME_BYTES_MAX;
use rig::Directory;

#[test]
fn bags_are_read_in_any_order_and_twice_and_stay() {
    let directory = Directory::new("bags");
    let first = vec![vec![1; 1], vec![2; 300]];
    let second = vec![vec![3; FRAME_BYTES_MAX]];
    export_bag(directory.path(), &nord(), 2, &second).unwrap();
    let bag = export_bag(directory.path(), &nord(), 1, &first).unwrap();
    assert_eq!(bag.file_name().unwrap(), "redphone-NORD-000001.bag");

    for _ in 0..2 {
        let (import, frames) = import(directory.path());
        assert_eq!(frames, [first.clone(), second.clone()].concat());
        assert_eq!((import.bags.len(), import.frames), (2, 3));
        assert!(import.skipped.is_empty());
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn bag_is_never_written_over() {
    let directory = Directory::new("over");
    export_bag(directory.path(), &nord(), 1, &[vec![1]]).unwrap();
    let refused = export_bag(directory.path(), &nord(), 1, &[vec![2]]).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
    assert_eq!(import(directory.path()).1, [[1]]);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn every_flipped_bit_and_every_cut_is_found() {
    let directory = Directory::new("damage");
    let bag = export_bag(directory.path(), &nord(), 1, &[vec![7; 20], vec![8; 5]]).unwrap();
    let good = fs::read(&bag).unwrap();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut damaged = good.clone();
            damaged[at] ^= 1 << bit;
            fs::write(&bag, &damaged).unwrap();
            assert_refused(directory.path(), &format!("bit {bit} of byte {at}"));
        }
        fs::write(&bag, &good[..at]).unwrap();
        assert_refused(directory.path(), &format!("cut at {at}"));
    }
    fs::write(&bag, [good, vec![0]].concat()).unwrap();
    assert_refused(directory.path(), "one byte more");
}

#[test]
fn what_is_no_bag_is_named_and_skipped() {
    let directory = Directory::new("foreign");
    let elsewhere = Directory::new("elsewhere");
    let outside = export_bag(elsewhere.path(), &nord(), 9, &[vec![9]]).unwrap();
    let path = |name: &str| directory.path().join(name);
    export_bag(directory.path(), &nord(), 1, &[vec![1]]).unwrap();
    fs::write(path("holiday.jpg"), [0xff; 5_000]).unwrap();
    fs::write(path("empty.bag"), []).unwrap();
    fs::create_dir(path("folder")).unwrap();
    symlink(&outside, path("link.bag")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        path("pipe.bag"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let mut newer = b"redphone bag\r\n\x02".to_vec();
    newer.extend([0; 100]);
    fs::write(path("newer.bag"), newer).unwrap();

    let (import, frames) = import(directory.path());

    assert_eq!(frames, [[1]]);
    let why = |name: &str| {
        let found = import.skipped.iter().find(|skipped| skipped.name == name);
        &found
            .unwrap_or_else(|| panic!("{name} is not reported"))
            .why
    };
    assert!(matches!(why("holiday.jpg"), NoBag::Foreign));
    assert!(matches!(why("empty.bag"), NoBag::Damaged));
    assert!(matches!(why("link.bag"), NoBag::Foreign));
    assert!(matches!(why("pipe.bag"), NoBag::Foreign));
    assert!(matches!(why("newer.bag"), NoBag::Newer));
    assert_eq!(import.skipped.len(), 5);
}

#[test]
fn media_that_cannot_be_written_can_be_read() {
    let directory = Directory::new("read-only");
    let bag = export_bag(directory.path(), &nord(), 1, &[vec![1]]).unwrap();
    fs::set_permissions(&bag, fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let (import, frames) = import(directory.path());
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!((import.bags.len(), frames), (1, vec![vec![1]]));
}

#[test]
fn frames_that_no_bag_carries_are_refused_and_leave_nothing() {
    let directory = Directory::new("refused");
    let too_many = vec![vec![0; FRAME_BYTES_MAX]; 1_100];
    for frames in [
        vec![],
        vec![vec![]],
        vec![vec![0; FRAME_BYTES_MAX + 1]],
        too_many,
    ] {
        let refused = export_bag(directory.path(), &nord(), 1, &frames).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    let nowhere = export_bag(&directory.path().join("gone"), &nord(), 1, &[vec![1]]);
    assert_eq!(nowhere.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(import_bags(&directory.path().join("gone"), |_| ()).is_err());
}

fn nord() -> PartyName {
    "NORD".parse().unwrap()
}

fn import(directory: &Path) -> (Import, Vec<Vec<u8>>) {
    let mut frames = Vec::new();
    let import = import_bags(directory, |frame| frames.push(frame)).unwrap();
    (import, frames)
}

fn assert_refused(directory: &Path, case: &str) {
    let (import, frames) = import(directory);
    assert!(frames.is_empty() && import.bags.is_empty(), "{case}");
    let why = &import.skipped.first().expect("reported").why;
    assert!(
        matches!(why, NoBag::Damaged | NoBag::Newer),
        "{case}: {why}"
    );
}
