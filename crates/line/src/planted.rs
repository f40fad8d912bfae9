//! Bugs that a build for tests can bring back: a test that cannot fail proves nothing.
//!
//! Compiled only with the feature `planted-bugs`, which no station is ever built with. Owns the
//! switch. The twins stand beside the tests that must notice, and their names begin with `planted`.

/// A bug of carriage that this line had, or that others shipped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// Each contact frame of a peer that does not know us is answered: a recording makes us send
    /// for ever.
    ContactsWithoutEnd,
    /// A contact frame expects no answer: a jammed bearer stays up until a message is lost on it.
    ContactExpectsNothing,
    /// What is opened is not known when it comes again.
    CopiesOpened,
    /// A copy by another bearer is not noted.
    CopiesUnnoted,
    /// A bearer with cover is silent when there is nothing to say.
    CoverStops,
    /// FLASH waits for its turn like ROUTINE.
    FlashWaits,
    /// An envelope ahead of a gap makes everything before it count as opened.
    GapForgotten,
    /// Groups of symbols are kept without bound.
    GroupsWithoutEnd,
    /// Frames of an attachment are as long as the bearer allows.
    LongFrames,
    /// Symbols of two marks are put together.
    MarksMixed,
    /// An envelope goes by one bearer alone.
    OneBearer,
    /// A one-way line makes no room for what is newer.
    OneWayFull,
    /// More symbols go out than an envelope needs.
    QuotaForgotten,
    /// Frames are handed over faster than the bearer carries.
    RateForgotten,
    /// A copy of what is opened makes no receipt due.
    ReceiptOnce,
    /// What is receipted is not let go, and counts as receipted again.
    ReceiptTwice,
    /// Nothing is repeated.
    SentOnce,
    /// A bearer that gets no answer is not probed but sent everything again and again.
    SilenceShouted,
    /// Frames stay as long as configured while the path drops them.
    SizeKept,
    /// After a break or a restart an envelope begins again with its first symbol.
    SymbolsFromTheFirst,
    /// A contact frame that is to be repeated rarely stays so when traffic begins to wait for it.
    TrafficWaitsForRareContact,
    /// Symbols that made an envelope which does not open are kept.
    UnopenableKept,
    /// The first frame heard after a silence wakes nothing.
    WakeForgotten,
}

redphone_wire::planted_switch!(Bug);
