//! Functions whose tables are limited by what was seen of their results, or hold whole numbers.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{OpError, Table};

use super::builder::{Builder, Quantity};
use crate::program::{Formula, Function, Step, Unary, Value};

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
            let comparison = matches!(function, Function::Unary(unary) if unary.is_comparison());
            self.shift_for(x, if comparison { 2 } else { 3 })
        };
        self.whole_table(x, shift, function)
    }

    /// The least shift that makes a table have no more entries than so many bits above a value's.
    fn shift_for(&self, x: Quantity, more_bits: u8) -> u8 {
        let range = self.range(x);
        let most = 1i64 << (self.bits + more_bits);
        let fits = |shift: &u8| (range.hi - range.lo) >> shift <= most;
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
            let shift = self.shift_for(x, 3);
            return self.whole_table(x, shift, Function::Unary(unary));
        }
        let (x, shift) = self.operand_of(operand, unary)?;
        let unit = x.scale * f64::from(1u32 << shift);
        let (lo, hi) = self.result_limits(value);
        let result = |integer: i64| {
            let exact = unary.apply(integer as f64 * unit);
            if exact.is_nan() {
                lo.max(0.0).min(hi)
            } else {
                exact.clamp(lo, hi)
            }
        };
        let largest = hi.max(-lo);
        let top = if lo < 0.0 { self.top() / 2 } else { self.top() };
        let scale = if largest > 0.0 {
            largest / top as f64
        } else {
            1.0
        };
        self.lookup(x, shift, scale, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi)
                .map(|integer| (result(integer) / scale).round() as i32)
                .collect(),
        })
    }

    /// A function in several steps.
    pub(super) fn formula(
        &mut self,
        value: Value,
        step: &Step,
        formula: &Formula,
    ) -> Result<Quantity, OpError> {
        let (lo, hi) = self.result_limits(value);
        let limited = |x: f64| {
            let result = formula.apply(x);
            if result.is_nan() {
                lo.max(0.0).min(hi)
            } else {
                result.clamp(lo, hi)
            }
        };
        self.tabulated(step.operands[0], &limited)
    }

    /// Little more than what was seen of a step's results: what a function becomes far from the samples,
    /// where it may be very large, takes no bits from the others.
    pub(super) fn result_limits(&self, value: Value) -> (f64, f64) {
        let (least, most) = self.observed.of_step(value);
        let slack = (most - least) / 8.0;
        let lo = if least >= 0.0 {
            (least - slack).max(0.0)
        } else {
            least - slack
        };
        (lo, most + slack)
    }

    /// The operand of a function and the shift of its lookup: one table for both, where what the worst
    /// case reaches isn't far beyond the samples.
    fn operand_of(&mut self, operand: Value, unary: Unary) -> Result<(Quantity, u8), OpError> {
        let x = self.quantity(operand);
        let shift = self.shift_for(x, if unary.is_steep() { 4 } else { 2 });
        let (least, most) = self.observed.of_step(operand);
        let unit = x.scale * f64::from(1u32 << shift);
        if shift == 0 || most.max(-least) / unit >= f64::from(1u32 << (self.bits - 1)) {
            return Ok((x, shift));
        }
        Ok((self.fine(operand)?, 0))
    }
}
