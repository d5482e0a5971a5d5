//! What the gate costs: time it adds, requests for a second of its CPU, memory. `cargo xtask bench gate` runs this
//! and writes the table; by itself it prints JSON.
//!
//! The gate runs in a process of its own, so that its CPU seconds and memory are its own. Site and visitors
//! are in this process: plain threads and plain sockets. nginx, where it is installed, stands before the same site.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench fails by panicking and prints its figures"
)]

mod load;
mod process;
mod site;

use std::path::Path;
use std::time::Instant;

use lilliput_gate::config::{Addresses, Limits};
use lilliput_gate::policy::Policy;
use lilliput_pass::{SpendKey, Store};
use serde_json::{Value, json};

use load::{Figures, Target};
use process::Process;

/// Requests one after another, for the time that is added.
const ALONE: usize = 20_000;
/// Connections at once, and seconds, for requests a CPU second.
const CONNECTIONS: usize = 16;
const SECONDS: u64 = 8;
/// Tokens that were spent and still count.
const TOKENS: u32 = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("serve") => serve(Path::new(&arguments[2]), &arguments[3]),
        // `cargo test --benches` only wants to know that it starts.
        Some("--test") => {}
        _ => println!("{:#}", measured()),
    }
}

/// A gate until its standard input ends.
fn serve(data: &Path, upstream: &str) {
    let running = lilliput_gate::start(lilliput_gate::Config {
        data: data.to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        admin: None,
        upstream: upstream.parse().unwrap(),
        policy: Policy::built_in(),
        policy_text: String::new(),
        trusted: Vec::new(),
        observe: false,
        addresses: Addresses::Network,
        secure: false,
        site: "a bench".to_owned(),
        store: None,
        secret: None,
        ledger: None,
        humans: None,
        agents: Vec::new(),
        local_agents: false,
        site_bears: 100_000,
        target_permille: 700,
        threads: 2,
        limits: Limits::default(),
    })
    .unwrap();
    println!("{}", running.address());
    let mut rest = String::new();
    // Ends when whoever started it closes its side.
    let _ = std::io::stdin().read_line(&mut rest);
}

fn measured() -> Value {
    let site = site::start();
    let folder = tempfile::TempDir::new().unwrap();
    let direct = Target::new(site, "");
    let mut rows = vec![row("the site alone", &direct, None)];
    if let Some(nginx) = process::nginx(folder.path(), site) {
        let target = Target::new(nginx.address, "");
        rows.push(row("nginx before it", &target, Some(&nginx)));
    }
    let data = folder.path().join("gate");
    let gate = process::gate(&data, site);
    let session = load::session(gate.address);
    let target = Target::new(gate.address, &session);
    rows.push(row(
        "the gate before it, with a session",
        &target,
        Some(&gate),
    ));
    let robots = Target {
        path: "/robots.txt",
        ..Target::new(gate.address, "")
    };
    rows.push(row("the gate before it, exempt path", &robots, Some(&gate)));
    let challenged = Target::new(gate.address, "Accept: */*\r\n");
    rows.push(row("a challenge (no session)", &challenged, Some(&gate)));
    drop(gate);
    json!({
        "connections": CONNECTIONS,
        "seconds": SECONDS,
        "alone": ALONE,
        "rows": rows,
        "memory": memory(folder.path(), site),
        "work_check_micros": work_check(),
        "semaphore_millis": semaphore(),
    })
}

fn row(name: &str, target: &Target, process: Option<&Process>) -> Value {
    eprintln!("{name} …");
    let alone = load::alone(target, ALONE);
    let before = process.map(Process::cpu_seconds);
    let many = load::many(target, CONNECTIONS, SECONDS);
    let used = process
        .zip(before)
        .map(|(process, before)| process.cpu_seconds() - before);
    json!({
        "name": name,
        "p50_micros": alone.quantile(0.5),
        "p99_micros": alone.quantile(0.99),
        "requests": many.count(),
        "requests_a_second": many.count() as f64 / SECONDS as f64,
        "cpu_seconds": used,
        "requests_a_cpu_second": used.map(|used| many.count() as f64 / used),
        "peak_kib": process.map(Process::peak_kib),
        "busy_p50_micros": Figures::quantile(&many, 0.5),
        "busy_p99_micros": Figures::quantile(&many, 0.99),
    })
}

/// Memory of a gate whose store holds that many spent tokens, after some traffic.
fn memory(folder: &Path, site: std::net::SocketAddr) -> Value {
    let data = folder.join("full");
    let store = Store::in_folder(&data.join("spent")).unwrap();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let mut waiting = Vec::new();
    for number in 0..TOKENS {
        let key = SpendKey::of(b"bench", &number.to_be_bytes());
        waiting.push(store.claim(key, b"", now + 86_400, now).unwrap());
        if waiting.len() == 1_000 {
            for claim in waiting.drain(..) {
                claim.wait().unwrap();
            }
        }
    }
    drop(store);
    let gate = process::gate(&data, site);
    let session = load::session(gate.address);
    load::alone(&Target::new(gate.address, &session), 5_000);
    load::many(&Target::new(gate.address, &session), 64, 2);
    json!({ "tokens": TOKENS, "peak_kib": gate.peak_kib() })
}

/// Checking one solution of 16 puzzles, in microseconds.
fn work_check() -> f64 {
    use lilliput_pass::{Class, Effort, Secrets, work};
    let secrets = Secrets::new(&[7; 32], None);
    let challenge = work::challenge(
        &secrets,
        Class(1),
        Effort::new(4_096, 16).unwrap(),
        1_000,
        600,
    )
    .unwrap();
    let solution = challenge.solve();
    let count = 20_000;
    let started = Instant::now();
    for _ in 0..count {
        work::check(
            &secrets,
            std::hint::black_box(challenge.text()),
            &solution,
            1_001,
        )
        .unwrap();
    }
    started.elapsed().as_secs_f64() * 1e6 / f64::from(count)
}

/// Checking a real proof of the public client, depth 16, in milliseconds: the median.
fn semaphore() -> f64 {
    use lilliput_semaphore::{Proof, verify};
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../specs/vectors/semaphore.json")).unwrap();
    let json = vectors["proofs"][15]["proof"].to_string();
    let proof = Proof::from_json(json.as_bytes()).unwrap();
    let mut all: Vec<f64> = (0..100)
        .map(|_| {
            let started = Instant::now();
            verify(std::hint::black_box(&proof), &proof.scope(), &proof.root()).unwrap();
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
