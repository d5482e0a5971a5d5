//! What lies between two scenarios: their inputs exchanged one after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::error::ForecastError;
use crate::program::Model;
use crate::scenario::{InputKey, OutputKey, Scenario, ShareKind, Year};

/// Averages over all orders need 2^steps calculations.
const STEPS_MAX: usize = 12;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BridgeStep {
    /// An input, or `segment_share` and `crypto_share` for all segments together.
    pub input: String,
    pub title: String,
    /// The change when this step is taken in the bridge's order.
    pub change: f64,
    pub total_after: f64,
    /// The change averaged over all orders of the steps (Shapley's value): independent of the order chosen.
    pub change_in_any_order: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bridge {
    pub from: String,
    pub to: String,
    pub output: String,
    pub start: f64,
    pub end: f64,
    pub steps: Vec<BridgeStep>,
}

/// Goes from one scenario to the other in the model's order, or in `order`, which names some steps to take first.
pub fn bridge(
    from: &Scenario,
    to: &Scenario,
    output: &OutputKey,
    year: Year,
    order: &[String],
) -> Result<Bridge, ForecastError> {
    let segments = |scenario: &Scenario| scenario.segments.iter().cloned().collect::<BTreeSet<_>>();
    if segments(from) != segments(to) {
        return Err(ForecastError::DifferentSegments {
            from: from.name.clone(),
            to: to.name.clone(),
        });
    }
    let target = input_values(to, year);
    let steps = ordered(steps(from, &input_values(from, year), &target), order)?;
    let value = |taken: &dyn Fn(usize) -> bool| {
        let mut fixed = input_values(from, year);
        for (_, keys) in steps
            .iter()
            .enumerate()
            .filter(|(index, _)| taken(*index))
            .map(|(_, step)| step)
        {
            for key in keys {
                fixed.insert(
                    key.to_string(),
                    target.get(&key.to_string()).copied().unwrap_or_default(),
                );
            }
        }
        Model::with(from, from.year, &fixed)
            .value_at_medians(output)
            .unwrap_or(f64::NAN)
    };
    let subsets: Vec<f64> = (0..1_usize << steps.len())
        .map(|subset| value(&|index| subset >> index & 1 == 1))
        .collect();
    let bridged = steps
        .iter()
        .enumerate()
        .map(|(index, (name, keys))| {
            let (before, after) = (subsets[(1 << index) - 1], subsets[(1 << (index + 1)) - 1]);
            BridgeStep {
                input: name.clone(),
                title: title(name, keys),
                change: after - before,
                total_after: after,
                change_in_any_order: shapley(&subsets, steps.len(), index),
            }
        })
        .collect();
    Ok(Bridge {
        from: from.name.clone(),
        to: to.name.clone(),
        output: output.to_string(),
        start: subsets[0],
        end: subsets[subsets.len() - 1],
        steps: bridged,
    })
}

type Step = (String, Vec<InputKey>);

fn input_values(scenario: &Scenario, year: Year) -> BTreeMap<String, f64> {
    let model = Model::in_year(scenario, year);
    scenario
        .inputs
        .keys()
        .filter_map(|key| {
            Some((
                key.to_string(),
                model.value_at_medians(&OutputKey::Input(key.clone()))?,
            ))
        })
        .collect()
}

/// The inputs that differ, the shares of all segments as one step each.
fn steps(
    from: &Scenario,
    start: &BTreeMap<String, f64>,
    target: &BTreeMap<String, f64>,
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for key in from.input_keys() {
        let name = key.to_string();
        if start.get(&name) == target.get(&name) {
            continue;
        }
        let group = match &key {
            InputKey::Share(kind, _) => kind.table().to_owned(),
            InputKey::ProductivityTam | InputKey::Adoption | InputKey::ValueCapture => name,
        };
        match steps.iter_mut().find(|(name, _)| *name == group) {
            Some((_, keys)) => keys.push(key),
            None => steps.push((group, vec![key])),
        }
    }
    steps
}

fn ordered(mut steps: Vec<Step>, order: &[String]) -> Result<Vec<Step>, ForecastError> {
    let mut first = Vec::new();
    for name in order.iter().take(STEPS_MAX) {
        match steps.iter().position(|(step, _)| step == name) {
            Some(index) => first.push(steps.remove(index)),
            None => {
                let known: Vec<&str> = steps.iter().map(|(name, _)| name.as_str()).collect();
                return Err(ForecastError::BridgeOrder {
                    got: name.clone(),
                    known: known.join(", "),
                });
            }
        }
    }
    first.extend(steps);
    Ok(first)
}

fn title(name: &str, keys: &[InputKey]) -> String {
    match keys {
        [key] => key.title(),
        _ if name == ShareKind::Segment.table() => "Segments' shares of AI spending".to_owned(),
        _ => "Crypto shares of the segments".to_owned(),
    }
}

/// The mean change that step `index` makes, over all orders of `count` steps.
fn shapley(subsets: &[f64], count: usize, index: usize) -> f64 {
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    (0..subsets.len())
        .filter(|subset| subset >> index & 1 == 0)
        .map(|subset| {
            let size = subset.count_ones() as usize;
            let weight = factorial(size) * factorial(count - size - 1) / factorial(count);
            weight * (subsets[subset | 1 << index] - subsets[subset])
        })
        .sum()
}
