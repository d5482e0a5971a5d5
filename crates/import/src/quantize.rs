//! From a program over floats to an integer graph.
//!
//! Every tensor has one scale, so that an operator's result has the product of its operands' scales.
//! A requantisation is a shift by whole bits and a saturating table. The shift fills the table's
//! results with what calibration saw, its domain covers what the worst case could reach: a graph
//! never depends on calibration to be correct, only to be accurate.
//!
//! Accumulators are requantised only where an operator needs small operands, and together with the
//! limit of a `Relu` or `Clip` that follows them.

mod arithmetic;
mod builder;
mod embedding;
mod exact;
mod finish;
mod function;
mod normalize;
mod operation;
mod outliers;
mod pool;
mod saturate;
mod softmax;
mod table;
mod weights;

use std::collections::{BTreeMap, BTreeSet};

use lilliput_graph::{Checked, Weights};

use crate::error::ImportError;
use crate::interpret;
use crate::program::{Operation, Program};
use builder::Builder;

/// What import may choose between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Most bits of a value between layers, 4 to 12.
    pub activation_bits: u8,
    /// Most bits of a weight, 4 to 16.
    pub weight_bits: u8,
    /// Entries of all tables that import tries to stay below, if 7 bits or more are left by then.
    pub table_entries: i64,
    /// Shapes of inputs, by name, in place of those that the file leaves open.
    pub shapes: BTreeMap<String, Vec<usize>>,
    /// Inputs that aren't inputs any more: the model is made for their values in the samples.
    pub fixed: BTreeSet<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            activation_bits: 12,
            weight_bits: 10,
            table_entries: 1 << 15,
            shapes: BTreeMap::new(),
            fixed: BTreeSet::new(),
        }
    }
}

/// Fewest bits of a value between layers that import tries.
const ACTIVATION_BITS_MIN: u8 = 4;
/// Fewer bits than this are chosen only where no graph could hold the tables of more.
const ACTIVATION_BITS_ENOUGH: u8 = 7;

/// What import chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub activation_bits: u8,
    /// Weights and biases, in values.
    pub parameters: u64,
    pub nodes: u64,
    /// Values that go through a table in one run.
    pub lookups: u64,
    pub table_entries: u64,
    /// Elementary steps of one run.
    pub work: u64,
    /// Places where fewer bits than chosen had to do.
    pub warnings: Vec<String>,
}

/// Smallest and largest number that each step makes on the samples, and for the inputs the unit of
/// which all their numbers are multiples, if there is one.
pub(crate) struct Observed {
    extremes: Vec<(f64, f64)>,
    units: Vec<Option<f64>>,
    /// The variances of the rows that each normalisation saw, in order.
    variances: BTreeMap<usize, Vec<f64>>,
}

impl Observed {
    pub(crate) fn of(program: &Program, samples: &[Vec<Vec<f64>>]) -> Result<Self, ImportError> {
        let mut variances = BTreeMap::new();
        let mut extremes = vec![(f64::INFINITY, f64::NEG_INFINITY); program.steps.len()];
        interpret::each(program, samples, |values| {
            see_variances(program, values, &mut variances);
            for ((extreme, values), step) in extremes.iter_mut().zip(values).zip(&program.steps) {
                let Some((least, most)) = interpret::extremes(values) else {
                    return Err(ImportError::Unbounded {
                        node: step.name.clone(),
                    });
                };
                extreme.0 = extreme.0.min(f64::from(least));
                extreme.1 = extreme.1.max(f64::from(most));
            }
            Ok(())
        })?;
        for list in variances.values_mut() {
            list.sort_by(f64::total_cmp);
        }
        let unit = |input: usize| {
            let lists: Vec<&[f64]> = samples.iter().map(|sample| &sample[input][..]).collect();
            exact::unit(&lists)
        };
        let units = (0..program.inputs).map(unit).collect();
        Ok(Self {
            extremes,
            units,
            variances,
        })
    }

    /// Extremes of the variances that a normalisation saw.
    fn variance_of(&self, value: usize) -> (f64, f64) {
        self.variances
            .get(&value)
            .and_then(|sorted| Some((*sorted.first()?, *sorted.last()?)))
            .unwrap_or((1.0, 1.0))
    }

    /// The variance below which half of the rows lie.
    fn median_variance_of(&self, value: usize) -> f64 {
        self.variances
            .get(&value)
            .and_then(|sorted| sorted.get(sorted.len() / 2).copied())
            .unwrap_or(1.0)
    }

    /// Extremes of a step.
    fn of_step(&self, value: usize) -> (f64, f64) {
        self.extremes[value]
    }
}

fn see_variances(
    program: &Program,
    values: &[Vec<f32>],
    variances: &mut BTreeMap<usize, Vec<f64>>,
) {
    for (value, step) in program.steps.iter().enumerate() {
        let Operation::Normalize { axis, centered, .. } = step.operation else {
            continue;
        };
        let x = &values[step.operands[0]];
        interpret::each_row(&step.shape, axis, |places| {
            let (_, variance) = interpret::moments(x, places, centered);
            variances.entry(value).or_default().push(variance);
        });
    }
}

/// Tables may be as large as this part of all lookups: their cost doesn't show beside those.
const LOOKUPS_PER_ENTRY: u64 = 8;

type Built = (Checked, Weights, Report);

/// Builds the graph with as many bits as the options and the tables' sizes allow: as many as stay
/// below the tables' size that is asked for, or, where 7 bits don't, as many as any graph may hold
/// without losing some again in places.
pub(crate) fn quantize(
    program: &Program,
    observed: &Observed,
    options: &Options,
) -> Result<Built, ImportError> {
    let most = options.activation_bits.clamp(ACTIVATION_BITS_MIN, 12);
    let mut best: Option<Built> = None;
    let mut refusal = None;
    for bits in (ACTIVATION_BITS_MIN..=most).rev() {
        let complete = |(_, _, report): &Built| report.warnings.is_empty();
        if bits < ACTIVATION_BITS_ENOUGH && best.as_ref().is_some_and(complete) {
            break;
        }
        let built = Builder::new(program, observed, options, bits)
            .and_then(Builder::build)
            .and_then(finish::finish);
        match built {
            Ok(built) => {
                let limit = options.table_entries.unsigned_abs();
                let limit = limit.max(built.2.lookups / LOOKUPS_PER_ENTRY);
                if built.2.table_entries <= limit {
                    best = Some(built);
                    break;
                }
                // Where a place has to do with fewer bits, the others' bits are wasted on it.
                let lost = |built: &Built| built.2.warnings.len();
                if best.as_ref().is_none_or(|best| lost(&built) < lost(best)) {
                    best = Some(built);
                }
            }
            Err(error @ (ImportError::Quantize { .. } | ImportError::Tables { .. })) => {
                refusal = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    // Where nothing worked, what stopped the attempt with the fewest bits is what stands in the way.
    best.ok_or_else(|| refusal.unwrap_or(ImportError::Nothing { what: "bits" }))
}
