//! `lilliput forecast tornado`, `sensitivity`, `bridge` and `seek`: why a result is what it is.

use std::path::PathBuf;

use lilliput_forecast::{
    ForecastError, Options, OutputKey, Scenario, Swing, Unit, Year, bridge as between, bridge_text,
    indices, indices_text, parse_number, seek as find, seek_text, tornado as swings, tornado_text,
};
use serde::Serialize;
use serde_json::Value;

use super::file::{parse_year, pick, scenarios};
use crate::failure::{Failure, Result};
use crate::outcome::Outcome;

/// Which scenario, which of its results, and when.
#[derive(clap::Args)]
struct Question {
    /// A scenario file; without it, the study's scenarios.
    file: Option<PathBuf>,

    /// The scenario [default: `base`, or the file's first].
    #[arg(long)]
    scenario: Option<String>,

    /// The result to explain, as `total` or `crypto_revenue.iaas`.
    #[arg(long, default_value = "total")]
    output: String,

    /// The year, by the paths of the inputs [default: the scenario's own].
    #[arg(long, value_parser = parse_year)]
    year: Option<Year>,
}

impl Question {
    fn scenario(&self) -> Result<Scenario> {
        let read = scenarios(self.file.as_ref())?;
        pick(&read, self.scenario.as_deref(), "base").cloned()
    }

    fn output(&self, scenario: &Scenario) -> Result<OutputKey> {
        scenario.output(&self.output).map_err(Failure::bad_input)
    }
}

/// Which inputs move a result most: each low and high, the others at their medians.
#[derive(clap::Args)]
pub(crate) struct TornadoArgs {
    #[command(flatten)]
    question: Question,

    /// Move every input down and up by this part of its value, as `10%`, in place of its own uncertainty.
    #[arg(long, value_parser = parse_part)]
    swing: Option<f64>,
}

pub(super) fn tornado(args: &TornadoArgs) -> Result<Outcome> {
    let scenario = args.question.scenario()?;
    let output = args.question.output(&scenario)?;
    let year = args.question.year.unwrap_or(scenario.year);
    let swing = args.swing.map(Swing::Relative);
    let result = swings(&scenario, &output, year, swing).map_err(Failure::bad_input)?;
    outcome(&result, tornado_text(&result))
}

/// How much of a result's variance each uncertain input causes: Sobol's first-order and total indices.
#[derive(clap::Args)]
pub(crate) struct SensitivityArgs {
    #[command(flatten)]
    question: Question,

    /// Base points; each takes two calculations and one more for each uncertain input.
    #[arg(long, default_value_t = 1 << 16)]
    draws: u64,

    /// The same seed gives the same numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn sensitivity(args: &SensitivityArgs) -> Result<Outcome> {
    let scenario = args.question.scenario()?;
    let output = args.question.output(&scenario)?;
    let options = Options {
        draws: args.draws,
        seed: args.seed,
        year: args.question.year,
        ..Options::default()
    };
    let result = indices(&scenario, &output, &options).map_err(Failure::bad_input)?;
    outcome(&result, indices_text(&result))
}

/// What lies between two scenarios: their inputs exchanged one after the other.
#[derive(clap::Args)]
pub(crate) struct BridgeArgs {
    /// A scenario file; without it, the study's scenarios.
    file: Option<PathBuf>,

    /// The scenario to start from.
    #[arg(long, default_value = "base")]
    from: String,

    /// The scenario to arrive at.
    #[arg(long, default_value = "bull")]
    to: String,

    /// The result to explain, as `total` or `crypto_revenue.iaas`.
    #[arg(long, default_value = "total")]
    output: String,

    /// Inputs to exchange first, in this order, as `adoption,crypto_share`.
    #[arg(long, value_delimiter = ',')]
    order: Vec<String>,

    /// The year, by the paths of the inputs [default: that of the first scenario].
    #[arg(long, value_parser = parse_year)]
    year: Option<Year>,
}

pub(super) fn bridge(args: &BridgeArgs) -> Result<Outcome> {
    let read = scenarios(args.file.as_ref())?;
    let from = pick(&read, Some(&args.from), "base")?;
    let to = pick(&read, Some(&args.to), "bull")?;
    let output = from.output(&args.output).map_err(Failure::bad_input)?;
    let result = between(
        from,
        to,
        &output,
        args.year.unwrap_or(from.year),
        &args.order,
    )
    .map_err(Failure::bad_input)?;
    outcome(&result, bridge_text(&result))
}

/// What an input would have to be for a result to reach a target.
///
/// Which IaaS share gives 5 billion: `lilliput forecast seek --input crypto_share.iaas --output crypto_revenue.iaas --target 5`
#[derive(clap::Args)]
pub(crate) struct SeekArgs {
    #[command(flatten)]
    question: Question,

    /// The input to change, as `crypto_share.iaas`, or a derived quantity.
    #[arg(long)]
    input: String,

    /// The result wanted, in billions of dollars or as `5 billion`.
    #[arg(long, value_parser = parse_amount)]
    target: f64,
}

pub(super) fn seek(args: &SeekArgs) -> Result<Outcome> {
    let scenario = args.question.scenario()?;
    let output = args.question.output(&scenario)?;
    let year = args.question.year.unwrap_or(scenario.year);
    let result =
        find(&scenario, &args.input, &output, args.target, year).map_err(|error| match error {
            // The question was right; there is no answer.
            ForecastError::Unreachable { .. } => Failure::failed(error),
            _ => Failure::bad_input(error),
        })?;
    outcome(&result, seek_text(&result))
}

fn outcome(result: &impl Serialize, text: String) -> Result<Outcome> {
    let json: Value = serde_json::to_value(result)?;
    Ok(Outcome::new(text, json))
}

fn parse_part(text: &str) -> std::result::Result<f64, String> {
    parse_number(text, Unit::Share).map_err(|error| error.to_string())
}

fn parse_amount(text: &str) -> std::result::Result<f64, String> {
    parse_number(text, Unit::BillionDollars).map_err(|error| error.to_string())
}
