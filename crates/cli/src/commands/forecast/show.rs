//! `lilliput forecast show`: scenarios side by side.

use std::path::PathBuf;

use lilliput_forecast::{Scenario, Year, scenarios_json, scenarios_text};

use super::file::{parse_year, scenarios};
use crate::failure::Result;
use crate::outcome::Outcome;

/// Print scenarios side by side, with inputs, sources and results.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The scenario file.
    file: PathBuf,

    /// Results for this year, by the paths of the inputs, in place of each scenario's own.
    #[arg(long, value_parser = parse_year)]
    year: Option<Year>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let scenarios = scenarios(Some(&args.file))?;
    Ok(outcome(&scenarios, args.year))
}

/// The study's own scenarios.
pub(super) fn study(year: Option<Year>) -> Result<Outcome> {
    Ok(outcome(&scenarios(None)?, year))
}

fn outcome(scenarios: &[Scenario], year: Option<Year>) -> Outcome {
    Outcome::new(
        scenarios_text(scenarios, year),
        scenarios_json(scenarios, year),
    )
}
