//! Matrix products.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant, broadcast_shape};
use crate::error::ImportError;
use crate::program::{Operation, Value};

impl Lowering {
    pub(super) fn gemm(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let (alpha, beta) = (node.float("alpha", 1.0)?, node.float("beta", 1.0)?);
        let mut x = self.value(node, 0)?;
        if self.shape(x).len() != 2 {
            return Err(node.refuse(format!("its first operand has shape {:?}", self.shape(x))));
        }
        if node.int("transA", 0)? != 0 {
            let shape = vec![self.shape(x)[1], self.shape(x)[0]];
            let perm = vec![1, 0];
            x = self.step(node, Operation::Transpose { perm }, vec![x], shape)?;
        }
        let transposed = node.int("transB", 0)? != 0;
        let product = match self.operand(node, 1)? {
            Binding::Constant(Constant::Float(b)) if b.shape.len() == 2 => {
                let mut weight = if transposed { b } else { b.transposed() };
                weight.values.iter_mut().for_each(|value| *value *= alpha);
                self.linear(node, x, weight)?
            }
            Binding::Value(b) if self.shape(b).len() == 2 => {
                let b = if transposed {
                    let shape = vec![self.shape(b)[1], self.shape(b)[0]];
                    let perm = vec![1, 0];
                    self.step(node, Operation::Transpose { perm }, vec![b], shape)?
                } else {
                    b
                };
                let product = self.product(node, x, b)?;
                self.scaled(node, product, alpha)?
            }
            _ => return Err(node.refuse("its second operand is not a matrix of floats")),
        };
        match self.optional(node, 2)? {
            None => Ok(product),
            Some(Binding::Constant(Constant::Float(mut c))) => {
                c.values.iter_mut().for_each(|value| *value *= beta);
                self.plus_constant(node, product, c)
            }
            Some(Binding::Value(c)) => {
                let c = self.scaled(node, c, beta)?;
                self.sum(node, product, c, 1.0)
            }
            Some(_) => Err(node.refuse("its third operand is not of floats")),
        }
    }

    pub(super) fn matmul(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let a = self.value(node, 0)?;
        if let Binding::Constant(Constant::Float(b)) = self.operand(node, 1)? {
            let matrix = b.shape.len() >= 2 && b.shape[..b.shape.len() - 2].iter().all(|&n| n == 1);
            if matrix && b.shape.len() <= self.shape(a).len() {
                let shape = b.shape[b.shape.len() - 2..].to_vec();
                let b = Array {
                    shape,
                    values: b.values,
                };
                return self.linear(node, a, b.transposed());
            }
        }
        let b = self.value(node, 1)?;
        self.broadcast_product(node, a, b)
    }

    /// A matrix product as numpy has it: a list is a row on the left and a column on the right, axes
    /// before the last two are repeated where they are 1 or missing.
    fn broadcast_product(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        let (mut left, mut right) = (self.shape(a).to_vec(), self.shape(b).to_vec());
        if left.is_empty() || right.is_empty() {
            return Err(node.refuse("an operand is a single number; multiply with Mul instead"));
        }
        let [is_row, is_column] = [left.len() == 1, right.len() == 1];
        if is_row {
            left.insert(0, 1);
        }
        if is_column {
            right.push(1);
        }
        let (rows, columns) = (
            left.split_off(left.len() - 2),
            right.split_off(right.len() - 2),
        );
        let batch = broadcast_shape(&left, &right).ok_or_else(|| {
            node.refuse(format!(
                "batches of shapes {left:?} and {right:?} don't fit"
            ))
        })?;
        let mut operands = [a, b];
        for (x, (own, matrix)) in operands.iter_mut().zip([(left, &rows), (right, &columns)]) {
            let ones = vec![1; batch.len() - own.len()];
            *x = self.reshape(node, *x, [&ones[..], &own, matrix].concat())?;
            *x = self.spread(node, *x, &[&batch[..], matrix].concat())?;
        }
        let product = self.product(node, operands[0], operands[1])?;
        let mut shape = batch;
        if !is_row {
            shape.push(rows[0]);
        }
        if !is_column {
            shape.push(columns[1]);
        }
        self.reshape(node, product, shape)
    }

    /// `x [.., K]` times the transpose of `weight [N, K]`.
    fn linear(&mut self, node: &Node<'_>, x: Value, weight: Array) -> Result<Value, ImportError> {
        let mut shape = self.shape(x).to_vec();
        let [outputs, inputs] = [weight.shape[0], weight.shape[1]];
        match shape.last_mut() {
            Some(last) if *last == inputs => *last = outputs,
            _ => {
                return Err(node.refuse(format!(
                    "operands of shapes {:?} and [{inputs}, {outputs}] don't fit",
                    self.shape(x)
                )));
            }
        }
        let operation = Operation::Linear {
            weight,
            bias: vec![0.0; outputs],
        };
        self.step(node, operation, vec![x], shape)
    }

    pub(super) fn product(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        let (left, right) = (self.shape(a).to_vec(), self.shape(b).to_vec());
        let rank = left.len();
        let fits = rank >= 2
            && right.len() == rank
            && left[..rank - 2] == right[..rank - 2]
            && left[rank - 1] == right[rank - 2];
        if !fits {
            return Err(node.refuse(format!(
                "operands of shapes {left:?} and {right:?} don't fit"
            )));
        }
        let mut shape = left;
        shape[rank - 1] = right[rank - 1];
        self.step(node, Operation::MatMul, vec![a, b], shape)
    }

    fn scaled(&mut self, node: &Node<'_>, x: Value, factor: f32) -> Result<Value, ImportError> {
        if factor == 1.0 {
            return Ok(x);
        }
        self.times_constant(node, x, Array::scalar(factor))
    }
}
