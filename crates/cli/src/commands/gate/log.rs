//! `lilliput gate log`: the log of decisions.

use std::path::PathBuf;

use clap::Subcommand;
use lilliput_gate::{JournalFault, verify_log};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::outcome::Outcome;

/// The signed log of decisions.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Verify(Verify),
}

/// Check that a log is whole: each line follows the one before, and the gate's key seals them.
///
/// Exit code 3 when it was changed. Lines behind the last seal are counted apart: nobody vouches for them.
#[derive(clap::Args)]
struct Verify {
    /// The log.
    file: PathBuf,

    /// The gate's key [default: the key that the log names].
    #[arg(long)]
    key: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let Command::Verify(args) = &args.command;
    let report = match verify_log(&args.file, args.key.as_deref()) {
        Ok(report) => report,
        Err(error @ JournalFault::Read(_)) => {
            return Err(error).or_bad_input(format!("failed to check {}", args.file.display()));
        }
        Err(error) => return Err(Failure::rejected(error).fact("valid", false)),
    };
    Ok(Outcome::new(
        format!(
            "{} decisions, {} seals by {}, {} lines behind the last seal, {} decisions lost",
            report.decisions, report.seals, report.key, report.unsealed, report.lost
        ),
        json!({
            "valid": true,
            "key": report.key,
            "decisions": report.decisions,
            "seals": report.seals,
            "unsealed": report.unsealed,
            "lost": report.lost,
            "follows": report.follows,
            "last": report.last,
        }),
    ))
}
