//! Pooling: the largest of a window, pair by pair, as `max(a, b) = b + relu(a - b)`; the mean as a sum.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::{Op, OpError, Range, Table};

use super::builder::{Builder, Quantity, inner};
use crate::program::{Step, Value};
use crate::window::Window;

impl Builder<'_> {
    pub(super) fn max_pool(&mut self, step: &Step, window: &Window) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let shape = &self.step_of(operand).shape;
        let lengths = [shape[2], shape[3]];
        let x = self.small(operand)?;
        let mut x = self.shaped(x, &inner(shape))?;
        let after = [0, 1].map(|axis| window.needed_after(axis, lengths[axis]));
        let padded = window.before.iter().chain(&after).any(|&width| width > 0);
        // Zeros around the operand must not win: nothing may lie below them.
        let lowest = self.range(x).lo.min(0);
        if padded && lowest < 0 {
            x = self.raised(x, -lowest)?;
        }
        for axis in [1, 0] {
            if window.before[axis] + after[axis] > 0 {
                let op = Op::Pad {
                    x: x.tensor,
                    axis: axis as u8 + 1,
                    before: window.before[axis] as u32,
                    after: after[axis] as u32,
                };
                x = self.push(op, x.scale)?;
            }
            x = self.largest_along(x, axis, window)?;
        }
        if padded && lowest < 0 {
            x = self.raised(x, lowest)?;
        }
        Ok(x)
    }

    fn raised(&mut self, x: Quantity, constant: i64) -> Result<Quantity, OpError> {
        let op = Op::Sum {
            terms: vec![(x.tensor, 1)],
            constant,
        };
        self.push(op, x.scale)
    }

    fn largest_along(
        &mut self,
        x: Quantity,
        axis: usize,
        window: &Window,
    ) -> Result<Quantity, OpError> {
        let length = self.lengths(x)[axis + 1] as usize;
        if window.kernel[axis] == 1 && window.count[axis] == length {
            return Ok(x);
        }
        let mut parts = Vec::with_capacity(window.kernel[axis]);
        for tap in 0..window.kernel[axis] {
            let op = Op::Slice {
                x: x.tensor,
                axis: axis as u8 + 1,
                start: (tap * window.dilation[axis]) as u32,
                step: window.stride[axis] as u32,
                len: window.count[axis] as u32,
            };
            parts.push(self.push(op, x.scale)?);
        }
        while parts.len() > 1 {
            let mut halves = Vec::with_capacity(parts.len().div_ceil(2));
            for pair in parts.chunks(2) {
                halves.push(match *pair {
                    [a, b] => self.larger(a, b)?,
                    _ => pair[0],
                });
            }
            parts = halves;
        }
        Ok(parts[0])
    }

    pub(super) fn larger(&mut self, a: Quantity, b: Quantity) -> Result<Quantity, OpError> {
        let op = Op::Sum {
            terms: vec![(a.tensor, 1), (b.tensor, -1)],
            constant: 0,
        };
        let difference = self.push(op, a.scale)?;
        let Range { hi, .. } = self.range(difference);
        // One table for all differences and, where it can be, for ReLU.
        let out_hi = hi.max(self.top()) as i32;
        let rectified = self.lookup(difference, 0, a.scale, |domain| Table::Clamp {
            lo: domain.lo as i32,
            hi: domain.hi as i32,
            out_lo: 0,
            out_hi,
        })?;
        let op = Op::Sum {
            terms: vec![(b.tensor, 1), (rectified.tensor, 1)],
            constant: 0,
        };
        self.push(op, a.scale)
    }

    /// The mean of a window is its sum with another scale, or with weights where the windows at the
    /// edges see less.
    pub(super) fn average_pool(
        &mut self,
        value: Value,
        step: &Step,
        window: &Window,
        include_pad: bool,
    ) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let shape = &self.step_of(operand).shape;
        let taps = (window.kernel[0] * window.kernel[1]) as i64;
        let mut x = self.quantity(operand);
        if self.range(x).magnitude() > VALUE_MAX / 8 / taps.max(1) {
            x = self.small(operand)?;
        }
        x = self.shaped(x, &inner(shape))?;
        for axis in 0..2 {
            let op = Op::WindowSum {
                x: x.tensor,
                axis: axis as u8 + 1,
                kernel: window.kernel[axis] as u32,
                stride: window.stride[axis] as u32,
                before: window.before[axis] as u32,
                len: window.count[axis] as u32,
            };
            x = self.push(op, x.scale)?;
        }
        let vertical = window.divisors(0, shape[2], include_pad);
        let horizontal = window.divisors(1, shape[3], include_pad);
        let divisors: Vec<usize> = vertical
            .iter()
            .flat_map(|row| horizontal.iter().map(move |column| row * column))
            .collect();
        let largest = divisors.iter().copied().max().unwrap_or(1);
        x.scale /= largest as f64;
        if divisors.iter().all(|&divisor| divisor == largest) {
            return Ok(x);
        }
        let half = (self.top() + 1) / 2;
        let limits = Range {
            lo: -half,
            hi: half - 1,
        };
        // What is taken for the mean is at most the mean, so the samples' extremes hold for it.
        let x = self.requantized(value, x, limits, None)?;
        let weights: Vec<f32> = divisors
            .iter()
            .map(|&divisor| (largest as f64 / divisor as f64) as f32)
            .collect();
        let shape = [window.count[0] as u32, window.count[1] as u32];
        self.scaled(value, x, &weights, &shape, &[1, 2])
    }
}
