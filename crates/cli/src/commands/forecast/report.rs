//! `lilliput forecast report` and `picture`: files to hand on.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::ValueEnum;
use lilliput_forecast::{
    Model, Options, OutputKey, Report, Scenario, Year, bridge, fan_svg, histogram_svg, png,
    run as draw, stacked_svg, tornado, tornado_svg, waterfall_svg,
};
use serde_json::json;

use super::file::{pick, scenarios};
use crate::failure::{Failure, OrExit, Result};
use crate::outcome::Outcome;

/// Draws for each year of a fan.
const FAN_DRAWS: u64 = 1 << 16;

/// Write a self-contained report: inputs, sources, results, pictures, and what it is not.
///
/// The format follows from the file's ending: html, md, xlsx (with live formulas), csv or json.
#[derive(clap::Args)]
pub(crate) struct ReportArgs {
    /// A scenario file; without it, the study's three scenarios.
    file: Option<PathBuf>,

    /// The file to write.
    #[arg(long, short)]
    output: PathBuf,

    /// Draws of each uncertain scenario.
    #[arg(long, default_value_t = 1 << 20)]
    draws: u64,

    /// The same seed gives the same numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn report(args: &ReportArgs) -> Result<Outcome> {
    let scenarios = scenarios(args.file.as_ref())?;
    let options = Options {
        draws: args.draws,
        seed: args.seed,
        ..Options::default()
    };
    let make = || Report::new(&scenarios, &options).map_err(Failure::bad_input);
    let bytes = match ending(&args.output) {
        "html" => make()?.html()?.into_bytes(),
        "md" => make()?.markdown()?.into_bytes(),
        "csv" => make()?.csv().into_bytes(),
        "json" => format!("{:#}\n", make()?.json()).into_bytes(),
        "xlsx" => make()?.workbook()?,
        other => return Err(unknown_ending(other, "html, md, xlsx, csv or json")),
    };
    write(&args.output, &bytes)
}

/// Draw one picture as SVG or PNG, by the file's ending.
#[derive(clap::Args)]
pub(crate) struct PictureArgs {
    /// What to draw.
    kind: Kind,

    /// A scenario file; without it, the study's three scenarios.
    file: Option<PathBuf>,

    /// The file to write.
    #[arg(long, short)]
    output: PathBuf,

    /// The scenario [default: `base`, or the file's first]; the waterfall starts from it.
    #[arg(long)]
    scenario: Option<String>,

    /// Where the waterfall arrives.
    #[arg(long, default_value = "bull")]
    to: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Which inputs move the total most.
    Tornado,
    /// Quantiles of the total by year.
    Fan,
    /// What lies between two scenarios.
    Waterfall,
    /// How the total is distributed, with its quantiles.
    Histogram,
    /// Segments by year.
    Stacked,
}

pub(super) fn picture(args: &PictureArgs) -> Result<Outcome> {
    let read = scenarios(args.file.as_ref())?;
    let scenario = pick(&read, args.scenario.as_deref(), "base")?;
    let total = OutputKey::Total;
    let svg = match args.kind {
        Kind::Tornado => {
            tornado(scenario, &total, scenario.year, None).and_then(|result| tornado_svg(&result))
        }
        Kind::Waterfall => {
            let to = pick(&read, Some(&args.to), "bull")?;
            bridge(scenario, to, &total, scenario.year, &[])
                .and_then(|result| waterfall_svg(&result))
        }
        Kind::Histogram => draw(scenario, &[total], &Options::default())
            .and_then(|run| histogram_svg(&scenario.title, &run.outputs[0])),
        Kind::Fan => Year::all()
            .map(|year| {
                let options = Options {
                    draws: FAN_DRAWS,
                    year: Some(year),
                    ..Options::default()
                };
                Ok((
                    year,
                    draw(scenario, std::slice::from_ref(&total), &options)?
                        .outputs
                        .remove(0),
                ))
            })
            .collect::<std::result::Result<Vec<_>, _>>()
            .and_then(|years| fan_svg(&scenario.title, &years)),
        Kind::Stacked => stacked_svg(
            &format!("Segments of scenario “{}” by year", scenario.title),
            &by_year(scenario),
        ),
    };
    let svg = svg.map_err(Failure::bad_input)?;
    let bytes = match ending(&args.output) {
        "svg" => svg.into_bytes(),
        "png" => png(&svg)?,
        other => return Err(unknown_ending(other, "svg or png")),
    };
    write(&args.output, &bytes)
}

fn by_year(scenario: &Scenario) -> Vec<(String, Vec<(String, f64)>)> {
    Year::all()
        .map(|year| {
            let model = Model::in_year(scenario, year);
            let value = |segment: &lilliput_forecast::SegmentName| {
                model
                    .value_at_medians(&OutputKey::CryptoRevenue(segment.clone()))
                    .unwrap_or_default()
            };
            (
                year.to_string(),
                scenario
                    .segments
                    .iter()
                    .map(|segment| (segment.title(), value(segment)))
                    .collect(),
            )
        })
        .collect()
}

fn ending(path: &Path) -> &str {
    path.extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
}

fn unknown_ending(got: &str, known: &str) -> Failure {
    Failure::bad_input(anyhow!("`.{got}` is not a format this command writes"))
        .hint(format!("end the file's name with {known}"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<Outcome> {
    let name = path.display().to_string();
    std::fs::write(path, bytes).or_failed(format!("failed to write {name}"))?;
    Ok(Outcome::new(
        format!("wrote {name} ({} bytes)", bytes.len()),
        json!({ "file": name, "bytes": bytes.len() }),
    ))
}
