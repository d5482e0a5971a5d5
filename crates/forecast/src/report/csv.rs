//! The report's numbers as CSV (RFC 4180), one value a line, unrounded.

use super::Report;
use crate::number::Unit;
use crate::program::Model;
use crate::sample::QUANTILES;
use crate::scenario::{Input, OutputKey, Scenario};

impl Report {
    #[must_use]
    pub fn csv(&self) -> String {
        let mut lines = vec!["scenario,year,kind,name,value,unit,status,source,note".to_owned()];
        for scenario in &self.scenarios {
            scenario_lines(&mut lines, scenario);
        }
        for run in &self.runs {
            for output in &run.outputs {
                let name = output.key.to_string();
                let mut push = |kind: &str, value: f64| {
                    lines.push(line(&[
                        &run.scenario,
                        &run.year.to_string(),
                        kind,
                        &name,
                        &value.to_string(),
                        BILLIONS,
                        "",
                        "",
                        "",
                    ]));
                };
                push("mean", output.mean.value);
                push("mean standard error", output.mean.standard_error);
                for ((quantile, _), estimate) in QUANTILES.iter().zip(&output.quantiles) {
                    push(quantile, estimate.value);
                }
            }
        }
        lines.join("\r\n") + "\r\n"
    }
}

const BILLIONS: &str = "billion US dollars";

fn scenario_lines(lines: &mut Vec<String>, scenario: &Scenario) {
    let model = Model::new(scenario);
    let year = scenario.year.to_string();
    let mut input_line = |kind: &str, name: String, input: &Input, key: &OutputKey| {
        let value = model
            .value_at_medians(key)
            .map_or_else(String::new, |value| value.to_string());
        let unit = match input.unit {
            Unit::BillionDollars => BILLIONS,
            Unit::Share => "share",
            Unit::Plain => "",
        };
        let attribution = &input.attribution;
        lines.push(line(&[
            &scenario.name,
            &year,
            kind,
            &name,
            &value,
            unit,
            attribution.status.label(),
            &attribution.source,
            &attribution.note,
        ]));
    };
    for key in scenario.input_keys() {
        if let Some(input) = scenario.inputs.get(&key) {
            input_line(
                "input",
                key.to_string(),
                input,
                &OutputKey::Input(key.clone()),
            );
        }
    }
    for (name, input) in &scenario.quantities {
        input_line(
            "derived quantity",
            name.clone(),
            input,
            &OutputKey::Quantity(name.clone()),
        );
    }
    for key in scenario.result_keys() {
        let value = model
            .value_at_medians(&key)
            .map_or_else(String::new, |value| value.to_string());
        lines.push(line(&[
            &scenario.name,
            &year,
            "result",
            &key.to_string(),
            &value,
            BILLIONS,
            "",
            "",
            "",
        ]));
    }
}

fn line(fields: &[&str]) -> String {
    let quoted: Vec<String> = fields
        .iter()
        .map(|field| {
            // A spreadsheet would run a text that starts like a formula.
            let is_text = field.parse::<f64>().is_err();
            let guard = if is_text && field.starts_with(['=', '+', '-', '@']) {
                "'"
            } else {
                ""
            };
            if field.contains([',', '"', '\n', '\r']) {
                format!("\"{guard}{}\"", field.replace('"', "\"\""))
            } else {
                format!("{guard}{field}")
            }
        })
        .collect();
    quoted.join(",")
}
