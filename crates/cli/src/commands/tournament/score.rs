//! `lilliput tournament score`: the scores of a file of cases, in doubles.

use std::fmt::Write as _;
use std::path::PathBuf;

use lilliput_incentives::float::{TournamentCase, score_case};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::case_file;
use crate::failure::{OrExit, Result};
use crate::outcome::Outcome;

/// Score a file of predictions: correlation, contribution to the meta model, feature-neutral variants and more.
///
/// FILE is JSON: {"cases": [{"name": …, "ids": […], "target": […], "predictions": {…}, "features": {…}, "stakes": {…},
/// "sample_weights": […]}]}. A missing value is null; a list may miss a fifth of the ids.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The cases, as JSON.
    file: PathBuf,
}

#[derive(Deserialize)]
struct File {
    cases: Vec<TournamentCase>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let file: File = case_file::read(&args.file)?;
    let mut text = String::new();
    let mut cases = Vec::new();
    for case in &file.cases {
        let scores =
            score_case(case).or_bad_input(format!("{}: {}", args.file.display(), case.name))?;
        let show = |score: Option<f64>| score.map_or("-".to_owned(), |score| format!("{score:.6}"));
        let _ = writeln!(
            text,
            "{}\n{:<20} {:>12} {:>12} {:>15}",
            case.name, "model", "correlation", "contribution", "feature-neutral"
        );
        for (model, correlation) in &scores.numerai_corr {
            let _ = writeln!(
                text,
                "{model:<20} {:>12} {:>12} {:>15}",
                show(*correlation),
                show(scores.correlation_contribution_mmc[model]),
                show(scores.feature_neutral_corr[model]),
            );
        }
        let mut fields = serde_json::to_value(&scores)?;
        if let Value::Object(fields) = &mut fields {
            fields.insert("name".to_owned(), json!(case.name));
        }
        cases.push(fields);
    }
    Ok(Outcome::new(text.trim_end(), json!({ "cases": cases })))
}
