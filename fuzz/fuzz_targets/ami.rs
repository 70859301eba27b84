#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| surged_fuzz::ami(bytes));
