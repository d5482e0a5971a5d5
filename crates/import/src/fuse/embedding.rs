//! Rows of a table, chosen by an index that the file compares with every position.

use super::{Joined, bare, uses};
use crate::array::{Array, Constant};
use crate::program::{Formula, Function, Operation, Program, Step, Unary, Value};

/// A matrix times "is the index at this position".
pub(super) fn joined(steps: &[Step], value: Value) -> Option<Joined> {
    let Operation::Linear { weight, bias } = &steps[value].operation else {
        return None;
    };
    let hot = bare(steps, steps[value].operands[0]);
    let (columns, rows) = (weight.shape[0], weight.shape[1]);
    let indices = compared_with_positions(steps, hot, rows)?;
    let mut table = weight.transposed();
    for row in table.values.chunks_exact_mut(columns) {
        for (value, bias) in row.iter_mut().zip(bias) {
            *value += bias;
        }
    }
    Some(Joined {
        operation: Operation::Embedding { table },
        operands: vec![indices],
    })
}

/// The indices that a step compares with 0, 1, .. `rows` along a new last axis.
fn compared_with_positions(steps: &[Step], hot: Value, rows: usize) -> Option<Value> {
    let step = &steps[hot];
    if step.operation != Operation::Function(Function::Unary(Unary::IsZero)) {
        return None;
    }
    let difference = &steps[step.operands[0]];
    if !difference.element.is_exact() || *difference.shape.last()? != rows {
        return None;
    }
    let (x, positions) = super::difference(difference)?;
    [(x, positions), (positions, x)]
        .into_iter()
        .find(|&(_, positions)| are_positions(steps, positions, rows))
        .and_then(|(x, _)| repeated_last(steps, x))
}

fn are_positions(steps: &[Step], value: Value, rows: usize) -> bool {
    match &steps[bare(steps, value)].operation {
        Operation::Constant(Constant::Int { shape, values, .. }) => {
            shape.last() == Some(&rows)
                && values.len() == rows
                && values.iter().zip(0..).all(|(&value, place)| value == place)
        }
        _ => false,
    }
}

/// What is repeated along the last axis and nowhere else.
fn repeated_last(steps: &[Step], value: Value) -> Option<Value> {
    let repeated = &steps[value];
    if repeated.operation != Operation::Expand {
        return None;
    }
    let source = repeated.operands[0];
    let (last, others) = steps[source].shape.split_last()?;
    (*last == 1 && repeated.shape.len() == others.len() + 1 && repeated.shape.starts_with(others))
        .then_some(source)
}

/// Moves what happens to each number of a row into the table.
pub(super) fn fold(program: &mut Program) {
    let uses = uses(program);
    for value in program.inputs..program.steps.len() {
        let step = &program.steps[value];
        let &[x] = &step.operands[..] else { continue };
        if uses[x] != 1 || step.shape != program.steps[x].shape {
            continue;
        }
        let Operation::Embedding { table } = &program.steps[x].operation else {
            continue;
        };
        let Some(table) = mapped(table, &step.operation) else {
            continue;
        };
        let operands = program.steps[x].operands.clone();
        let step = &mut program.steps[value];
        step.operation = Operation::Embedding { table };
        step.operands = operands;
    }
}

fn mapped(table: &Array, operation: &Operation) -> Option<Array> {
    let each = |f: &dyn Fn(f64) -> f64| {
        let values = table.values.iter().map(|&value| f(value.into()) as f32);
        let values: Vec<f32> = values.collect();
        let finite = values.iter().all(|value| value.is_finite());
        finite.then(|| Array {
            shape: table.shape.clone(),
            values,
        })
    };
    let along_row = |c: &Array, f: &dyn Fn(f32, f32) -> f32| {
        let columns = table.shape[1];
        let fits = c.values.len() == 1
            || c.values.len() == columns && c.shape.last().copied() == Some(columns);
        fits.then(|| Array {
            shape: table.shape.clone(),
            values: table
                .values
                .iter()
                .zip(c.values.iter().cycle())
                .map(|(&value, &c)| f(value, c))
                .collect(),
        })
    };
    match operation {
        Operation::Formula(formula) => each(&|x| Formula::apply(formula, x)),
        Operation::Function(function) => each(&|x| function.apply(x)),
        Operation::AddConstant(c) => along_row(c, &|value, c| value + c),
        Operation::MulConstant(c) => along_row(c, &|value, c| value * c),
        _ => None,
    }
}
