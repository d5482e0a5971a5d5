//! Sybil miners: one model behind several uids.

use crate::network::{Network, Rule, Turn, run};
use crate::over_seeds;

const STAKES: [u64; 6] = [1_000_000; 6];
const MINERS: usize = 24;
const SLOTS: usize = 5;

pub(crate) fn report() {
    println!("## Sybil miners\n");
    println!(
        "6 validators, {MINERS} miners; one miner of quality 0.7 answers under several uids. Figure: its income against"
    );
    println!(
        "that of the same miner under one uid. With a scorer that gives equal answers to one uid only, the first"
    );
    println!("committed, the others get nothing.\n");
    println!("| rule | 2 uids | 5 uids | 5 uids, equal answers found |");
    println!("|---|---|---|---|");
    for rule in [Rule::Yuma3Liquid, Rule::Evidence] {
        let gain = |copies: usize, found: bool, seed: u64| {
            sybil(rule, copies, found, seed) / sybil(rule, 1, found, seed)
        };
        println!(
            "| {} | {} | {} | {} |",
            rule.name(),
            over_seeds(|seed| gain(2, false, seed)),
            over_seeds(|seed| gain(5, false, seed)),
            over_seeds(|seed| gain(5, true, seed)),
        );
    }
    println!();
}

/// The part of the miners' income that the first `copies` uids get.
fn sybil(rule: Rule, copies: usize, found: bool, seed: u64) -> f64 {
    let mut network = Network::new(rule, &STAKES, MINERS, seed);
    // The same other miners in every case: of the attacker's slots only some are used.
    network.qualities[..SLOTS].fill(0.0);
    network.qualities[..copies].fill(0.7);
    let income = run(&mut network, |network, _| {
        let turn = |network: &mut Network| {
            let mut turn: Turn = network.honest();
            if let Some(weights) = &mut turn.weights {
                let counted = if found { 1 } else { copies };
                weights[counted..SLOTS].fill(0.0);
            }
            turn
        };
        STAKES.iter().map(|_| turn(network)).collect()
    });
    let all: f64 = income.miners.iter().sum();
    income.miners[..copies].iter().sum::<f64>() / all
}
