//! Functions of one variable, limits among them.

use lilliput_graph::{OpError, Range, Table};

use super::builder::{Builder, Quantity};
use crate::program::{Function, Step, Value};

/// Most entries of a table that a function's operand needs, where it may have more bits than others.
const FUNCTION_DOMAIN_MAX: i64 = 1 << 15;

impl Builder<'_> {
    /// `Relu` and `Clip`: limits that join the requantisation of what they limit.
    pub(super) fn clip(
        &mut self,
        value: Value,
        step: &Step,
        lo: f32,
        hi: f32,
    ) -> Result<Quantity, OpError> {
        let x = self.quantity(step.operands[0]);
        if step.element.is_exact() {
            return self.exact_clip(x, lo, hi);
        }
        let unlimited = hi == f32::INFINITY || hi == f32::MAX;
        if unlimited && lo <= 0.0 && self.range(x).lo >= 0 {
            return Ok(x);
        }
        let limits = if lo >= 0.0 {
            Range {
                lo: 0,
                hi: self.top(),
            }
        } else {
            let half = (self.top() + 1) / 2;
            Range {
                lo: -half,
                hi: half - 1,
            }
        };
        let hi = if unlimited {
            f64::INFINITY
        } else {
            f64::from(hi)
        };
        let lo = if lo == f32::MIN {
            f64::NEG_INFINITY
        } else {
            f64::from(lo)
        };
        self.requantized(value, x, limits, Some((lo, hi)))
    }

    pub(super) fn function(
        &mut self,
        value: Value,
        step: &Step,
        function: Function,
    ) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        if step.element.is_exact() {
            return self.exact_function(step, function);
        }
        if let Function::Unary(unary) = function {
            return self.unary(value, step, unary);
        }
        self.tabulated(operand, &|x| function.apply(x))
    }

    /// A table of a function of what a step makes.
    pub(super) fn tabulated(
        &mut self,
        operand: Value,
        function: &dyn Fn(f64) -> f64,
    ) -> Result<Quantity, OpError> {
        let x = self.fine(operand)?;
        let range = self.range(x);
        let results: Vec<f64> = (range.lo..=range.hi)
            .map(|integer| function(integer as f64 * x.scale))
            .collect();
        let largest = results
            .iter()
            .fold(0.0f64, |largest, result| largest.max(result.abs()));
        let top = if results.iter().any(|&result| result < 0.0) {
            self.top() / 2
        } else {
            self.top()
        };
        let scale = if largest > 0.0 {
            largest / top as f64
        } else {
            1.0
        };
        let values = results
            .iter()
            .map(|result| (result / scale).round() as i32)
            .collect();
        self.lookup(x, 0, scale, |domain| Table::Values {
            lo: domain.lo as i32,
            values,
        })
    }

    /// An operand of a function, with up to two bits more than other operands where the table of its
    /// requantisation stays small.
    pub(super) fn fine(&mut self, operand: Value) -> Result<Quantity, OpError> {
        let x = self.quantity(operand);
        let range = self.range(x);
        let (least, most) = self.observed.of_step(operand);
        let reached = most.max(-least) / x.scale;
        let top = self.top();
        if range.hi - range.lo <= 4 * top || reached == 0.0 {
            return if range.hi - range.lo <= 4 * top {
                Ok(x)
            } else {
                self.small(operand)
            };
        }
        for factor in [4, 2] {
            let half = factor * (top + 1) / 2;
            let limits = Range {
                lo: -half,
                hi: half - 1,
            };
            let entries = (range.hi - range.lo) as f64 * half as f64 / reached;
            if entries <= FUNCTION_DOMAIN_MAX as f64 {
                return self.requantized(operand, x, limits, None);
            }
        }
        self.small(operand)
    }
}
