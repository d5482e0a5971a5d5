//! Plagiarism and split stakes in a tournament.

use lilliput_incentives::tournament::{Claim, Entrant, FULL, PayoutTerms, Round, settle};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::over_seeds;

const ROWS: usize = 1_000;
const ENTRANTS: usize = 30;
const ROUNDS: u64 = 10;
const STAKE: u64 = 1_000_000_000;

/// What the last entrants are.
#[derive(Clone, Copy)]
enum Attack {
    None,
    /// The best entrant's prediction, with noise of this size relative to it.
    Copy(f64),
    /// The best entrant in five parts.
    Split,
}

pub(crate) fn report() {
    println!("## Plagiarised predictions and split stakes in a tournament\n");
    println!(
        "{ENTRANTS} entrants of equal stake with models of different skill, {ROWS} rows, {ROUNDS} rounds. Figure: payout in"
    );
    println!("percent of stake a round. A copy can only be made where sealed predictions leak.\n");
    println!("| case | best entrant | attacker |");
    println!("|---|---|---|");
    let cases = [
        ("no attack", Attack::None),
        ("exact copy, not found", Attack::Copy(0.0)),
        ("copy with 10 % noise", Attack::Copy(0.1)),
        ("copy with 50 % noise", Attack::Copy(0.5)),
        ("best entrant split in five", Attack::Split),
    ];
    for (name, attack) in cases {
        println!(
            "| {name} | {} | {} |",
            over_seeds(|seed| payouts(attack, seed).0),
            over_seeds(|seed| payouts(attack, seed).1),
        );
    }
    println!();
}

/// Per cent of stake a round: the best entrant, and the attacker (or the best entrant's parts together).
fn payouts(attack: Attack, seed: u64) -> (f64, f64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut best, mut attacker) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        let truth: Vec<f64> = (0..ROWS).map(|_| random.random_range(-1.0..1.0)).collect();
        let mut predictions: Vec<Vec<f64>> = (0..ENTRANTS)
            .map(|entrant| {
                let skill = 0.03 * (ENTRANTS - entrant) as f64 / ENTRANTS as f64;
                noisy(&truth, skill, 1.0, &mut random)
            })
            .collect();
        let mut stakes = vec![STAKE; ENTRANTS];
        match attack {
            Attack::None => {}
            Attack::Copy(noise) => {
                predictions.push(noisy(&predictions[0], 1.0, noise, &mut random));
                stakes.push(STAKE);
            }
            Attack::Split => {
                stakes[0] = STAKE / 5;
                predictions.extend(vec![predictions[0].clone(); 4]);
                stakes.resize(ENTRANTS + 4, STAKE / 5);
            }
        }
        let net = settled(&truth, &predictions, &stakes);
        best += net[0] / stakes[0] as f64;
        let (earned, staked) = match attack {
            Attack::None => (0.0, 1.0),
            Attack::Copy(_) => (net[ENTRANTS], STAKE as f64),
            Attack::Split => (net[0] + net[ENTRANTS..].iter().sum::<f64>(), STAKE as f64),
        };
        attacker += earned / staked;
    }
    (
        100.0 * best / ROUNDS as f64,
        100.0 * attacker / ROUNDS as f64,
    )
}

fn noisy(signal: &[f64], part: f64, noise: f64, random: &mut ChaCha8Rng) -> Vec<f64> {
    signal
        .iter()
        .map(|cell| part * cell + noise * random.random_range(-1.0..1.0))
        .collect()
}

fn settled(truth: &[f64], predictions: &[Vec<f64>], stakes: &[u64]) -> Vec<f64> {
    let level = |cell: &f64| ((cell + 1.0) * 2.5).clamp(0.0, 4.0) as u32 * (FULL / 4);
    let word = |cell: &f64| Some(((cell + 3.0) / 6.0 * f64::from(u32::MAX)) as u32);
    let entrants: Vec<Entrant> = predictions
        .iter()
        .zip(stakes)
        .map(|(prediction, &stake)| Entrant {
            stake,
            prediction: prediction.iter().map(word).collect(),
        })
        .collect();
    let scores = Round::new(truth.iter().map(level).collect(), Vec::new())
        .and_then(|round| round.score(&entrants))
        .map(|scores| scores.scores)
        .unwrap_or_default();
    let terms = PayoutTerms::default();
    let claims: Vec<Claim> = scores
        .iter()
        .zip(stakes)
        .map(|(score, &stake)| Claim {
            stake,
            rate: terms.rate(score.correlation, score.contribution),
        })
        .collect();
    // A subsidy large enough that winners are paid in full: the figures show the rule, not the pot.
    let Some(settlement) = settle(&claims, STAKE * 10) else {
        return Vec::new();
    };
    let net = settlement.won.iter().zip(&settlement.lost);
    net.map(|(&won, &lost)| won as f64 - lost as f64).collect()
}
