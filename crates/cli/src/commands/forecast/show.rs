//! `lilliput forecast show`: scenarios side by side.

use std::path::PathBuf;

use lilliput_forecast::{Year, scenarios_json, scenarios_text};

use super::file::{parse_year, scenarios};
use crate::failure::Result;
use crate::outcome::Outcome;

/// Print scenarios side by side, with inputs, sources and results.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A scenario file; without it, the study's three scenarios.
    file: Option<PathBuf>,

    /// Results for this year, by the paths of the inputs, in place of each scenario's own.
    #[arg(long, value_parser = parse_year)]
    year: Option<Year>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let scenarios = scenarios(args.file.as_ref())?;
    Ok(Outcome::new(
        scenarios_text(&scenarios, args.year),
        scenarios_json(&scenarios, args.year),
    ))
}
