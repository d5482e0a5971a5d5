//! `lilliput prices feed`: prices by staked reporters.

mod act;
mod list;
mod open;
mod show;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

/// Feeds: the stake-weighted median of what reporters say, once a period.
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
    Stake(act::StakeArgs),
    Report(act::ReportArgs),
    Leave(act::LeaveArgs),
    Close(act::CloseArgs),
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Open(args) => open::run(args, session),
        Command::List(args) => list::run(args),
        Command::Show(args) => show::run(args),
        Command::Stake(args) => act::stake(args, session),
        Command::Report(args) => act::report(args, session),
        Command::Leave(args) => act::leave(args, session),
        Command::Close(args) => act::close(args, session),
    }
}
