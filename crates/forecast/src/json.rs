//! Results as JSON: numbers in billions of US dollars, unrounded.

use serde_json::{Map, Value, json};

use crate::program::Model;
use crate::results::Results;
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
