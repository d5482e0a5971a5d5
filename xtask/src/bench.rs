//! `cargo xtask bench`: what proofs and the gate cost, measured on whole processes.

mod ezkl;
mod gate;
mod machine;
mod measure;
mod networks;
mod ours;
mod plot;
mod prover;
mod python;
mod report;
mod runtime;
#[cfg(test)]
mod tests;
mod work;

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
    /// Set-up, proof and check of models: CPU seconds, memory, sizes; beside EZKL and onnxruntime.
    Prover(prover::Args),
    /// Time that the gate adds, requests for a CPU second, memory; beside nginx. Writes docs/gate-figures.md.
    Gate,
    /// Runs a command and prints what it used as JSON; the other benches call this.
    #[command(hide = true)]
    Measure(measure::Args),
}

pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.what {
        What::Prover(args) => prover::run(args),
        What::Gate => gate::run(),
        What::Measure(args) => measure::run(args),
    }
}
