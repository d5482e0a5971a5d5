//! `lilliput forecast run`: Monte Carlo.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::ValueEnum;
use lilliput_forecast::{
    Options, OutputKey, Run, Sampling, Scenario, Year, run as draw, runs_json, runs_text,
};

use super::file::{parse_year, pick, scenarios};
use crate::failure::{Failure, Result};
use crate::outcome::Outcome;

/// Draw the uncertain inputs of a scenario file many times: quantiles, means and probabilities with their errors.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The scenario file.
    file: PathBuf,

    /// Draws in all replicas together; powers of two suit Sobol points best.
    #[arg(long, default_value_t = 1 << 20)]
    draws: u64,

    /// The same seed gives the same numbers on every machine and any number of cores.
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// How points are drawn.
    #[arg(long, value_enum, default_value_t = Points::Sobol)]
    sampling: Points,

    /// Independent repetitions, from whose spread the errors follow.
    #[arg(long, default_value_t = 16)]
    replicas: u32,

    /// Only this scenario of the file.
    #[arg(long)]
    scenario: Option<String>,

    /// Results wanted beside the total, as `crypto_revenue.iaas`; may be given more than once.
    #[arg(long, value_name = "RESULT")]
    output: Vec<String>,

    /// Also the probability that a result is above this many billions; may be given more than once.
    #[arg(long, value_name = "BILLIONS")]
    above: Vec<f64>,

    /// Results for this year, by the paths of the inputs, in place of the scenario's own.
    #[arg(long, value_parser = parse_year)]
    year: Option<Year>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Points {
    /// Scrambled Sobol points.
    Sobol,
    /// Independent random numbers.
    Random,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let read = scenarios(Some(&args.file))?;
    let wanted: Vec<&Scenario> = match &args.scenario {
        Some(name) => vec![pick(&read, Some(name), "base")?],
        None => read.iter().collect(),
    };
    let options = Options {
        draws: args.draws,
        seed: args.seed,
        sampling: match args.sampling {
            Points::Sobol => Sampling::Sobol,
            Points::Random => Sampling::Random,
        },
        replicas: args.replicas,
        thresholds: args.above.clone(),
        year: args.year,
    };
    let mut runs: Vec<Run> = Vec::new();
    for scenario in wanted {
        let keys = outputs(scenario, &args.output)?;
        runs.push(draw(scenario, &keys, &options).map_err(Failure::bad_input)?);
    }
    Ok(Outcome::new(runs_text(&runs), runs_json(&runs)))
}

/// The total, then what was asked for.
fn outputs(scenario: &Scenario, names: &[String]) -> Result<Vec<OutputKey>> {
    let mut keys = vec![OutputKey::Total];
    for name in names {
        let key = scenario
            .output(name)
            .map_err(|error| Failure::bad_input(anyhow!(error)))?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}
