//! Rule `subtensor-425` on inputs that nobody means well with: an answer or an error, never a panic.

use lilliput_incentives::subtensor::{EpochInput, IntegerRow, run_epoch};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

const INPUTS: u64 = 3_000;

/// Often a bound of the type, else anything.
fn extreme(random: &mut ChaCha8Rng) -> u64 {
    match random.random_range(0..6) {
        0 => 0,
        1 => u64::MAX,
        2 => i64::MAX as u64,
        3 => random.random_range(0..100),
        _ => random.random(),
    }
}

fn word(random: &mut ChaCha8Rng) -> u16 {
    match random.random_range(0..4) {
        0 => 0,
        1 => u16::MAX,
        _ => random.random(),
    }
}

fn rows(random: &mut ChaCha8Rng, uids: usize) -> Vec<IntegerRow> {
    (0..uids)
        .map(|_| {
            let length = random.random_range(0..=2 * uids);
            (0..length)
                .map(|_| (random.random_range(0..=uids as u16), word(random)))
                .collect()
        })
        .collect()
}

fn input(seed: u64) -> EpochInput {
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    let uids = random.random_range(0..9);
    let blocks = |random: &mut ChaCha8Rng| (0..uids).map(|_| extreme(random)).collect::<Vec<u64>>();
    let large = random.random_bool(0.2);
    EpochInput {
        n: uids as u64,
        stake: (0..uids)
            .map(|_| {
                if large {
                    extreme(random)
                } else {
                    random.random_range(0..1 << 56)
                }
            })
            .collect(),
        min_stake: random.random_range(0..10),
        weights: rows(random, uids),
        bonds: rows(random, uids),
        last_update: blocks(random),
        block_at_registration: blocks(random),
        current_block: extreme(random),
        activity_cutoff: extreme(random),
        tempo: extreme(random),
        last_mech_step: extreme(random),
        validator_permit: (0..uids).map(|_| random.random()).collect(),
        max_allowed_validators: word(random),
        owner_uid: random
            .random_bool(0.5)
            .then(|| random.random_range(0..=uids as u16)),
        kappa: word(random),
        bonds_penalty: word(random),
        bonds_moving_average: extreme(random) >> random.random_range(0..64),
        yuma3: random.random(),
        liquid_alpha: random.random(),
        alpha_low: word(random),
        alpha_high: word(random),
        alpha_sigmoid_steepness: word(random) as i16,
        emission: extreme(random),
        earliest_active_commit_block: random
            .random_bool(0.3)
            .then(|| blocks(random).into_iter().map(Some).collect()),
    }
}

#[test]
fn hostile_epochs_give_an_answer_or_an_error() {
    let (mut answers, mut errors) = (0, 0);
    for seed in 0..INPUTS {
        let input = input(seed);
        match run_epoch(&input) {
            Ok(output) => {
                assert_eq!(output.emission.len(), input.stake.len(), "seed {seed}");
                answers += 1;
            }
            Err(_) => errors += 1,
        }
    }
    assert!(
        answers > INPUTS / 2 && errors > INPUTS / 20,
        "{answers} {errors}"
    );
}

#[test]
fn lists_of_other_lengths_are_refused() {
    let good = (0..)
        .map(input)
        .find(|input| input.stake.len() == 5 && run_epoch(input).is_ok());
    let good = good.expect("a seed with a valid input");
    let broken: [fn(&mut EpochInput); 6] = [
        |input| input.n = 6,
        |input| input.weights.push(Vec::new()),
        |input| input.bonds.clear(),
        |input| input.last_update.push(1),
        |input| input.validator_permit.clear(),
        |input| input.earliest_active_commit_block = Some(vec![None]),
    ];
    for damage in broken {
        let mut input = good.clone();
        damage(&mut input);
        assert!(run_epoch(&input).is_err());
    }
}
