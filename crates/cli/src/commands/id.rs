//! `lilliput id`: identities.

mod keys;
mod login;
mod verify_zklogin;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

/// Accounts that belong to a login elsewhere, and the login providers that the ledger knows.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Login(login::Args),
    Keys(keys::Args),
    VerifyZklogin(verify_zklogin::Args),
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Login(args) => login::run(args, session),
        Command::Keys(args) => keys::run(args, session),
        Command::VerifyZklogin(args) => verify_zklogin::run(args),
    }
}
