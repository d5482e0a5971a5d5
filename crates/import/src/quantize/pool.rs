//! The largest of a window, pair by pair: `max(a, b) = b + relu(a - b)`.

use lilliput_graph::{Op, OpError, Range, Table};

use super::builder::{Builder, Quantity, inner};
use crate::program::Step;
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

    fn larger(&mut self, a: Quantity, b: Quantity) -> Result<Quantity, OpError> {
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
}
