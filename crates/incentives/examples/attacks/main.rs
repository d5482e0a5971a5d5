//! Attacks on incentives, simulated over seeds; prints the tables of `docs/incentives-attacks.md`.
//!
//! `cargo run --release -p lilliput-incentives --example attacks`
#![expect(clippy::print_stdout, reason = "an example prints its figures")]

mod cabal;
mod copying;
mod network;
mod owner;
mod reveal;
mod sniping;
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
- **Sniping a uid** pays where weights that were given before the registration are shown after it and the arithmetic isn't
  told when they were committed. On the ledger they are committed and shown for a registration, under both rules, and end with
  it: nothing is left to snipe. A challenge still is a nuisance: whoever is challenged and stays burns the price, while the
  challenger is refunded and has lost a fee, the use of its money for two epochs, and a higher price the next time.
- **A self-dealing owner** with a subnet of its own, its own validator and its own miner, gets all that the emission gives its
  stake, where an honest validator shares with miners and owner: the more so the less anybody else is there. Nothing of the
  arithmetic stands against it, since evidence shows that a weight follows from answers, not that anybody needs them.
  It ties up a deposit and as much stake as it draws emission for. Revenue beside emission shows such a subnet; other people's
  money alone makes its share smaller.
- **Trading around a settling** pays where a subnet has a token: what an epoch's minted money buys moves the price at a known time, and
  whoever bought just before sells at the moved price. No sequence of trades alone gains anything.
";

fn main() {
    println!("{HEAD}");
    copying::report();
    cabal::report();
    reveal::report();
    splitting::report();
    sybil::report();
    sniping::report();
    owner::report();
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
