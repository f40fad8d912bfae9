//! The book of test texts: harmless, of our own making, every letter and digit used (rule TEST-5).

/// Pairs of texts, Latin and Cyrillic, each at most 120 letters.
pub const TEST_TEXTS: &[(&str, &str)] = &[(
    "Quiet foxes jump over 12 big wooden crates by the lazy river 3456",
    "Съешь ещё этих мягких французских булок 12, да выпей же чаю 3456",
)];
