//! `lilliput forecast check`: explain a scenario file.

use std::path::PathBuf;

use lilliput_forecast::{check_text, scenarios_json};

use super::file::scenarios;
use crate::failure::Result;
use crate::outcome::Outcome;

/// Explain a scenario file without running it; exit 2 with FILE:LINE where something is wrong.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The scenario file.
    file: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let scenarios = scenarios(Some(&args.file))?;
    Ok(Outcome::new(
        check_text(&scenarios),
        scenarios_json(&scenarios, None),
    ))
}
