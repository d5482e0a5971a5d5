//! Running a [`Program`] on a block of draws, column by column.

use super::{Operand, Program, Step};
use crate::formula::Binary;

/// Draws in a block: small enough for the columns to stay in the cache, long enough for vector code.
pub(crate) const BLOCK: usize = 512;

pub(crate) type Column = [f64; BLOCK];

/// Buffers for running a program on a block of draws.
pub(crate) struct Block {
    pub(crate) variables: Vec<Column>,
    steps: Vec<Column>,
}

impl Block {
    pub(crate) fn new(program: &Program) -> Self {
        Self {
            variables: vec![[0.0; BLOCK]; program.variables.len()],
            steps: vec![[0.0; BLOCK]; program.steps.len()],
        }
    }

    /// Fills the columns of the steps from those of the variables.
    pub(crate) fn run(&mut self, program: &Program) {
        for (index, step) in program.steps.iter().enumerate() {
            let (before, rest) = self.steps.split_at_mut(index);
            let Some(target) = rest.first_mut() else {
                return;
            };
            match *step {
                Step::Unary(operator, value) => {
                    let value = column(value, &self.variables, before);
                    for (position, slot) in target.iter_mut().enumerate() {
                        *slot = operator.apply(value.at(position));
                    }
                }
                Step::Binary(operator, left, right) => {
                    let left = column(left, &self.variables, before);
                    let right = column(right, &self.variables, before);
                    binary(operator, &left, &right, target);
                }
            }
        }
    }

    /// The column of one output; constants fill a column of their own.
    pub(crate) fn output(&self, operand: Operand) -> Column {
        let column = column(operand, &self.variables, &self.steps);
        std::array::from_fn(|position| column.at(position))
    }
}

enum Source<'a> {
    Same(f64),
    Column(&'a Column),
}

impl Source<'_> {
    fn at(&self, position: usize) -> f64 {
        match self {
            Self::Same(number) => *number,
            Self::Column(column) => column[position],
        }
    }
}

fn column<'a>(operand: Operand, variables: &'a [Column], steps: &'a [Column]) -> Source<'a> {
    match operand {
        Operand::Constant(number) => Source::Same(number),
        Operand::Variable(index) => Source::Column(&variables[index]),
        Operand::Step(index) => Source::Column(&steps[index]),
    }
}

/// The four operations of arithmetic get loops the compiler turns into vector code.
fn binary(operator: Binary, left: &Source<'_>, right: &Source<'_>, target: &mut Column) {
    match operator {
        Binary::Add => apply(left, right, target, |a, b| a + b),
        Binary::Subtract => apply(left, right, target, |a, b| a - b),
        Binary::Multiply => apply(left, right, target, |a, b| a * b),
        Binary::Divide => apply(left, right, target, |a, b| a / b),
        Binary::Power | Binary::Min | Binary::Max => {
            apply(left, right, target, |a, b| operator.apply(a, b));
        }
    }
}

fn apply(
    left: &Source<'_>,
    right: &Source<'_>,
    target: &mut Column,
    operation: impl Fn(f64, f64) -> f64,
) {
    match (left, right) {
        (Source::Column(left), Source::Column(right)) => {
            for ((slot, a), b) in target.iter_mut().zip(left.iter()).zip(right.iter()) {
                *slot = operation(*a, *b);
            }
        }
        (Source::Column(left), Source::Same(b)) => {
            for (slot, a) in target.iter_mut().zip(left.iter()) {
                *slot = operation(*a, *b);
            }
        }
        (Source::Same(a), right) => {
            for (position, slot) in target.iter_mut().enumerate() {
                *slot = operation(*a, right.at(position));
            }
        }
    }
}
