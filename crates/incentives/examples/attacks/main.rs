//! Attacks on incentives, simulated over seeds; prints the tables of `docs/incentives-attacks.md`.
//!
//! `cargo run --release -p lilliput-incentives --example attacks`
#![expect(clippy::print_stdout, reason = "an example prints its figures")]

mod cabal;
mod copying;
mod network;
mod reveal;
mod splitting;
mod sybil;
mod tournament;

/// Every figure is the mean over so many seeds, with the lowest and highest of them.
const SEEDS: u64 = 20;

const HEAD: &str = "\
# Attacks on incentives, simulated

Printed by `cargo run --release -p lilliput-incentives --example attacks > docs/incentives-attacks.md`.

Every figure is the mean over 20 seeds, with the lowest and highest in brackets, of 40 epochs after 10 uncounted
ones. A miner's quality is drawn from 0.3 to 1, a validator measures it with error 0.05, weights are the fourth power.
Under `evidence-1` a validator passes 8 audits an epoch or has no vote and no dividend; an audit draws an entry of its row
by weight and fails if its own transcripts don't back it. Slashing comes on top and isn't counted.
";

const TAIL: &str = "\
## Where an attack still pays

- **Copying** pays under both subtensor rules while quality is stable, delay or not, and would under ours without audits: the
  copied mean is better than one's own measurement. Audits end it: a copier without transcripts gets nothing, one that measures
  95 % of its row a third. Who measures 99 % loses about a fifth; whether an honest validator loses as much by mistakes
  depends on how exact re-execution is, so scorers must be deterministic.
- **A majority** of the stake rules every subnet whose answers can't be re-executed. Where they can, audits take its vote.
- **Overstating** an ordinary miner moves it to the upper edge of what honest validators measured, under every rule; audits make the
  cabal pay with its dividends.
- **Sybil miners** with the same answers earn per uid. Only a scorer that finds equal answers, and the price of a
  registration, stand against it; different models of one owner are legitimate and can't be told apart.
- **A leaked prediction** is as good as its original until it is found. Seals and commit times are the defence, not the score.
- **Sniping a uid** has no arithmetic: weights and bonds are bound to the registration, and the ledger drops both with it.
";

fn main() {
    println!("{HEAD}");
    copying::report();
    cabal::report();
    reveal::report();
    splitting::report();
    sybil::report();
    tournament::report();
    print!("{TAIL}");
}

/// `mean (lowest to highest)` of a figure per seed.
fn over_seeds(figure: impl Fn(u64) -> f64) -> String {
    let figures: Vec<f64> = (0..SEEDS).map(figure).collect();
    let mean = figures.iter().sum::<f64>() / figures.len() as f64;
    let lowest = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{mean:.3} ({lowest:.3} to {highest:.3})")
}
