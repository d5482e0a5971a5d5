//! The cases of `fuzz/`, with scripts from a seed. `LILLIPUT_FUZZ_CASES` asks for more of them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::nets;
use crate::soundness::parts;

#[path = "../../../../fuzz/src/cases.rs"]
mod cases;
#[path = "../../../../fuzz/src/graphs.rs"]
mod graphs;
#[path = "../../../../fuzz/src/mutate.rs"]
mod mutate;

use cases::Outcome;

/// Cases of each kind when nothing else is asked for.
const CASES: u64 = 1500;

/// Longest that one case may take, on a busy machine.
const SLOWEST: Duration = Duration::from_secs(20);

/// Runs scripts, most of them up to a short length: a change or two that leave most of an encoding as it was.
#[expect(clippy::print_stdout, reason = "the counts are for people")]
fn run(name: &str, short: usize, case: fn(&[u8]) -> Outcome) -> BTreeMap<Outcome, u64> {
    let asked = std::env::var("LILLIPUT_FUZZ_CASES").ok();
    let asked: Option<u64> = asked.and_then(|asked| asked.parse().ok());
    // Graphs are proven, which takes ten times as long as a check.
    let cases = asked.unwrap_or(CASES) / if name == "graphs" { 10 } else { 1 };
    let mut outcomes = BTreeMap::new();
    let mut slowest = Duration::ZERO;
    // The encodings are made before time is taken.
    case(&[255]);
    for seed in 0..cases {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let length = match seed % 8 {
            0..5 => rng.random_range(2..short),
            5 | 6 => rng.random_range(short..4 * short),
            _ => rng.random_range(4 * short..32 * short),
        };
        let script: Vec<u8> = (0..length).map(|_| rng.random()).collect();
        let start = Instant::now();
        *outcomes.entry(case(&script)).or_default() += 1;
        slowest = slowest.max(start.elapsed());
    }
    println!("{name}: {cases} cases, {outcomes:?}, slowest {slowest:?}");
    assert!(slowest < SLOWEST, "{slowest:?}");
    outcomes
}

#[test]
fn changed_keys_are_refused_or_other_models_and_nothing_panics() {
    let outcomes = run("keys", 14, cases::key);
    assert!(outcomes.contains_key(&Outcome::Refused));
}

#[test]
fn changed_proofs_are_never_accepted_and_nothing_panics() {
    let outcomes = run("proofs", 14, cases::proof);
    assert!(outcomes.contains_key(&Outcome::Refused));
    assert!(outcomes.contains_key(&Outcome::Unreadable));
}

#[test]
fn changed_links_are_never_accepted_and_nothing_panics() {
    let outcomes = run("links", 14, cases::link);
    assert!(outcomes.contains_key(&Outcome::Refused));
}

#[test]
fn graphs_of_any_operators_are_refused_or_proven_and_nothing_panics() {
    let outcomes = run("graphs", 100, graphs::graph);
    assert!(outcomes.contains_key(&Outcome::Same));
}
