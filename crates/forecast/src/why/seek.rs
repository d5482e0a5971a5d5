//! What one input would have to be for a result to reach a target.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::{ForecastError, nearest};
use crate::number::Unit;
use crate::program::Model;
use crate::root::find_root;
use crate::scenario::{OutputKey, Scenario, Year};

/// How many times its own size an amount or quantity may become.
const GROWTH_MAX: f64 = 1e4;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seek {
    pub scenario: String,
    pub input: String,
    pub output: String,
    pub target: f64,
    pub value: f64,
    pub value_now: f64,
    pub output_now: f64,
    /// What the segment shares would sum to; above 1 the target is out of reach in truth.
    pub segment_share_sum: f64,
}

/// Seeks the value of `input` (an input or a derived quantity) at which `output` is `target`, all else at its median.
pub fn seek(
    scenario: &Scenario,
    input: &str,
    output: &OutputKey,
    target: f64,
    year: Year,
) -> Result<Seek, ForecastError> {
    let Some(found) = scenario.lookup(input) else {
        let names: Vec<String> = scenario
            .inputs
            .keys()
            .map(ToString::to_string)
            .chain(scenario.quantities.keys().cloned())
            .collect();
        return Err(ForecastError::UnknownInput {
            got: input.to_owned(),
            nearest: nearest(input, names.iter().map(String::as_str)),
        });
    };
    let model = Model::in_year(scenario, year);
    let own = match crate::scenario::InputKey::parse(input) {
        Some(key) => Model::new(scenario).value_at_medians(&OutputKey::Input(key)),
        None => model.value_at_medians(&OutputKey::Quantity(input.to_owned())),
    };
    let value_now = own.unwrap_or(1.0);
    let high = match found.unit {
        Unit::Share => 1.0,
        Unit::BillionDollars | Unit::Plain => GROWTH_MAX * value_now.abs().max(1.0),
    };
    let at = |value: f64, key: &OutputKey| {
        let fixed = BTreeMap::from([(input.to_owned(), value)]);
        Model::with(scenario, year, &fixed)
            .value_at_medians(key)
            .unwrap_or(f64::NAN)
    };
    let Some(value) = find_root(0.0, high, |value| at(value, output) - target) else {
        let (first, second) = (at(0.0, output), at(high, output));
        return Err(ForecastError::Unreachable {
            input: input.to_owned(),
            output: output.to_string(),
            target,
            low: 0.0,
            high,
            reached_low: first.min(second),
            reached_high: first.max(second),
        });
    };
    Ok(Seek {
        scenario: scenario.name.clone(),
        input: input.to_owned(),
        output: output.to_string(),
        target,
        value,
        value_now,
        output_now: model.value_at_medians(output).unwrap_or(f64::NAN),
        segment_share_sum: at(value, &OutputKey::SegmentShareSum),
    })
}
