//! Normalisation with constants, and constants folded into the weights before them.

use super::Lowering;
use super::node::Node;
use crate::array::{Array, hides};
use crate::error::ImportError;
use crate::program::{Operation, Value};

impl Lowering {
    pub(super) fn batch_normalization(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        if node.int("training_mode", 0)? != 0 {
            return Err(node.refuse("training mode is not supported"));
        }
        let channels = *shape
            .get(1)
            .ok_or_else(|| node.refuse("its operand has no channels"))?;
        let mut parameters: Vec<Vec<f32>> = Vec::with_capacity(4);
        for index in 1..5 {
            match self.floats(node, index)? {
                Some(array) if array.values.len() == channels => parameters.push(array.values),
                _ => return Err(node.refuse(format!("operand {index} needs {channels} values"))),
            }
        }
        let epsilon = f64::from(node.float("epsilon", 1e-5)?);
        let [scales, biases, means, variances] = &parameters[..] else {
            return Err(node.refuse("it needs four constants"));
        };
        let mut factors = Vec::with_capacity(channels);
        let mut offsets = Vec::with_capacity(channels);
        let pairs = scales.iter().zip(biases);
        for ((scale, bias), (mean, variance)) in pairs.zip(means.iter().zip(variances)) {
            let factor = f64::from(*scale) / (f64::from(*variance) + epsilon).sqrt();
            if !factor.is_finite() {
                return Err(node.refuse("a variance of it is not positive"));
            }
            factors.push(factor as f32);
            offsets.push((f64::from(*bias) - f64::from(*mean) * factor) as f32);
        }
        let mut channel_shape = vec![1; shape.len()];
        channel_shape[1] = channels;
        let array = |values| Array {
            shape: channel_shape.clone(),
            values,
        };
        let scaled = self.times_constant(node, x, array(factors))?;
        self.plus_constant(node, scaled, array(offsets))
    }

    /// `x * c`, in the weights before it where that is possible.
    pub(super) fn times_constant(
        &mut self,
        node: &Node<'_>,
        x: Value,
        c: Array,
    ) -> Result<Value, ImportError> {
        if self.steps[x].element.is_exact() {
            let c = self.whole_constant(node, x, c);
            return self.exact_product(node, x, c);
        }
        if let Some(factors) = self.foldable(x, &c) {
            if let Some((weight, bias)) = self.weights(x) {
                let each = weight.values.len() / factors.len();
                for (values, factor) in weight.values.chunks_mut(each.max(1)).zip(&factors) {
                    values.iter_mut().for_each(|value| *value *= factor);
                }
                for (value, factor) in bias.iter_mut().zip(&factors) {
                    *value *= factor;
                }
            }
            return Ok(x);
        }
        let x = self.expanded(node, x, &c.shape)?;
        let shape = self.shape(x).to_vec();
        self.step(node, Operation::MulConstant(c), vec![x], shape)
    }

    /// `x + c`, in the bias before it where that is possible.
    pub(super) fn plus_constant(
        &mut self,
        node: &Node<'_>,
        x: Value,
        c: Array,
    ) -> Result<Value, ImportError> {
        if self.steps[x].element.is_exact() {
            let c = self.whole_constant(node, x, c);
            return self.exact_sum(node, x, c);
        }
        if let Some(offsets) = self.foldable(x, &c) {
            if let Some((_, bias)) = self.weights(x) {
                for (value, offset) in bias.iter_mut().zip(&offsets) {
                    *value += offset;
                }
            }
            return Ok(x);
        }
        if c.values.iter().any(|&value| hides(value)) {
            // A summand of its own, which a softmax keeps apart.
            let mask = self.filled(node, c.shape, c.values);
            return self.sum(node, x, mask, 1.0);
        }
        let x = self.expanded(node, x, &c.shape)?;
        let shape = self.shape(x).to_vec();
        self.step(node, Operation::AddConstant(c), vec![x], shape)
    }

    /// One number for each output of the convolution or matrix that makes `x`, if `c` is that and
    /// nothing else reads `x`.
    fn foldable(&self, x: Value, c: &Array) -> Option<Vec<f32>> {
        let shape = self.shape(x);
        let axis = match self.steps[x].operation {
            Operation::Conv { .. } => 1,
            Operation::Linear { .. } => shape.len() - 1,
            _ => return None,
        };
        if self.shared[x] || c.shape.len() > shape.len() {
            return None;
        }
        let missing = shape.len() - c.shape.len();
        let along_axis = |place: usize, length: usize| {
            length == 1 || (place + missing == axis && length == shape[axis])
        };
        let fits = c
            .shape
            .iter()
            .enumerate()
            .all(|(place, &length)| along_axis(place, length));
        fits.then(|| c.values.iter().copied().cycle().take(shape[axis]).collect())
    }

    fn weights(&mut self, x: Value) -> Option<(&mut Array, &mut Vec<f32>)> {
        match &mut self.steps[x].operation {
            Operation::Conv { weight, bias, .. } | Operation::Linear { weight, bias } => {
                Some((weight, bias))
            }
            _ => None,
        }
    }
}
