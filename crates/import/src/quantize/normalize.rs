//! `(x - mean) / deviation`: the mean and the root are tables, a number for each row.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{Op, OpError, Range, Shape, Table};

use super::builder::{Builder, Quantity};
use crate::program::{Step, Value};

/// Most entries of the table of means.
const MEANS_MAX: i64 = 1 << 13;
/// Largest entry of the table of roots, for somewhat more than the largest variance that was seen.
const SQUARES_MAX: i64 = (1 << 11) - 1;
/// Most parts of a row that are summed up before they saturate again.
const PARTS_MAX: u32 = 8;
/// Most entries that the requantisation of a sum of squares may have.
const DOMAIN_MAX: i64 = 1 << 14;

/// A row's axis.
#[derive(Clone, Copy)]
struct Along {
    axis: usize,
    length: u32,
}

impl Builder<'_> {
    pub(super) fn normalize(
        &mut self,
        value: Value,
        step: &Step,
        axis: usize,
        centered: bool,
        epsilon: f32,
    ) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let x = self.small(operand)?;
        let (x, axis) = self.shaped_along(operand, x, axis)?;
        let x = self.finer_rows(value, operand, x, usize::from(axis))?;
        let axis = usize::from(axis);
        let along = Along {
            axis,
            length: self.lengths(x)[axis],
        };
        let x = if centered {
            self.centered(x, along)?
        } else {
            x
        };
        let squares = self.squares(x, along)?;
        let (squares, shift) = self.total(value, squares, along)?;
        // In units of the sum of squares after the shift.
        let unit = x.scale * x.scale * f64::from(1u32 << shift) / f64::from(along.length);
        let least = self.observed.variance_of(value).0 / 4.0;
        let most = VALUE_MAX / 2 / self.range(x).magnitude().max(1);
        let variance = |squares: f64| squares.max(0.25) * unit + f64::from(epsilon);
        let room = most as f64 * variance(least / unit).sqrt() / x.scale;
        let one = libm::exp2(libm::floor(libm::log2(room)));
        let inverse = self.lookup(squares, 0, 1.0, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi)
                .map(|squares| one * x.scale / variance(squares as f64).sqrt())
                .map(|inverse| inverse.round().min(most as f64) as i32)
                .collect(),
        })?;
        let labels: Vec<u8> = (0..self.lengths(x).len() as u8).collect();
        let others = without(&labels, axis);
        let inverse = Quantity {
            scale: 1.0 / one / x.scale,
            ..inverse
        };
        self.contract(x, inverse, [&labels, &others, &labels])
    }

    /// `x - mean`, the mean rounded to a unit of `x`.
    fn centered(&mut self, x: Quantity, along: Along) -> Result<Quantity, OpError> {
        let full = self.draft.shape(x.tensor).clone();
        let sum = self.row_sum(x, along)?;
        let range = self.range(sum);
        let fits = |shift: &u8| (range.hi - range.lo) >> shift < MEANS_MAX;
        let shift = (0..SHIFT_MAX).find(fits).unwrap_or(SHIFT_MAX);
        let each = f64::from(1u32 << shift) / f64::from(along.length);
        let mean = self.lookup(sum, shift, x.scale, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi)
                .map(|sum| (sum as f64 * each).round() as i32)
                .collect(),
        })?;
        let axes: Vec<u8> = (0..full.0.len() as u8).collect();
        let spread = self.draft.push(Op::Broadcast {
            x: mean.tensor,
            shape: full,
            axes: without(&axes, along.axis),
        })?;
        let op = Op::Sum {
            terms: vec![(x.tensor, 1), (spread, -1)],
            constant: 0,
        };
        self.push(op, x.scale)
    }

    /// Sums along an axis, which is gone then.
    pub(super) fn row_sum_along(&mut self, x: Quantity, axis: usize) -> Result<Quantity, OpError> {
        let length = self.lengths(x)[axis];
        self.row_sum(x, Along { axis, length })
    }

    fn row_sum(&mut self, x: Quantity, along: Along) -> Result<Quantity, OpError> {
        let op = Op::WindowSum {
            x: x.tensor,
            axis: along.axis as u8,
            kernel: along.length,
            stride: 1,
            before: 0,
            len: 1,
        };
        let sum = self.push(op, x.scale)?;
        let kept = without(&self.lengths(sum), along.axis);
        self.shaped(sum, &Shape(kept))
    }

    /// Sums of squares over parts of a row that are short enough, the parts on the row's axis.
    fn squares(&mut self, x: Quantity, along: Along) -> Result<Quantity, OpError> {
        let largest = self.range(x).magnitude();
        let fits = |parts: &u32| {
            along.length.is_multiple_of(*parts)
                && i64::from(along.length / parts) * largest * largest <= VALUE_MAX / 2
        };
        let parts = (1..=along.length).find(fits).ok_or(OpError::Wraps {
            magnitude: largest.unsigned_abs().into(),
        })?;
        let mut shape = self.lengths(x);
        shape[along.axis] = along.length / parts;
        shape.insert(along.axis, parts);
        let x = self.shaped(x, &Shape(shape.clone()))?;
        let labels: Vec<u8> = (0..shape.len() as u8).collect();
        let kept = without(&labels, along.axis + 1);
        self.contract(x, x, [&labels, &labels, &kept])
    }

    /// The sum of a row's parts, shifted so that what the samples reached fits into a small table.
    fn total(
        &mut self,
        value: Value,
        squares: Quantity,
        along: Along,
    ) -> Result<(Quantity, u8), OpError> {
        let (_, most) = self.observed.variance_of(value);
        let reached = most * f64::from(along.length) / squares.scale * 1.25;
        let range = self.range(squares);
        let fits = |shift: &u8| {
            let shifted = reached / f64::from(1u32 << shift);
            shifted <= SQUARES_MAX as f64 && (range.hi - range.lo) >> shift < DOMAIN_MAX
        };
        let shift = (0..SHIFT_MAX).find(fits).unwrap_or(SHIFT_MAX);
        let top = ((reached / f64::from(1u32 << shift)).ceil() as i64).clamp(1, DOMAIN_MAX / 8);
        let top = top.max(SQUARES_MAX);
        let limits = Range { lo: 0, hi: top };
        let mut part = self.clamped(squares, shift, limits)?;
        loop {
            let parts = self.lengths(part)[along.axis];
            if parts == 1 {
                let kept = without(&self.lengths(part), along.axis);
                return Ok((self.shaped(part, &Shape(kept))?, shift));
            }
            let most = (1..=PARTS_MAX)
                .rev()
                .find(|each| parts.is_multiple_of(*each));
            let each = most.filter(|&each| each > 1).unwrap_or(parts);
            let op = Op::WindowSum {
                x: part.tensor,
                axis: along.axis as u8,
                kernel: each,
                stride: each,
                before: 0,
                len: parts / each,
            };
            let sum = self.push(op, part.scale)?;
            part = self.clamped(sum, 0, limits)?;
        }
    }

    /// Shifts and saturates.
    pub(super) fn clamped(
        &mut self,
        x: Quantity,
        shift: u8,
        limits: Range,
    ) -> Result<Quantity, OpError> {
        let scale = x.scale * f64::from(1u32 << shift);
        self.lookup(x, shift, scale, |domain| Table::Clamp {
            lo: domain.lo as i32,
            hi: domain.hi as i32,
            out_lo: limits.lo as i32,
            out_hi: limits.hi as i32,
        })
    }
}

fn without<T: Copy>(items: &[T], place: usize) -> Vec<T> {
    let kept = items
        .iter()
        .enumerate()
        .filter(|&(index, _)| index != place);
    kept.map(|(_, &item)| item).collect()
}
