//! Bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch; `tests/asks/histories.rs`, `tests/hold/histories.rs`, the table of roles and the
//! lexicons between two stations (`crates/station/tests/agreed`) show that each bug is noticed.

/// A bug of release by two, of what two sides agree on, or of those who took a word for an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// The asker may commit in the name of the side that was asked.
    AnySideSpeaks,
    /// An edit leaves the releases of the revision before it.
    EditKeepsReleases,
    /// A commitment to another deed, or to a later time, passes for what was asked.
    OtherDeedCommits,
    /// Who wrote a draft may release it.
    OwnDraftReleased,
    /// What the table of roles does not name is permitted.
    PermittedUnlessNamed,
    /// A lexicon or a code book is in force as soon as one side has proposed it.
    ProposalInForce,
    /// "Noted", in prose, passes for a commitment.
    ProseCommits,
    /// An officer who is revoked goes on.
    RevokedCounts,
    /// An item that is missed often is sent to the order wire at every further miss.
    SpokenAgain,
}

redphone_wire::planted_switch!(Bug);
