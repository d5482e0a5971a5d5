//! A cabal of validators that overstates one miner of its own.

use crate::network::{Network, Rule, Turn, per_stake, run};
use crate::over_seeds;

const MINERS: usize = 24;
/// The last miner is the cabal's.
const OWN: usize = MINERS - 1;
const OVERSTATED: f64 = 5.0;

/// How the cabal deals.
#[derive(Clone, Copy, PartialEq)]
enum Deal {
    /// Its miner of quality 0.7 gets what it's worth.
    Honest,
    /// The same miner gets five times that.
    Overstated,
    /// A miner without worth gets everything.
    Worthless,
}

pub(crate) fn report() {
    println!("## Cabal\n");
    println!(
        "10 validators, {MINERS} miners; some validators favour one miner of theirs. First: it's worth nothing and gets all"
    );
    println!(
        "their weight; figure: its part of the miners' income. Then: it's of quality 0.7 and they give it {OVERSTATED} times what it's"
    );
    println!(
        "worth; figures: its income against that without the overstatement, and the cabal's dividend per stake against an"
    );
    println!("honest validator's. A self-dealing owner is a cabal with the owner's stake.\n");
    println!(
        "| rule | stake of the cabal | worthless miner's part | overstated miner's income | cabal's dividends |"
    );
    println!("|---|---|---|---|---|");
    for rule in Rule::ALL {
        for percent in [20, 30, 40, 49, 51] {
            let gain = |seed| {
                cabal(rule, Deal::Overstated, percent, seed).0
                    / cabal(rule, Deal::Honest, percent, seed).0
            };
            println!(
                "| {} | {percent} % | {} | {} | {} |",
                rule.name(),
                over_seeds(|seed| cabal(rule, Deal::Worthless, percent, seed).0),
                over_seeds(gain),
                over_seeds(|seed| cabal(rule, Deal::Overstated, percent, seed).1),
            );
        }
    }
    println!();
}

/// The part of the miners' income that the cabal's miner gets, and the cabal's dividends per stake.
fn cabal(rule: Rule, deal: Deal, percent: u64, seed: u64) -> (f64, f64) {
    let ours: Vec<usize> = (0..5).collect();
    let others: Vec<usize> = (5..10).collect();
    let stakes: Vec<u64> = (0..10)
        .map(|uid| if uid < 5 { percent } else { 100 - percent } * 10_000)
        .collect();
    let mut network = Network::new(rule, &stakes, MINERS, seed);
    network.qualities[OWN] = if deal == Deal::Worthless { 0.0 } else { 0.7 };
    let income = run(&mut network, |network, _| {
        let mut turns: Vec<Turn> = ours.iter().map(|_| dealing(network, deal)).collect();
        turns.extend(others.iter().map(|_| network.honest()));
        turns
    });
    let all: f64 = income.miners.iter().sum();
    (
        income.miners[OWN] / all,
        per_stake(&income.validators, &stakes, &ours, &others),
    )
}

/// What re-execution of its miner's answers doesn't show isn't backed.
fn dealing(network: &mut Network, deal: Deal) -> Turn {
    let mut weights = network.measured();
    let all: f64 = weights.iter().sum();
    match deal {
        Deal::Honest => {}
        Deal::Overstated => weights[OWN] *= OVERSTATED,
        Deal::Worthless => {
            weights.fill(0.0);
            weights[OWN] = all;
        }
    }
    let sum: f64 = weights.iter().sum();
    let backed = if deal == Deal::Honest {
        1.0
    } else {
        1.0 - weights[OWN] / sum
    };
    Turn {
        weights: Some(weights),
        backed,
    }
}
