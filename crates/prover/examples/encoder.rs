//! Where the time of a transformer's proof goes: set-up, run, proof, check.
//!
//! `cargo run --release -p lilliput-prover --example encoder [block|minilm-text|minilm-1|minilm|mlp-4m|mlp-268k|lenet] [RUNS]`.
//! CPU milliseconds of all threads, the fastest run; the peak of memory is that of proving alone where the kernel
//! can start counting anew. With `--wait SECONDS` a pause before proving lets a profiler attach.

#![expect(clippy::print_stdout, reason = "it prints figures")]

#[path = "../tests/it/nets.rs"]
mod nets;
#[path = "../tests/it/transformers.rs"]
mod transformers;

use lilliput_graph::execute;
use lilliput_prover::setup::Hiding;
use lilliput_prover::{ProvingKey, Request, prove, setup};
use lilliput_verifier::{Context, verify};
use transformers::Sizes;

/// One layer for 16 tokens.
const BLOCK: Sizes = Sizes {
    layers: 1,
    tokens: 16,
    width: 64,
    heads: 4,
    hidden: 256,
    vocabulary: 0,
    table_bits: 12,
};

/// The sizes of all-MiniLM-L6, for 32 tokens.
const MINILM: Sizes = Sizes {
    layers: 6,
    tokens: 32,
    width: 384,
    heads: 12,
    hidden: 1536,
    vocabulary: 30_522,
    table_bits: 16,
};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "block".into());
    let runs = arguments.next().and_then(|runs| runs.parse().ok());
    let wait = arguments.next_back().and_then(|wait| wait.parse().ok());
    let model = match &name[..] {
        "lenet" => nets::lenet(1),
        "mlp-268k" => nets::mlp(1, &[784, 256, 256, 10]),
        "mlp-4m" => nets::mlp(1, &[784, 2048, 1024, 512, 10]),
        "minilm" => transformers::encoder(1, &MINILM),
        "minilm-text" => {
            let sizes = Sizes {
                vocabulary: 0,
                ..MINILM
            };
            transformers::encoder(1, &sizes)
        }
        "minilm-1" => {
            let sizes = Sizes {
                layers: 1,
                vocabulary: 4096,
                ..MINILM
            };
            transformers::encoder(1, &sizes)
        }
        _ => transformers::encoder(1, &BLOCK),
    };
    let parameters: usize = model.weights.0.iter().map(|w| w.values.len()).sum();
    let hiding = Hiding::Weights {
        seed: [1; 32],
        openings: 128,
    };
    let start = cpu_ms();
    let (own, key) = setup(&model.graph, model.weights.clone(), &hiding).expect("keys are made");
    let set_up = cpu_ms() - start;
    let path = std::env::temp_dir().join(format!("lilliput-encoder-{}", std::process::id()));
    own.write_code_file(&path).expect("the file is written");
    drop(own);
    let proving = ProvingKey::with_code_file(key.clone(), model.weights.clone(), &hiding, &path)
        .expect("the same weights");
    let _ = std::fs::remove_file(&path);
    let runs: usize = runs.unwrap_or(5);
    let layout = key.layout();
    let lookups = layout.witness.as_ref().map_or(0, |w| w.lookups.lookups());
    println!("model {name}: {parameters} parameters, {lookups} lookups; CPU ms");
    println!("set-up {set_up:.1}");
    std::thread::sleep(std::time::Duration::from_secs(wait.unwrap_or(0)));
    let run = fastest(runs, || {
        execute(&model.graph, &model.weights, &model.inputs).map(|_| ())
    });
    println!("run {run:.1}");
    // Starts the peak anew; where that isn't allowed, it is the process's.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS:");
    let (mut proof, mut opening) = (None, 0);
    let proving_time = fastest(runs, || {
        proof = None;
        opening += 1;
        let request = Request::new(Context::OFFLINE, opening % 128, &[7; 32]);
        proof = Some(prove(&proving, &request, &model.inputs));
    });
    let peak = memory("VmHWM:");
    let proof = proof.expect("it ran").expect("a proof is made");
    let check = fastest(runs, || {
        verify(&key, &Context::OFFLINE, &proof).expect("the proof holds")
    });
    println!("prove {proving_time:.1}, check {check:.1}");
    println!("memory before {before}, peak {peak}");
    println!("proof {} bytes", proof.encode().len());
}

fn fastest<O>(runs: usize, mut work: impl FnMut() -> O) -> f64 {
    let times = (0..runs).map(|_| {
        let start = cpu_ms();
        std::hint::black_box(work());
        cpu_ms() - start
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Milliseconds on a CPU of all threads.
fn cpu_ms() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let nanoseconds: f64 = tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split_whitespace().next()?.parse::<f64>().ok())
        .sum();
    nanoseconds / 1e6
}

fn memory(field: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(field));
    line.map_or_else(String::new, |line| line.replace(field, "").trim().into())
}
