//! Changed keys.

#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| lilliput_fuzz::key(script));
