//! Values that depend on no input: computed here, by the same steps as others.

use super::Lowering;
use super::node::Node;
use crate::array::{Array, Constant};
use crate::element::Element;
use crate::error::ImportError;
use crate::interpret;
use crate::program::{Operation, Step, Value};

/// Whole numbers up to here are exact in single precision.
const EXACT_MAX: f32 = 16_777_216.0;
/// Most steps that are run to find a constant.
const STEPS_MAX: usize = 4_096;

impl Lowering {
    pub(super) fn constant_step(&mut self, name: String, constant: Constant) -> Value {
        let shape = constant.shape().to_vec();
        self.push(name, Operation::Constant(constant), vec![], shape)
    }

    /// A constant of numbers, as a step.
    pub(super) fn filled(&mut self, node: &Node<'_>, shape: Vec<usize>, values: Vec<f32>) -> Value {
        let constant = Constant::Float(Array { shape, values });
        self.constant_step(node.name.clone(), constant)
    }

    /// A constant of integers, as a step.
    pub(super) fn filled_ints(
        &mut self,
        node: &Node<'_>,
        shape: Vec<usize>,
        values: Vec<i64>,
        element: Element,
    ) -> Value {
        let constant = Constant::Int {
            shape,
            values,
            element,
        };
        self.constant_step(node.name.clone(), constant)
    }

    /// The constant that a value is, made by steps from `first` on.
    pub(super) fn evaluated(
        &self,
        node: &Node<'_>,
        value: Value,
        first: usize,
    ) -> Result<Constant, ImportError> {
        let step = &self.steps[value];
        if let Operation::Constant(constant) = &step.operation {
            return Ok(constant.clone());
        }
        if value < first || value - first > STEPS_MAX {
            return Err(node.refuse("its constants take too many steps"));
        }
        let steps = self.cone(value, first);
        let values = interpret::constant(steps);
        if values.iter().any(|value| !value.is_finite()) {
            return Err(node.refuse("a constant of it is not a finite number"));
        }
        let shape = step.shape.clone();
        if step.element == Element::Float {
            return Ok(Constant::Float(Array { shape, values }));
        }
        if values.iter().any(|value| value.abs() > EXACT_MAX) {
            return Err(node.refuse("its constants are too large to compute with"));
        }
        Ok(Constant::Int {
            shape,
            values: values.into_iter().map(|value| value as i64).collect(),
            element: step.element,
        })
    }

    /// The steps that a value needs, itself the last.
    fn cone(&self, value: Value, first: usize) -> Vec<Step> {
        let mut used = vec![false; value - first + 1];
        used[value - first] = true;
        for index in (0..used.len()).rev() {
            if used[index] {
                for &operand in &self.steps[first + index].operands {
                    used[operand - first] = true;
                }
            }
        }
        let mut places = vec![0; used.len()];
        let mut steps = Vec::new();
        for (index, used) in used.into_iter().enumerate() {
            if used {
                let mut step = self.steps[first + index].clone();
                for operand in &mut step.operands {
                    *operand = places[*operand - first];
                }
                places[index] = steps.len();
                steps.push(step);
            }
        }
        steps
    }
}
