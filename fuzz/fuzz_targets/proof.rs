//! Changed proofs.

#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| lilliput_fuzz::proof(script));
