//! The model of one scenario in one year as a short list of steps over its uncertain inputs.
//!
//! Compiling folds constants and leaves out what the asked-for outputs don't need. The same steps run on one point
//! or on a block of draws.
//!
//! **Invariant:** a step only reads variables, constants and the results of earlier steps.

mod block;
mod build;
mod run;

#[cfg(test)]
mod tests;

pub(crate) use block::{BLOCK, Block, Column};
pub use build::Model;

use crate::distribution::Distribution;
use crate::formula::{Binary, Unary};
use crate::scenario::OutputKey;

/// Where a step finds a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operand {
    Constant(f64),
    Variable(usize),
    Step(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    Unary(Unary, Operand),
    Binary(Binary, Operand, Operand),
}

/// An input or quantity that is not a single value.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    pub name: String,
    pub distribution: Distribution,
}

/// The steps that lead from the uncertain inputs to the outputs.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) variables: Vec<Variable>,
    pub(crate) steps: Vec<Step>,
    pub(crate) outputs: Vec<(OutputKey, Operand)>,
}
