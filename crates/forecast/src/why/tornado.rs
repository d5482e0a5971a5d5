//! One input at a time, low and high, the others at their medians.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::ForecastError;
use crate::number::Unit;
use crate::program::Model;
use crate::scenario::{InputKey, OutputKey, Scenario, Year};

/// How far each input is moved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Swing {
    /// Uncertain inputs, to their 5 % and 95 % quantiles.
    Quantiles,
    /// Every input, down and up by this part of its value.
    Relative(f64),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    pub input: String,
    pub title: String,
    pub low_input: f64,
    pub high_input: f64,
    pub low_output: f64,
    pub high_output: f64,
}

impl Bar {
    #[must_use]
    pub fn width(&self) -> f64 {
        (self.high_output - self.low_output).abs()
    }
}

/// The widest bar first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tornado {
    pub scenario: String,
    pub output: String,
    pub swing: Swing,
    pub centre: f64,
    pub bars: Vec<Bar>,
}

/// Moves one input after the other. Without a `swing`, uncertain inputs go to their quantiles; where nothing is
/// uncertain, every input moves by 10 %.
pub fn tornado(
    scenario: &Scenario,
    output: &OutputKey,
    year: Year,
    swing: Option<Swing>,
) -> Result<Tornado, ForecastError> {
    let model = Model::in_year(scenario, year);
    let program = model.program(std::slice::from_ref(output));
    let default = if program.variables().is_empty() {
        Swing::Relative(0.1)
    } else {
        Swing::Quantiles
    };
    let swing = swing.unwrap_or(default);
    let moves = match swing {
        Swing::Quantiles => program
            .variables()
            .iter()
            .map(|variable| {
                (
                    variable.name.clone(),
                    variable.distribution.quantile(0.05),
                    variable.distribution.quantile(0.95),
                )
            })
            .collect(),
        Swing::Relative(part) => relative_moves(scenario, part)?,
    };
    let at = |name: &str, value: f64| {
        let fixed = BTreeMap::from([(name.to_owned(), value)]);
        Model::with(scenario, year, &fixed)
            .value_at_medians(output)
            .unwrap_or(f64::NAN)
    };
    let mut bars: Vec<Bar> = moves
        .into_iter()
        .map(|(input, low_input, high_input)| Bar {
            title: InputKey::parse(&input)
                .map_or_else(|| input.replace('_', " "), |key| key.title()),
            low_output: at(&input, low_input),
            high_output: at(&input, high_input),
            input,
            low_input,
            high_input,
        })
        .collect();
    bars.sort_by(|left, right| {
        right
            .width()
            .total_cmp(&left.width())
            .then_with(|| left.input.cmp(&right.input))
    });
    let centre = model.value_at_medians(output).unwrap_or(f64::NAN);
    Ok(Tornado {
        scenario: scenario.name.clone(),
        output: output.to_string(),
        swing,
        centre,
        bars,
    })
}

fn relative_moves(
    scenario: &Scenario,
    part: f64,
) -> Result<Vec<(String, f64, f64)>, ForecastError> {
    if !(part > 0.0 && part <= 1.0) {
        return Err(ForecastError::Range {
            what: "the swing",
            expected: "above 0 and at most 100 %",
            got: part,
        });
    }
    let model = Model::new(scenario);
    let moves = scenario.inputs.iter().filter_map(|(key, input)| {
        let value = model.value_at_medians(&OutputKey::Input(key.clone()))?;
        let most = if input.unit == Unit::Share {
            1.0
        } else {
            f64::INFINITY
        };
        Some((
            key.to_string(),
            value * (1.0 - part),
            (value * (1.0 + part)).min(most),
        ))
    });
    Ok(moves.collect())
}
