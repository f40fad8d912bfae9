//! A hostile peer, who holds the keys, and a hostile bearer, who does not: what neither achieves.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

mod asks;
mod books;
mod codes;
mod confusion;
mod contact;
mod disk;
mod floods;
mod forged;
mod lies;
mod names;
mod peer;
#[cfg(feature = "planted-bugs")]
mod planted;
mod readbacks;
