//! What a node's operands stand for.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant};
use crate::error::ImportError;
use crate::program::{Operation, Value};

impl Lowering {
    /// What an operand's name stands for.
    pub(super) fn operand(&self, node: &Node<'_>, index: usize) -> Result<Binding, ImportError> {
        self.optional(node, index)?
            .ok_or_else(|| node.refuse(format!("operand {index} is missing")))
    }

    /// The same for an operand that may be left out.
    pub(super) fn optional(
        &self,
        node: &Node<'_>,
        index: usize,
    ) -> Result<Option<Binding>, ImportError> {
        let Some(name) = node.input(index) else {
            return Ok(None);
        };
        match self.names.get(name) {
            Some(binding) => Ok(Some(binding.clone())),
            None => Err(ImportError::UnknownValue {
                node: node.name.clone(),
                value: name.into(),
            }),
        }
    }

    /// An operand as a value, which a constant becomes.
    pub(super) fn value(&mut self, node: &Node<'_>, index: usize) -> Result<Value, ImportError> {
        match self.operand(node, index)? {
            Binding::Value(value) => Ok(value),
            Binding::Constant(constant) if constant.shape().contains(&0) => {
                Err(node.refuse(format!("operand {index} is empty")))
            }
            Binding::Constant(constant) => Ok(self.constant_step(node.name.clone(), constant)),
        }
    }

    /// The same for an operand that may be left out.
    pub(super) fn optional_value(
        &mut self,
        node: &Node<'_>,
        index: usize,
    ) -> Result<Option<Value>, ImportError> {
        match node.input(index) {
            Some(_) => self.value(node, index).map(Some),
            None => Ok(None),
        }
    }

    /// An operand that doesn't.
    pub(super) fn constant(
        &self,
        node: &Node<'_>,
        index: usize,
    ) -> Result<Option<Constant>, ImportError> {
        match self.optional(node, index)? {
            None => Ok(None),
            Some(Binding::Constant(constant)) => Ok(Some(constant)),
            Some(Binding::Value(value)) => Err(ImportError::Undecided {
                op: node.proto.op_type.clone(),
                node: node.name.clone(),
                operand: index,
                inputs: self.inputs_of(value),
            }),
        }
    }

    /// Names of the inputs that a value depends on.
    fn inputs_of(&self, value: Value) -> Vec<String> {
        let mut used = vec![false; value + 1];
        used[value] = true;
        let mut names = Vec::new();
        for index in (0..=value).rev() {
            if used[index] {
                let step = &self.steps[index];
                step.operands
                    .iter()
                    .for_each(|&operand| used[operand] = true);
                if step.operation == Operation::Input {
                    names.push(step.name.clone());
                }
            }
        }
        names.reverse();
        names
    }

    pub(super) fn floats(
        &self,
        node: &Node<'_>,
        index: usize,
    ) -> Result<Option<Array>, ImportError> {
        match self.constant(node, index)? {
            None => Ok(None),
            Some(Constant::Float(array)) => Ok(Some(array)),
            Some(Constant::Int { .. }) => {
                Err(node.refuse(format!("operand {index} holds integers instead of floats")))
            }
        }
    }

    pub(super) fn ints(
        &self,
        node: &Node<'_>,
        index: usize,
    ) -> Result<Option<Vec<i64>>, ImportError> {
        match self.constant(node, index)? {
            None => Ok(None),
            Some(Constant::Int { values, .. }) => Ok(Some(values)),
            Some(Constant::Float(_)) => {
                Err(node.refuse(format!("operand {index} holds floats instead of integers")))
            }
        }
    }
}
