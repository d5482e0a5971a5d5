//! Time, memory and sizes of set-up, proof and check for models of well-known shapes.
//!
//! `cargo run --release -p lilliput-prover --example figures [lenet|mlp|mlp-268k|mlp-4m]` runs one model in this process
//! and prints the median of five, so that the peak memory is that model's.

#![expect(clippy::print_stdout, reason = "it prints a table")]

#[path = "../tests/it/nets.rs"]
mod nets;

use std::time::Instant;

use lilliput_prover::{ProvingKey, prove, setup};
use lilliput_verifier::{Context, Proof, VerifyingKey, verify, verify_cost_units};

const RUNS: usize = 5;

fn main() {
    let name = std::env::args().nth(1).unwrap_or_else(|| "lenet".into());
    let model = match &name[..] {
        "mlp" => nets::mlp(1, &[784, 128, 10]),
        "mlp-268k" => nets::mlp(1, &[784, 256, 256, 10]),
        "mlp-4m" => nets::mlp(1, &[784, 2048, 1024, 512, 10]),
        _ => nets::lenet(1),
    };
    let parameters: usize = model.weights.0.iter().map(|w| w.values.len()).sum();
    let (mut proving, mut key) = setup(&model.graph, model.weights.clone()).expect("keys are made");
    let set_up = median(|| {
        (proving, key) = setup(&model.graph, model.weights.clone()).expect("keys are made");
    });
    let rebuild = median(|| {
        proving =
            ProvingKey::rebuild(key.clone(), model.weights.clone()).expect("the same weights");
    });
    let key_bytes = key.encode();
    let mut proof = Vec::new();
    let proving_time = median(|| {
        let made = prove(&proving, &Context::OFFLINE, [7; 32], &model.inputs);
        proof = made.expect("a proof is made").encode();
    });
    let peak = peak_memory();
    let read_key = median(|| key = VerifyingKey::decode(&key_bytes).expect("the key holds"));
    let mut security = 0.0;
    let check = median(|| {
        let proof = Proof::decode(&proof).expect("the proof is read");
        let verified = verify(&key, &Context::OFFLINE, &proof).expect("the proof holds");
        security = verified.security.bits;
    });
    println!("model {name}, {parameters} parameters; CPU ms, median of {RUNS}");
    println!("set-up {set_up:.1}, rebuild {rebuild:.1}, prove {proving_time:.1}");
    println!("read key {read_key:.2}, verify {check:.2}");
    println!("key {} bytes, proof {} bytes", key_bytes.len(), proof.len());
    println!(
        "security {security:.1} bits, {} cost units",
        verify_cost_units(key.graph())
    );
    println!("peak memory {peak}");
}

/// CPU milliseconds of all threads.
fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let (start, cpu) = (Instant::now(), cpu_ms());
            work();
            cpu_ms().zip(cpu).map_or_else(
                || start.elapsed().as_secs_f64() * 1e3,
                |(after, before)| after - before,
            )
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

/// Nanoseconds on a CPU of the only thread, where the kernel says so.
fn cpu_ms() -> Option<f64> {
    let line = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e6)
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.map_or_else(String::new, |line| line.replace("VmHWM:", "").trim().into())
}
