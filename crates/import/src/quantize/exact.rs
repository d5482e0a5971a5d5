//! Integers, booleans and constants: what has a scale of 1, or is brought to a common one.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{Op, OpError, Range, Shape, Table};

use super::builder::{Builder, Quantity, inner};
use crate::array::{Array, Constant};
use crate::program::{Step, Value};

/// Bits of a weight that holds integers.
const PART_BITS: u8 = 16;
/// Integers of a matrix up to here are kept as they are.
const EXACT_FACTOR_MAX: f32 = 127.0;
/// Most units that a number may be.
const UNITS_MAX: f64 = 65_536.0;
/// Bits of the whole number by which a scale is multiplied before it is shifted to another.
const RATIO_BITS: i32 = 13;

impl Builder<'_> {
    /// Numbers that don't depend on the inputs, as weights.
    pub(super) fn constant(
        &mut self,
        step: &Step,
        constant: &Constant,
    ) -> Result<Quantity, OpError> {
        let shape = inner(&step.shape);
        match constant {
            Constant::Int { values, .. } => self.whole_numbers(values, &shape),
            Constant::Float(array) => {
                if array.values.iter().all(|&value| value == 0.0) {
                    // Any scale will do: one that doesn't coarsen what it is added to.
                    let zeros = vec![0; array.values.len()];
                    let scale = 1.0 / self.top() as f64;
                    return Ok(Quantity {
                        scale,
                        ..self.whole_numbers(&zeros, &shape)?
                    });
                }
                let bits = self.bits.max(4);
                let wide: Vec<f64> = array.values.iter().map(|&value| value.into()).collect();
                match unit(&[&wide]).and_then(|unit| exact_integers(&wide, unit, bits)) {
                    Some((integers, scale)) => {
                        let whole = self.whole_numbers(&integers, &shape)?;
                        Ok(Quantity { scale, ..whole })
                    }
                    None => Ok(self.weight(&array.values, shape.0, bits)),
                }
            }
        }
    }

    /// Integers as they are.
    pub(super) fn whole_numbers(
        &mut self,
        values: &[i64],
        shape: &Shape,
    ) -> Result<Quantity, OpError> {
        let magnitude = values.iter().map(|value| value.unsigned_abs()).max();
        let magnitude = magnitude.unwrap_or(0);
        if magnitude > VALUE_MAX.unsigned_abs() {
            return Err(OpError::Wraps {
                magnitude: magnitude.into(),
            });
        }
        let bits = (64 - magnitude.leading_zeros()) as u8 + 1;
        if bits <= PART_BITS {
            let tensor = self.raw_weight(values.to_vec(), shape.clone(), bits);
            return Ok(Quantity { tensor, scale: 1.0 });
        }
        let unit = 1i64 << (PART_BITS - 1);
        let high = values.iter().map(|value| value.div_euclid(unit)).collect();
        let low = values.iter().map(|value| value.rem_euclid(unit)).collect();
        let high = self.raw_weight(high, shape.clone(), bits + 1 - PART_BITS);
        let low = self.raw_weight(low, shape.clone(), PART_BITS);
        let op = Op::Sum {
            terms: vec![(high, unit), (low, 1)],
            constant: 0,
        };
        self.push(op, 1.0)
    }

    /// Operands brought to one scale and the shape of the step.
    pub(super) fn common(&mut self, step: &Step) -> Result<Vec<Quantity>, OpError> {
        let shape = inner(&step.shape);
        let mut operands = Vec::with_capacity(step.operands.len());
        let narrow = 4 * self.top();
        let quantities: Vec<Quantity> = step.operands.iter().map(|&x| self.quantity(x)).collect();
        let width = |range: Range| range.hi - range.lo;
        let alike = quantities
            .iter()
            .all(|x| x.scale == quantities[0].scale && width(self.range(*x)) <= narrow);
        let reached = step.operands.iter().map(|&x| {
            let (least, most) = self.observed.of_step(x);
            most.max(-least)
        });
        let target = reached.fold(0.0, f64::max) / self.signed().hi as f64;
        for (&operand, &x) in step.operands.iter().zip(&quantities) {
            let exact = self.step_of(operand).element.is_exact();
            let x = if alike || exact || target == 0.0 {
                x
            } else {
                self.rescaled(operand, target)?
            };
            operands.push(self.shaped(x, &shape)?);
        }
        Ok(operands)
    }

    /// A value with another scale, which it may reach up to the signed limits.
    pub(super) fn rescaled(&mut self, value: Value, scale: f64) -> Result<Quantity, OpError> {
        let mut x = self.quantity(value);
        let entries = |builder: &Self, x: Quantity| {
            let range = builder.range(x);
            (range.hi - range.lo) as f64 * (x.scale / scale)
        };
        if entries(self, x) > 4.0 * self.top() as f64 || self.range(x).magnitude() > 1 << 16 {
            x = self.small(value)?;
        }
        let ratio = x.scale / scale;
        let fits = |shift: &i32| libm::ldexp(ratio, *shift) < f64::from(1 << RATIO_BITS);
        let shift = (0..=i32::from(SHIFT_MAX)).rev().find(fits).unwrap_or(0);
        let times = (libm::ldexp(ratio, shift).round() as i64).max(1);
        let op = Op::Sum {
            terms: vec![(x.tensor, times)],
            constant: 0,
        };
        let product = self.push(op, scale)?;
        let limits = self.signed();
        self.lookup(product, shift as u8, scale, |domain| Table::Clamp {
            lo: domain.lo as i32,
            hi: domain.hi as i32,
            out_lo: limits.lo as i32,
            out_hi: limits.hi as i32,
        })
    }

    pub(super) fn maximum(&mut self, step: &Step) -> Result<Quantity, OpError> {
        match self.common(step)?[..] {
            [a, b] => self.larger(a, b),
            _ => Err(OpError::NoOperands),
        }
    }

    /// Limits of integers.
    pub(super) fn exact_clip(
        &mut self,
        x: Quantity,
        lo: f32,
        hi: f32,
    ) -> Result<Quantity, OpError> {
        let range = self.range(x);
        let limit = |limit: f32| (f64::from(limit) as i64).clamp(-VALUE_MAX, VALUE_MAX);
        let (lo, hi) = (limit(lo.ceil()), limit(hi.floor()));
        if lo <= range.lo && range.hi <= hi {
            return Ok(x);
        }
        self.lookup(x, 0, x.scale, |domain| Table::Clamp {
            lo: domain.lo as i32,
            hi: domain.hi as i32,
            out_lo: lo as i32,
            out_hi: hi.max(lo) as i32,
        })
    }

    pub(super) fn window_sum(
        &mut self,
        step: &Step,
        axis: usize,
        [kernel, stride, before]: [usize; 3],
    ) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let mut x = self.quantity(operand);
        if self.range(x).magnitude() > VALUE_MAX / 8 / (kernel as i64).max(1) {
            x = self.small(operand)?;
        }
        let (x, graph_axis) = self.shaped_along(operand, x, axis)?;
        let op = Op::WindowSum {
            x: x.tensor,
            axis: graph_axis,
            kernel: kernel as u32,
            stride: stride as u32,
            before: before as u32,
            len: step.shape[axis] as u32,
        };
        self.push(op, x.scale)
    }

    /// A constant matrix along one axis.
    pub(super) fn mix(
        &mut self,
        value: Value,
        step: &Step,
        axis: usize,
        matrix: &Array,
    ) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let x = self.small(operand)?;
        let (x, graph_axis) = self.shaped_along(operand, x, axis)?;
        let labels: Vec<u8> = (0..self.lengths(x).len() as u8).collect();
        let output = labels.len() as u8;
        let mut out = labels.clone();
        out[usize::from(graph_axis)] = output;
        let shape: Vec<u32> = matrix.shape.iter().map(|&length| length as u32).collect();
        let op = |w| Op::Contract {
            a: x.tensor,
            b: w,
            a_axes: labels.clone(),
            b_axes: vec![output, graph_axis],
            out_axes: out.clone(),
        };
        let whole = |&factor: &f32| factor.fract() == 0.0 && factor.abs() <= EXACT_FACTOR_MAX;
        let exact = self.step_of(operand).element.is_exact();
        if exact || matrix.values.iter().all(whole) {
            let integers: Vec<i64> = matrix.values.iter().map(|&factor| factor as i64).collect();
            let weight = self.whole_numbers(&integers, &Shape(shape))?;
            return self.push(op(weight.tensor), x.scale);
        }
        self.weighted(value, x, &matrix.values, &shape, None, op)
    }
}

/// The unit of which all numbers are multiples: a power of two, or a tenth, a hundredth and so on.
/// `None`: there is none, or all are zero.
pub(super) fn unit(lists: &[&[f64]]) -> Option<f64> {
    let numbers = || lists.iter().copied().flatten().copied();
    let exponent = |number: f64| {
        let bits = number.abs().to_bits();
        let (exponent, fraction) = ((bits >> 52) as i32, bits & ((1 << 52) - 1));
        exponent - 1075 + ((1u64 << 52) | fraction).trailing_zeros() as i32
    };
    let largest = numbers().fold(0.0f64, |largest, number| largest.max(number.abs()));
    if !largest.is_finite() || largest == 0.0 {
        return None;
    }
    let nonzero = numbers().filter(|number| number.is_normal());
    let binary = nonzero.map(exponent).min()?;
    let binary = libm::ldexp(1.0, binary);
    if largest / binary < UNITS_MAX {
        return Some(binary);
    }
    // Decimal numbers, each rounded to the nearest float.
    let multiple = |unit: f64| {
        let close = |number: f64| {
            let count = number / unit;
            (count - count.round()).abs() <= count.abs() * f64::from(f32::EPSILON)
        };
        largest / unit < UNITS_MAX && numbers().all(close)
    };
    [0.1, 0.01, 0.001].into_iter().find(|&unit| multiple(unit))
}

/// Numbers as whole multiples of a unit, if they have so few bits.
fn exact_integers(numbers: &[f64], unit: f64, bits: u8) -> Option<(Vec<i64>, f64)> {
    let integers: Vec<i64> = numbers
        .iter()
        .map(|number| (number / unit).round() as i64)
        .collect();
    let limit = 1i64 << (bits - 1);
    let fits = integers
        .iter()
        .all(|integer| (-limit..limit).contains(integer));
    (fits && unit.is_normal()).then_some((integers, unit))
}
