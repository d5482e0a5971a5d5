//! A self-dealing owner: a subnet for the sake of its emission.

use crate::network::{Network, Rule, Turn, run};
use crate::over_seeds;

const VALIDATORS: usize = 8;
const MINERS: usize = 24;
/// The last miner is the owner's.
const OWN: usize = MINERS - 1;
const STAKE: u64 = 8_000_000;
/// The owner's part of an emission: 5898 of 65536.
const OWNER_PART: f64 = 5_898.0 / 65_536.0;

pub(crate) fn report() {
    println!("## Self-dealing owner\n");
    println!(
        "An owner opens a subnet, stakes in it as a validator and answers its own questions with a miner that is worth nothing to"
    );
    println!(
        "anybody else; its validator gives that miner all weight, and evidence for it, since it knows what it asks. Others have the"
    );
    println!(
        "rest of the subnet's stake, measure honestly, and find the miner worthless. A subnet's emission follows its stake, whatever"
    );
    println!(
        "it is good for. Figure: what the owner gets in all, per stake, against an honest validator of an honest subnet of"
    );
    println!(
        "{VALIDATORS} validators and {MINERS} miners. Its deposit and registrations aren't counted.\n"
    );
    println!("| rule | owner has 100 % of the stake | 60 % | 51 % | 40 % | 20 % |");
    println!("|---|---|---|---|---|---|");
    for rule in [Rule::Yuma3Liquid, Rule::Evidence] {
        let cells: Vec<String> = [100, 60, 51, 40, 20]
            .into_iter()
            .map(|percent| over_seeds(|seed| dealing(rule, percent, seed) / honest(rule, seed)))
            .collect();
        println!("| {} | {} |", rule.name(), cells.join(" | "));
    }
    println!();
}

/// What an honest validator of an honest subnet gets per stake.
fn honest(rule: Rule, seed: u64) -> f64 {
    let stakes = [STAKE / VALIDATORS as u64; VALIDATORS];
    let mut network = Network::new(rule, &stakes, MINERS, seed);
    let income = run(&mut network, |network, _| {
        stakes.iter().map(|_| network.honest()).collect()
    });
    (1.0 - OWNER_PART) * income.validators.iter().sum::<f64>() / STAKE as f64
}

/// What the owner gets per stake as owner, validator and miner.
fn dealing(rule: Rule, percent: u64, seed: u64) -> f64 {
    let own = STAKE / 100 * percent;
    let others = VALIDATORS - 1;
    let mut stakes = vec![own];
    if percent < 100 {
        stakes.resize(VALIDATORS, (STAKE - own) / others as u64);
    }
    let mut network = Network::new(rule, &stakes, MINERS, seed);
    network.qualities[OWN] = 0.0;
    let count = stakes.len();
    let income = run(&mut network, |network, _| {
        let mut weights = vec![0.0; MINERS];
        weights[OWN] = 1.0;
        let mut turns = vec![Turn {
            weights: Some(weights),
            backed: 1.0,
        }];
        turns.extend((1..count).map(|_| network.honest()));
        turns
    });
    let all: f64 = income.miners.iter().chain(&income.validators).sum();
    let earned = income.miners[OWN] + income.validators[0];
    // Where nothing is paid the owner gets nothing either.
    (OWNER_PART * all + (1.0 - OWNER_PART) * earned) / own as f64
}
