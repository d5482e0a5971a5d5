//! Time, memory and sizes of set-up, proof and check for models of well-known shapes.
//!
//! `cargo run --release -p lilliput-prover --example figures [lenet|mlp|mlp-268k|mlp-4m] [weights|none]` runs one
//! model in this process and prints the median of five, so that the peak memory is that model's. Weights and input are
//! hidden, or with `none` nothing is.

#![expect(clippy::print_stdout, reason = "it prints a table")]

#[path = "../tests/it/nets.rs"]
mod nets;

use lilliput_prover::setup::{Hiding, OPENINGS_DEFAULT};
use lilliput_prover::{ProvingKey, Request, prove, setup};
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
    let hiding = match std::env::args().nth(2).as_deref() {
        Some("none") => Hiding::None,
        _ => Hiding::Weights {
            seed: [1; 32],
            openings: OPENINGS_DEFAULT,
        },
    };
    let make = || setup(&model.graph, model.weights.clone(), &hiding).expect("keys are made");
    let (mut proving, mut key) = make();
    let set_up = median(|| (proving, key) = make());
    let rebuild = median(|| {
        let again = ProvingKey::rebuild(key.clone(), model.weights.clone(), &hiding);
        proving = again.expect("the same weights");
    });
    let mut request = Request::new(Context::OFFLINE, 0, &[7; 32]);
    request.hidden.inputs = hiding != Hiding::None;
    let key_bytes = key.encode();
    let mut proof = Vec::new();
    let proving_time = median(|| {
        let made = prove(&proving, &request, &model.inputs);
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
    println!("model {name}, {parameters} parameters, hiding {hiding:?}; CPU ms, median of {RUNS}");
    println!("set-up {set_up:.1}, rebuild {rebuild:.1}, prove {proving_time:.1}");
    println!("read key {read_key:.2}, verify {check:.2}");
    println!("key {} bytes, proof {} bytes", key_bytes.len(), proof.len());
    println!(
        "security {security:.1} bits, {} cost units",
        verify_cost_units(key.graph())
    );
    println!("peak memory {peak}");
}

/// CPU milliseconds. The kernel counts in steps of some milliseconds, so each sample repeats the work until a
/// hundred have passed.
fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = cpu_ms();
            let mut repetitions = 0.0;
            loop {
                work();
                repetitions += 1.0;
                let passed = cpu_ms() - start;
                if passed > 100.0 {
                    return passed / repetitions;
                }
            }
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

/// Milliseconds on a CPU of the only thread; of a clock where the kernel doesn't say.
fn cpu_ms() -> f64 {
    let schedule = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let on_cpu = schedule.split_whitespace().next().map(str::parse::<f64>);
    let Some(Ok(nanoseconds)) = on_cpu else {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        return since.as_secs_f64() * 1e3;
    };
    nanoseconds / 1e6
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.map_or_else(String::new, |line| line.replace("VmHWM:", "").trim().into())
}
