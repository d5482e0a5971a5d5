//! From points in the unit cube to draws of the inputs.

use rayon::prelude::*;

use super::correlation::CorrelationMatrix;
use super::points::Points;
use super::table::{QuantileTable, ScoreTable};
use crate::distribution::Distribution;
use crate::program::{BLOCK, Block, Column, Variable};
use crate::scenario::Correlation;

const STEP: f64 = 1.0 / 4_294_967_296.0;

/// Everything a draw needs that is the same for all draws.
pub(crate) struct Inputs {
    independent: Vec<(usize, Quantiles)>,
    mixed: Option<Mixed>,
}

/// How a coordinate becomes a value.
enum Quantiles {
    Uniform {
        low: f64,
        width: f64,
    },
    Table(QuantileTable),
    /// For distributions that are quick to ask and have a kink at every value.
    Exact(Distribution),
}

/// Inputs that a Gaussian copula mixes.
struct Mixed {
    variables: Vec<usize>,
    lower: Vec<Vec<f64>>,
    scores: QuantileTable,
    tables: Vec<ScoreTable>,
}

impl Inputs {
    /// Correlations of inputs that are not among the variables have no effect on the others and are left out.
    pub(crate) fn new(variables: &[Variable], correlations: &[Correlation]) -> Self {
        let place = |name: &String| variables.iter().position(|variable| variable.name == *name);
        let relevant: Vec<Correlation> = correlations
            .iter()
            .filter(|correlation| correlation.between.iter().all(|name| place(name).is_some()))
            .cloned()
            .collect();
        let matrix = CorrelationMatrix::new(&relevant).filter(|matrix| !matrix.names.is_empty());
        let mixed_variables: Vec<usize> = matrix
            .iter()
            .flat_map(|matrix| matrix.names.iter().filter_map(place))
            .collect();
        let independent = (0..variables.len())
            .into_par_iter()
            .filter(|index| !mixed_variables.contains(index))
            .map(|index| (index, Quantiles::new(&variables[index].distribution)))
            .collect();
        let mixed = matrix.map(|matrix| Mixed {
            tables: mixed_variables
                .par_iter()
                .map(|index| ScoreTable::new(&variables[*index].distribution))
                .collect(),
            scores: QuantileTable::new(&Distribution::Normal {
                mean: 0.0,
                deviation: 1.0,
            }),
            variables: mixed_variables,
            lower: matrix.lower,
        });
        Self { independent, mixed }
    }

    /// Fills the block's variables with its draws; `first_dimension` is the one of the first variable.
    pub(crate) fn draw(
        &self,
        points: &mut Points,
        first_dimension: usize,
        number: u64,
        block: &mut Block,
    ) {
        let mut coordinates = [0; BLOCK];
        for (index, quantiles) in &self.independent {
            points.fill(first_dimension + index, number, &mut coordinates);
            quantiles.apply(&coordinates, &mut block.variables[*index]);
        }
        if let Some(mixed) = &self.mixed {
            for index in &mixed.variables {
                points.fill(first_dimension + index, number, &mut coordinates);
                mixed
                    .scores
                    .apply(&coordinates, &mut block.variables[*index]);
            }
            mixed.mix(block);
        }
    }
}

impl Quantiles {
    fn new(distribution: &Distribution) -> Self {
        match distribution {
            Distribution::Uniform { low, high } => Self::Uniform {
                low: *low,
                width: high - low,
            },
            Distribution::Empirical(_) => Self::Exact(distribution.clone()),
            _ => Self::Table(QuantileTable::new(distribution)),
        }
    }

    fn apply(&self, coordinates: &[u32; BLOCK], target: &mut Column) {
        match self {
            Self::Uniform { low, width } => {
                for (slot, coordinate) in target.iter_mut().zip(coordinates) {
                    *slot = low + width * ((f64::from(*coordinate) + 0.5) * STEP);
                }
            }
            Self::Table(table) => table.apply(coordinates, target),
            Self::Exact(distribution) => {
                for (slot, coordinate) in target.iter_mut().zip(coordinates) {
                    *slot = distribution.quantile((f64::from(*coordinate) + 0.5) * STEP);
                }
            }
        }
    }
}

impl Mixed {
    /// Turns independent normal scores into the values of correlated inputs, last input first, since each needs the
    /// scores of those before it.
    fn mix(&self, block: &mut Block) {
        for row in (0..self.variables.len()).rev() {
            let mut mixed = [0.0; BLOCK];
            for (column, factor) in self.lower[row].iter().enumerate().take(row + 1) {
                let scores = &block.variables[self.variables[column]];
                for (slot, score) in mixed.iter_mut().zip(scores) {
                    *slot += factor * score;
                }
            }
            let table = &self.tables[row];
            for (slot, score) in block.variables[self.variables[row]].iter_mut().zip(&mixed) {
                *slot = table.at(*score);
            }
        }
    }
}
