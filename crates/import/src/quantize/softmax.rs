//! Softmax in integers: the largest of a row is taken off, what is left goes through a table of
//! powers, the row's sum through a table of inverses.

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
        let op = Op::Sum {
            terms: vec![(x.tensor, 1), (largest.tensor, -1)],
            constant: 0,
        };
        let below = self.push(op, x.scale)?;
        let power = |x: i64, scale: f64| {
            let power = libm::exp(x.min(0) as f64 * scale);
            (power * POWER_TOP as f64).round() as i32
        };
        let powers = self.lookup(below, 0, 1.0, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi)
                .map(|integer| power(integer, x.scale))
                .collect(),
        })?;
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
