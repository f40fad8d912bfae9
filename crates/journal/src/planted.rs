//! Bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch; `tests/journal/planted.rs` shows that each bug is noticed.

/// A bug of journals that others shipped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// A record is not held against the one before it.
    ChainUnchecked,
    /// A damaged body is taken for one that is not there.
    DamageIsAbsence,
    /// The vault is not held against the newest record.
    DigestUnchecked,
    /// After an append that failed the journal goes on.
    PoisonForgotten,
}

redphone_wire::planted_switch!(Bug);
