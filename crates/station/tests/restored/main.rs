//! A station that was restored from a backup: what it has, what it says, and how its lines go on.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

mod lines;
#[cfg(feature = "planted-bugs")]
mod planted;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use redphone_api::{Message, MessageRef, MessageSummary, Request, Response, Tray};
use redphone_journal::{Disk, Journal, MemoryStorage};
use redphone_station::Keeper;
use redphone_wire::Utc;
use support::{Pair, entropy, key};

/// A backup of a home as it stands, as `backup` writes it.
pub(crate) fn backup(home: MemoryStorage, seed: u64) -> MemoryStorage {
    let mut keeper = Keeper::open(Disk::holding(home).open(), &key(), entropy(seed)).unwrap();
    let mut target = MemoryStorage::new();
    let written = keeper.back_up(&mut target, &key(), Utc(7), b"settings");
    assert!(written.unwrap().rows_left_out > 0);
    target
}

/// A new home from a backup, as `restore` makes it.
pub(crate) fn restored(backup: MemoryStorage, seed: u64) -> MemoryStorage {
    let mut keeper = Keeper::open(Disk::holding(backup).open(), &key(), entropy(seed)).unwrap();
    assert!(keeper.has_settings(b"settings") && !keeper.has_settings(b"others"));
    let mut target = MemoryStorage::new();
    keeper.restore(&mut target, &key(), Utc(8)).unwrap();
    target
}

/// Restores one side from a backup and starts it; its old home never runs again.
pub(crate) fn restore_side(pair: &mut Pair, side: usize, backup: MemoryStorage) {
    let now = pair.now;
    let home = Disk::holding(restored(backup, 70));
    pair.sides[side].restart(now, home, 77);
}

pub(crate) fn send(
    pair: &mut Pair,
    side: usize,
    text: &str,
) -> Result<Response, redphone_api::Refusal> {
    let now = pair.now;
    pair.sides[side].ask(now, support::flash(text))
}

pub(crate) fn tray(pair: &mut Pair, side: usize, tray: Tray) -> Vec<MessageSummary> {
    let now = pair.now;
    let list = Request::List {
        tray,
        peer: None,
        limit: 100,
    };
    let Response::Messages { mut messages } = pair.sides[side].ask(now, list).unwrap() else {
        panic!("messages were asked for");
    };
    messages.sort_by_key(|message| message.serial);
    messages
}

pub(crate) fn read(pair: &mut Pair, side: usize, name: &str) -> Message {
    let message: MessageRef = name.parse().unwrap();
    let now = pair.now;
    match pair.sides[side].ask(now, Request::Read { message }) {
        Ok(Response::Message(message)) => *message,
        other => panic!("a message was asked for, not {other:?}"),
    }
}

/// Ids of all rows of a vault, and its hedge.
pub(crate) fn rows(home: MemoryStorage) -> (Vec<String>, Vec<u8>) {
    let (_, opened) = Journal::open(home, &key()).unwrap();
    let hedge = opened.rows.iter().find(|(id, _)| id == b"s/hedge").unwrap();
    let hedge = hedge.1.to_vec();
    let ids = opened.rows.into_iter();
    let ids = ids.map(|(id, _)| String::from_utf8_lossy(&id).into_owned());
    (ids.collect(), hedge)
}

/// A paired line with a tape that waits, two messages there and one that nobody heard.
pub(crate) fn used() -> Pair {
    let mut pair = Pair::paired();
    send(&mut pair, 0, "one").unwrap();
    send(&mut pair, 1, "first of theirs").unwrap();
    pair.run(Duration::from_millis(300));
    send(&mut pair, 0, "two").unwrap();
    pair
}

#[test]
pub(crate) fn copy_holds_no_key_of_a_line_and_draws_otherwise() {
    let pair = used();
    let home = pair.sides[0].disk.contents();
    let (ids, hedge) = rows(home.clone());
    assert!(ids.iter().any(|id| id.starts_with("c/SUD/")), "{ids:?}");

    let (kept, hedge_of_backup) = rows(backup(home.clone(), 60));
    assert_eq!(kept, ["s/hedge", "s/identity"]);
    // Even where the system's randomness repeats itself to the last bit.
    let once = rows(restored(backup(home.clone(), 60), 60));
    assert_eq!(once.0, ["s/hedge", "s/identity"]);
    assert_ne!(hedge_of_backup, hedge);
    assert_ne!(once.1, hedge_of_backup);
}

#[test]
fn backup_of_a_backup_is_one_too() {
    let pair = used();
    let first = backup(pair.sides[0].disk.contents(), 60);
    let keeper = Keeper::open(Disk::holding(first.clone()).open(), &key(), entropy(3));
    let mut target = MemoryStorage::new();
    let copied = keeper.unwrap().back_up(&mut target, &key(), Utc(9), b"new");
    assert_eq!(copied.unwrap().rows_left_out, 0);
    let again = Keeper::open(Disk::holding(target).open(), &key(), entropy(4)).unwrap();
    assert!(again.has_settings(b"new") && !again.has_settings(b"settings"));
}
