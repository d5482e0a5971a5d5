//! `lilliput prices contest`: sealed signals on a feed, accounts on paper, payouts.

mod act;
mod check;
mod list;
mod open;
mod show;
mod signal;

pub(super) use open::TermsArgs;
pub(super) use show::{account, decimal};

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

/// Contests: long, short or flat on a feed, within limits; who gains shares the pot.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Open(open::Args),
    List(list::Args),
    Show(show::Args),
    Enter(act::EnterArgs),
    Fund(act::FundArgs),
    Signal(signal::SignalArgs),
    Reveal(signal::RevealArgs),
    Check(check::Args),
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Open(args) => open::run(args, session),
        Command::List(args) => list::run(args),
        Command::Show(args) => show::run(args),
        Command::Enter(args) => act::enter(args, session),
        Command::Fund(args) => act::fund(args, session),
        Command::Signal(args) => signal::seal(args, session),
        Command::Reveal(args) => signal::reveal(args, session),
        Command::Check(args) => check::run(args, session),
    }
}
