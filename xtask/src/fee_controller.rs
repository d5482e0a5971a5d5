//! `cargo xtask fee-controller`: floods with given budgets against the fee controller, in virtual time; writes
//! docs/fee-controller.md and its picture.

mod picture;
mod study;
mod text;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Floods with given budgets against the fee controller; writes docs/fee-controller.md and its picture.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many seeds each flood is run with.
    #[arg(long, default_value_t = 9)]
    seeds: u64,
}

pub(crate) fn run(args: &Args, root: &Path) -> Result<()> {
    let study = study::run(args.seeds.max(1))?;
    let written = [
        ("docs/fee-controller.md", text::document(&study)),
        ("docs/figures/fee-controller.svg", picture::svg(&study)?),
    ];
    for (name, text) in written {
        fs::write(root.join(name), text).with_context(|| format!("failed to write {name}"))?;
    }
    Ok(())
}
