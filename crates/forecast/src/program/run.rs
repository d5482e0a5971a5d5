//! Running a [`Program`] on one point.

use super::{Operand, Program, Step, Variable};
use crate::scenario::OutputKey;

impl Program {
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    pub fn output_keys(&self) -> impl Iterator<Item = &OutputKey> {
        self.outputs.iter().map(|(key, _)| key)
    }

    /// The outputs with each variable at the given value; `values` are in the order of [`Program::variables`].
    #[must_use]
    pub fn evaluate(&self, values: &[f64]) -> Vec<f64> {
        let mut results: Vec<f64> = Vec::with_capacity(self.steps.len());
        let read = |operand: Operand, results: &[f64]| match operand {
            Operand::Constant(number) => number,
            Operand::Variable(index) => values[index],
            Operand::Step(index) => results[index],
        };
        for step in &self.steps {
            let result = match *step {
                Step::Unary(operator, value) => operator.apply(read(value, &results)),
                Step::Binary(operator, left, right) => {
                    operator.apply(read(left, &results), read(right, &results))
                }
            };
            results.push(result);
        }
        self.outputs
            .iter()
            .map(|(_, operand)| read(*operand, &results))
            .collect()
    }

    /// The outputs with each variable at its median.
    #[must_use]
    pub fn evaluate_at_medians(&self) -> Vec<f64> {
        let medians: Vec<f64> = self
            .variables
            .iter()
            .map(|variable| variable.distribution.median())
            .collect();
        self.evaluate(&medians)
    }
}
