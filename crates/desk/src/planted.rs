//! Bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch; `tests/hold/histories.rs` shows that each bug is noticed.

/// A bug of release by two.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// An edit leaves the releases of the revision before it.
    EditKeepsReleases,
    /// Who wrote a draft may release it.
    OwnDraftReleased,
    /// An officer who is revoked goes on.
    RevokedCounts,
}

redphone_wire::planted_switch!(Bug);
