//! Searches for bytes that break the promise of `message_ref` in [`redphone_fuzz::TARGETS`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| redphone_fuzz::search("message_ref", bytes));
