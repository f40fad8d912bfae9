//! Searches for bytes that break the promise of `attachment_chunk` in [`redphone_fuzz::TARGETS`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| redphone_fuzz::search("attachment_chunk", bytes));
