//! Bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch. The twins stand beside the tests that must notice, and their names begin with `planted`.

use std::cell::Cell;

/// A bug that a bearer might have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// A handshake that fails, whoever began it, ends the bearer.
    StrangerEndsBearer,
}

thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
}

/// Brings one bug back on this thread, or none.
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether a bug is back on this thread.
pub(crate) fn is_planted(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}
