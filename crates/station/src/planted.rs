//! Bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch; `tests/hostile/planted.rs`, and those beside other tests, show that each bug is noticed.

/// A bug that this hub had, or that others shipped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// Acts of the peer count as they come: an older one undoes a newer one.
    ActsAsTheyCome,
    /// The age of keys is by the wall clock: a jump of it looks like an attack.
    AgeByWallClock,
    /// New keys of one direction make those of the other look new.
    AgeOfBothWays,
    /// Each case of a broken rule is an alarm of its own: memory and journal grow without end.
    AlarmPerCase,
    /// A text that names its readers is opened by any reader.
    ReadersUnasked,
    /// A file is taken for what is said of it: each side reads the agreed terms by another one.
    BookUnlikeItsDigest,
    /// What a peer asks for is done as often as he asks.
    BudgetWithoutEnd,
    /// A contact frame keeps its own size on a bearer with cover: a start shows.
    ContactUnpadded,
    /// What was sealed under keys that are void does not come back to the desk.
    DeadKeysForgotten,
    /// A second text under one serial is dropped: what the peer said is gone.
    FirstTextOnly,
    /// The form of a body selects its decoder, not the kind that is sealed.
    KindFromForm,
    /// What is dated in the future is dropped, as if clocks were right.
    FutureDropped,
    /// Keys of lines are in a backup: two who have it go on with them.
    LineKeysKept,
    /// A restored station numbers messages as if nothing had been sent since the backup.
    NumbersTakenAgain,
    /// A reel that is to be kept for a pairing goes into the refreshes of the line.
    ReelNotKept,
    /// A frame that comes again counts as news: a listener moves the bearer to himself.
    RepeatsAreNews,
    /// Every refused frame is written down: whoever reaches the bearer fills the disk.
    RefusedFramesNoted,
    /// A message of ours that answers asks is not heard at our own desk.
    OwnAnswerUnheard,
    /// Who silences the alarm is taken to have acknowledged what rang.
    SilenceAcknowledges,
    /// A plain statement that warns goes with whatever must be fixed in it.
    StatementUnchecked,
    /// What nobody signed is done all the same.
    UnsignedTaken,
    /// A signature that was used is taken again.
    SignatureTakenAgain,
    /// No tape key ever goes into a refresh of a two-way line.
    TapeUnused,
}

redphone_wire::planted_switch!(Bug);
