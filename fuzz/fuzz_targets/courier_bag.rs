//! Searches for bytes that break the promise of `courier_bag` in [`redphone_fuzz::TARGETS`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| redphone_fuzz::search("courier_bag", bytes));
