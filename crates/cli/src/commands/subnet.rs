//! `lilliput subnet`: recompute what a subnet pays, and the scores it pays by.

mod economics;
mod epoch;
mod prices;
mod ratings;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;

/// Recompute what a subnet pays, from files anyone can have: no network needed.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Epoch(epoch::Args),
    Economics(economics::Args),
    Prices(prices::Args),
    Ratings(ratings::Args),
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.command {
        Command::Epoch(args) => epoch::run(args),
        Command::Economics(args) => economics::run(args),
        Command::Prices(args) => prices::run(args),
        Command::Ratings(args) => ratings::run(args),
    }
}
