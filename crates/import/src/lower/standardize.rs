//! Normalisation by what a sample itself shows: its means, variances and norms.

use super::node::Node;
use super::{Binding, Lowering};
use crate::error::ImportError;
use crate::program::{Operation, Unary, Value};

impl Lowering {
    pub(super) fn standardize_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        let value = match node.proto.op_type.as_str() {
            "InstanceNormalization" => self.instance_normalization(node)?,
            "GroupNormalization" => self.group_normalization(node)?,
            "RMSNormalization" => self.rms_normalization(node)?,
            "MeanVarianceNormalization" => self.mean_variance(node)?,
            "LpNormalization" => self.lp_normalization(node)?,
            "LRN" => self.local_response(node)?,
            _ => return Ok(None),
        };
        Ok(Some(vec![Binding::Value(value)]))
    }

    /// `(x - mean) / sqrt(variance + epsilon)` over some axes.
    fn standardized(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axes: &[usize],
        epsilon: f32,
    ) -> Result<Value, ImportError> {
        let mean = self.axes_mean(node, x, axes)?;
        let centered = self.difference(node, x, mean)?;
        let square = self.product_of(node, centered, centered)?;
        let variance = self.axes_mean(node, square, axes)?;
        let variance = self.plus_number(node, variance, epsilon)?;
        self.times_power(node, centered, variance, -0.5)
    }

    /// Scale and bias, one for each channel.
    fn per_channel(&mut self, node: &Node<'_>, x: Value) -> Result<Value, ImportError> {
        let mut shape = vec![1; self.shape(x).len()];
        shape[1] = self.shape(x)[1];
        let mut parameters = [0; 2];
        for (index, parameter) in parameters.iter_mut().enumerate() {
            let value = self.value(node, index + 1)?;
            if self.shape(value) != [shape[1]] {
                return Err(node.refuse("its scale and bias need one value for each channel"));
            }
            *parameter = self.reshape(node, value, shape.clone())?;
        }
        let scaled = self.product_of(node, x, parameters[0])?;
        self.sum(node, scaled, parameters[1], 1.0)
    }

    fn instance_normalization(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let rank = self.shape(x).len();
        if rank < 3 {
            return Err(node.refuse("its operand has no axes of space"));
        }
        let axes: Vec<usize> = (2..rank).collect();
        let x = self.standardized(node, x, &axes, node.float("epsilon", 1e-5)?)?;
        self.per_channel(node, x)
    }

    fn group_normalization(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let groups = usize::try_from(node.int("num_groups", 0)?).unwrap_or(0);
        if shape.len() < 2 || groups == 0 || !shape[1].is_multiple_of(groups) {
            return Err(node.refuse(format!("{groups} groups don't fit {shape:?}")));
        }
        let each = shape[1..].iter().product::<usize>() / groups;
        let grouped = self.reshape(node, x, vec![shape[0], groups, each])?;
        let grouped = self.standardized(node, grouped, &[2], node.float("epsilon", 1e-5)?)?;
        let x = self.reshape(node, grouped, shape)?;
        self.per_channel(node, x)
    }

    fn rms_normalization(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let rank = self.shape(x).len();
        let axis = node.axis(node.int("axis", -1)?, rank)?;
        let epsilon = node.float("epsilon", 1e-5)?;
        let normal = self.normalized_from(node, x, axis, false, epsilon)?;
        let scale = self.value(node, 1)?;
        self.product_of(node, normal, scale)
    }

    fn mean_variance(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let rank = self.shape(x).len();
        let axes = node.ints("axes").unwrap_or(&[0, 2, 3]).iter();
        let axes = axes
            .map(|&axis| node.axis(axis, rank))
            .collect::<Result<Vec<_>, _>>()?;
        // The axes that count as one row last.
        let mut perm: Vec<usize> = (0..rank).filter(|axis| !axes.contains(axis)).collect();
        let first = perm.len();
        perm.extend(&axes);
        let mut back = vec![0; rank];
        for (place, &axis) in perm.iter().enumerate() {
            back[axis] = place;
        }
        let x = self.transposed(node, x, &perm)?;
        let x = self.normalized_from(node, x, first, true, 1e-9)?;
        self.transposed(node, x, &back)
    }

    fn lp_normalization(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let axis = node.axis(node.int("axis", -1)?, self.shape(x).len())?;
        if node.int("p", 2)? == 1 {
            let magnitude = self.magnitude(node, x)?;
            let norm = self.axis_sum(node, magnitude, axis)?;
            return self.times_power(node, x, norm, -1.0);
        }
        let shape = self.shape(x).to_vec();
        let length = shape[axis] as f32;
        let operation = Operation::Normalize {
            axis,
            centered: false,
            epsilon: 0.0,
        };
        let x = self.step(node, operation, vec![x], shape)?;
        self.times_number(node, x, 1.0 / length.sqrt())
    }

    /// Divided by a power of the squares of neighbouring channels.
    fn local_response(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let size = usize::try_from(node.int("size", 1)?).unwrap_or(0);
        if size == 0 || size > 1 << 12 || self.shape(x).len() < 2 {
            return Err(node.refuse("its size is out of range"));
        }
        let square = self.product_of(node, x, x)?;
        let shape = self.shape(x).to_vec();
        let operation = Operation::WindowSum {
            axis: 1,
            kernel: size,
            stride: 1,
            before: (size - 1) / 2,
        };
        let near = self.step(node, operation, vec![square], shape)?;
        let near = self.times_number(node, near, node.float("alpha", 1e-4)? / size as f32)?;
        let near = self.plus_number(node, near, node.float("bias", 1.0)?)?;
        self.times_power(node, x, near, -node.float("beta", 0.75)?)
    }

    /// `|x|` to a constant power.
    pub(super) fn magnitude_power(
        &mut self,
        node: &Node<'_>,
        x: Value,
        exponent: f32,
    ) -> Result<Value, ImportError> {
        let magnitude = self.magnitude(node, x)?;
        if exponent == 1.0 {
            return Ok(magnitude);
        }
        self.unary(node, magnitude, Unary::Power { exponent })
    }
}
