//! `lilliput id`: identities.

mod app;
mod group;
mod issuer;
mod keys;
mod login;
mod told;
mod verify_semaphore;
mod verify_zklogin;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

/// Unique humans, who reveal nothing else; accounts that belong to a login elsewhere.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Issuer(issuer::Args),
    Group(group::Args),
    App(app::Args),
    VerifySemaphore(verify_semaphore::Args),
    Login(login::Args),
    Keys(keys::Args),
    VerifyZklogin(verify_zklogin::Args),
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Issuer(args) => issuer::run(args, session),
        Command::Group(args) => group::run(args, session),
        Command::App(args) => app::run(args, session),
        Command::VerifySemaphore(args) => verify_semaphore::run(args),
        Command::Login(args) => login::run(args, session),
        Command::Keys(args) => keys::run(args, session),
        Command::VerifyZklogin(args) => verify_zklogin::run(args),
    }
}
