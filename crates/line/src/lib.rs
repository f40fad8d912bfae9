//! Carries sealed envelopes exactly once, over every bearer at once. Black: opens nothing.

#![forbid(unsafe_code)]

mod bearer;

pub use bearer::{BearerId, BearerKind, BearerSpec, Carries, Cover};
