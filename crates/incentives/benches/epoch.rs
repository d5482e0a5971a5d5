//! Time of one epoch under the default rule: `cargo bench -p lilliput-incentives --bench epoch`.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use lilliput_incentives::epoch::{EpochRule, Evidence, Participant, run_epoch};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

fn main() {
    let once = std::env::args().any(|argument| argument == "--test");
    for (uids, validators) in [(256, 64), (4_096, 64)] {
        let participants = participants(uids, validators);
        let rule = EpochRule::default();
        let runs = if once { 1 } else { 5 };
        let mut fastest = f64::MAX;
        for _ in 0..runs {
            let start = Instant::now();
            let outcome = black_box(run_epoch(black_box(&participants), &rule, 1_000_000_000));
            assert!(outcome.is_ok());
            fastest = fastest.min(start.elapsed().as_secs_f64());
        }
        println!(
            "epoch::evidence-1/uids={uids}/validators={validators}/liquid: {:.1} ms (best of {runs})",
            fastest * 1e3
        );
    }
}

/// Noisy weights and bonds of every validator for every miner.
fn participants(uids: u16, validators: u16) -> Vec<Participant> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    (0..uids)
        .map(|uid| {
            let miners = if uid < validators {
                validators..uids
            } else {
                0..0
            };
            Participant {
                stake: if uid < validators { 1_000_000 } else { 0 },
                evidence: Evidence {
                    passed: 8,
                    failed: 0,
                },
                weights: miners
                    .clone()
                    .map(|miner| (miner, random.random_range(1..=u16::MAX)))
                    .collect(),
                bonds: miners
                    .map(|miner| (miner, random.random_range(1..1 << 22)))
                    .collect(),
            }
        })
        .collect()
}
