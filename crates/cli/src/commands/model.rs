//! `lilliput model`: from ONNX to the network.

mod audit;
mod check;
mod decided;
mod import;
mod link;
mod list;
mod publish;
mod rotate;
mod share;
mod show;
mod succeed;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

pub(crate) use import::fresh;

/// Import, check, publish and look up models.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Import(import::Args),
    Check(check::Args),
    Publish(publish::Args),
    List(list::Args),
    Show(show::Args),
    Audit(audit::Args),
    Share(share::Args),
    Rotate(rotate::Args),
    Succeed(succeed::Args),
    Link(link::Args),
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Import(args) => import::run(args, session),
        Command::Check(args) => check::run(args),
        Command::Publish(args) => publish::run(args, session),
        Command::List(args) => list::run(args),
        Command::Show(args) => show::run(args),
        Command::Audit(args) => audit::run(args, session),
        Command::Share(args) => share::run(args, session),
        Command::Rotate(args) => rotate::run(args, session),
        Command::Succeed(args) => succeed::run(args, session),
        Command::Link(args) => link::run(args),
    }
}

/// What every node knows about a model, for people.
fn describe(model: &lilliput_types::registry::Model) -> String {
    let listed = if model.listed { "" } else { " (not listed)" };
    format!(
        "{}{listed}\n  id       {}\n  owner    {}\n  price    {}\n  licence  {}\n  check    {} units",
        model.name, model.id, model.owner, model.price, model.licence, model.check_units
    )
}
