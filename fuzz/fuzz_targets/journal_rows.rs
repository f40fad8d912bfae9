//! Searches for bytes that break the promise of `journal_rows` in [`redphone_fuzz::TARGETS`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| redphone_fuzz::search("journal_rows", bytes));
