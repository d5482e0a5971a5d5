//! Time of one epoch under rule `subtensor-425`: `cargo bench -p lilliput-incentives --bench subtensor_epoch`.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use lilliput_incentives::subtensor::{EpochInput, IntegerRow, run_epoch};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

fn main() {
    let once = std::env::args().any(|argument| argument == "--test");
    for (uids, validators) in [(256, 64), (4_096, 64)] {
        let input = input(uids, validators);
        let runs = if once { 1 } else { 5 };
        let mut fastest = f64::MAX;
        for _ in 0..runs {
            let start = Instant::now();
            let output = black_box(run_epoch(black_box(&input)));
            assert!(output.is_ok());
            fastest = fastest.min(start.elapsed().as_secs_f64());
        }
        println!(
            "subtensor::epoch/uids={uids}/validators={validators}/yuma3-liquid: {:.1} ms (best of {runs})",
            fastest * 1e3
        );
    }
}

/// Noisy weights and bonds of every validator for every miner.
fn input(uids: u16, validators: u16) -> EpochInput {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let count = usize::from(uids);
    let mut matrix = || -> Vec<IntegerRow> {
        (0..uids)
            .map(|uid| {
                let miners = if uid < validators {
                    validators..uids
                } else {
                    0..0
                };
                miners.map(|miner| (miner, random.random())).collect()
            })
            .collect()
    };
    EpochInput {
        n: u64::from(uids),
        weights: matrix(),
        bonds: matrix(),
        stake: (0..u64::from(uids))
            .map(|uid| {
                if uid < u64::from(validators) {
                    1_000_000 + uid
                } else {
                    0
                }
            })
            .collect(),
        min_stake: 0,
        last_update: vec![99; count],
        block_at_registration: vec![0; count],
        current_block: 100,
        activity_cutoff: 5_000,
        tempo: 99,
        last_mech_step: 0,
        validator_permit: (0..uids).map(|uid| uid < validators).collect(),
        max_allowed_validators: validators,
        owner_uid: None,
        kappa: 32_767,
        bonds_penalty: 32_767,
        bonds_moving_average: 900_000,
        yuma3: true,
        liquid_alpha: true,
        alpha_low: 6_553,
        alpha_high: 58_982,
        alpha_sigmoid_steepness: 1_000,
        emission: 1_000_000_000,
        earliest_active_commit_block: None,
    }
}
