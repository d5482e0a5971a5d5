//! `lilliput subnet prices`: metrics of price forecasters from their daily log returns.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_incentives::float::{DAYS_MAX, price_metrics};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::case_file;
use crate::failure::{Failure, Result};
use crate::outcome::Outcome;

/// Compute Sharpe, Sortino, omega, drawdown and the rest for series of daily log returns.
///
/// FILE is JSON: {"cases": [{"log_returns": [...]}]}, newest day last.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The cases, as JSON.
    file: PathBuf,
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    seed: Value,
    log_returns: Vec<f64>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let file: File = case_file::read(&args.file)?;
    let mut text = String::new();
    let mut cases = Vec::new();
    for (place, case) in file.cases.iter().enumerate() {
        if case.log_returns.len() > DAYS_MAX {
            return Err(Failure::bad_input(anyhow!(
                "case {place} has {} days, at most {DAYS_MAX} are allowed",
                case.log_returns.len()
            )));
        }
        let metrics = price_metrics(&case.log_returns);
        let drawdown = 100.0 * metrics.daily_max_drawdown;
        let _ = writeln!(text, "case {place}: largest drawdown {drawdown:.2} %");
        for (name, year) in &metrics.years {
            let _ = writeln!(
                text,
                "  {name:<18} Sharpe {:>9.3}  Sortino {:>9.3}  omega {:>7.3}  return {:>9.2} %",
                year.sharpe, year.sortino, year.omega, year.base_return
            );
        }
        cases.push(json!({
            "seed": case.seed,
            "n": case.log_returns.len(),
            "metrics": serde_json::to_value(&metrics)?,
        }));
    }
    Ok(Outcome::new(text.trim_end(), json!({ "cases": cases })))
}
