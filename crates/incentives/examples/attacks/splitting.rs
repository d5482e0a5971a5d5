//! Stake splitting: one validator as several, each with a part of the stake and measurements of its own.

use crate::network::{Network, Rule, Turn, per_stake, run};
use crate::over_seeds;

const MINERS: usize = 24;
const STAKE: u64 = 1_000_000;
const OTHERS: usize = 5;

pub(crate) fn report() {
    println!("## Stake splitting\n");
    println!(
        "6 validators of equal stake, {MINERS} miners; one splits its stake over several uids that give the same weights,"
    );
    println!(
        "each audited by itself. Figure: its dividend per stake against the others', less that without a split.\n"
    );
    println!("| rule | 2 uids | 8 uids |");
    println!("|---|---|---|");
    for rule in Rule::ALL {
        println!(
            "| {} | {} | {} |",
            rule.name(),
            over_seeds(|seed| splitter(rule, 2, seed) - splitter(rule, 1, seed)),
            over_seeds(|seed| splitter(rule, 8, seed) - splitter(rule, 1, seed)),
        );
    }
    println!();
}

fn splitter(rule: Rule, parts: usize, seed: u64) -> f64 {
    let mut stakes = vec![STAKE; OTHERS];
    stakes.resize(OTHERS + parts, STAKE / parts as u64);
    let others: Vec<usize> = (0..OTHERS).collect();
    let own: Vec<usize> = (OTHERS..OTHERS + parts).collect();
    let mut network = Network::new(rule, &stakes, MINERS, seed);
    let income = run(&mut network, |network, _| {
        let mut turns: Vec<Turn> = others.iter().map(|_| network.honest()).collect();
        let same = network.honest();
        turns.resize(OTHERS + parts, same);
        turns
    });
    per_stake(&income.validators, &stakes, &own, &others)
}
