//! Bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch, for one thread or, by the environment, for a whole process that a test starts. That each
//! bug is noticed is shown beside the tests that notice it.

use std::cell::Cell;
use std::sync::OnceLock;

/// Names a bug to a process that a test starts.
pub const VARIABLE: &str = "REDPHONE_PLANTED";

/// A bug that this daemon had, or that others shipped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// An asker is answered before what it asked for is durable.
    AnswersBeforeCommit,
    /// A client that no file handle is left for ends the station.
    ClientsEndStation,
    /// The names of new files are left to the operating system.
    DirectoryUnsynced,
    /// A connection whose append failed is used again (the fsync error of 2018).
    FailedConnectionUsed,
    /// An append that failed is told of as accepted.
    FaultSwallowed,
    /// Each append makes a file of its own.
    FileForEachAppend,
    /// The head of an answer is read to its end, however far that is.
    HeadUnbounded,
    /// The age of the heartbeat is taken from the wall clock.
    HealthByWallClock,
    /// The end of the journal is not held against the mark.
    MarkUnchecked,
    /// A journal of a newer version is taken for one of ours.
    NewerTaken,
    /// A journal that cannot be followed is opened again and again.
    OpensForEver,
    /// A station that stood still takes that for a jump of the wall clock.
    PauseIsJump,
    /// A disk without room is not looked at.
    RoomUnchecked,
    /// A status waits for the commit that is under way.
    StatusWaits,
    /// A turn takes one call, so that each waits for all the syncs before it.
    SyncForEachCall,
    /// An append is told of before it is on the disk: `synchronous=NORMAL`.
    SyncedLater,
}

thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
}

/// Brings one bug back on this thread, or none.
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether a bug is back on this thread, or in this process.
pub fn is_planted(bug: Bug) -> bool {
    static NAMED: OnceLock<Option<String>> = OnceLock::new();
    let named = NAMED.get_or_init(|| std::env::var(VARIABLE).ok());
    PLANTED.get() == Some(bug) || named.as_deref() == Some(format!("{bug:?}").as_str())
}

/// Runs a test with a bug brought back: it must fail. Without the bug it is a test of its own.
///
/// # Panics
///
/// If the test passes: then nobody would have seen the bug.
pub fn is_noticed(bug: Bug, test: fn()) {
    plant(Some(bug));
    let outcome = std::panic::catch_unwind(test);
    plant(None);
    assert!(outcome.is_err(), "{bug:?} went unseen");
}
