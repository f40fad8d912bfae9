//! Searches for bytes that break the promise of `coded` in [`redphone_fuzz::TARGETS`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| redphone_fuzz::search("coded", bytes));
