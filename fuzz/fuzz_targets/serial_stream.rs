//! Searches for bytes that break the promise of `serial_stream` in [`redphone_fuzz::TARGETS`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| redphone_fuzz::search("serial_stream", bytes));
