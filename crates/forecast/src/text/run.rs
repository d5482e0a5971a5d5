//! A Monte Carlo run as a table of quantiles with their errors.

use super::{Table, output_label};
use crate::number::{grouped, percent};
use crate::sample::{BIN_RELATIVE_WIDTH, Estimate, QUANTILES, Run};

/// What the runs found, one scenario after the other.
#[must_use]
pub fn runs_text(runs: &[Run]) -> String {
    let parts: Vec<String> = runs.iter().map(one).collect();
    parts.join("\n\n")
}

fn one(run: &Run) -> String {
    let options = &run.options;
    let mut table = Table::new(1);
    table.heading(format!(
        "Scenario `{}`, {}: {} draws ({}, {} replicas, seed {}), {} uncertain inputs",
        run.scenario,
        run.year,
        grouped(options.draws as f64, 0),
        options.sampling.label(),
        options.replicas,
        options.seed,
        run.uncertain.len(),
    ));
    let header = run
        .outputs
        .iter()
        .flat_map(|output| [output_label(&output.key), "± error".to_owned()]);
    table.row(std::iter::once("billions of US dollars".to_owned()).chain(header));
    table.line();
    let row = |name: &str, estimates: Vec<Estimate>| {
        let cells = estimates
            .into_iter()
            .flat_map(|estimate| [amount(estimate.value), error(estimate.standard_error)]);
        std::iter::once(name.to_owned())
            .chain(cells)
            .collect::<Vec<_>>()
    };
    table.row(row(
        "mean",
        run.outputs.iter().map(|output| output.mean).collect(),
    ));
    table.row(row(
        "deviation",
        run.outputs.iter().map(|output| output.deviation).collect(),
    ));
    for (index, (name, _)) in QUANTILES.iter().enumerate() {
        table.row(row(
            name,
            run.outputs
                .iter()
                .map(|output| output.quantiles[index])
                .collect(),
        ));
    }
    let mut text = table.render();
    for output in &run.outputs {
        for (threshold, estimate) in &output.exceedance {
            text.push_str(&format!(
                "\n{} is above {} with probability {} (± {})",
                output_label(&output.key),
                amount(*threshold),
                percent(estimate.value, 3),
                percent(estimate.standard_error, 4),
            ));
        }
    }
    text.push_str(&format!(
        "\nErrors are standard errors from the replicas; quantiles are off by at most {} of themselves for being counted in bins.",
        percent(BIN_RELATIVE_WIDTH, 2)
    ));
    text
}

fn amount(value: f64) -> String {
    grouped(value, if value.abs() < 1.0 { 4 } else { 3 })
}

/// One significant digit.
fn error(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = (-value.log10()).ceil().clamp(0.0, 12.0) as usize;
    format!("{value:.decimals$}")
}
