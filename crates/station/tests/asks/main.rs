//! Asks and answers through two hubs: listed on both sides, moved by acts alone, lapsed by the
//! clock, read back item by item, and the same after a restart (rules ASK-3, ASK-4, ASK-10, ASK-14 to
//! ASK-16, READ-6 to READ-10).

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

#[path = "../support/mod.rs"]
mod support;

mod order;
#[cfg(feature = "planted-bugs")]
mod planted;
mod readback;
mod story;
mod threads;
mod warned;
