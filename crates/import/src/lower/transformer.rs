//! What transformers are made of: rows of a table, layer normalisation, softmax.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::Constant;
use crate::error::ImportError;
use crate::program::{Operation, Value};

impl Lowering {
    /// Whether a `Gather` takes rows of a constant matrix by indices that depend on the inputs.
    pub(super) fn is_embedding(&self, node: &Node<'_>) -> Result<bool, ImportError> {
        let table = self.operand(node, 0)?;
        let indices = self.operand(node, 1)?;
        let matrix = matches!(
            &table,
            Binding::Constant(Constant::Float(table)) if table.shape.len() == 2
        );
        let axis = node.int("axis", 0)?;
        Ok(matrix && matches!(indices, Binding::Value(_)) && (axis == 0 || axis == -2))
    }

    pub(super) fn embedding(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let table = self.floats(node, 0)?;
        let table = table.ok_or_else(|| node.refuse("its table is missing"))?;
        let indices = self.value(node, 1)?;
        let shape = [self.shape(indices), &table.shape[1..]].concat();
        self.step(node, Operation::Embedding { table }, vec![indices], shape)
    }

    /// By halves, which takes few steps.
    pub(super) fn global_max_pool(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let rank = self.shape(x).len();
        if rank < 3 {
            return Err(node.refuse("its operand has no axes of space"));
        }
        (2..rank).try_fold(x, |x, axis| self.axis_max(node, x, axis))
    }

    pub(super) fn layer_normalization(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let axis = node.axis(node.int("axis", -1)?, shape.len())?;
        let epsilon = node.float("epsilon", 1e-5)?;
        let rows: usize = shape[axis..].iter().product();
        // The axes from `axis` on count as one.
        let flat = [&shape[..axis], &[rows]].concat();
        let x = self.reshape(node, x, flat.clone())?;
        let operation = Operation::Normalize {
            axis,
            centered: true,
            epsilon,
        };
        let x = self.step(node, operation, vec![x], flat)?;
        let mut x = self.reshape(node, x, shape)?;
        x = match self.operand(node, 1)? {
            Binding::Constant(Constant::Float(c)) => self.times_constant(node, x, c)?,
            _ => {
                let scale = self.value(node, 1)?;
                self.product_of(node, x, scale)?
            }
        };
        match self.optional(node, 2)? {
            None => Ok(x),
            Some(Binding::Constant(Constant::Float(c))) => self.plus_constant(node, x, c),
            Some(_) => {
                let bias = self.value(node, 2)?;
                self.sum(node, x, bias, 1.0)
            }
        }
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
