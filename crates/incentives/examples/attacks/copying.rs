//! Weight copying: a validator that measures nothing and repeats what the others gave before.

use crate::network::{Network, Rule, Turn, per_stake, run};
use crate::over_seeds;

const STAKES: [u64; 8] = [1_000_000; 8];
const MINERS: usize = 24;
const COPIER: usize = 7;
const HONEST: [usize; 7] = [0, 1, 2, 3, 4, 5, 6];

pub(crate) fn report() {
    println!("## Weight copying\n");
    println!(
        "8 validators of equal stake, {MINERS} miners; one copies the others' mean weights, known after the delay."
    );
    println!("Figure: the copier's dividend per stake against an honest validator's.\n");
    println!(
        "| rule | row backed by own transcripts | stable quality, delay 1 | drift 0.1 an epoch, delay 5 |"
    );
    println!("|---|---|---|---|");
    for rule in Rule::ALL {
        let parts: &[f64] = match rule {
            Rule::Evidence => &[0.0, 0.5, 0.9, 0.95, 0.99],
            _ => &[0.0],
        };
        for &backed in parts {
            println!(
                "| {} | {:.0} % | {} | {} |",
                rule.name(),
                backed * 100.0,
                over_seeds(|seed| copier(rule, backed, 0.0, 1, seed)),
                over_seeds(|seed| copier(rule, backed, 0.1, 5, seed)),
            );
        }
    }
    println!();
}

fn copier(rule: Rule, backed: f64, drift: f64, delay: usize, seed: u64) -> f64 {
    let mut network = Network::new(rule, &STAKES, MINERS, seed);
    let mut published: Vec<Vec<f64>> = Vec::new();
    let income = run(&mut network, |network, epoch| {
        network.drift(drift);
        let mut turns: Vec<Turn> = HONEST.iter().map(|_| network.honest()).collect();
        let shown = epoch
            .checked_sub(delay)
            .map(|known| published[known].clone());
        published.push(mean(&turns));
        turns.push(Turn {
            weights: shown.or_else(|| Some(network.measured())),
            backed,
        });
        turns
    });
    per_stake(&income.validators, &STAKES, &[COPIER], &HONEST)
}

fn mean(turns: &[Turn]) -> Vec<f64> {
    let mut mean = vec![0.0; MINERS];
    for weights in turns.iter().filter_map(|turn| turn.weights.as_ref()) {
        let sum: f64 = weights.iter().sum();
        for (cell, weight) in mean.iter_mut().zip(weights) {
            *cell += weight / sum;
        }
    }
    mean
}
