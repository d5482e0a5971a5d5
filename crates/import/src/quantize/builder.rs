//! The graph in the making: scales, requantisations, weights.

use std::collections::BTreeMap;

use lilliput_graph::graph::WeightSpec;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::shape::AXES_MAX;
use lilliput_graph::{
    Draft, Input, Op, OpError, Output, Post, Range, Shape, Table, Tensor, TensorId,
};

use super::saturate::CLAMP_ENTRIES;
use super::{Observed, Options};
use crate::element::Element;
use crate::error::ImportError;
use crate::number::scale_from_f64;
use crate::program::{Operation, Program, Step, Value};

/// Most entries of one table, reached by shifting further than calibration asks for.
const DOMAIN_MAX: i64 = 1 << 15;
/// How many steps with tables of their own leave few entries to all others.
const FUNCTIONS_MANY: usize = 8;
/// Most entries of functions' tables before they are shared.
const FUNCTION_ENTRIES_MAX: usize = 1 << 22;
/// Fewest bits of an input, which costs no table.
const INPUT_BITS_MIN: u8 = 8;
/// Fewest and most bits of the magnitude of an input that isn't rounded.
const EXACT_BITS_MIN: u8 = 7;
const EXACT_BITS_MAX: u8 = 29;

/// Integers that stand for numbers: each is worth `scale`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quantity {
    pub(super) tensor: TensorId,
    pub(super) scale: f64,
}

/// See the module's text.
pub(super) struct Builder<'a> {
    pub(super) program: &'a Program,
    pub(super) observed: &'a Observed,
    pub(super) bits: u8,
    pub(super) weight_bits: u8,
    /// Whether so many steps have tables of their own that the others have to do with few entries.
    pub(super) is_crowded: bool,
    /// Entries of functions' tables so far.
    function_entries: usize,
    pub(super) draft: Draft,
    /// Values of the weights, by their places in the draft.
    pub(super) weights: Vec<Tensor>,
    /// What each step makes.
    quantities: Vec<Quantity>,
    /// The same in few bits, where an operator needed that.
    small: BTreeMap<Value, Quantity>,
    pub(super) warnings: Vec<String>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        program: &'a Program,
        observed: &'a Observed,
        options: &Options,
        bits: u8,
    ) -> Result<Self, ImportError> {
        let mut inputs = Vec::with_capacity(program.inputs);
        let mut quantities = Vec::with_capacity(program.steps.len());
        for (index, step) in program.steps[..program.inputs].iter().enumerate() {
            let bits = bits.max(INPUT_BITS_MIN);
            let refuse = |reason: &str| ImportError::Input {
                name: step.name.clone(),
                reason: reason.into(),
            };
            let rows = super::embedding::rows_of_input(program, index);
            let (range, scale) = match exact_input(step.element, observed, index, bits) {
                // Whatever the samples hold, every row can be asked for.
                Some((_, scale)) if let Some(rows) = rows => {
                    let hi = rows as i64 - 1;
                    (Range { lo: 0, hi }, scale)
                }
                Some(exact) => exact,
                // Whoever reads integers counts on each.
                None if step.element.is_exact() && !is_only_converted(program, index) => {
                    return Err(refuse(
                        "its samples hold integers of more than 29 bits; cast it to floats first, or keep it \
                         below 536870912",
                    ));
                }
                None => input_range(observed.of_step(index), bits),
            };
            inputs.push(Input {
                name: step.name.clone(),
                shape: of_input(&step.shape),
                range,
                scale: scale_from_f64(scale)
                    .ok_or_else(|| refuse("its samples are too small or too large"))?,
                zero: 0,
            });
            quantities.push(Quantity {
                tensor: TensorId(index as u32),
                scale,
            });
        }
        // A step takes four weights at most; places that stay empty are dropped at the end.
        let empty = WeightSpec {
            shape: Shape(vec![1]),
            bits: 1,
        };
        let places = 4 * program.steps.len();
        let has_table = |step: &&Step| {
            matches!(
                step.operation,
                Operation::Function(_)
                    | Operation::Formula(_)
                    | Operation::Normalize { .. }
                    | Operation::Softmax
            )
        };
        let functions = program.steps.iter().filter(has_table).count();
        Ok(Self {
            program,
            observed,
            bits,
            is_crowded: functions >= FUNCTIONS_MANY,
            function_entries: 0,
            weight_bits: options
                .weight_bits
                .clamp(super::weights::WEIGHT_BITS_MIN, 16),
            draft: Draft::new(inputs, vec![empty; places]),
            weights: Vec::new(),
            quantities,
            small: BTreeMap::new(),
            warnings: Vec::new(),
        })
    }

    /// Adds a node for every step, and the outputs.
    pub(super) fn build(mut self) -> Result<Self, ImportError> {
        let program = self.program;
        for (value, step) in program.steps.iter().enumerate().skip(program.inputs) {
            let quantity = self
                .step(value, step)
                .map_err(|source| ImportError::Quantize {
                    node: step.name.clone(),
                    source,
                })?;
            let quantity =
                self.within_shifts(value, quantity)
                    .map_err(|source| ImportError::Quantize {
                        node: step.name.clone(),
                        source,
                    })?;
            self.quantities.push(quantity);
        }
        for output in &program.outputs {
            let quantity = self.quantities[output.value];
            let shape = &program.steps[output.value].shape;
            let scale = scale_from_f64(quantity.scale).ok_or_else(|| ImportError::Output {
                name: output.name.clone(),
                reason: "its scale is too small or too large".into(),
            })?;
            self.draft.push_output(Output {
                name: output.name.clone(),
                tensor: quantity.tensor,
                scale,
                shape: Shape(shape.iter().map(|&length| length as u32).collect()),
                post: if output.softmax {
                    Post::Softmax
                } else {
                    Post::None
                },
            });
        }
        Ok(self)
    }

    pub(super) fn quantity(&self, value: Value) -> Quantity {
        self.quantities[value]
    }

    pub(super) fn lengths(&self, quantity: Quantity) -> Vec<u32> {
        self.draft.shape(quantity.tensor).0.clone()
    }

    pub(super) fn range(&self, quantity: Quantity) -> Range {
        self.draft.range(quantity.tensor)
    }

    /// Adds a node whose result has the given scale.
    pub(super) fn push(&mut self, op: Op, scale: f64) -> Result<Quantity, OpError> {
        let tensor = self.draft.push(op)?;
        Ok(Quantity { tensor, scale })
    }

    /// The same values under a shape of as many elements.
    pub(super) fn shaped(&mut self, x: Quantity, shape: &Shape) -> Result<Quantity, OpError> {
        if self.draft.shape(x.tensor) == shape {
            return Ok(x);
        }
        let op = Op::Reshape {
            x: x.tensor,
            shape: shape.clone(),
        };
        self.push(op, x.scale)
    }

    /// The largest result of an unsigned table.
    pub(super) fn top(&self) -> i64 {
        (1 << self.bits) - 1
    }

    /// The limits of a signed table.
    pub(super) fn signed(&self) -> Range {
        let half = 1 << (self.bits - 1);
        Range {
            lo: -half,
            hi: half - 1,
        }
    }

    /// A step's values in few bits, as products and tables need them.
    pub(super) fn small(&mut self, value: Value) -> Result<Quantity, OpError> {
        let mut value = value;
        while let Operation::Reshape = self.step_of(value).operation {
            value = self.step_of(value).operands[0];
        }
        if let Some(&quantity) = self.small.get(&value) {
            return Ok(quantity);
        }
        let quantity = self.quantities[value];
        let range = self.range(quantity);
        if self.step_of(value).element.is_exact() {
            return Ok(quantity);
        }
        let quantity = if value < self.program.inputs
            || range.hi - range.lo <= self.top() && range.magnitude() <= self.top()
        {
            quantity
        } else {
            let limits = if self.observed.of_step(value).0 >= 0.0 {
                Range {
                    lo: 0,
                    hi: self.top(),
                }
            } else {
                self.signed()
            };
            self.requantized(value, quantity, limits, None)?
        };
        self.small.insert(value, quantity);
        Ok(quantity)
    }

    /// Shifts until what the samples reached at step `value` fits into `limits`, then saturates
    /// there, and at `ceiling` if the model has one.
    pub(super) fn requantized(
        &mut self,
        value: Value,
        x: Quantity,
        limits: Range,
        ceiling: Option<(f64, f64)>,
    ) -> Result<Quantity, OpError> {
        let mut shift = self.shift_into(value, x, limits);
        let x = if self.is_beyond(x, shift, limits) {
            self.saturated(x, limits.magnitude(), shift, CLAMP_ENTRIES)?
        } else {
            x
        };
        let range = self.range(x);
        let too_wide = |shift: u8, entries: i64| (range.hi - range.lo) >> shift >= entries;
        while shift < SHIFT_MAX && too_wide(shift, DOMAIN_MAX) {
            shift += 1;
            let name = &self.program.steps[value].name;
            self.warnings.push(format!(
                "node '{name}' loses a bit: its worst case is far beyond its samples"
            ));
        }
        let scale = x.scale * f64::from(1u32 << shift);
        let limits = match ceiling {
            None => limits,
            Some((lo, hi)) => Range {
                lo: limits.lo.max((lo / scale).round() as i64),
                hi: limits.hi.min((hi / scale).round() as i64),
            },
        };
        self.lookup(x, shift, scale, |domain| Table::Clamp {
            lo: domain.lo as i32,
            hi: domain.hi as i32,
            out_lo: limits.lo as i32,
            out_hi: limits.hi as i32,
        })
    }

    /// The least shift that brings what the samples reached at step `value` into `limits`.
    pub(super) fn shift_into(&self, value: Value, x: Quantity, limits: Range) -> u8 {
        let (least, most) = self.observed.of_step(value);
        let range = self.range(x);
        let fits = |shift: &u8| {
            let unit = x.scale * f64::from(1u32 << shift);
            let reaches = |extreme: f64, limit: i64| (extreme / unit).round() <= limit as f64;
            if least == 0.0 && most == 0.0 {
                // Nothing was seen: make room for the worst.
                return range.hi >> shift <= limits.hi && range.lo >> shift >= limits.lo;
            }
            reaches(most, limits.hi) && (limits.lo == 0 || reaches(-least, -limits.lo))
        };
        (0..SHIFT_MAX).find(fits).unwrap_or(SHIFT_MAX)
    }

    /// Whether the worst case of `x` needs many more entries after the shift than the limits that it
    /// is brought to.
    pub(super) fn is_beyond(&self, x: Quantity, shift: u8, limits: Range) -> bool {
        let range = self.range(x);
        let most = if self.is_crowded {
            DOMAIN_MAX / 2
        } else {
            DOMAIN_MAX
        };
        let enough = (5 * (limits.hi - limits.lo) / 4).max(most);
        (range.hi - range.lo) >> shift >= enough
    }

    /// Adds a table for all that `x` can reach after the shift, and its lookup.
    pub(super) fn lookup(
        &mut self,
        x: Quantity,
        shift: u8,
        scale: f64,
        table: impl FnOnce(Range) -> Table,
    ) -> Result<Quantity, OpError> {
        let range = self.range(x);
        let domain = Range {
            lo: lilliput_graph::exec::round_shift(range.lo, shift).0,
            hi: lilliput_graph::exec::round_shift(range.hi, shift).0,
        };
        let table = table(domain);
        if let Table::Values { values, .. } = &table {
            self.function_entries += values.len();
        }
        if self.function_entries > FUNCTION_ENTRIES_MAX {
            return Err(OpError::Parameter {
                what: "number of table entries",
            });
        }
        let table = self.draft.push_table(table)?;
        let op = Op::Lookup {
            x: x.tensor,
            shift,
            table,
        };
        self.push(op, scale)
    }

    pub(super) fn step_of(&self, value: Value) -> &'a Step {
        &self.program.steps[value]
    }
}

/// Whether an input of integers is only read as floats.
fn is_only_converted(program: &Program, input: Value) -> bool {
    let reads = |step: &&Step| step.operands.contains(&input);
    let is_output = program.outputs.iter().any(|output| output.value == input);
    let float = Operation::Convert(Element::Float);
    !is_output
        && program
            .steps
            .iter()
            .filter(reads)
            .all(|step| step.operation == float)
}

/// The interval and scale of an input whose numbers stand as they are: integers, or floats that are
/// multiples of a power of two and have few bits. For integers of many bits, and for floats, the
/// samples decide how far the interval goes.
fn exact_input(
    element: Element,
    observed: &Observed,
    index: usize,
    bits: u8,
) -> Option<(Range, f64)> {
    let (least, most) = observed.of_step(index);
    let (lo, hi) = element.limits();
    if element.is_exact() && hi.saturating_sub(lo) < 256 {
        return Some((Range { lo, hi }, 1.0));
    }
    let scale = if element.is_exact() {
        1.0
    } else {
        observed.units[index]?
    };
    let reached = (most.max(-least) / scale).round();
    let least_bits = if element.is_exact() {
        EXACT_BITS_MIN
    } else {
        1
    };
    let mut wide = (least_bits..=EXACT_BITS_MAX).find(|&bits| reached < f64::from(1u32 << bits))?;
    let mut scale = scale;
    if !element.is_exact() {
        // A finer unit is as exact, and what is computed from the numbers may need it.
        let usual = if least < 0.0 { bits - 1 } else { bits };
        while wide < usual {
            wide += 1;
            scale /= 2.0;
        }
        if wide > usual || !scale.is_normal() {
            return None;
        }
    }
    let most = (1i64 << wide) - 1;
    let least = if least < 0.0 { -most - 1 } else { 0 };
    // Floats have no limits of their own.
    let range = Range {
        lo: least.max(lo),
        hi: most.min(hi),
    };
    Some((range, scale))
}

/// The interval of an input that the samples reached from `least` to `most`, and its scale.
fn input_range((least, most): (f64, f64), bits: u8) -> (Range, f64) {
    let (lo, hi) = if least >= 0.0 {
        (0, (1i64 << bits) - 1)
    } else {
        (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1)
    };
    let scale = if most.max(-least) == 0.0 {
        // Nothing was seen of it: room for numbers up to 1.
        1.0 / hi as f64
    } else {
        (most / hi as f64).max(if lo < 0 { least / lo as f64 } else { 0.0 })
    };
    (Range { lo, hi }, scale)
}

/// An input's shape in the graph: the last axes as one where there are more than a tensor may have.
fn of_input(shape: &[usize]) -> Shape {
    let Shape(mut lengths) = inner(shape);
    while lengths.len() > AXES_MAX
        && let Some(last) = lengths.pop()
        && let Some(before) = lengths.last_mut()
    {
        *before = before.saturating_mul(last);
    }
    Shape(lengths)
}

/// A model's shape without the axis of the batch, which is 1.
pub(super) fn inner(shape: &[usize]) -> Shape {
    let kept = match shape {
        [1, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    Shape(kept.iter().map(|&length| length as u32).collect())
}
