//! Cases that fuzzers and seeded tests share: see `fuzz_targets` and `crates/prover/tests/it/fuzz.rs`.

mod cases;
mod graphs;
mod mutate;
#[path = "../../crates/prover/tests/it/nets.rs"]
#[allow(dead_code, reason = "the tests of the prover use more of it")]
mod nets;
#[path = "../../crates/prover/tests/it/soundness/parts.rs"]
#[allow(dead_code, reason = "the tests of the prover use more of it")]
mod parts;

/// A script that changes a key, or is one.
pub fn key(script: &[u8]) {
    let _ = cases::key(script);
}

/// A script that changes a proof, or is one.
pub fn proof(script: &[u8]) {
    let _ = cases::proof(script);
}

/// A script that changes a link, or is one.
pub fn link(script: &[u8]) {
    let _ = cases::link(script);
}

/// A script that makes up a graph.
pub fn graph(script: &[u8]) {
    let _ = graphs::graph(script);
}
