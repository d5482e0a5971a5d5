//! What the check of a proof costs: `cargo bench -p lilliput-semaphore`.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use lilliput_semaphore::{Element, Group, Proof, verify};

const RUNS: usize = 200;

/// The median and the slowest of so many runs.
fn measure(name: &str, runs: usize, mut run: impl FnMut()) {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    let median = times[times.len() / 2].as_secs_f64() * 1e3;
    let slowest = times[times.len() - 1].as_secs_f64() * 1e3;
    println!("semaphore::{name}: median {median:.3} ms, slowest {slowest:.3} ms of {runs}");
}

fn main() {
    let runs = if std::env::args().any(|arg| arg == "--test") {
        1
    } else {
        RUNS
    };
    let text = include_str!("../../../specs/vectors/semaphore.json");
    let vectors: serde_json::Value = serde_json::from_str(text).expect("JSON");
    for place in [3, 15, 19, 31] {
        let json = vectors["proofs"][place]["proof"].to_string();
        let proof = Proof::from_json(json.as_bytes()).expect("the client's proof");
        let depth = proof.depth();
        let check = |proof: &Proof| verify(proof, &proof.scope(), &proof.root()).expect("it holds");
        let start = Instant::now();
        check(&proof);
        let first = start.elapsed().as_secs_f64() * 1e3;
        println!(
            "semaphore::verify/depth={depth}, first, with the key's preparation: {first:.3} ms"
        );
        measure(&format!("verify/depth={depth}"), runs, || {
            black_box(check(&proof));
        });
        measure(&format!("read_and_verify/depth={depth}"), runs, || {
            let proof = Proof::from_json(json.as_bytes()).expect("the client's proof");
            black_box(check(&proof));
        });
    }
    let mut group = Group::new();
    let leaf = |number: u16| {
        let mut bytes = [0; 32];
        bytes[30..].copy_from_slice(&number.to_be_bytes());
        Element::from_bytes(&bytes).expect("a small number")
    };
    for number in 0..1_024 {
        group.insert(leaf(number)).expect("room");
    }
    measure("update/members=1024", runs, || {
        group.update(517, leaf(1)).expect("a member");
    });
}
