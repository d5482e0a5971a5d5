//! `exp(x - m) / sum of exp(x - m)`, written out, and what is added to scores before it.

use super::{Joined, bare, difference, sum};
use crate::program::{Function, Operation, Program, Step, Unary, Value};

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

/// The softmax of a sum of scores and a mask, as one of two operands: a mask's numbers are too large
/// to be added in the few bits that scores have.
pub(super) fn masked(steps: &[Step], value: Value) -> Option<Joined> {
    let step = &steps[value];
    let &[sum] = &step.operands[..] else {
        return None;
    };
    let added = &steps[sum];
    if step.operation != Operation::Softmax || added.operation != (Operation::Add { sign: 1.0 }) {
        return None;
    }
    let [a, b] = [added.operands[0], added.operands[1]];
    let pair = [(a, b), (b, a)];
    let (scores, mask) = pair.into_iter().find(|&(_, mask)| is_mask(steps, mask))?;
    Some(Joined {
        operation: Operation::Softmax,
        operands: vec![scores, mask],
    })
}

/// Whether a value is made of nothing but integers and constants.
fn is_mask(steps: &[Step], value: Value) -> bool {
    let step = &steps[value];
    match step.operation {
        _ if step.element.is_exact() => true,
        Operation::Constant(_) => true,
        Operation::Convert(_)
        | Operation::Reshape
        | Operation::Expand
        | Operation::AddConstant(_)
        | Operation::Add { .. }
        | Operation::MulConstant(_)
        | Operation::Mul => step.operands.iter().all(|&operand| is_mask(steps, operand)),
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
