//! Rows of very different sizes: those that are small count in finer units. A normalisation doesn't see
//! the difference, since it divides by a row's size.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{Op, OpError, Shape, Table};

use super::builder::{Builder, Quantity};
use crate::program::Value;

/// Most bits that small rows gain.
const FINER_BITS_MAX: u8 = 6;
/// Largest value of the sum of squares that decides.
const SQUARES_TOP: i64 = (1 << 12) - 1;

impl Builder<'_> {
    /// `x`, in few bits, with the small rows along `axis` times a power of two; the scale stays that of
    /// the others.
    pub(super) fn finer_rows(
        &mut self,
        value: Value,
        operand: Value,
        x: Quantity,
        axis: usize,
    ) -> Result<Quantity, OpError> {
        let wide = self.quantity(operand);
        let (least, most) = self.observed.of_step(operand);
        let reached = most.max(-least);
        let length = f64::from(self.lengths(x)[axis]);
        // No number of half of the rows is above the root of their sum of squares.
        let typical = (self.observed.median_variance_of(value) * length * 2.0).sqrt();
        let whole = |ratio: f64, most: u8| libm::floor(libm::log2(ratio)).clamp(0.0, most.into());
        let bits = whole(reached / typical, FINER_BITS_MAX);
        let bits = bits.min(whole(x.scale / wide.scale, SHIFT_MAX)) as u8;
        if bits < 2 {
            return Ok(x);
        }
        let finer = self.in_units(wide, x.scale / f64::from(1u32 << bits))?;
        let finer = self.shaped(finer, &Shape(self.lengths(x)))?;
        let is_small = self.small_rows(x, axis, bits)?;
        let op = Op::Sum {
            terms: vec![(finer.tensor, 1), (x.tensor, -1)],
            constant: 0,
        };
        let gain = self.push(op, x.scale)?;
        let labels: Vec<u8> = (0..self.lengths(x).len() as u8).collect();
        let mut others = labels.clone();
        others.remove(axis);
        let gain = self.contract(gain, is_small, [&labels, &others, &labels])?;
        let op = Op::Sum {
            terms: vec![(x.tensor, 1), (gain.tensor, 1)],
            constant: 0,
        };
        let mixed = self.push(op, x.scale)?;
        let limits = self.signed();
        self.clamped(mixed, 0, limits)
    }

    /// A value in units of about `scale`, saturating at the signed limits.
    fn in_units(&mut self, x: Quantity, scale: f64) -> Result<Quantity, OpError> {
        let shift = libm::round(libm::log2(scale / x.scale)).clamp(0.0, SHIFT_MAX.into()) as u8;
        let limits = self.signed();
        let range = self.range(x);
        let x = if (range.hi - range.lo) >> shift >= 1 << 16 {
            self.saturated(x, limits.magnitude() << shift)?
        } else {
            x
        };
        self.clamped(x, shift, limits)
    }

    /// 1 for rows whose numbers stay within the signed limits when they are multiplied by `2^bits`.
    fn small_rows(&mut self, x: Quantity, axis: usize, bits: u8) -> Result<Quantity, OpError> {
        // Saturated first: what is too large stays so, and the squares of a row fit.
        let length = i64::from(self.lengths(x)[axis]);
        let limit = self.signed().hi >> bits;
        let kept = (0..SHIFT_MAX)
            .map(|halvings| (4 * limit) >> halvings)
            .find(|kept| length * (kept + 1) * (kept + 1) <= VALUE_MAX)
            .unwrap_or(1);
        let limits = lilliput_graph::Range {
            lo: -kept - 1,
            hi: kept,
        };
        let bounded = self.clamped(x, 0, limits)?;
        let labels: Vec<u8> = (0..self.lengths(x).len() as u8).collect();
        let mut others = labels.clone();
        others.remove(axis);
        let squares = self.contract(bounded, bounded, [&labels, &labels, &others])?;
        let range = self.range(squares);
        let least = (0..SHIFT_MAX).find(|&shift| range.hi >> shift <= SQUARES_TOP);
        let shift = least.unwrap_or(SHIFT_MAX);
        let most = (limit * limit) as f64 / f64::from(1u32 << shift);
        self.lookup(squares, shift, 1.0, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi)
                .map(|squares| i32::from((squares as f64) < most))
                .collect(),
        })
    }
}
