//! The flags every command shares, the list of commands, and the way from one to the exit code.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::commands;
use crate::failure::{Failure, Result};
use crate::outcome::Outcome;
use crate::session::Session;

/// An open network for AI that anyone can check.
///
/// Exit codes: 0 done, 1 failed, 2 wrong use or bad input, 3 proof or evidence rejected.
#[derive(Parser)]
#[command(name = "lilliput", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(clap::Args)]
pub(crate) struct Shared {
    /// Print one JSON object on standard output; everything else goes to standard error.
    #[arg(long, global = true, help_heading = "Shared options")]
    pub(crate) json: bool,

    /// Say nothing but the result and errors.
    #[arg(long, short, global = true, help_heading = "Shared options")]
    pub(crate) quiet: bool,

    /// Folder for chain, models and keys [default: the user's data folder].
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Shared options"
    )]
    pub(crate) data: Option<PathBuf>,

    /// File with the passphrase of the key; LILLIPUT_PASSPHRASE_FILE says the same.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Shared options"
    )]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    Up(commands::up::Args),
    Demo(commands::demo::Args),
    Ask(commands::ask::Args),
    Explain(commands::explain::Args),
    Model(commands::model::Args),
    Prove(commands::prove::Args),
    Verify(commands::verify::Args),
    Provider(commands::provider::Args),
    Account(commands::account::Args),
    Tx(commands::tx::Args),
    Status(commands::status::Args),
    Completions(commands::completions::Args),
    Deploy(commands::deploy::Args),
    Forecast(commands::forecast::Args),
    Subnet(commands::subnet::Args),
    Stake(commands::stake::Args),
    Tournament(commands::tournament::Args),
    Prices(commands::prices::Args),
    Gate(Box<commands::gate::Args>),
    Id(commands::id::Args),
    Eval(commands::eval::Args),
    Lease(commands::lease::Args),
    Bid(commands::bid::Args),
    Price(commands::price::Args),
    Host(commands::host::Args),
    Token(commands::token::Args),
    Storage(commands::storage::Args),
}

impl Command {
    fn run(self, session: &Session) -> Result<Outcome> {
        match self {
            Self::Up(args) => commands::up::run(&args, session),
            Self::Demo(args) => commands::demo::run(&args, session),
            Self::Ask(args) => commands::ask::run(&args, session),
            Self::Explain(args) => commands::explain::run(&args, session),
            Self::Model(args) => commands::model::run(&args, session),
            Self::Prove(args) => commands::prove::run(&args, session),
            Self::Verify(args) => commands::verify::run(&args, session),
            Self::Provider(args) => commands::provider::run(&args, session),
            Self::Account(args) => commands::account::run(&args, session),
            Self::Tx(args) => commands::tx::run(&args, session),
            Self::Status(args) => commands::status::run(&args),
            Self::Completions(args) => commands::completions::run(&args),
            Self::Deploy(args) => commands::deploy::run(&args, session),
            Self::Forecast(args) => commands::forecast::run(&args),
            Self::Subnet(args) => commands::subnet::run(&args, session),
            Self::Stake(args) => commands::stake::run(&args, session),
            Self::Tournament(args) => commands::tournament::run(&args, session),
            Self::Prices(args) => commands::prices::run(&args, session),
            Self::Gate(args) => commands::gate::run(&args, session),
            Self::Id(args) => commands::id::run(&args, session),
            Self::Eval(args) => commands::eval::run(&args, session),
            Self::Lease(args) => commands::lease::run(&args, session),
            Self::Bid(args) => commands::bid::run(&args, session),
            Self::Price(args) => commands::price::run(&args),
            Self::Host(args) => commands::host::run(&args, session),
            Self::Token(args) => commands::token::run(&args, session),
            Self::Storage(args) => commands::storage::run(&args, session),
        }
    }
}

/// Parses, runs, prints, and gives the exit code.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let session = Session::new(cli.shared);
    match cli.command.run(&session) {
        Ok(outcome) => match outcome.print(&session) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.print(session.json()),
        },
        Err(failure) => failure.print(session.json()),
    }
}

/// Help and version are no errors; everything else is wrong use.
fn usage(error: &clap::Error) -> ExitCode {
    let help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let json = std::env::args_os().any(|argument| argument == "--json");
    if help || !json {
        // A closed pipe while printing help leaves nothing to report to.
        let _ = error.print();
        return ExitCode::from(if help { 0 } else { 2 });
    }
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    Failure::bad_input(anyhow::anyhow!(
        "{}",
        first.trim_start_matches("error: ").trim()
    ))
    .hint("see `lilliput --help`")
    .print(true)
}
