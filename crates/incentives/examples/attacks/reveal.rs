//! Selective reveal: a validator that shows its committed weights only where that pays.

use crate::network::{Network, Rule, Turn, per_stake, run};
use crate::over_seeds;

const STAKES: [u64; 8] = [1_000_000; 8];
const MINERS: usize = 24;

pub(crate) fn report() {
    println!("## Selective reveal\n");
    println!(
        "8 validators of equal stake, {MINERS} miners, drift 0.1 an epoch. One sees the others' reveals, tries its own"
    );
    println!(
        "epoch with and without its reveal, and takes the better. Without, subtensor's rules keep its old weights; ours"
    );
    println!(
        "gives it none. Figure: its dividend per stake against an honest validator's. Penalties not counted.\n"
    );
    println!("| rule | dividend per stake | reveals withheld |");
    println!("|---|---|---|");
    for rule in Rule::ALL {
        println!(
            "| {} | {} | {} |",
            rule.name(),
            over_seeds(|seed| chooser(rule, seed).0),
            over_seeds(|seed| chooser(rule, seed).1),
        );
    }
    println!();
}

fn chooser(rule: Rule, seed: u64) -> (f64, f64) {
    let mut network = Network::new(rule, &STAKES, MINERS, seed);
    let (mut withheld, mut epochs) = (0.0, 0.0);
    let income = run(&mut network, |network, _| {
        network.drift(0.1);
        let mut shown: Vec<Turn> = STAKES.iter().map(|_| network.honest()).collect();
        let mut kept_back = shown.clone();
        kept_back[0].weights = None;
        let gain = |turns: &[Turn]| network.clone().step(turns).validators[0];
        epochs += 1.0;
        if gain(&kept_back) > gain(&shown) {
            withheld += 1.0;
            shown = kept_back;
        }
        shown
    });
    let others: Vec<usize> = (1..STAKES.len()).collect();
    (
        per_stake(&income.validators, &STAKES, &[0], &others),
        withheld / epochs,
    )
}
