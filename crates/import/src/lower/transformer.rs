//! What transformers are made of: layer normalisation, softmax.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::Constant;
use crate::error::ImportError;
use crate::program::{Operation, Unary, Value};

impl Lowering {
    /// By halves, which takes few steps.
    pub(super) fn global_max_pool(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let rank = self.shape(x).len();
        if rank < 3 {
            return Err(node.refuse("its operand has no axes of space"));
        }
        (2..rank).try_fold(x, |x, axis| self.axis_max(node, x, axis))
    }

    /// The values, and where they are asked for the means and the inverse deviations of the rows.
    pub(super) fn layer_normalization(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Vec<Binding>, ImportError> {
        let given = self.value(node, 0)?;
        let shape = self.shape(given).to_vec();
        let axis = node.axis(node.int("axis", -1)?, shape.len())?;
        let epsilon = node.float("epsilon", 1e-5)?;
        let mut x = self.normalized_from(node, given, axis, true, epsilon)?;
        x = match self.operand(node, 1)? {
            Binding::Constant(Constant::Float(c)) => self.times_constant(node, x, c)?,
            _ => {
                let scale = self.value(node, 1)?;
                self.product_of(node, x, scale)?
            }
        };
        x = match self.optional(node, 2)? {
            None => x,
            Some(Binding::Constant(Constant::Float(c))) => self.plus_constant(node, x, c)?,
            Some(_) => {
                let bias = self.value(node, 2)?;
                self.sum(node, x, bias, 1.0)?
            }
        };
        let mut results = vec![Binding::Value(x)];
        if node.proto.output.len() > 1 {
            let axes: Vec<usize> = (axis..shape.len()).collect();
            let moments = self.row_moments(node, given, &axes, epsilon)?;
            results.extend(moments.map(Binding::Value));
        }
        Ok(results)
    }

    /// `(x - mean) / deviation`, the axes from `axis` on counting as one.
    pub(super) fn normalized_from(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        centered: bool,
        epsilon: f32,
    ) -> Result<Value, ImportError> {
        let shape = self.shape(x).to_vec();
        let flat = [&shape[..axis], &[shape[axis..].iter().product()]].concat();
        let x = self.reshape(node, x, flat.clone())?;
        let operation = Operation::Normalize {
            axis,
            centered,
            epsilon,
        };
        let x = self.step(node, operation, vec![x], flat)?;
        self.reshape(node, x, shape)
    }

    /// Mean and inverse deviation over some axes, which stay with length 1.
    fn row_moments(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axes: &[usize],
        epsilon: f32,
    ) -> Result<[Value; 2], ImportError> {
        let mean = self.axes_mean(node, x, axes)?;
        let centered = self.difference(node, x, mean)?;
        let square = self.product_of(node, centered, centered)?;
        let variance = self.axes_mean(node, square, axes)?;
        let variance = self.plus_number(node, variance, epsilon)?;
        let inverse = self.unary(node, variance, Unary::Power { exponent: -0.5 })?;
        Ok([mean, inverse])
    }

    /// Over any axis; before version 13 over all axes from one on.
    pub(super) fn softmax(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let rank = shape.len();
        let default = if node.opset < 13 { 1 } else { -1 };
        let axis = node.axis(node.int("axis", default)?, rank)?;
        if axis + 1 == rank {
            return self.step(node, Operation::Softmax, vec![x], shape);
        }
        if node.opset < 13 {
            let row = shape[axis..].iter().product();
            let flat = [&shape[..axis], &[row]].concat();
            let x = self.reshape(node, x, flat.clone())?;
            let x = self.step(node, Operation::Softmax, vec![x], flat)?;
            return self.reshape(node, x, shape);
        }
        let mut perm: Vec<usize> = (0..rank).collect();
        perm.swap(axis, rank - 1);
        let moved: Vec<usize> = perm.iter().map(|&axis| shape[axis]).collect();
        let operation = Operation::Transpose { perm: perm.clone() };
        let x = self.step(node, operation, vec![x], moved.clone())?;
        let x = self.step(node, Operation::Softmax, vec![x], moved)?;
        self.step(node, Operation::Transpose { perm }, vec![x], shape)
    }
}
