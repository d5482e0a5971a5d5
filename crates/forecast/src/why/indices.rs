//! Sobol's indices: how much of a result's variance each input causes, alone and with what it does to others.
//!
//! First order by Saltelli and others (Computer Physics Communications 181, 2010), total by Jansen (Computer Physics
//! Communications 117, 1999); errors from replicas.

use rayon::prelude::*;
use serde::Serialize;

use crate::error::ForecastError;
use crate::program::{BLOCK, Block, Model, Program};
use crate::sample::{
    Estimate, Inputs, Options, Points, UNCERTAIN_MAX, check_options, standard_error,
};
use crate::scenario::{OutputKey, Scenario};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Index {
    pub input: String,
    /// The part of the variance that would go if this input were known.
    pub first_order: Estimate,
    /// The part that would stay if everything else were known.
    pub total: Estimate,
}

/// The input with the largest total index first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Indices {
    pub scenario: String,
    pub output: String,
    /// Times the model was calculated.
    pub evaluations: u64,
    pub indices: Vec<Index>,
}

/// The indices of all uncertain inputs, which must be independent. `options.draws` counts base points; each takes two
/// calculations and one more for each input.
pub fn indices(
    scenario: &Scenario,
    output: &OutputKey,
    options: &Options,
) -> Result<Indices, ForecastError> {
    check_options(options)?;
    let year = options.year.unwrap_or(scenario.year);
    let program = Model::in_year(scenario, year).program(std::slice::from_ref(output));
    let variables = program.variables();
    if variables.is_empty() {
        return Err(ForecastError::NothingUncertain {
            scenario: scenario.name.clone(),
        });
    }
    if variables.len() > UNCERTAIN_MAX {
        return Err(ForecastError::TooManyUncertain {
            got: variables.len(),
            most: UNCERTAIN_MAX,
        });
    }
    let is_used = |name: &String| variables.iter().any(|variable| variable.name == *name);
    if let Some(correlation) = scenario
        .correlations
        .iter()
        .find(|correlation| correlation.between.iter().all(is_used))
    {
        return Err(ForecastError::CorrelatedIndices {
            scenario: scenario.name.clone(),
            pair: correlation.between.join(" with "),
        });
    }
    let inputs = Inputs::new(variables, &[]);
    let pivot = program
        .evaluate_at_medians()
        .first()
        .copied()
        .unwrap_or_default();
    let replicas: Vec<Replica> = (0..options.replicas)
        .into_par_iter()
        .map(|number| Replica::draw(&program, &inputs, pivot, options, number))
        .collect();
    if replicas.iter().any(|replica| !replica.variance.is_finite()) {
        return Err(ForecastError::NotANumber {
            output: output.to_string(),
        });
    }
    let mut indices: Vec<Index> = variables
        .iter()
        .enumerate()
        .map(|(index, variable)| Index {
            input: variable.name.clone(),
            first_order: estimate(replicas.iter().map(|replica| replica.first_order[index])),
            total: estimate(replicas.iter().map(|replica| replica.total[index])),
        })
        .collect();
    indices.sort_by(|left, right| right.total.value.total_cmp(&left.total.value));
    let evaluations = options.draws * (variables.len() as u64 + 2);
    Ok(Indices {
        scenario: scenario.name.clone(),
        output: output.to_string(),
        evaluations,
        indices,
    })
}

fn estimate(values: impl Iterator<Item = f64> + Clone) -> Estimate {
    let count = values.clone().count() as f64;
    Estimate {
        value: values.clone().sum::<f64>() / count,
        standard_error: standard_error(values),
    }
}

struct Replica {
    variance: f64,
    first_order: Vec<f64>,
    total: Vec<f64>,
}

impl Replica {
    fn draw(
        program: &Program,
        inputs: &Inputs,
        pivot: f64,
        options: &Options,
        number: u32,
    ) -> Self {
        let count = program.variables().len();
        let replicas = u64::from(options.replicas);
        let draws =
            options.draws / replicas + u64::from(u64::from(number) < options.draws % replicas);
        let mut points = Points::new(options.sampling, 2 * count, options.seed, u64::from(number));
        let (mut first, mut second) = (Block::new(program), Block::new(program));
        let mut mixed = Block::new(program);
        let output = program.outputs[0].1;
        let (mut sum, mut squares) = (0.0, 0.0);
        let (mut covariances, mut differences) = (vec![0.0; count], vec![0.0; count]);
        for number in 0..draws.div_ceil(BLOCK as u64) {
            let length = (draws - number * BLOCK as u64).min(BLOCK as u64) as usize;
            inputs.draw(&mut points, 0, number, &mut first);
            inputs.draw(&mut points, count, number, &mut second);
            first.run(program);
            second.run(program);
            let (at_first, at_second) = (first.output(output), second.output(output));
            for (a, b) in at_first.iter().zip(&at_second).take(length) {
                let (a, b) = (a - pivot, b - pivot);
                sum += a + b;
                squares += a * a + b * b;
            }
            mixed.variables.clone_from(&first.variables);
            for index in 0..count {
                mixed.variables[index] = second.variables[index];
                mixed.run(program);
                let at_mixed = mixed.output(output);
                for ((a, b), m) in at_first.iter().zip(&at_second).zip(&at_mixed).take(length) {
                    covariances[index] += (b - pivot) * (m - a);
                    differences[index] += (a - m) * (a - m);
                }
                mixed.variables[index] = first.variables[index];
            }
        }
        let draws = draws as f64;
        let mean = sum / (2.0 * draws);
        let variance = squares / (2.0 * draws) - mean * mean;
        Self {
            variance,
            first_order: covariances
                .into_iter()
                .map(|covariance| covariance / draws / variance)
                .collect(),
            total: differences
                .into_iter()
                .map(|difference| difference / (2.0 * draws) / variance)
                .collect(),
        }
    }
}
