//! `lilliput eval`: evaluations of models, registered as what they are: attempts.

mod helm;
mod import;
mod list;
mod lm_eval;
mod number;
mod samples;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

/// Register what an evaluation harness found about a model, and show every attempt, not the best alone.
///
/// An attempt names the model's hash, harness and version, the data's hash, seeds, and the root of what was asked and answered.
/// Whoever registers it says that it was so; nobody takes it back. specs/evaluations.md has the formats.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Import(import::Args),
    List(list::Args),
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Import(args) => import::run(args, session),
        Command::List(args) => list::run(args),
    }
}
