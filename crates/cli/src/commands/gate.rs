//! `lilliput gate`: a site's gate, and what belongs to it.

mod demo;
mod explain;
mod import;
mod log;
mod serve;

use clap::Subcommand;

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::session::Session;

/// A gate before a web site: humans pass free, bots work or pay.
///
/// A reverse proxy, or the one whom nginx, Caddy or Traefik ask. Without a policy file it does what its
/// built-in policy says. Visitors never need an account.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    Explain(explain::Args),
    ImportAnubis(import::Args),
    Log(log::Args),
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Some(Command::Demo(args)) => demo::run(args, session),
        Some(Command::Explain(args)) => explain::run(args),
        Some(Command::ImportAnubis(args)) => import::run(args, session),
        Some(Command::Log(args)) => log::run(args),
        None => serve::run(&args.serve, session),
    }
}
