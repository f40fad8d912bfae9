//! Release by two: who may do what with a draft, and what never leaves (rules REL-1 to REL-11).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test"
)]

mod histories;
mod roll;
mod stages;
mod world;
