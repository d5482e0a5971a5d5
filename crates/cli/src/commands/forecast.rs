//! `lilliput forecast`: the revenue model, what if, how sure, and why.

mod check;
mod file;
mod show;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;

/// The revenue of crypto-AI in 2030 by VanEck's study of February 2024, and your own scenarios of it.
///
/// Without a subcommand: the study's bear, base and bull scenarios, as printed there, with where each input comes from.
/// No investment advice.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(flatten)]
    show: show::Args,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Show(show::Args),
    Check(check::Args),
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.command {
        None => show::run(&args.show),
        Some(Command::Show(args)) => show::run(args),
        Some(Command::Check(args)) => check::run(args),
    }
}
