//! Operators that only shapes and constants go into.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant, checked_shape};
use crate::element::Element;
use crate::error::ImportError;

/// Most numbers of a range.
const RANGE_MAX: usize = 1 << 24;

impl Lowering {
    pub(super) fn folded_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        let constant = match node.proto.op_type.as_str() {
            "Size" => {
                let count = match self.operand(node, 0)? {
                    Binding::Value(value) => self.shape(value).iter().product(),
                    Binding::Constant(constant) => constant.shape().iter().product::<usize>(),
                };
                Constant::Int {
                    shape: vec![],
                    values: vec![count as i64],
                    element: Element::INT64,
                }
            }
            "ConstantOfShape" => self.constant_of_shape(node)?,
            "Range" => self.range(node)?,
            "EyeLike" => self.eye_like(node)?,
            "Dropout" => return self.dropout(node).map(Some),
            "HannWindow" | "HammingWindow" | "BlackmanWindow" => self.weighting(node)?,
            _ => return Ok(None),
        };
        Ok(Some(vec![Binding::Constant(constant)]))
    }

    fn constant_of_shape(&mut self, node: &Node<'_>) -> Result<Constant, ImportError> {
        let dims = self.ints(node, 0)?;
        let dims = dims.ok_or_else(|| node.refuse("its shape is missing"))?;
        let shape = checked_shape(&node.name, &dims)?;
        let count = shape.iter().product();
        let value = match node.attribute("value") {
            Some(attribute) => match &attribute.t {
                Some(tensor) => crate::read::tensor(&node.name, tensor)?,
                None => return Err(node.refuse("its value is missing")),
            },
            None => Constant::Float(Array::scalar(0.0)),
        };
        Ok(match value {
            Constant::Float(array) => Constant::Float(Array {
                shape,
                values: vec![array.values.first().copied().unwrap_or(0.0); count],
            }),
            Constant::Int {
                values, element, ..
            } => Constant::Int {
                shape,
                values: vec![values.first().copied().unwrap_or(0); count],
                element,
            },
        })
    }

    fn range(&mut self, node: &Node<'_>) -> Result<Constant, ImportError> {
        let mut limits = Vec::with_capacity(3);
        for index in 0..3 {
            let constant = self.constant(node, index)?;
            limits.push(constant.ok_or_else(|| node.refuse("a limit is missing"))?);
        }
        let element = limits[0].element();
        let numbers: Vec<f64> = limits
            .iter()
            .filter_map(|limit| match limit {
                Constant::Float(array) => array.values.first().copied().map(f64::from),
                Constant::Int { values, .. } => values.first().map(|&value| value as f64),
            })
            .collect();
        let &[start, limit, step] = &numbers[..] else {
            return Err(node.refuse("a limit is empty"));
        };
        let count = ((limit - start) / step).ceil().max(0.0);
        if !count.is_finite() || count > RANGE_MAX as f64 {
            return Err(node.refuse("its range is too long"));
        }
        let count = count as usize;
        let number = |index: usize| start + index as f64 * step;
        Ok(if element == Element::Float {
            Constant::Float(Array {
                shape: vec![count],
                values: (0..count).map(|index| number(index) as f32).collect(),
            })
        } else {
            Constant::Int {
                shape: vec![count],
                values: (0..count).map(|index| number(index) as i64).collect(),
                element,
            }
        })
    }

    fn eye_like(&mut self, node: &Node<'_>) -> Result<Constant, ImportError> {
        let shape = match self.operand(node, 0)? {
            Binding::Value(value) => self.shape(value).to_vec(),
            Binding::Constant(constant) => constant.shape().to_vec(),
        };
        let element = match node.attribute("dtype") {
            Some(attribute) => i32::try_from(attribute.i).ok().and_then(Element::of),
            None => Some(self.element_of(node, 0)?),
        };
        let element = element.ok_or_else(|| node.refuse("its element type is not supported"))?;
        let offset = node.int("k", 0)?;
        let &[_, columns] = &shape[..] else {
            return Err(node.refuse("its operand needs two axes"));
        };
        let count = shape.iter().product::<usize>();
        let hot = (0..count).map(|index| {
            let (row, column) = (index / columns, index % columns);
            i64::from(column as i64 - row as i64 == offset)
        });
        Ok(if element == Element::Float {
            let values = hot.map(|hot| hot as f32).collect();
            Constant::Float(Array { shape, values })
        } else {
            Constant::Int {
                values: hot.collect(),
                shape,
                element,
            }
        })
    }

    /// Nothing is dropped; the mask says so.
    fn dropout(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        if let Some(Constant::Int { values, .. }) = self.constant(node, 2)?
            && values.first().is_some_and(|&training| training != 0)
        {
            return Err(node.refuse("training mode is not supported"));
        }
        let x = self.operand(node, 0)?;
        let shape = match &x {
            Binding::Value(value) => self.shape(*value).to_vec(),
            Binding::Constant(constant) => constant.shape().to_vec(),
        };
        let mask = self.truth(node, &shape, 1);
        Ok(vec![x, Binding::Value(mask)])
    }

    /// Weights of a window, by its length.
    fn weighting(&mut self, node: &Node<'_>) -> Result<Constant, ImportError> {
        let size = self.sizes(node, 0)?;
        let &[size] = &size[..] else {
            return Err(node.refuse("its size is missing"));
        };
        let periodic = node.int("periodic", 1)? != 0;
        let length = if periodic { size } else { (size - 1).max(1) };
        let [mean, first, second] = match node.proto.op_type.as_str() {
            "HannWindow" => [0.5, 0.5, 0.0],
            "HammingWindow" => [25.0 / 46.0, 1.0 - 25.0 / 46.0, 0.0],
            _ => [0.42, 0.5, 0.08],
        };
        let weight = |index: usize| {
            let angle = 2.0 * std::f64::consts::PI * index as f64 / length as f64;
            let weight = mean - first * libm::cos(angle) + second * libm::cos(2.0 * angle);
            weight as f32
        };
        Ok(Constant::Float(Array {
            shape: vec![size],
            values: (0..size).map(weight).collect(),
        }))
    }
}
