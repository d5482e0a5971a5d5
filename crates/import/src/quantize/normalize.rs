//! `(x - mean) / deviation`: the mean and the root are tables, a number for each row.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{Op, OpError, Range, Shape, Table};

use super::builder::{Builder, Quantity};
use super::saturate::CLAMP_ENTRIES;
use crate::program::{Step, Value};

/// Most entries of the table of means.
const MEANS_MAX: i64 = 1 << 13;
/// Largest step between two entries of the table of means, in units.
const MEAN_STEP_MAX: f64 = 0.5;
/// Bits below a unit that a mean has until it is rounded.
const MEAN_BITS: u8 = 3;
/// Largest sum of squares, in a unit of its own, for somewhat more than the largest variance that was seen.
const SUMS_MAX: i64 = (1 << 10) - 1;
/// Least shift of sums whose worst case is far beyond that: what saturates has 16 bits and more.
const FAR_SHIFT_MIN: u8 = 4;
/// How many bits finer the unit of small sums of squares is.
const FINE_BITS: u8 = 4;
/// How many typical sums of squares the largest is at least so that there are fine units.
const UNITS_MIN: f64 = 16.0;
/// Most entries that the requantisation of a sum of squares may have.
const DOMAIN_MAX: i64 = 1 << 13;
/// Most bits of a row's values.
const ROW_BITS_MAX: u8 = 14;
/// Units that the deviation of half of the rows has at least where the bits allow: rounding then changes
/// a row by less than two per cent.
const DEVIATION_UNITS_MIN: f64 = 16.0;

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
        let Sums { index, fine_bits } = self.total(value, squares, along)?;
        let unit = index.scale / f64::from(along.length);
        let least = self.observed.variance_of(value).0 / 4.0;
        // The product may have to saturate, and is rounded up for that.
        let most = (VALUE_MAX / 2 - (1 << SHIFT_MAX)) / self.range(x).magnitude().max(1);
        let variance = |squares: f64| squares * unit + f64::from(epsilon);
        let room = most as f64 * variance((least / unit).max(0.25)).sqrt() / x.scale;
        let one = self.normal_one(value, along, room);
        let inverse = self.lookup(index, 0, 1.0, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi)
                .map(|index| one * x.scale / variance(units(index, fine_bits)).sqrt())
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

    /// The integer for a result of 1: the largest shift has to bring the largest result to few bits, and
    /// does that best if it fills them. In rows that a few numbers dominate the largest result is the
    /// same everywhere, the root of the row's length, and so is what this gives.
    fn normal_one(&self, value: Value, along: Along, room: f64) -> f64 {
        let (least, most) = self.observed.of_step(value);
        let bound = f64::from(along.length).sqrt();
        let seen = most.max(-least);
        let largest = if seen > 0.75 * bound || seen == 0.0 {
            bound
        } else {
            seen
        };
        let one = libm::ldexp(self.signed().hi as f64 / largest, SHIFT_MAX.into());
        let halvings = libm::ceil(libm::log2(one / room)).max(0.0);
        one / libm::exp2(halvings)
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
        let mean = self.mean(x, along)?;
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

    fn mean(&mut self, x: Quantity, along: Along) -> Result<Quantity, OpError> {
        let sum = self.row_sum(x, along)?;
        let range = self.range(sum);
        let fits = |shift: &u8| (range.hi - range.lo) >> shift < MEANS_MAX;
        let shift = (0..SHIFT_MAX).find(fits).unwrap_or(SHIFT_MAX);
        let part = |builder: &mut Self, x: Quantity, shift: u8, each: f64| {
            builder.lookup(x, shift, x.scale, |domain| Table::Values {
                lo: domain.lo as i32,
                values: (domain.lo..=domain.hi)
                    .map(|sum| (sum as f64 * each).round() as i32)
                    .collect(),
            })
        };
        let length = f64::from(along.length);
        let each = f64::from(1u32 << shift) / length;
        if each <= MEAN_STEP_MAX {
            return part(self, sum, shift, each);
        }
        // What the shift would lose of the sum has a table, too.
        let finer = f64::from(1u32 << MEAN_BITS);
        let high = self.rounded(sum, shift)?;
        let low = self.rest(sum, high, shift)?;
        let high = part(self, high, 0, each * finer)?;
        let low = part(self, low, 0, finer / length)?;
        let op = Op::Sum {
            terms: vec![(high.tensor, 1), (low.tensor, 1)],
            constant: 0,
        };
        let mean = self.push(op, x.scale / finer)?;
        let mean = self.rounded(mean, MEAN_BITS)?;
        Ok(Quantity {
            scale: x.scale,
            ..mean
        })
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

    /// A sum of squares, shifted so that what the samples reached fits into a small table, and counted
    /// in a finer unit where it is far smaller than that.
    fn total(&mut self, value: Value, squares: Quantity, along: Along) -> Result<Sums, OpError> {
        let sum_of = |variance: f64| variance * f64::from(along.length) / squares.scale;
        let reached = sum_of(self.observed.variance_of(value).1) * 1.25;
        let typical = sum_of(self.observed.median_variance_of(value));
        let fits = |shift: &u8| reached / f64::from(1u32 << shift) <= SUMS_MAX as f64;
        let shift = (0..SHIFT_MAX).find(fits).unwrap_or(SHIFT_MAX);
        let is_far = self.range(squares).hi >> shift >= DOMAIN_MAX;
        let least_shift = if is_far { FAR_SHIFT_MIN } else { 0 };
        let shift = shift.max(least_shift);
        let top = (reached / f64::from(1u32 << shift)).ceil() as i64;
        let top = top.clamp(1, DOMAIN_MAX / 4).max(SUMS_MAX);
        let fine_bits = if typical * UNITS_MIN < reached {
            FINE_BITS.min(shift - least_shift)
        } else {
            0
        };
        if fine_bits == 0 {
            let index = self.shifted_sum(squares, shift, 0, top)?;
            return Ok(Sums { index, fine_bits });
        }
        let fine = self.shifted_sum(squares, shift - fine_bits, 0, SUMS_MAX + 1)?;
        let boundary = (SUMS_MAX + 1) >> fine_bits;
        let coarse = self.shifted_sum(squares, shift, boundary, top)?;
        let op = Op::Sum {
            terms: vec![(fine.tensor, 1), (coarse.tensor, 1)],
            constant: -boundary,
        };
        let index = self.push(op, coarse.scale)?;
        Ok(Sums { index, fine_bits })
    }

    /// A number for each row after a shift, between two limits.
    fn shifted_sum(
        &mut self,
        x: Quantity,
        shift: u8,
        lo: i64,
        hi: i64,
    ) -> Result<Quantity, OpError> {
        let x = if self.range(x).hi >> shift >= DOMAIN_MAX {
            self.saturated(x, hi, shift, CLAMP_ENTRIES)?
        } else {
            x
        };
        self.clamped(x, shift, Range { lo, hi })
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

/// Sums of squares of rows. With `fine_bits` those up to [`SUMS_MAX`] count in units that are as many
/// bits finer than the others', whose unit is the index's scale.
struct Sums {
    index: Quantity,
    fine_bits: u8,
}

/// The sum of squares that an index stands for, nothing being somewhat above zero.
fn units(index: i64, fine_bits: u8) -> f64 {
    let one = f64::from(1u32 << fine_bits);
    let boundary = SUMS_MAX + 1;
    if fine_bits == 0 || index <= boundary {
        (index as f64).max(0.25) / one
    } else {
        boundary as f64 / one + (index - boundary) as f64
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
    ((high * high) << (bits - 1)) + high * low + low
}

fn without<T: Copy>(items: &[T], place: usize) -> Vec<T> {
    let kept = items
        .iter()
        .enumerate()
        .filter(|&(index, _)| index != place);
    kept.map(|(_, &item)| item).collect()
}
