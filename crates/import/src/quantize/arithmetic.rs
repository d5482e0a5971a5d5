//! Sums and products of two tensors, or of a tensor and constants.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::{Op, OpError};

use super::builder::{Builder, Quantity, inner};
use super::operation::squeezed;
use crate::array::Array;
use crate::program::{Step, Value};

/// Least ratio of two scales that is rounded to a whole number: half a per cent is lost at most.
const SCALE_RATIO_MIN: f64 = 100.0;

impl Builder<'_> {
    pub(super) fn add_constant(&mut self, step: &Step, c: &Array) -> Result<Quantity, OpError> {
        let x = self.quantity(step.operands[0]);
        let x = self.shaped(x, &inner(&step.shape))?;
        let (shape, axes) = squeezed(&c.shape, &step.shape);
        // Few bits get some more, so that the constant isn't rounded to them.
        let whole = |&number: &f32| (f64::from(number) / x.scale).fract() == 0.0;
        let coarse = self.range(x).magnitude() <= 4 * self.top() && !c.values.iter().all(whole);
        self.plus(x, &c.values, shape, axes, if coarse { 64 } else { 1 })
    }

    pub(super) fn mul_constant(
        &mut self,
        value: Value,
        step: &Step,
        c: &Array,
    ) -> Result<Quantity, OpError> {
        if let [factor] = c.values[..]
            && factor != 0.0
        {
            let x = self.quantity(step.operands[0]);
            let scale = x.scale * f64::from(factor.abs());
            if factor > 0.0 {
                return Ok(Quantity { scale, ..x });
            }
            let op = Op::Sum {
                terms: vec![(x.tensor, -1)],
                constant: 0,
            };
            return self.push(op, scale);
        }
        let x = self.small(step.operands[0])?;
        let x = self.shaped(x, &inner(&step.shape))?;
        let (shape, axes) = squeezed(&c.shape, &step.shape);
        self.scaled(value, x, &c.values, &shape, &axes)
    }

    /// Multiplies with weights that lie on the listed axes of `x`.
    pub(super) fn scaled(
        &mut self,
        value: Value,
        x: Quantity,
        numbers: &[f32],
        shape: &[u32],
        axes: &[u8],
    ) -> Result<Quantity, OpError> {
        let labels: Vec<u8> = (0..self.lengths(x).len() as u8).collect();
        self.weighted(value, x, numbers, shape, None, |w| Op::Contract {
            a: x.tensor,
            b: w,
            a_axes: labels.clone(),
            b_axes: axes.to_vec(),
            out_axes: labels.clone(),
        })
    }

    /// Two operands in few bits and one shape.
    fn pair(&mut self, step: &Step) -> Result<[Quantity; 2], OpError> {
        let a = self.small(step.operands[0])?;
        let b = self.small(step.operands[1])?;
        if self.lengths(a) == self.lengths(b) {
            return Ok([a, b]);
        }
        let shape = inner(&step.shape);
        Ok([self.shaped(a, &shape)?, self.shaped(b, &shape)?])
    }

    pub(super) fn add(&mut self, step: &Step, sign: f32) -> Result<Quantity, OpError> {
        if let Some(sum) = self.wide_sum(step, sign)? {
            return Ok(sum);
        }
        let [a, b] = self.pair(step)?;
        let room = |x| VALUE_MAX / 8 / self.range(x).magnitude().max(1);
        let (a_times, b_times, scale) = balance([a.scale, b.scale], [room(a), room(b)]);
        let sign = if sign < 0.0 { -1 } else { 1 };
        let op = Op::Sum {
            terms: vec![(a.tensor, a_times), (b.tensor, sign * b_times)],
            constant: 0,
        };
        self.push(op, scale)
    }

    /// Adds few bits to a wide value as it is: what a residual connection does. `None`: the scales or
    /// the bounds don't allow that.
    fn wide_sum(&mut self, step: &Step, sign: f32) -> Result<Option<Quantity>, OpError> {
        let shape = inner(&step.shape);
        for (wide, narrow) in [(0, 1), (1, 0)] {
            let x = self.quantity(step.operands[wide]);
            let range = self.range(x);
            if range.hi - range.lo <= 4 * self.top() {
                continue;
            }
            let y = self.small(step.operands[narrow])?;
            let times = (y.scale / x.scale).round();
            let reach = self.range(y).magnitude() as f64 * times + range.magnitude() as f64;
            if times < SCALE_RATIO_MIN || reach > VALUE_MAX as f64 {
                continue;
            }
            let x = self.shaped(x, &shape)?;
            let y = self.shaped(y, &shape)?;
            let sign = if sign < 0.0 { -1 } else { 1 };
            let (x_sign, y_sign) = if wide == 0 { (1, sign) } else { (sign, 1) };
            let op = Op::Sum {
                terms: vec![(x.tensor, x_sign), (y.tensor, y_sign * times as i64)],
                constant: 0,
            };
            return self.push(op, x.scale).map(Some);
        }
        Ok(None)
    }

    pub(super) fn mul(&mut self, step: &Step) -> Result<Quantity, OpError> {
        let [a, b] = self.pair(step)?;
        let labels: Vec<u8> = (0..self.lengths(a).len() as u8).collect();
        let op = Op::Contract {
            a: a.tensor,
            b: b.tensor,
            a_axes: labels.clone(),
            b_axes: labels.clone(),
            out_axes: labels,
        };
        self.push(op, a.scale * b.scale)
    }
}

/// Whole numbers that bring two scales to one, within about 2^-12: `a = a_times * scale` and
/// `b = b_times * scale`. Neither may be larger than there is room for.
fn balance([a, b]: [f64; 2], [a_room, b_room]: [i64; 2]) -> (i64, i64, f64) {
    const TIMES_MAX: i64 = 64;
    const RATIO_MAX: f64 = 4096.0;
    if a < b {
        let (b_times, a_times, scale) = balance([b, a], [b_room, a_room]);
        return (a_times, b_times, scale);
    }
    let ratio = a / b;
    if ratio > RATIO_MAX {
        // Few values with a large scale can be taken often.
        let most = RATIO_MAX.max(ratio.min(a_room as f64));
        let scale = a / most;
        return (most.round() as i64, (b / scale).round() as i64, scale);
    }
    let error = |times: i64| {
        let exact = ratio * times as f64;
        ((exact.round() - exact) / exact).abs()
    };
    let mut best = 1;
    for times in 1..=TIMES_MAX {
        if error(times) < error(best) {
            best = times;
        }
        if error(best) < 1.0 / RATIO_MAX {
            break;
        }
    }
    ((ratio * best as f64).round() as i64, best, b / best as f64)
}
