//! `lilliput forecast`: the revenue model, what if, how sure, and why.

mod actual;
mod check;
mod file;
mod report;
mod run;
mod show;
mod supply;
mod why;

use clap::Subcommand;
use lilliput_forecast::Year;

use crate::failure::Result;
use crate::outcome::Outcome;

/// The revenue of crypto-AI in 2030 by VanEck's study of February 2024, and your own scenarios of it.
///
/// Without a subcommand: the study's bear, base and bull scenarios, as printed there, with where each input comes from.
/// No investment advice.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    /// The study in this year, by the paths of its inputs (our assumption), in place of 2030.
    #[arg(long, value_parser = file::parse_year)]
    year: Option<Year>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Show(show::Args),
    Check(check::Args),
    Run(run::Args),
    Tornado(why::TornadoArgs),
    Sensitivity(why::SensitivityArgs),
    Bridge(why::BridgeArgs),
    Seek(why::SeekArgs),
    Report(report::ReportArgs),
    Picture(report::PictureArgs),
    Supply(supply::SupplyArgs),
    Companies(supply::CompaniesArgs),
    Actual(actual::ActualArgs),
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.command {
        None => show::study(args.year),
        Some(Command::Show(args)) => show::run(args),
        Some(Command::Check(args)) => check::run(args),
        Some(Command::Run(args)) => run::run(args),
        Some(Command::Tornado(args)) => why::tornado(args),
        Some(Command::Sensitivity(args)) => why::sensitivity(args),
        Some(Command::Bridge(args)) => why::bridge(args),
        Some(Command::Seek(args)) => why::seek(args),
        Some(Command::Report(args)) => report::report(args),
        Some(Command::Picture(args)) => report::picture(args),
        Some(Command::Supply(args)) => supply::supply(args),
        Some(Command::Companies(args)) => Ok(supply::companies(args)),
        Some(Command::Actual(args)) => actual::run(args),
    }
}
