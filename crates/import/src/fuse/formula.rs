//! Functions of one variable in several steps become one formula, and thereby one table.

use std::collections::BTreeMap;

use super::number;
use crate::program::{Formula, Function, Operation, Program, Step, Term, Value};

/// Joins every chain of such steps at its end.
pub(super) fn join(program: &mut Program) {
    let steps = &program.steps;
    let roots = roots(steps);
    let mut ends = vec![false; steps.len()];
    for output in &program.outputs {
        ends[output.value] = true;
    }
    for (value, step) in steps.iter().enumerate() {
        for &operand in &step.operands {
            // Read by something that isn't part of the same function.
            if roots[value].is_none() || roots[value] != roots[operand] {
                ends[operand] = true;
            }
        }
    }
    let mut formulas = Vec::new();
    for value in 0..steps.len() {
        if let Some(root) = roots[value]
            && ends[value]
            && let Some(formula) = formula(steps, &roots, root, inner_end(steps, value))
        {
            formulas.push((inner_end(steps, value), root, formula));
        }
    }
    for (value, root, formula) in formulas {
        let step = &mut program.steps[value];
        step.operation = Operation::Formula(formula);
        step.operands = vec![root];
    }
}

/// Factors and offsets behind the last function cost nothing of their own.
fn inner_end(steps: &[Step], mut value: Value) -> Value {
    while let Operation::MulConstant(_) | Operation::AddConstant(_) = steps[value].operation {
        value = steps[value].operands[0];
    }
    value
}

/// For each step that computes each of its numbers from one number of another step: that other one.
fn roots(steps: &[Step]) -> Vec<Option<Value>> {
    let mut roots: Vec<Option<Value>> = Vec::with_capacity(steps.len());
    for step in steps {
        let single = match &step.operation {
            Operation::AddConstant(c) | Operation::MulConstant(c) => number(c).is_some(),
            Operation::Function(function) => !is_stepwise(*function),
            Operation::Clip { .. } | Operation::Add { .. } | Operation::Mul | Operation::Max => {
                true
            }
            _ => false,
        };
        let mut found = step
            .operands
            .iter()
            .map(|&operand| roots[operand].unwrap_or(operand));
        let first = found.next();
        let alike = first.is_some_and(|first| {
            found.all(|other| other == first) && steps[first].shape == step.shape
        });
        let fits = single && alike && !step.element.is_exact();
        let fits = fits && first.is_some_and(|first| !steps[first].element.is_exact());
        roots.push(first.filter(|_| fits));
    }
    roots
}

fn is_stepwise(function: Function) -> bool {
    matches!(function, Function::Unary(unary) if unary.is_stepwise())
}

/// The formula of a step over its root. `None`: it is a single step, or holds no function.
fn formula(steps: &[Step], roots: &[Option<Value>], root: Value, value: Value) -> Option<Formula> {
    roots[value]?;
    let mut cone: Vec<Value> = Vec::new();
    let mut open = vec![value];
    while let Some(next) = open.pop() {
        if next != root && !cone.contains(&next) {
            cone.push(next);
            open.extend(&steps[next].operands);
        }
    }
    cone.sort_unstable();
    let has_function = cone
        .iter()
        .any(|&step| matches!(steps[step].operation, Operation::Function(_)));
    if cone.len() < 2 || !has_function {
        return None;
    }
    let mut places = BTreeMap::from([(root, 0)]);
    let mut terms = vec![Term::Variable];
    for step in cone {
        let operands: Vec<usize> = steps[step]
            .operands
            .iter()
            .map(|operand| places.get(operand).copied())
            .collect::<Option<_>>()?;
        terms.push(term(&steps[step].operation, &operands)?);
        places.insert(step, terms.len() - 1);
    }
    Formula::new(terms)
}

fn term(operation: &Operation, operands: &[usize]) -> Option<Term> {
    Some(match (operation, operands) {
        (Operation::AddConstant(c), &[a]) => Term::Plus(a, number(c)?),
        (Operation::MulConstant(c), &[a]) => Term::Times(a, number(c)?),
        (Operation::Function(function), &[a]) => Term::Apply(a, *function),
        (Operation::Clip { lo, hi }, &[a]) => Term::Clip(a, *lo, *hi),
        (Operation::Add { sign }, &[a, b]) => Term::Add(a, b, *sign),
        (Operation::Mul, &[a, b]) => Term::Mul(a, b),
        (Operation::Max, &[a, b]) => Term::Max(a, b),
        _ => return None,
    })
}
