//! Keys around graphs that a script makes up.

#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| lilliput_fuzz::graph(script));
