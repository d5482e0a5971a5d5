//! Softmax in integers: the largest of a row is taken off, what is left goes through a table of
//! powers, the row's sum through a table of inverses.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{Op, OpError, Shape, Table};

use super::builder::{Builder, Quantity, inner};
use super::operation::squeezed;
use crate::program::{Operation, Step, Value};

/// The power of the largest of a row.
const POWER_TOP: i64 = (1 << 12) - 1;
/// How far below the largest score a power is rounded to nothing, and most units that this may be.
const HIDDEN_BELOW: f64 = 9.1;
const HIDDEN_MAX: f64 = 16_384.0;
/// Binary logarithm of the finest unit of an exponent: half of it changes a power by 0.8 per cent.
const EXPONENT_UNIT_LOG: f64 = -6.0;
/// Most entries of the table of powers.
const POWERS_MAX: i64 = 1 << 14;
/// Most entries of the table of inverses.
const INVERSES_MAX: i64 = 1 << 13;
/// Most values that a summand of the operand may have to go through a table as it is.
const SUMMAND_WIDTH_MAX: i64 = 1 << 14;

impl Builder<'_> {
    pub(super) fn softmax(&mut self, step: &Step) -> Result<Quantity, OpError> {
        let shape = inner(&step.shape);
        let scores = step.operands[0];
        let x = self.small(scores)?;
        let mut x = self.shaped(x, &shape)?;
        for &summand in &step.operands[1..] {
            // So far below the others that a hidden score's power is rounded to nothing.
            let reach = self.range(x).magnitude();
            let most = reach + libm::ceil(HIDDEN_BELOW / x.scale).min(HIDDEN_MAX) as i64;
            x = self.masked(x, summand, &step.shape, most)?;
        }
        let last = shape.0.len() - 1;
        let largest = self.row_maximum(x, last)?;
        let largest = self.repeated(largest, &shape, last)?;
        let powers = self.powers(x, largest)?;
        let sum = self.row_sum_along(powers, last)?;
        let range = self.range(sum);
        let fits = |shift: &u8| (range.hi - range.lo) >> shift < INVERSES_MAX;
        let shift = (0..SHIFT_MAX).find(fits).unwrap_or(SHIFT_MAX);
        // A power times the inverse is a fraction of this: what the largest shift brings to few bits.
        let one = libm::ldexp(1.0, i32::from(self.bits) + i32::from(SHIFT_MAX));
        let inverse = |sum: i64| {
            let sum = libm::ldexp(sum as f64, shift.into()).max(POWER_TOP as f64);
            (one / sum).round() as i32
        };
        let inverses = self.lookup(sum, shift, 1.0 / one, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi).map(inverse).collect(),
        })?;
        let labels: Vec<u8> = (0..=last as u8).collect();
        self.contract(powers, inverses, [&labels, &labels[..last], &labels])
    }

    /// `exp(x - largest)`. The table's unit is a power of two, into which the difference is brought by a
    /// whole number and a shift: softmaxes of different scales share a table.
    fn powers(&mut self, x: Quantity, largest: Quantity) -> Result<Quantity, OpError> {
        let reach = self.range(x).magnitude() + self.range(largest).magnitude();
        let coarse = 2.0 * reach as f64 * x.scale / POWERS_MAX as f64;
        let unit = libm::exp2(libm::ceil(libm::log2(coarse)).max(EXPONENT_UNIT_LOG));
        let ratio = x.scale / unit;
        let times = |shift: u8| libm::ldexp(ratio, shift.into()).round() as i64;
        let fits = |shift: &u8| times(*shift).max(1) * reach <= VALUE_MAX / 2;
        let shift = (0..=SHIFT_MAX).rev().find(fits).unwrap_or(0);
        let times = times(shift).max(1);
        let op = Op::Sum {
            terms: vec![(x.tensor, times), (largest.tensor, -times)],
            constant: 0,
        };
        let below = self.push(op, x.scale / times as f64)?;
        let power = |exponent: i64| {
            let power = libm::exp(exponent.min(0) as f64 * unit);
            (power * POWER_TOP as f64).round() as i32
        };
        self.lookup(below, shift, 1.0, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi).map(power).collect(),
        })
    }

    /// Adds a mask, or what else is added to scores, of which `most` stands for all beyond.
    fn masked(
        &mut self,
        x: Quantity,
        summand: Value,
        to: &[usize],
        most: i64,
    ) -> Result<Quantity, OpError> {
        let mut source = summand;
        while let Operation::Expand = self.step_of(source).operation {
            source = self.step_of(source).operands[0];
        }
        let mut mask = self.quantity(source);
        let range = self.range(mask);
        if range.hi - range.lo > SUMMAND_WIDTH_MAX {
            mask = self.small(source)?;
        }
        let (least, largest) = self.observed.of_step(source);
        let ratio = mask.scale / x.scale;
        let limit = |number: f64| (number / x.scale).clamp(-(most as f64), most as f64);
        let (lo, hi) = (limit(least).floor(), limit(largest).ceil());
        let mask = self.lookup(mask, 0, x.scale, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi)
                .map(|integer| (integer as f64 * ratio).clamp(lo, hi).round() as i32)
                .collect(),
        })?;
        let (lengths, axes) = squeezed(&self.step_of(source).shape, to);
        let mask = self.shaped(mask, &Shape(lengths))?;
        let spread = self.draft.push(Op::Broadcast {
            x: mask.tensor,
            shape: inner(to),
            axes,
        })?;
        let op = Op::Sum {
            terms: vec![(x.tensor, 1), (spread, 1)],
            constant: 0,
        };
        self.push(op, x.scale)
    }

    /// The largest along an axis, which is gone then.
    fn row_maximum(&mut self, x: Quantity, axis: usize) -> Result<Quantity, OpError> {
        let mut x = x;
        loop {
            let mut lengths = self.lengths(x);
            let length = lengths[axis];
            if length == 1 {
                lengths.remove(axis);
                return self.shaped(x, &Shape(lengths));
            }
            // Halves may overlap: the larger of one number with itself is the number.
            let half = length.div_ceil(2);
            let cut = |builder: &mut Self, start: u32| {
                let op = Op::Slice {
                    x: x.tensor,
                    axis: axis as u8,
                    start,
                    step: 1,
                    len: half,
                };
                builder.push(op, x.scale)
            };
            let front = cut(self, 0)?;
            let back = cut(self, length - half)?;
            x = self.larger(front, back)?;
        }
    }

    /// Repeated along an axis that is new.
    fn repeated(&mut self, x: Quantity, shape: &Shape, axis: usize) -> Result<Quantity, OpError> {
        let mut axes: Vec<u8> = (0..shape.0.len() as u8).collect();
        axes.remove(axis);
        let op = Op::Broadcast {
            x: x.tensor,
            shape: shape.clone(),
            axes,
        };
        self.push(op, x.scale)
    }
}
