//! `exp(x - m) / sum of exp(x - m)`, written out, and what is added to scores before it.

use super::{Joined, bare, difference, sum};
use crate::program::{Function, Operation, Program, Step, Unary, Value};

/// Most summands of scores that are kept apart.
const SUMMANDS_MAX: usize = 8;

/// How many steps deep sums and masks are looked into.
const DEPTH_MAX: usize = 8;

pub(super) fn written_out(steps: &[Step], value: Value) -> Option<Joined> {
    let step = &steps[value];
    if step.operation != Operation::Mul {
        return None;
    }
    let operand_of = |value: Value, function: Unary| {
        let step = &steps[value];
        let is = step.operation == Operation::Function(Function::Unary(function));
        is.then(|| step.operands[0])
    };
    let [a, b] = [step.operands[0], step.operands[1]];
    let scores = [(a, b), (b, a)].into_iter().find_map(|(powers, inverse)| {
        let below = operand_of(powers, Unary::Exp)?;
        let total = operand_of(bare(steps, inverse), Unary::Reciprocal)?;
        let (summed, axis) = sum(steps, total)?;
        let whole = axis + 1 == step.shape.len() && summed == powers;
        if !whole || steps[inverse].shape != step.shape {
            return None;
        }
        // What is subtracted from all of a row changes nothing.
        match difference(&steps[below]) {
            Some((x, subtracted)) if is_repeated(steps, subtracted, axis) => Some(x),
            _ => Some(below),
        }
    })?;
    Some(Joined {
        operation: Operation::Softmax,
        operands: vec![scores],
    })
}

/// Whether a value is one number all along an axis.
fn is_repeated(steps: &[Step], value: Value, axis: usize) -> bool {
    let step = &steps[value];
    step.operation == Operation::Expand && steps[step.operands[0]].shape.get(axis) == Some(&1)
}

/// The softmax of a sum of scores and masks, each as an operand: a mask's numbers are too large to be
/// added in the few bits that scores have.
pub(super) fn masked(steps: &[Step], value: Value) -> Option<Joined> {
    let step = &steps[value];
    let &[sum] = &step.operands[..] else {
        return None;
    };
    if step.operation != Operation::Softmax {
        return None;
    }
    let mut summands = Vec::new();
    collect(steps, sum, DEPTH_MAX, &mut summands);
    let masks = |&summand: &Value| is_mask(steps, summand);
    if summands.len() > SUMMANDS_MAX || !summands.iter().any(masks) {
        return None;
    }
    // Scores come first: what they are repeated from has no operand's shape.
    let scores = summands
        .iter()
        .position(|&summand| !is_mask(steps, summand) && steps[summand].shape == step.shape)?;
    summands.swap(0, scores);
    Some(Joined {
        operation: Operation::Softmax,
        operands: summands,
    })
}

/// What a value is the sum of, if masks are among it; repetitions are left to who adds.
fn collect(steps: &[Step], value: Value, depth: usize, summands: &mut Vec<Value>) {
    let mut source = value;
    while steps[source].operation == Operation::Expand {
        source = steps[source].operands[0];
    }
    if let (Operation::Add { sign: 1.0 }, false) = (&steps[source].operation, is_mask(steps, value))
        && depth > 0
        && summands.len() <= SUMMANDS_MAX
        && holds_mask(steps, source, DEPTH_MAX)
    {
        for &operand in &steps[source].operands {
            collect(steps, operand, depth - 1, summands);
        }
        return;
    }
    summands.push(value);
}

/// Whether a mask is among what a value is the sum of.
fn holds_mask(steps: &[Step], value: Value, depth: usize) -> bool {
    let step = &steps[value];
    match step.operation {
        _ if is_mask(steps, value) => true,
        _ if depth == 0 => false,
        Operation::Expand | Operation::Add { sign: 1.0 } => step
            .operands
            .iter()
            .any(|&operand| holds_mask(steps, operand, depth - 1)),
        _ => false,
    }
}

/// Whether a value is made of nothing but integers and constants.
fn is_mask(steps: &[Step], value: Value) -> bool {
    is_mask_within(steps, value, DEPTH_MAX)
}

fn is_mask_within(steps: &[Step], value: Value, depth: usize) -> bool {
    let step = &steps[value];
    match step.operation {
        _ if step.element.is_exact() => true,
        Operation::Constant(_) => true,
        Operation::Convert(_)
        | Operation::Reshape
        | Operation::Expand
        | Operation::Pad { .. }
        | Operation::AddConstant(_)
        | Operation::Add { .. }
        | Operation::MulConstant(_)
        | Operation::Mul => step
            .operands
            .iter()
            .all(|&operand| depth > 0 && is_mask_within(steps, operand, depth - 1)),
        _ => false,
    }
}

/// A softmax that is only an output is left to whoever reads it.
pub(super) fn at_outputs(program: &mut Program) {
    let uses = super::uses(program);
    for output in &mut program.outputs {
        let step = &program.steps[output.value];
        let plain = step.operation == Operation::Softmax && step.operands.len() == 1;
        if plain && uses[output.value] == 1 {
            output.softmax = true;
            output.value = step.operands[0];
        }
    }
}
