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
/// Most entries that the requantisation of a sum of squares may have.
const DOMAIN_MAX: i64 = 1 << 13;
/// Most bits of a row's values.
const ROW_BITS_MAX: u8 = 14;
/// Units that the deviation of half of the rows has at least where the bits allow: rounding then changes
/// a row by less than one per cent.
const DEVIATION_UNITS_MIN: f64 = 32.0;

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
        let x = self.row_values(value, step, axis)?;
        let (x, axis) = self.shaped_along(operand, x, axis)?;
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
        let squares = self.total(value, squares, along)?;
        let unit = squares.scale / f64::from(along.length);
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

    /// The operand in few bits, or in more where a few large numbers would take the bits of all others:
    /// where they make a unit coarse beside the deviation of a row.
    fn row_values(&mut self, value: Value, step: &Step, axis: usize) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let (least, most) = self.observed.of_step(operand);
        let reached = most.max(-least);
        let deviation = self.observed.median_variance_of(value).sqrt();
        let length = step.shape[axis] as i64;
        let fine = |bits: u8| {
            let unit = reached / f64::from((1u32 << (bits - 1)) - 1);
            deviation >= DEVIATION_UNITS_MIN * unit
        };
        let wide = self.quantity(operand);
        let range = self.range(wide);
        let bits = (self.bits + 1..=ROW_BITS_MAX)
            .rev()
            .find(|&bits| length * largest_part(1 << bits) <= VALUE_MAX / 2);
        let few = range.hi - range.lo <= self.top();
        match bits {
            Some(bits) if !few && !fine(self.bits) && operand >= self.program.inputs => {
                // Somewhat below a power of two: what saturates at this limit then has a power of two.
                let half = 31i64 << (bits - 6);
                let limits = Range {
                    lo: -half,
                    hi: half - 1,
                };
                self.requantized(operand, wide, limits, None)
            }
            _ => self.small(operand),
        }
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

    /// The sum of a row's squares. Where it wouldn't fit, `x` is cut into `2^b high + low`, and what is
    /// summed up is `2^(b - 1) high^2 + high low + low^2 / 2^(b + 1)`, which rounds once.
    fn squares(&mut self, x: Quantity, along: Along) -> Result<Quantity, OpError> {
        let labels: Vec<u8> = (0..self.lengths(x).len() as u8).collect();
        let kept = without(&labels, along.axis);
        let product = |builder: &mut Self, a: Quantity, b: Quantity| {
            builder.contract(a, b, [&labels, &labels, &kept])
        };
        let largest = self.range(x).magnitude();
        if i64::from(along.length) * largest * largest <= VALUE_MAX / 2 {
            return product(self, x, x);
        }
        let bits = low_bits(largest);
        let high = self.rounded(x, bits)?;
        let low = self.rest(x, high, bits)?;
        let squares = product(self, high, high)?;
        let mixed = product(self, high, low)?;
        let small = product(self, low, low)?;
        let small = self.rounded(small, bits + 1)?;
        let op = Op::Sum {
            terms: vec![
                (squares.tensor, 1 << (bits - 1)),
                (mixed.tensor, 1),
                (small.tensor, 1),
            ],
            constant: 0,
        };
        self.push(op, x.scale * x.scale * f64::from(2u32 << bits))
    }

    /// A sum of squares, shifted so that what the samples reached fits into a small table.
    fn total(
        &mut self,
        value: Value,
        squares: Quantity,
        along: Along,
    ) -> Result<Quantity, OpError> {
        let (_, most) = self.observed.variance_of(value);
        let reached = most * f64::from(along.length) / squares.scale * 1.25;
        let fits = |shift: &u8| reached / f64::from(1u32 << shift) <= SQUARES_MAX as f64;
        let mut shift = (0..SHIFT_MAX).find(fits).unwrap_or(SHIFT_MAX);
        let mut squares = squares;
        if self.range(squares).hi >> shift >= DOMAIN_MAX {
            squares = self.saturated(squares, SQUARES_MAX + 1, shift)?;
            while shift < SHIFT_MAX && self.range(squares).hi >> shift >= DOMAIN_MAX {
                shift += 1;
            }
        }
        let top = ((reached / f64::from(1u32 << shift)).ceil() as i64).clamp(1, DOMAIN_MAX / 4);
        let top = top.max(SQUARES_MAX);
        self.clamped(squares, shift, Range { lo: 0, hi: top })
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

/// How many bits the low part of a number of this magnitude has, so that its high part has as many.
fn low_bits(largest: i64) -> u8 {
    let bits = 64 - (largest - 1).leading_zeros();
    bits.div_ceil(2) as u8
}

/// What one number of this magnitude adds to a sum of squares of two parts, at most.
fn largest_part(largest: i64) -> i64 {
    let bits = low_bits(largest);
    let (high, low) = ((largest >> bits) + 1, 1i64 << (bits - 1));
    (high * high << (bits - 1)) + high * low + low
}

fn without<T: Copy>(items: &[T], place: usize) -> Vec<T> {
    let kept = items
        .iter()
        .enumerate()
        .filter(|&(index, _)| index != place);
    kept.map(|(_, &item)| item).collect()
}
