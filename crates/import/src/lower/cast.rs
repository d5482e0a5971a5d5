//! From one kind of element to another.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant};
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Function, Operation, Unary, Value};

impl Lowering {
    /// `Cast`, `CastLike`.
    pub(super) fn cast_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        let to = match node.proto.op_type.as_str() {
            "Cast" => {
                let to = node.int("to", 0)?;
                let known = i32::try_from(to).ok().and_then(Element::of);
                known.ok_or_else(|| node.refuse(format!("element type {to} is not supported")))?
            }
            "CastLike" => self.element_of(node, 1)?,
            "BitCast" => return self.same_bits(node).map(Some),
            _ => return Ok(None),
        };
        if let Binding::Constant(constant) = self.operand(node, 0)? {
            return Ok(Some(vec![Binding::Constant(cast_constant(constant, to))]));
        }
        let x = self.value(node, 0)?;
        Ok(Some(vec![Binding::Value(self.cast(node, x, to)?)]))
    }

    /// The bits of integers read as those of others that have as many.
    fn same_bits(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let x = self.value(node, 0)?;
        let to = node.int("to", 0)?;
        let to = i32::try_from(to).ok().and_then(Element::of);
        let bits = |element| match element {
            Element::Float => None,
            Element::Bool => Some(8),
            Element::Int { bits, .. } => Some(bits),
        };
        let from = self.element(x);
        let element = to.filter(|&to| bits(to).is_some() && bits(to) == bits(from));
        let element = element.ok_or_else(|| {
            node.refuse(
                "the bits of floats are not kept, and no integer has the bits of one; use Cast if numbers are \
                 meant",
            )
        })?;
        if let (
            Element::Int { signed: true, .. },
            Element::Int {
                signed: false,
                bits: 32..,
            },
        ) = (from, element)
        {
            return Err(node.refuse(
                "integers below zero would need 32 bits or more; use Cast if there are none",
            ));
        }
        Ok(vec![Binding::Value(self.cast(node, x, element)?)])
    }

    /// What kind of elements an operand has.
    pub(super) fn element_of(&self, node: &Node<'_>, index: usize) -> Result<Element, ImportError> {
        Ok(match self.operand(node, index)? {
            Binding::Value(value) => self.steps[value].element,
            Binding::Constant(constant) => constant.element(),
        })
    }

    pub(super) fn cast(
        &mut self,
        node: &Node<'_>,
        x: Value,
        to: Element,
    ) -> Result<Value, ImportError> {
        let from = self.steps[x].element;
        if from == to {
            return Ok(x);
        }
        let (least, most) = from.limits();
        let (lo, hi) = to.limits();
        let function = match (from, to) {
            (_, Element::Float) => return self.convert(node, x, to),
            (_, Element::Bool) => Unary::IsNotZero,
            (Element::Float, Element::Int { bits: 17.., .. }) => Unary::Truncate { element: to },
            _ if lo <= least && most <= hi => return self.convert(node, x, to),
            // What 32 and 64 bits would wrap never fits the graph's integers anyway.
            (_, Element::Int { bits: 32 | 64, .. }) => return self.convert(node, x, to),
            _ => Unary::Wrap { element: to },
        };
        self.unary(node, x, function)
    }

    pub(super) fn convert(
        &mut self,
        node: &Node<'_>,
        x: Value,
        to: Element,
    ) -> Result<Value, ImportError> {
        if self.steps[x].element == to {
            return Ok(x);
        }
        let shape = self.shape(x).to_vec();
        self.step(node, Operation::Convert(to), vec![x], shape)
    }

    pub(super) fn unary(
        &mut self,
        node: &Node<'_>,
        x: Value,
        function: Unary,
    ) -> Result<Value, ImportError> {
        let shape = self.shape(x).to_vec();
        let operation = Operation::Function(Function::Unary(function));
        self.step(node, operation, vec![x], shape)
    }
}

fn cast_constant(constant: Constant, to: Element) -> Constant {
    match constant {
        Constant::Float(array) if to == Element::Float => Constant::Float(array),
        Constant::Float(Array { shape, values }) => {
            let values = values.into_iter().map(|value| {
                if to == Element::Bool {
                    i64::from(value != 0.0)
                } else {
                    value as i64
                }
            });
            Constant::Int {
                shape,
                values: values.collect(),
                element: to,
            }
        }
        Constant::Int { shape, values, .. } if to == Element::Float => {
            let values = values.iter().map(|&value| value as f32).collect();
            Constant::Float(Array { shape, values })
        }
        Constant::Int { shape, values, .. } => {
            let cast = |value: i64| match to {
                Element::Bool => i64::from(value != 0),
                Element::Int { bits: 64, .. } => value,
                _ => Unary::Wrap { element: to }.apply(value as f64) as i64,
            };
            Constant::Int {
                shape,
                values: values.into_iter().map(cast).collect(),
                element: to,
            }
        }
    }
}
