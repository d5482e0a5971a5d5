//! `lilliput tournament`: rounds of sealed predictions with stake on them.

mod back;
mod check;
mod data;
mod doubles;
mod enter;
mod list;
mod node;
mod open;
mod reveal;
mod round;
mod score;
mod show;
mod table;
mod targets;
mod vault;
mod withdraw;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

/// Prediction tournaments: seal predictions, stake on models, get scored by the ledger.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Open(open::Args),
    Round(round::Args),
    List(list::Args),
    Show(show::Args),
    Data(data::Args),
    Enter(enter::Args),
    Back(back::Args),
    Reveal(reveal::Args),
    Targets(targets::Args),
    Check(check::Args),
    Withdraw(withdraw::Args),
    Score(score::Args),
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Open(args) => open::run(args, session),
        Command::Round(args) => round::run(args, session),
        Command::List(args) => list::run(args),
        Command::Show(args) => show::run(args),
        Command::Data(args) => data::run(args),
        Command::Enter(args) => enter::run(args, session),
        Command::Back(args) => back::run(args, session),
        Command::Reveal(args) => reveal::run(args, session),
        Command::Targets(args) => targets::run(args, session),
        Command::Check(args) => check::run(args, session),
        Command::Withdraw(args) => withdraw::run(args, session),
        Command::Score(args) => score::run(args),
    }
}
