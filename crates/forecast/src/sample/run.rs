//! A Monte Carlo run: replicas in parallel, joined into estimates with standard errors.

use rayon::prelude::*;
use serde::Serialize;

use super::draw::Inputs;
use super::histogram::Histogram;
use super::points::{DIMENSIONS_MAX, Points, Sampling};
use crate::error::ForecastError;
use crate::program::{BLOCK, Block, Model, Program};
use crate::scenario::{OutputKey, Scenario, Year};

/// Uncertain inputs of one scenario; indices need two dimensions for each.
pub const UNCERTAIN_MAX: usize = DIMENSIONS_MAX / 2;

const DRAWS_MIN: u64 = 64;
/// So that a replica's points stay below 2^32, beyond which Sobol points repeat.
const DRAWS_MAX: u64 = 1 << 33;
const REPLICAS_MAX: u32 = 256;
const THRESHOLDS_MAX: usize = 64;
const COARSE_PARTS: usize = 60;

/// The quantiles that every run reports.
pub const QUANTILES: [(&str, f64); 9] = [
    ("p1", 0.01),
    ("p5", 0.05),
    ("p10", 0.10),
    ("p25", 0.25),
    ("p50", 0.50),
    ("p75", 0.75),
    ("p90", 0.90),
    ("p95", 0.95),
    ("p99", 0.99),
];

#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Draws in all replicas together.
    pub draws: u64,
    pub seed: u64,
    pub sampling: Sampling,
    /// Independent repetitions, from whose spread the errors follow.
    pub replicas: u32,
    /// Values whose probability of being exceeded is wanted.
    pub thresholds: Vec<f64>,
    pub year: Option<Year>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            draws: 1 << 20,
            seed: 1,
            sampling: Sampling::Sobol,
            replicas: 16,
            thresholds: Vec::new(),
            year: None,
        }
    }
}

/// A number and the standard deviation of its error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    pub value: f64,
    pub standard_error: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OutputSummary {
    pub key: OutputKey,
    pub mean: Estimate,
    pub deviation: Estimate,
    pub min: f64,
    pub max: f64,
    /// In the order of [`QUANTILES`].
    pub quantiles: Vec<Estimate>,
    /// For each threshold, the probability of being above it.
    pub exceedance: Vec<(f64, Estimate)>,
    /// The part of all draws in each of equal steps from the first to the second number.
    pub shape: (f64, f64, Vec<f64>),
}

impl OutputSummary {
    /// A quantile by its name, as `p95`.
    #[must_use]
    pub fn quantile(&self, name: &str) -> Option<Estimate> {
        QUANTILES
            .iter()
            .zip(&self.quantiles)
            .find(|((known, _), _)| *known == name)
            .map(|(_, estimate)| *estimate)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub scenario: String,
    pub year: Year,
    pub options: Options,
    pub uncertain: Vec<String>,
    pub outputs: Vec<OutputSummary>,
}

impl Run {
    #[must_use]
    pub fn output(&self, key: &OutputKey) -> Option<&OutputSummary> {
        self.outputs.iter().find(|output| output.key == *key)
    }
}

/// Draws the scenario's uncertain inputs and sums up the outputs in `keys`.
pub fn run(
    scenario: &Scenario,
    keys: &[OutputKey],
    options: &Options,
) -> Result<Run, ForecastError> {
    check(options)?;
    let year = options.year.unwrap_or(scenario.year);
    let program = Model::in_year(scenario, year).program(keys);
    let uncertain = program.variables().len();
    if uncertain > UNCERTAIN_MAX {
        return Err(ForecastError::TooManyUncertain {
            got: uncertain,
            most: UNCERTAIN_MAX,
        });
    }
    let inputs = Inputs::new(program.variables(), &scenario.correlations);
    let pivots = program.evaluate_at_medians();
    let replicas: Vec<Replica> = (0..options.replicas)
        .into_par_iter()
        .map(|number| Replica::draw(&program, &inputs, &pivots, options, number))
        .collect();
    let outputs = program
        .output_keys()
        .enumerate()
        .map(|(index, key)| {
            let tallies: Vec<&Tally> = replicas
                .iter()
                .map(|replica| &replica.tallies[index])
                .collect();
            summary(key, pivots[index], &tallies, options)
        })
        .collect::<Result<_, _>>()?;
    Ok(Run {
        scenario: scenario.name.clone(),
        year,
        options: options.clone(),
        uncertain: program
            .variables()
            .iter()
            .map(|variable| variable.name.clone())
            .collect(),
        outputs,
    })
}

pub(crate) fn check(options: &Options) -> Result<(), ForecastError> {
    if !(DRAWS_MIN..=DRAWS_MAX).contains(&options.draws) {
        return Err(ForecastError::Draws {
            got: options.draws,
            least: DRAWS_MIN,
            most: DRAWS_MAX,
        });
    }
    let fits = (2..=REPLICAS_MAX).contains(&options.replicas)
        && options.draws >= 2 * u64::from(options.replicas);
    if !fits || options.thresholds.len() > THRESHOLDS_MAX {
        return Err(ForecastError::Replicas {
            got: options.replicas,
            most: REPLICAS_MAX,
        });
    }
    Ok(())
}

/// One output's sums over one replica.
struct Tally {
    histogram: Histogram,
    /// Sums of the distance from the pivot and of its square, which keep their digits.
    sum: f64,
    sum_of_squares: f64,
    above: Vec<u64>,
    draws: u64,
}

struct Replica {
    tallies: Vec<Tally>,
}

impl Replica {
    fn draw(
        program: &Program,
        inputs: &Inputs,
        pivots: &[f64],
        options: &Options,
        number: u32,
    ) -> Self {
        let replicas = u64::from(options.replicas);
        let draws =
            options.draws / replicas + u64::from(u64::from(number) < options.draws % replicas);
        let mut points = Points::new(
            options.sampling,
            program.variables().len(),
            options.seed,
            u64::from(number),
        );
        let mut block = Block::new(program);
        let mut tallies: Vec<Tally> = pivots
            .iter()
            .map(|_| Tally::new(options.thresholds.len()))
            .collect();
        let mut done = 0;
        while done < draws {
            inputs.draw(&mut points, 0, done / BLOCK as u64, &mut block);
            block.run(program);
            let length = (draws - done).min(BLOCK as u64) as usize;
            for ((tally, (_, operand)), pivot) in
                tallies.iter_mut().zip(&program.outputs).zip(pivots)
            {
                tally.add(
                    &block.output(*operand)[..length],
                    *pivot,
                    &options.thresholds,
                );
            }
            done += length as u64;
        }
        Self { tallies }
    }
}

impl Tally {
    fn new(thresholds: usize) -> Self {
        Self {
            histogram: Histogram::new(),
            sum: 0.0,
            sum_of_squares: 0.0,
            above: vec![0; thresholds],
            draws: 0,
        }
    }

    fn add(&mut self, values: &[f64], pivot: f64, thresholds: &[f64]) {
        let (sum, sum_of_squares) = sums(values, pivot);
        self.sum += sum;
        self.sum_of_squares += sum_of_squares;
        self.draws += values.len() as u64;
        self.histogram.add(values);
        for (count, threshold) in self.above.iter_mut().zip(thresholds) {
            *count += values.iter().filter(|value| *value > threshold).count() as u64;
        }
    }

    fn mean(&self, pivot: f64) -> f64 {
        pivot + self.sum / self.draws as f64
    }

    fn deviation(&self) -> f64 {
        let mean = self.sum / self.draws as f64;
        (self.sum_of_squares / self.draws as f64 - mean * mean)
            .max(0.0)
            .sqrt()
    }
}

/// Sums in eight lanes, which the compiler turns into vector code with a fixed order.
fn sums(values: &[f64], pivot: f64) -> (f64, f64) {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let mut squares = [0.0; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for lane in 0..LANES {
            let distance = chunk[lane] - pivot;
            sums[lane] += distance;
            squares[lane] += distance * distance;
        }
    }
    for (lane, value) in rest.iter().enumerate() {
        let distance = value - pivot;
        sums[lane] += distance;
        squares[lane] += distance * distance;
    }
    (sums.iter().sum(), squares.iter().sum())
}

fn summary(
    key: &OutputKey,
    pivot: f64,
    tallies: &[&Tally],
    options: &Options,
) -> Result<OutputSummary, ForecastError> {
    let ps: Vec<f64> = QUANTILES.iter().map(|(_, p)| *p).collect();
    let mut pooled = Histogram::new();
    for tally in tallies {
        if !tally.sum.is_finite() {
            return Err(ForecastError::NotANumber {
                output: key.to_string(),
            });
        }
        pooled.merge(&tally.histogram);
    }
    let draws = tallies.iter().map(|tally| tally.draws).sum::<u64>() as f64;
    let by_replica: Vec<Vec<f64>> = tallies
        .iter()
        .map(|tally| tally.histogram.quantiles(&ps))
        .collect();
    let quantiles = pooled
        .quantiles(&ps)
        .into_iter()
        .enumerate()
        .map(|(index, value)| Estimate {
            value,
            standard_error: standard_error(by_replica.iter().map(|quantiles| quantiles[index])),
        })
        .collect();
    let weighted = |of: &dyn Fn(&Tally) -> f64| {
        tallies
            .iter()
            .map(|tally| of(tally) * tally.draws as f64)
            .sum::<f64>()
            / draws
    };
    let estimate = |of: &dyn Fn(&Tally) -> f64| Estimate {
        value: weighted(of),
        standard_error: standard_error(tallies.iter().map(|tally| of(tally))),
    };
    let mean = estimate(&|tally| tally.mean(pivot));
    let second = weighted(&|tally| tally.sum_of_squares / tally.draws as f64);
    let offset = mean.value - pivot;
    let deviation = Estimate {
        value: (second - offset * offset).max(0.0).sqrt(),
        ..estimate(&Tally::deviation)
    };
    let exceedance = options
        .thresholds
        .iter()
        .enumerate()
        .map(|(index, threshold)| {
            (
                *threshold,
                estimate(&|tally| tally.above[index] as f64 / tally.draws as f64),
            )
        })
        .collect();
    let shape = shape(&pooled, draws);
    Ok(OutputSummary {
        key: key.clone(),
        mean,
        deviation,
        min: pooled.min(),
        max: pooled.max(),
        quantiles,
        exceedance,
        shape,
    })
}

/// The middle 99.6 % of the draws, in equal steps.
fn shape(pooled: &Histogram, draws: f64) -> (f64, f64, Vec<f64>) {
    let ends = pooled.quantiles(&[0.002, 0.998]);
    let (low, high) = (ends[0], ends[1]);
    if low >= high {
        return (low, high, vec![1.0]);
    }
    let parts = pooled
        .coarse(low, high, COARSE_PARTS)
        .into_iter()
        .map(|count| count / draws)
        .collect();
    (low, high, parts)
}

/// The error of the mean of independent replicas.
pub(crate) fn standard_error(values: impl Iterator<Item = f64> + Clone) -> f64 {
    // Distances from the first value: equal values have no error at all.
    let first = values.clone().next().unwrap_or_default();
    let distances = values.map(|value| value - first);
    let count = distances.clone().count() as f64;
    let mean = distances.clone().sum::<f64>() / count;
    let variance = distances
        .map(|distance| (distance - mean) * (distance - mean))
        .sum::<f64>()
        / (count - 1.0);
    (variance / count).sqrt()
}
