//! Functions of one variable, limits among them.

use lilliput_graph::{OpError, Range, Table};

use super::builder::{Builder, Quantity};
use super::saturate::OWN_ENTRIES;
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
        let (x, shift, limits) = self.function_operand(operand)?;
        let unit = x.scale * f64::from(1u32 << shift);
        let results: Vec<f64> = (limits.lo..=limits.hi)
            .map(|integer| function(integer as f64 * unit))
            .collect();
        // All results together fill the bits, wherever zero lies.
        let (lo, hi) = results
            .iter()
            .fold((0.0f64, 0.0f64), |(lo, hi), &x| (lo.min(x), hi.max(x)));
        let scale = if hi > lo {
            (hi - lo) / self.top() as f64
        } else {
            1.0
        };
        let result = |integer: i64| {
            let place = integer.clamp(limits.lo, limits.hi) - limits.lo;
            (results[place as usize] / scale).round() as i32
        };
        self.lookup(x, shift, scale, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi).map(result).collect(),
        })
    }

    /// The operand of a function, the shift of its lookup, and the limits beyond which the function
    /// stays what it is there. A value that has to saturate first, and that nothing else needs in few
    /// bits, is rounded by the function's own lookup.
    fn function_operand(&mut self, operand: Value) -> Result<(Quantity, u8, Range), OpError> {
        let wide = self.quantity(operand);
        let limits = self.signed();
        let shift = self.shift_into(operand, wide, limits);
        let steps = self.program.steps.iter();
        let readers = steps.flat_map(|step| &step.operands);
        let only_reader = readers.filter(|&&read| read == operand).count() == 1;
        if only_reader
            && self.is_beyond(wide, shift, limits)
            && !self.step_of(operand).element.is_exact()
        {
            let x = self.saturated(wide, limits.magnitude(), shift, OWN_ENTRIES)?;
            let unit = x.scale * f64::from(1u32 << shift);
            // Little more than what was seen: the largest result decides how fine all others are.
            let (least, most) = self.observed.of_step(operand);
            let seen = |extreme: f64| (extreme * 1.125 / unit).round() as i64;
            let limits = Range {
                lo: seen(least).clamp(limits.lo, 0),
                hi: seen(most).clamp(0, limits.hi),
            };
            return Ok((x, shift, limits));
        }
        let x = self.fine(operand)?;
        Ok((x, 0, self.range(x)))
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
