//! Bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch. The twins stand beside the tests that must notice, and their names begin with `planted`.

/// A bug that a bearer might have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// A handshake that fails, whoever began it, ends the bearer.
    StrangerEndsBearer,
}

redphone_wire::planted_switch!(Bug);
