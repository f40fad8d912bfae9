//! Searches for bytes that break the promise of `http_body` in [`redphone_fuzz::TARGETS`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| redphone_fuzz::search("http_body", bytes));
