//! `lilliput prices`: feeds of reported prices, and contests of signals on them.

mod contest;
mod decimal;
mod feed;
mod node;
mod replay;
mod series;
mod signals;
mod told;
mod vault;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

/// Price feeds by staked reporters, and contests of sealed signals on them.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Feed(feed::Args),
    Contest(contest::Args),
    Replay(replay::Args),
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Feed(args) => feed::run(args, session),
        Command::Contest(args) => contest::run(args, session),
        Command::Replay(args) => replay::run(args),
    }
}
