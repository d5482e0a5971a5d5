//! Uid sniping: a worthless newcomer takes over the uid of the best miner and lives on what it was given.

use crate::network::{Income, Network, Rule, Turn};
use crate::over_seeds;

const STAKES: [u64; 8] = [1_000_000; 8];
const MINERS: usize = 24;
const BEST: usize = 0;
const BEFORE: usize = 20;
const AFTER: usize = 10;
/// Epochs between a commitment and its reveal in the delayed cases.
const DELAY: usize = 5;

#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    rule: Rule,
    /// Epochs between measuring and counting.
    delay: usize,
    /// Whether the arithmetic is told when weights were committed.
    commits_known: bool,
    /// Whether, as on the ledger, a row is void for a uid that came since it was committed to.
    bound: bool,
}

pub(crate) fn report() {
    println!("## Uid sniping\n");
    println!(
        "8 validators of equal stake, {MINERS} miners; after {BEFORE} epochs a worthless newcomer takes over the uid of the best miner,"
    );
    println!(
        "of quality 0.95. Figure: what the newcomer gets in the {AFTER} epochs after, in epochs' incomes of the miner before it."
    );
    println!(
        "What is measured is shown at once, or committed to and shown {DELAY} epochs later.\n"
    );
    println!("| rule | shown | newcomer's income |");
    println!("|---|---|---|");
    let subtensor = |name, delay, commits_known, bound| Case {
        name,
        rule: Rule::Yuma3Liquid,
        delay,
        commits_known,
        bound,
    };
    let ours = |name, delay| Case {
        name,
        rule: Rule::Evidence,
        delay,
        commits_known: false,
        bound: true,
    };
    for case in [
        subtensor("subtensor-425, Yuma 3 liquid", 0, false, false),
        subtensor(
            "subtensor-425, Yuma 3 liquid, commits unknown",
            DELAY,
            false,
            false,
        ),
        subtensor(
            "subtensor-425, Yuma 3 liquid, commits known",
            DELAY,
            true,
            false,
        ),
        subtensor("subtensor-425 as on the ledger", DELAY, false, true),
        ours("evidence-1 as on the ledger", 0),
        ours("evidence-1 as on the ledger", DELAY),
    ] {
        let shown = if case.delay == 0 {
            "at once".to_owned()
        } else {
            format!("{} epochs later", case.delay)
        };
        println!(
            "| {} | {shown} | {} |",
            case.name,
            over_seeds(|seed| sniped(case, seed))
        );
    }
    println!();
}

fn sniped(case: Case, seed: u64) -> f64 {
    let mut network = Network::new(case.rule, &STAKES, MINERS, seed);
    network.qualities[BEST] = 0.95;
    network.committed = case.commits_known.then_some(case.delay as u64);
    // Rows by epoch in which they were measured, the oldest first.
    let mut measured: Vec<Vec<Turn>> = Vec::new();
    let mut income = |network: &mut Network, epoch: usize| -> Income {
        measured.push(STAKES.iter().map(|_| network.honest()).collect());
        let shown = epoch.saturating_sub(case.delay);
        let mut turns = measured[shown].clone();
        if case.bound && shown < BEFORE && epoch >= BEFORE {
            for turn in &mut turns {
                if let Some(weights) = &mut turn.weights {
                    weights[BEST] = 0.0;
                }
            }
        }
        network.step(&turns)
    };
    let mut last = 0.0;
    for epoch in 0..BEFORE {
        last = income(&mut network, epoch).miners[BEST];
    }
    network.replace(BEST, 0.0);
    let gained: f64 = (BEFORE..BEFORE + AFTER)
        .map(|epoch| income(&mut network, epoch).miners[BEST])
        .sum();
    gained / last
}
