//! The hub: one desk, one journal, and a seal and a line for every peer. Still no I/O.

#![forbid(unsafe_code)]
