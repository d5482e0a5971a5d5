//! Functions, normalisations and softmaxes that a network writes out become the one step they mean.
//!
//! One step takes fewer tables than many, and is more accurate: its inner values are never rounded to
//! what a tensor of their own would get. Steps are changed where they stand; what nothing reads any
//! more is dropped afterwards.

mod embedding;
mod formula;
mod normalize;
mod softmax;

use crate::array::Array;
use crate::program::{Operation, Program, Step, Value};

/// What a step becomes.
struct Joined {
    operation: Operation,
    operands: Vec<Value>,
}

/// See the module's text.
pub(crate) fn fused(mut program: Program) -> Program {
    formula::join(&mut program);
    program = program.without_unused();
    each(&mut program, embedding::joined);
    program = program.without_unused();
    embedding::fold(&mut program);
    program = program.without_unused();
    normalize::join(&mut program);
    each(&mut program, softmax::written_out);
    program = program.without_unused();
    each(&mut program, softmax::masked);
    softmax::at_outputs(&mut program);
    program.without_unused()
}

fn each(program: &mut Program, joined: impl Fn(&[Step], Value) -> Option<Joined>) {
    for value in program.inputs..program.steps.len() {
        if let Some(Joined {
            operation,
            operands,
        }) = joined(&program.steps, value)
        {
            program.steps[value].operation = operation;
            program.steps[value].operands = operands;
        }
    }
}

/// How many steps and outputs read each value.
fn uses(program: &Program) -> Vec<usize> {
    let mut uses = vec![0; program.steps.len()];
    let read = program
        .steps
        .iter()
        .flat_map(|step| &step.operands)
        .copied();
    for value in read.chain(program.outputs.iter().map(|output| output.value)) {
        uses[value] += 1;
    }
    uses
}

/// The one number that a constant consists of.
fn number(c: &Array) -> Option<f32> {
    match c.values[..] {
        [number] => Some(number),
        _ => None,
    }
}

/// What a value is before it is repeated, or given another shape or kind.
fn bare(steps: &[Step], value: Value) -> Value {
    match steps[value].operation {
        Operation::Reshape | Operation::Expand | Operation::Convert(_) => {
            bare(steps, steps[value].operands[0])
        }
        _ => value,
    }
}

/// The operands of `a - b`.
fn difference(step: &Step) -> Option<(Value, Value)> {
    match (&step.operation, &step.operands[..]) {
        (Operation::Add { sign: -1.0 }, &[a, b]) => Some((a, b)),
        _ => None,
    }
}

/// The operand and the axis of a sum along one whole axis, whatever its shape is then.
fn sum(steps: &[Step], value: Value) -> Option<(Value, usize)> {
    let step = &steps[bare(steps, value)];
    let Operation::WindowSum { axis, kernel, .. } = step.operation else {
        return None;
    };
    let operand = step.operands[0];
    let whole = kernel == steps[operand].shape[axis] && step.shape[axis] == 1;
    whole.then_some((operand, axis))
}

/// The same of a mean.
fn mean(steps: &[Step], value: Value) -> Option<(Value, usize)> {
    let step = &steps[bare(steps, value)];
    let Operation::MulConstant(factor) = &step.operation else {
        return None;
    };
    let (operand, axis) = sum(steps, step.operands[0])?;
    let length = steps[operand].shape[axis] as f32;
    let is_mean = (number(factor)? * length - 1.0).abs() < 1e-4;
    is_mean.then_some((operand, axis))
}
