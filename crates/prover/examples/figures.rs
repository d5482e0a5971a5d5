//! Time, memory and sizes of set-up, proof and check for models of well-known shapes.
//!
//! `cargo run --release -p lilliput-prover --example figures [lenet|mlp|mlp-268k|mlp-4m]` runs one model in this process
//! and prints the median of five, so that the peak memory is that model's.

#![expect(clippy::print_stdout, reason = "it prints a table")]

#[path = "../tests/it/nets.rs"]
mod nets;

use lilliput_prover::setup::OPENINGS_DEFAULT;
use lilliput_prover::{Hiding, ProvingKey, Request, prove, setup};
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
    let hiding = Hiding::Weights {
        seed: [5; 32],
        openings: OPENINGS_DEFAULT,
    };
    let parameters: usize = model.weights.0.iter().map(|w| w.values.len()).sum();
    let make = || setup(&model.graph, model.weights.clone(), &hiding).expect("keys are made");
    let (mut proving, mut key) = make();
    let set_up = median(|| (proving, key) = make());
    let file = std::env::temp_dir().join(format!("lilliput-figures-{}", std::process::id()));
    proving.write_code_file(&file).expect("a file is written");
    let code_bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
    let open = median(|| {
        let (key, weights) = (key.clone(), model.weights.clone());
        let opened = ProvingKey::with_code_file(key, weights, &hiding, &file);
        proving = opened.expect("the same weights");
    });
    let key_bytes = key.encode();
    let mut proof = Vec::new();
    // One opening again and again: nobody sees these proofs, and all are the same.
    let request = Request::new(Context::OFFLINE, 0, &[7; 32]);
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
    // A file that stays in the temporary folder harms nobody.
    let _ = std::fs::remove_file(&file);
    println!("model {name}, {parameters} parameters; CPU ms, median of {RUNS}");
    println!("set-up {set_up:.1}, open {open:.1}, prove {proving_time:.1}");
    println!("read key {read_key:.2}, verify {check:.2}");
    println!("key {} bytes, proof {} bytes", key_bytes.len(), proof.len());
    println!("encoded weights {code_bytes} bytes");
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
