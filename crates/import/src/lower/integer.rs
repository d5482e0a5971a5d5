//! Arithmetic on integers, which is never rounded.

use super::Lowering;
use super::node::Node;
use crate::array::{Array, Constant};
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Operation, Unary, Value};

impl Lowering {
    /// `Add`, `Sub`, `Mul`, `Div` of integers.
    pub(super) fn exact_arithmetic(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let a = self.value(node, 0)?;
        let b = self.value(node, 1)?;
        let element = self.steps[a].element;
        let result = match node.proto.op_type.as_str() {
            "Add" => self.sum(node, a, b, 1.0)?,
            "Sub" => self.sum(node, a, b, -1.0)?,
            "Mul" => self.exact_product(node, a, b)?,
            _ => return self.exact_quotient(node, a, b),
        };
        self.wrapped(node, result, element)
    }

    /// A result as an element of few bits holds it.
    pub(super) fn wrapped(
        &mut self,
        node: &Node<'_>,
        x: Value,
        element: Element,
    ) -> Result<Value, ImportError> {
        match element {
            Element::Int { bits: ..=16, .. } => self.unary(node, x, Unary::Wrap { element }),
            _ => Ok(x),
        }
    }

    pub(super) fn exact_sum(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        self.sum(node, a, b, 1.0)
    }

    pub(super) fn exact_product(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        let (a, b) = self.aligned(node, a, b)?;
        let shape = self.shape(a).to_vec();
        self.step(node, Operation::Mul, vec![a, b], shape)
    }

    /// Numbers that stand for whole ones, as a constant of the kind of `x`.
    pub(super) fn whole_constant(&mut self, node: &Node<'_>, x: Value, c: Array) -> Value {
        let element = self.steps[x].element;
        let values = c.values.iter().map(|&value| value as i64).collect();
        self.filled_ints(node, c.shape, values, element)
    }

    /// The constant that a value is, if it is a single number.
    pub(super) fn single(&self, x: Value) -> Option<f32> {
        match &self.steps[x].operation {
            Operation::Constant(constant) => {
                let values = constant.floats();
                let first = *values.first()?;
                values.iter().all(|&value| value == first).then_some(first)
            }
            Operation::Reshape | Operation::Expand | Operation::Convert(_) => {
                self.single(self.steps[x].operands[0])
            }
            _ => None,
        }
    }

    /// `a / b` without its fraction.
    fn exact_quotient(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        if let Some(divisor) = self.single(b)
            && divisor != 0.0
        {
            let (a, _) = self.aligned(node, a, b)?;
            return self.unary(node, a, Unary::Quotient { divisor });
        }
        let (a, b) = self.aligned(node, a, b)?;
        if !self.depends[a] && !self.depends[b] {
            return self.constant_quotient(node, a, b);
        }
        let [quotient, _] = self.divided(node, a, b, true)?;
        Ok(quotient)
    }

    fn constant_quotient(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        let element = self.steps[a].element;
        let shape = self.shape(a).to_vec();
        let whole = |constant| match constant {
            Constant::Int { values, .. } => values,
            Constant::Float(_) => Vec::new(),
        };
        let a = whole(self.evaluated(node, a, 0)?);
        let b = whole(self.evaluated(node, b, 0)?);
        let quotients = a.iter().zip(&b).map(|(a, b)| a.checked_div(*b));
        let quotients: Option<Vec<i64>> = quotients.collect();
        let quotients = quotients.ok_or_else(|| node.refuse("it divides by zero"))?;
        Ok(self.filled_ints(node, shape, quotients, element))
    }
}
