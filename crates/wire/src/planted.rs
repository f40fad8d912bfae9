//! Bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch of every room but the daemon; `tests/one_form` shows that each bug is noticed.

/// A bug of decoders that others shipped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// Any letters make a name.
    AnyName,
    /// A value has more than one encoding.
    SecondForm,
    /// What acts on a screen unseen is shown as it came.
    ShownAsItCame,
}

/// Makes the switch by which a test brings one of a room's `Bug`s back on its own thread: `plant`,
/// `is_planted` and `is_noticed`.
#[macro_export]
macro_rules! planted_switch {
    ($bug:ty) => {
        std::thread_local! {
            static PLANTED: std::cell::Cell<Option<$bug>> = const { std::cell::Cell::new(None) };
        }

        /// Brings one bug back on this thread, or none.
        pub fn plant(bug: Option<$bug>) {
            PLANTED.set(bug);
        }

        /// Whether a bug is back on this thread.
        pub(crate) fn is_planted(bug: $bug) -> bool {
            PLANTED.get() == Some(bug)
        }

        /// Runs a test with a bug brought back: it must fail. Without the bug it is a test of its
        /// own.
        ///
        /// # Panics
        ///
        /// If the test passes: then nobody would have seen the bug.
        pub fn is_noticed(bug: $bug, test: fn()) {
            plant(Some(bug));
            let outcome = std::panic::catch_unwind(test);
            plant(None);
            assert!(outcome.is_err(), "{bug:?} went unseen");
        }
    };
}

crate::planted_switch!(Bug);
