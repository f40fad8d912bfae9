#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| redphone_fuzz::search("party_name", bytes));
