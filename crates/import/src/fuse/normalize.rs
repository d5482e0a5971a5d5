//! `(x - mean) / sqrt(variance + epsilon)`, written out.

use super::{bare, difference, mean, number, sum, uses};
use crate::array::Array;
use crate::program::{Formula, Function, Operation, Program, Step, Unary, Value};

/// By how much a function may differ from `1 / sqrt(v + epsilon)`.
const TOLERANCE: f64 = 1e-4;

/// What the centred values are multiplied with.
struct Factor {
    epsilon: f32,
    /// The constant in it.
    scale: Option<Array>,
    /// A step of it that nothing else needs.
    place: Value,
}

pub(super) fn join(program: &mut Program) {
    let uses = uses(program);
    for value in program.inputs..program.steps.len() {
        if program.steps[value].operation != Operation::Mul {
            continue;
        }
        let [a, b] = [0, 1].map(|index| program.steps[value].operands[index]);
        let found = [(a, b), (b, a)].into_iter().find_map(|(values, factor)| {
            let (x, axis) = centered(&program.steps, values)?;
            let factor = inverse_deviation(&program.steps, factor, x, axis)?;
            Some((x, axis, factor))
        });
        let Some((x, axis, factor)) = found else {
            continue;
        };
        let operation = Operation::Normalize {
            axis,
            centered: true,
            epsilon: factor.epsilon,
        };
        match factor.scale {
            None => {
                program.steps[value].operation = operation;
                program.steps[value].operands = vec![x];
            }
            Some(scale) if uses[factor.place] == 1 => {
                let shape = program.steps[value].shape.clone();
                let place = &mut program.steps[factor.place];
                place.operation = operation;
                place.operands = vec![x];
                place.shape = shape;
                program.steps[value].operation = Operation::MulConstant(scale);
                program.steps[value].operands = vec![factor.place];
            }
            Some(_) => {}
        }
    }
}

/// The operand and axis of `x - mean(x)`.
fn centered(steps: &[Step], value: Value) -> Option<(Value, usize)> {
    let (x, subtracted) = difference(&steps[value])?;
    let (of, axis) = mean(steps, subtracted)?;
    (of == x && steps[subtracted].shape == steps[x].shape).then_some((x, axis))
}

fn inverse_deviation(steps: &[Step], value: Value, x: Value, axis: usize) -> Option<Factor> {
    let (mut value, mut place) = (value, value);
    while let Operation::Expand | Operation::Reshape = steps[value].operation {
        value = steps[value].operands[0];
    }
    let mut scale = None;
    if let Operation::MulConstant(factor) = &steps[value].operation {
        scale = Some(factor.clone());
        place = value;
        value = bare(steps, steps[value].operands[0]);
    }
    let of = |v: f64| match &steps[value].operation {
        Operation::Formula(formula) => Some(Formula::apply(formula, v)),
        Operation::Function(function) => Some(function.apply(v)),
        _ => None,
    };
    let mut variance = *steps[value].operands.first()?;
    let mut offset = 0.0;
    if let Operation::AddConstant(c) = &steps[variance].operation {
        offset = f64::from(number(c)?);
        variance = steps[variance].operands[0];
    }
    let variance = above_zero(steps, variance);
    // The factor that makes a mean of a sum may be part of the function.
    let summed = sum(steps, variance).map(|(x, along)| (x, along, steps[x].shape[along]));
    let length = summed.map_or(1.0, |(_, _, length)| length as f64);
    let at_zero = of(offset)?;
    let epsilon = if at_zero.is_finite() {
        1.0 / (at_zero * at_zero)
    } else {
        0.0
    };
    let alike = [1e-4, 1e-2, 1.0, 100.0].into_iter().all(|v| {
        let expected = 1.0 / (v + epsilon).sqrt();
        of(v * length + offset).is_some_and(|got| (got / expected - 1.0).abs() < TOLERANCE)
    });
    let is_variance = match summed {
        Some((square, along, _)) => along == axis && is_square(steps, square, x, axis),
        None => is_variance(steps, variance, x, axis),
    };
    (alike && is_variance).then_some(Factor {
        epsilon: epsilon as f32,
        scale,
        place,
    })
}

/// What `max(0, variance)` limits, which a variance without rounding needs no limit for.
fn above_zero(steps: &[Step], value: Value) -> Value {
    let value = bare(steps, value);
    if steps[value].operation != Operation::Max {
        return value;
    }
    let [a, b] = [0, 1].map(|index| steps[value].operands[index]);
    let is_zero = |value: Value| match &steps[bare(steps, value)].operation {
        Operation::Constant(constant) => constant.floats().iter().all(|&number| number == 0.0),
        _ => false,
    };
    match [is_zero(a), is_zero(b)] {
        [true, false] => b,
        [false, true] => a,
        _ => value,
    }
}

/// Whether a value is the mean of `(x - mean)^2`, or that of `x^2` less the mean's square.
fn is_variance(steps: &[Step], value: Value, x: Value, axis: usize) -> bool {
    let value = bare(steps, value);
    if let Some((square, along)) = mean(steps, value) {
        return along == axis && is_square(steps, square, x, axis);
    }
    let Some((squares, subtracted)) = difference(&steps[value]) else {
        return false;
    };
    let of_squares = mean(steps, squares)
        .is_some_and(|(square, along)| along == axis && squared(steps, square) == Some(x));
    let of_mean = squared(steps, bare(steps, subtracted)).and_then(|value| mean(steps, value));
    of_squares && of_mean == Some((x, axis))
}

/// Whether a value is `(x - mean)^2`.
fn is_square(steps: &[Step], value: Value, x: Value, axis: usize) -> bool {
    let values = squared(steps, value).and_then(|values| centered(steps, values));
    values == Some((x, axis))
}

/// The operand of a square.
fn squared(steps: &[Step], value: Value) -> Option<Value> {
    let step = &steps[value];
    let power = Operation::Function(Function::Unary(Unary::Power { exponent: 2.0 }));
    match step.operation {
        Operation::Mul if step.operands[0] == step.operands[1] => Some(step.operands[0]),
        _ if step.operation == power => Some(step.operands[0]),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
