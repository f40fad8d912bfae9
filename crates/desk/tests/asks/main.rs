//! Asks and answers (rules ASK-3 to ASK-13): every rule, every pair of a state and an act, and
//! random histories.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod book;
mod chance;
mod crossing;
mod histories;
mod rules;
mod times;
mod walk;
