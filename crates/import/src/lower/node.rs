//! A node's attributes and operands, by name.

use crate::array::{Array, Constant};
use crate::element::Element;
use crate::error::ImportError;
use crate::onnx::{AttributeProto, NodeProto};
use crate::read;

/// A node with what is needed to read it.
pub(super) struct Node<'a> {
    pub(super) proto: &'a NodeProto,
    pub(super) name: String,
    pub(super) opset: i64,
}

impl<'a> Node<'a> {
    pub(super) fn new(proto: &'a NodeProto, index: usize, opset: i64) -> Self {
        Self {
            proto,
            name: super::node_name(proto, index),
            opset,
        }
    }

    pub(super) fn refuse(&self, reason: impl Into<String>) -> ImportError {
        ImportError::Node {
            op: self.proto.op_type.clone(),
            node: self.name.clone(),
            reason: reason.into(),
        }
    }

    pub(super) fn unknown(&self) -> ImportError {
        let NodeProto {
            domain, op_type, ..
        } = self.proto;
        let op = if domain.is_empty() {
            op_type.clone()
        } else {
            format!("{domain}.{op_type}")
        };
        ImportError::UnknownOperator {
            op,
            node: self.name.clone(),
        }
    }

    /// The name of an operand, or `None` if it is left out.
    pub(super) fn input(&self, index: usize) -> Option<&'a str> {
        let name = self.proto.input.get(index)?;
        (!name.is_empty()).then_some(name)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&'a AttributeProto> {
        self.proto
            .attribute
            .iter()
            .find(|attribute| attribute.name == name)
    }

    pub(super) fn int(&self, name: &str, default: i64) -> Result<i64, ImportError> {
        Ok(self
            .attribute(name)
            .map_or(default, |attribute| attribute.i))
    }

    pub(super) fn float(&self, name: &str, default: f32) -> Result<f32, ImportError> {
        let value = self
            .attribute(name)
            .map_or(default, |attribute| attribute.f);
        if value.is_finite() {
            Ok(value)
        } else {
            Err(self.refuse(format!("attribute {name} is not a finite number")))
        }
    }

    pub(super) fn string(&self, name: &str, default: &str) -> String {
        self.attribute(name).map_or_else(
            || default.into(),
            |attribute| String::from_utf8_lossy(&attribute.s).into_owned(),
        )
    }

    pub(super) fn ints(&self, name: &str) -> Option<&'a [i64]> {
        self.attribute(name).map(|attribute| &attribute.ints[..])
    }

    /// Small whole numbers, at least `least`.
    pub(super) fn sizes(
        &self,
        name: &str,
        default: &[usize],
        least: i64,
    ) -> Result<Vec<usize>, ImportError> {
        let Some(values) = self.ints(name) else {
            return Ok(default.to_vec());
        };
        if values.len() != default.len() {
            return Err(self.refuse(format!(
                "attribute {name} has {} values, {} are needed",
                values.len(),
                default.len()
            )));
        }
        let size = |&value: &i64| {
            let in_range = (least..=1 << 24).contains(&value);
            in_range.then_some(value as usize)
        };
        values
            .iter()
            .map(size)
            .collect::<Option<_>>()
            .ok_or_else(|| self.refuse(format!("attribute {name} is out of range: {values:?}")))
    }

    /// An axis, counted from the end if it is negative.
    pub(super) fn axis(&self, axis: i64, rank: usize) -> Result<usize, ImportError> {
        let rank = rank as i64;
        let from_front = if axis < 0 {
            axis.saturating_add(rank)
        } else {
            axis
        };
        if (0..rank).contains(&from_front) {
            Ok(from_front as usize)
        } else {
            Err(self.refuse(format!("axis {axis} doesn't exist in {rank} axes")))
        }
    }

    /// The value of a `Constant` node.
    pub(super) fn constant(&self) -> Result<Constant, ImportError> {
        let ints = |shape: Vec<usize>, values: Vec<i64>| Constant::Int {
            shape,
            values,
            element: Element::INT64,
        };
        for attribute in &self.proto.attribute {
            return match attribute.name.as_str() {
                "value" => match &attribute.t {
                    Some(tensor) => read::tensor(&self.name, tensor),
                    None => Err(self.refuse("its value is missing")),
                },
                "value_int" => Ok(ints(vec![], vec![attribute.i])),
                "value_ints" => Ok(ints(vec![attribute.ints.len()], attribute.ints.clone())),
                "value_float" => self.float_constant(vec![], vec![attribute.f]),
                "value_floats" => {
                    let values = attribute.floats.clone();
                    self.float_constant(vec![values.len()], values)
                }
                _ => continue,
            };
        }
        Err(self.refuse("its value is missing or of an unsupported kind"))
    }

    fn float_constant(&self, shape: Vec<usize>, values: Vec<f32>) -> Result<Constant, ImportError> {
        match values.iter().position(|value| !value.is_finite()) {
            Some(position) => Err(ImportError::NotFinite {
                name: self.name.clone(),
                position,
            }),
            None => Ok(Constant::Float(Array { shape, values })),
        }
    }
}
