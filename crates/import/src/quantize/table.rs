//! Functions whose tables are limited by what was seen of their results, or hold whole numbers.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{OpError, Table};

use super::builder::{Builder, Quantity};
use crate::program::{Function, Step, Unary, Value};

/// Most entries of a table of whole numbers, where its operand may be rounded.
const STEPS_ENTRIES_MAX: i64 = 1 << 15;
/// Whole numbers up to here stand as they are.
const WHOLE_MAX: f64 = 65_536.0;

impl Builder<'_> {
    /// A function with integers as results, of integers or of floats.
    pub(super) fn exact_function(
        &mut self,
        step: &Step,
        function: Function,
    ) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let x = self.quantity(operand);
        let shift = if self.step_of(operand).element.is_exact() {
            0
        } else {
            self.shift_for_steps(x)
        };
        self.whole_table(x, shift, function)
    }

    /// The least shift that makes a table small enough.
    fn shift_for_steps(&self, x: Quantity) -> u8 {
        let range = self.range(x);
        let fits = |shift: &u8| (range.hi - range.lo) >> shift < STEPS_ENTRIES_MAX;
        (0..SHIFT_MAX).find(fits).unwrap_or(SHIFT_MAX)
    }

    fn whole_table(
        &mut self,
        x: Quantity,
        shift: u8,
        function: Function,
    ) -> Result<Quantity, OpError> {
        let unit = x.scale * f64::from(1u32 << shift);
        self.lookup(x, shift, 1.0, |domain| {
            let limit = VALUE_MAX as f64;
            let result = |integer: i64| {
                let exact = function.apply(integer as f64 * unit).round();
                // No number: outside of the domain, where anything will do.
                exact.clamp(-limit, limit) as i32
            };
            Table::Values {
                lo: domain.lo as i32,
                values: (domain.lo..=domain.hi).map(result).collect(),
            }
        })
    }

    /// A function of floats, its results limited to little more than what was seen of them.
    pub(super) fn unary(
        &mut self,
        value: Value,
        step: &Step,
        unary: Unary,
    ) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let (least, most) = self.observed.of_step(value);
        if unary.is_stepwise() && most.max(-least) <= WHOLE_MAX {
            let x = self.quantity(operand);
            let shift = self.shift_for_steps(x);
            return self.whole_table(x, shift, Function::Unary(unary));
        }
        let x = self.fine(operand)?;
        let slack = (most - least) / 8.0;
        let (lo, hi) = (least - slack, most + slack);
        let lo = if least >= 0.0 { lo.max(0.0) } else { lo };
        let range = self.range(x);
        let result = |integer: i64| {
            let exact = unary.apply(integer as f64 * x.scale);
            if exact.is_nan() {
                lo.max(0.0).min(hi)
            } else {
                exact.clamp(lo, hi)
            }
        };
        let results: Vec<f64> = (range.lo..=range.hi).map(result).collect();
        let largest = hi.max(-lo);
        let top = if lo < 0.0 { self.top() / 2 } else { self.top() };
        let scale = if largest > 0.0 {
            largest / top as f64
        } else {
            1.0
        };
        let rounded = results.iter().map(|result| (result / scale).round() as i32);
        let values = rounded.collect();
        self.lookup(x, 0, scale, |domain| Table::Values {
            lo: domain.lo as i32,
            values,
        })
    }
}
