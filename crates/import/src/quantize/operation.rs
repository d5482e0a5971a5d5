//! One step at a time: which nodes it becomes.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::{Op, OpError, Shape};

use super::builder::{Builder, Quantity, inner};
use super::outliers;
use crate::array::Array;
use crate::program::{Operation, Step, Value};

impl Builder<'_> {
    pub(super) fn step(&mut self, value: Value, step: &Step) -> Result<Quantity, OpError> {
        match &step.operation {
            // Inputs have their quantities from the start.
            Operation::Input => Ok(self.quantity(value)),
            Operation::Constant(constant) => self.constant(step, constant),
            Operation::Reshape | Operation::Convert(_) => Ok(self.quantity(step.operands[0])),
            Operation::Max => self.maximum(step),
            Operation::WindowSum {
                axis,
                kernel,
                stride,
                before,
            } => self.window_sum(step, *axis, [*kernel, *stride, *before]),
            Operation::Mix { axis, matrix } => self.mix(value, step, *axis, matrix),
            Operation::Conv { .. } => self.conv(value, step),
            Operation::Linear { weight, bias } => self.linear(value, step, weight, bias),
            Operation::MatMul => self.matmul(step),
            Operation::Clip { lo, hi } => self.clip(value, step, *lo, *hi),
            Operation::Function(function) => self.function(value, step, *function),
            Operation::Formula(formula) => self.formula(value, step, formula),
            Operation::Embedding { table } => self.embedding(step, table),
            Operation::Normalize {
                axis,
                centered,
                epsilon,
            } => self.normalize(value, step, *axis, *centered, *epsilon),
            Operation::Softmax => self.softmax(step),
            Operation::MaxPool(window) => self.max_pool(step, window),
            Operation::AveragePool {
                window,
                include_pad,
            } => self.average_pool(value, step, window, *include_pad),
            Operation::AddConstant(c) => self.add_constant(step, c),
            Operation::MulConstant(c) => self.mul_constant(value, step, c),
            Operation::Add { sign } => self.add(step, *sign),
            Operation::Mul => self.mul(step),
            Operation::Concat { axis } => self.concat(step, *axis),
            Operation::Transpose { perm } => self.transpose(step, perm),
            Operation::Expand => self.expand(step),
            Operation::Slice {
                axis,
                start,
                step: by,
            } => {
                let (x, graph_axis) = self.along(step.operands[0], *axis)?;
                let op = Op::Slice {
                    x: x.tensor,
                    axis: graph_axis,
                    start: *start as u32,
                    step: *by as u32,
                    len: step.shape[*axis] as u32,
                };
                self.push(op, x.scale)
            }
            Operation::Pad { axis, before } => {
                let (x, graph_axis) = self.along(step.operands[0], *axis)?;
                let from = self.step_of(step.operands[0]).shape[*axis];
                let op = Op::Pad {
                    x: x.tensor,
                    axis: graph_axis,
                    before: *before as u32,
                    after: (step.shape[*axis] - from - before) as u32,
                };
                self.push(op, x.scale)
            }
        }
    }

    /// An operand under the shape that the model gives it, less the batch's axis unless that is the
    /// one meant, and where `axis` is then.
    fn along(&mut self, operand: Value, axis: usize) -> Result<(Quantity, u8), OpError> {
        let x = self.quantity(operand);
        self.shaped_along(operand, x, axis)
    }

    pub(super) fn shaped_along(
        &mut self,
        operand: Value,
        x: Quantity,
        axis: usize,
    ) -> Result<(Quantity, u8), OpError> {
        let shape = &self.step_of(operand).shape;
        let without_batch = inner(shape);
        if axis > 0 && without_batch.0.len() < shape.len() {
            let x = self.shaped(x, &without_batch)?;
            return Ok((x, (axis - 1) as u8));
        }
        let x = self.shaped(x, &whole(shape))?;
        Ok((x, axis as u8))
    }

    fn conv(&mut self, value: Value, step: &Step) -> Result<Quantity, OpError> {
        let Operation::Conv {
            weight,
            bias,
            window,
            groups,
        } = &step.operation
        else {
            return Err(OpError::NoOperands);
        };
        let operand = step.operands[0];
        let x = self.small(operand)?;
        let x = self.shaped(x, &inner(&self.step_of(operand).shape))?;
        let pair = |values: [usize; 2]| values.map(|value| value as u32);
        let [top, left] = pair(window.before);
        let [bottom, right] = pair(window.after);
        self.weighted(
            value,
            x,
            &weight.values,
            &whole(&weight.shape).0,
            Some((bias, 0)),
            |w| Op::Conv {
                x: x.tensor,
                w,
                stride: pair(window.stride),
                pad: [top, left, bottom, right],
                dilation: pair(window.dilation),
                groups: *groups as u32,
            },
        )
    }

    /// Contracts the last axes of the operand as they stand, so that flattening costs nothing.
    fn linear(
        &mut self,
        value: Value,
        step: &Step,
        weight: &Array,
        bias: &[f32],
    ) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let mut x = self.small(operand)?;
        let inputs = weight.shape[1] as u64;
        let is_row = |axes: &[u32]| axes.iter().map(|&n| u64::from(n)).product::<u64>() == inputs;
        let mut lengths = self.lengths(x);
        let split = match (0..=lengths.len()).find(|&split| is_row(&lengths[split..])) {
            Some(split) => split,
            None => {
                x = self.shaped(x, &inner(&self.step_of(operand).shape))?;
                lengths = self.lengths(x);
                lengths.len() - 1
            }
        };
        if split + 1 == lengths.len() && !step.element.is_exact() {
            let outliers = outliers::of_matrix(weight);
            if !outliers.is_empty() {
                let product = outliers::Product { x, weight, bias };
                return self.linear_with_outliers(value, &product, &outliers);
            }
        }
        let labels: Vec<u8> = (0..lengths.len() as u8).collect();
        let output = lengths.len() as u8;
        let (kept, summed) = labels.split_at(split);
        let outputs = weight.shape[0] as u32;
        let shape = [&[outputs], &lengths[split..]].concat();
        self.weighted(
            value,
            x,
            &weight.values,
            &shape,
            Some((bias, split as u8)),
            |w| Op::Contract {
                a: x.tensor,
                b: w,
                a_axes: labels.clone(),
                b_axes: [&[output], summed].concat(),
                out_axes: [kept, &[output]].concat(),
            },
        )
    }

    fn matmul(&mut self, step: &Step) -> Result<Quantity, OpError> {
        let mut operands = Vec::with_capacity(2);
        for &operand in &step.operands {
            let x = self.small(operand)?;
            let shape = &self.step_of(operand).shape;
            let shape = if shape.len() > 2 {
                inner(shape)
            } else {
                whole(shape)
            };
            operands.push(self.shaped(x, &shape)?);
        }
        let rank = self.lengths(operands[0]).len() as u8;
        let batch: Vec<u8> = (0..rank - 2).collect();
        let [rows, summed, columns] = [rank - 2, rank - 1, rank];
        let op = Op::Contract {
            a: operands[0].tensor,
            b: operands[1].tensor,
            a_axes: [&batch[..], &[rows, summed]].concat(),
            b_axes: [&batch[..], &[summed, columns]].concat(),
            out_axes: [&batch[..], &[rows, columns]].concat(),
        };
        self.push(op, operands[0].scale * operands[1].scale)
    }

    fn concat(&mut self, step: &Step, axis: usize) -> Result<Quantity, OpError> {
        let mut parts = Vec::with_capacity(step.operands.len());
        let mut graph_axis = 0;
        for &operand in &step.operands {
            let x = self.small(operand)?;
            let (x, axis) = self.shaped_along(operand, x, axis)?;
            parts.push(x);
            graph_axis = axis;
        }
        let largest = parts
            .iter()
            .fold(0.0f64, |largest, part| largest.max(part.scale));
        let mut scale = largest;
        if parts.iter().any(|part| part.scale != largest) {
            scale = self.common_scale(&parts, largest);
            for part in &mut parts {
                let times = (part.scale / scale).round() as i64;
                let op = Op::Sum {
                    terms: vec![(part.tensor, times)],
                    constant: 0,
                };
                *part = self.push(op, scale)?;
            }
        }
        let op = Op::Concat {
            parts: parts.iter().map(|part| part.tensor).collect(),
            axis: graph_axis,
        };
        self.push(op, scale)
    }

    /// A scale of which those of all parts are whole multiples within half a per cent, as far as there is
    /// room.
    fn common_scale(&self, parts: &[Quantity], largest: f64) -> f64 {
        let least = parts.iter().map(|part| part.scale).fold(largest, f64::min);
        let reached = parts
            .iter()
            .map(|&part| part.scale * self.range(part).magnitude() as f64)
            .fold(0.0, f64::max);
        let room = reached / (VALUE_MAX / 4) as f64;
        (largest / 1024.0).min(least / 128.0).max(room)
    }

    fn transpose(&mut self, step: &Step, perm: &[usize]) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let x = self.quantity(operand);
        let shape = &self.step_of(operand).shape;
        let without_batch = inner(shape);
        let dropped = shape.len() - without_batch.0.len();
        let (shape, perm) = if dropped == 1 && perm[0] == 0 {
            (
                without_batch,
                perm[1..].iter().map(|&axis| (axis - 1) as u8).collect(),
            )
        } else {
            (whole(shape), perm.iter().map(|&axis| axis as u8).collect())
        };
        let x = self.shaped(x, &shape)?;
        let op = Op::Transpose { x: x.tensor, perm };
        self.push(op, x.scale)
    }

    fn expand(&mut self, step: &Step) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let x = self.quantity(operand);
        let (shape, axes) = squeezed(&self.step_of(operand).shape, &step.shape);
        let x = self.shaped(x, &Shape(shape))?;
        let op = Op::Broadcast {
            x: x.tensor,
            shape: inner(&step.shape),
            axes,
        };
        self.push(op, x.scale)
    }
}

/// A model's shape as it stands.
fn whole(shape: &[usize]) -> Shape {
    Shape(shape.iter().map(|&length| length as u32).collect())
}

/// The axes of `from` that are longer than 1, and where they lie in `inner(to)`, into which `from`
/// fits when aligned at the end.
pub(super) fn squeezed(from: &[usize], to: &[usize]) -> (Vec<u32>, Vec<u8>) {
    let dropped = to.len() - inner(to).0.len();
    let missing = to.len() - from.len();
    from.iter()
        .enumerate()
        .filter(|&(_, &length)| length > 1)
        .map(|(axis, &length)| (length as u32, (axis + missing - dropped) as u8))
        .unzip()
}
