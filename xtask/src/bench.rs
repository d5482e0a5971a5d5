//! `cargo xtask bench`: the figures of the README, measured on whole processes.

mod measure;
mod prover;

use anyhow::Result;
use clap::Subcommand;

/// Figures, each the median of several runs.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Set-up, proof and check of the bundled models: CPU seconds, memory, sizes.
    Prover(prover::Args),
    /// Runs a command and prints what it used as JSON; the other benches call this.
    #[command(hide = true)]
    Measure(measure::Args),
}

pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.what {
        What::Prover(args) => prover::run(args),
        What::Measure(args) => measure::run(args),
    }
}
