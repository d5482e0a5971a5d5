//! Results as JSON: numbers in billions of US dollars, unrounded.

use serde_json::{Map, Value, json};

use crate::program::Model;
use crate::results::Results;
use crate::sample::{BIN_RELATIVE_WIDTH, OutputSummary, QUANTILES, Run};
use crate::scenario::{Definition, Input, OutputKey, Scenario, Year};
use crate::study::{ATTRIBUTION, CONTRADICTIONS, DISCLAIMER};

/// The scenarios in `year`, or each in its own year.
#[must_use]
pub fn scenarios_json(scenarios: &[Scenario], year: Option<Year>) -> Value {
    let mut all = Map::new();
    for scenario in scenarios {
        all.insert(
            scenario.name.clone(),
            scenario_json(scenario, year.unwrap_or(scenario.year)),
        );
    }
    json!({
        "unit": "billions of US dollars",
        "source": ATTRIBUTION,
        "disclaimer": DISCLAIMER,
        "contradictions": CONTRADICTIONS,
        "scenarios": all,
    })
}

fn scenario_json(scenario: &Scenario, year: Year) -> Value {
    let model = Model::in_year(scenario, year);
    let mut object = match serde_json::to_value(Results::of(scenario, &model)) {
        Ok(Value::Object(object)) => object,
        Ok(_) | Err(_) => Map::new(),
    };
    let inputs: Map<String, Value> = scenario
        .inputs
        .iter()
        .map(|(key, input)| {
            (
                key.to_string(),
                input_json(
                    input,
                    model.value_at_medians(&OutputKey::Input(key.clone())),
                ),
            )
        })
        .collect();
    let quantities: Map<String, Value> = scenario
        .quantities
        .iter()
        .map(|(name, input)| {
            (
                name.clone(),
                input_json(
                    input,
                    model.value_at_medians(&OutputKey::Quantity(name.clone())),
                ),
            )
        })
        .collect();
    object.insert("title".to_owned(), json!(scenario.title));
    object.insert("year".to_owned(), json!(year.number()));
    object.insert("inputs".to_owned(), Value::Object(inputs));
    object.insert("derived_quantities".to_owned(), Value::Object(quantities));
    Value::Object(object)
}

fn input_json(input: &Input, value: Option<f64>) -> Value {
    let attribution = &input.attribution;
    let mut object = json!({
        "value": value,
        "written": input.written,
        "status": attribution.status.label(),
        "source": attribution.source,
        "note": attribution.note,
        "from": format!("{}:{}", attribution.origin.file, attribution.origin.line),
    });
    match &input.definition {
        Definition::Formula { text, .. } => object["formula"] = json!(text),
        Definition::Distribution(distribution) if !distribution.is_point() => {
            let at = |p| distribution.quantile(p);
            object["quantiles"] = json!({ "p5": at(0.05), "p25": at(0.25), "p50": at(0.5), "p75": at(0.75), "p95": at(0.95) });
        }
        Definition::Distribution(_) | Definition::Unknown => {}
    }
    object
}

/// Runs of one or more scenarios; the outputs of the first one also stand at the top.
#[must_use]
pub fn runs_json(runs: &[Run]) -> Value {
    let mut object = Map::new();
    let mut all = Map::new();
    for (index, run) in runs.iter().enumerate() {
        let outputs = outputs_json(run);
        if index == 0 {
            let options = &run.options;
            object.extend(outputs.clone());
            object.insert("scenario".to_owned(), json!(run.scenario));
            object.insert("draws".to_owned(), json!(options.draws));
            object.insert("seed".to_owned(), json!(options.seed));
            object.insert("sampling".to_owned(), json!(options.sampling.label()));
            object.insert("replicas".to_owned(), json!(options.replicas));
        }
        let mut of_scenario = outputs;
        of_scenario.insert("year".to_owned(), json!(run.year.number()));
        of_scenario.insert("uncertain".to_owned(), json!(run.uncertain));
        all.insert(run.scenario.clone(), Value::Object(of_scenario));
    }
    object.insert("unit".to_owned(), json!("billions of US dollars"));
    object.insert("bin_relative_width".to_owned(), json!(BIN_RELATIVE_WIDTH));
    object.insert("scenarios".to_owned(), Value::Object(all));
    Value::Object(object)
}

/// `total` and the other results by name, those of segments in objects of their own.
fn outputs_json(run: &Run) -> Map<String, Value> {
    let mut object = Map::new();
    for output in &run.outputs {
        let name = output.key.to_string();
        match name.split_once('.') {
            None => {
                object.insert(name, output_json(output));
            }
            Some((table, segment)) => {
                let entry = object.entry(table.to_owned()).or_insert_with(|| json!({}));
                entry[segment] = output_json(output);
            }
        }
    }
    object
}

fn output_json(output: &OutputSummary) -> Value {
    let quantiles = |of: fn(&crate::sample::Estimate) -> f64| -> Map<String, Value> {
        QUANTILES
            .iter()
            .zip(&output.quantiles)
            .map(|((name, _), estimate)| ((*name).to_owned(), json!(of(estimate))))
            .collect()
    };
    let exceedance: Vec<Value> = output
        .exceedance
        .iter()
        .map(|(threshold, estimate)| json!({ "above": threshold, "probability": estimate.value, "standard_error": estimate.standard_error }))
        .collect();
    json!({
        "mean": output.mean.value,
        "mean_standard_error": output.mean.standard_error,
        "deviation": output.deviation.value,
        "deviation_standard_error": output.deviation.standard_error,
        "min": output.min,
        "max": output.max,
        "quantiles": quantiles(|estimate| estimate.value),
        "quantile_standard_errors": quantiles(|estimate| estimate.standard_error),
        "exceedance": exceedance,
    })
}
