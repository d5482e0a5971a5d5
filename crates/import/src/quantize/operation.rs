//! One step at a time: which nodes it becomes.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::{Op, OpError, Range, Shape, Table};

use super::builder::{Builder, Quantity, inner};
use crate::array::Array;
use crate::program::{Function, Operation, Step, Value};

/// Most entries of a table that a function's operand needs, where it may have more bits than others.
const FUNCTION_DOMAIN_MAX: i64 = 1 << 15;

impl Builder<'_> {
    pub(super) fn step(&mut self, value: Value, step: &Step) -> Result<Quantity, OpError> {
        match &step.operation {
            // Inputs have their quantities from the start.
            Operation::Input => Ok(self.quantity(value)),
            Operation::Reshape => Ok(self.quantity(step.operands[0])),
            Operation::Conv { .. } => self.conv(value, step),
            Operation::Linear { weight, bias } => self.linear(value, step, weight, bias),
            Operation::MatMul => self.matmul(step),
            Operation::Clip { lo, hi } => self.clip(value, step, *lo, *hi),
            Operation::Function(function) => self.function(step, *function),
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

    fn shaped_along(
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

    /// `Relu` and `Clip`: limits that join the requantisation of what they limit.
    fn clip(&mut self, value: Value, step: &Step, lo: f32, hi: f32) -> Result<Quantity, OpError> {
        let x = self.quantity(step.operands[0]);
        let unlimited = hi == f32::INFINITY || hi == f32::MAX;
        if unlimited && lo <= 0.0 && self.range(x).lo >= 0 {
            return Ok(x);
        }
        let limits = if lo >= 0.0 {
            Range {
                lo: 0,
                hi: self.top(),
            }
        } else {
            let half = (self.top() + 1) / 2;
            Range {
                lo: -half,
                hi: half - 1,
            }
        };
        let hi = if unlimited {
            f64::INFINITY
        } else {
            f64::from(hi)
        };
        let lo = if lo == f32::MIN {
            f64::NEG_INFINITY
        } else {
            f64::from(lo)
        };
        self.requantized(value, x, limits, Some((lo, hi)))
    }

    fn function(&mut self, step: &Step, function: Function) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let x = self.fine(operand)?;
        let range = self.range(x);
        let results: Vec<f64> = (range.lo..=range.hi)
            .map(|integer| function.apply(integer as f64 * x.scale))
            .collect();
        let largest = results
            .iter()
            .fold(0.0f64, |largest, result| largest.max(result.abs()));
        let top = if results.iter().any(|&result| result < 0.0) {
            self.top() / 2
        } else {
            self.top()
        };
        let scale = if largest > 0.0 {
            largest / top as f64
        } else {
            1.0
        };
        let values = results
            .iter()
            .map(|result| (result / scale).round() as i32)
            .collect();
        self.lookup(x, 0, scale, |domain| Table::Values {
            lo: domain.lo as i32,
            values,
        })
    }

    /// An operand of a function, with up to two bits more than other operands where the table of its
    /// requantisation stays small.
    fn fine(&mut self, operand: Value) -> Result<Quantity, OpError> {
        let x = self.quantity(operand);
        let range = self.range(x);
        let (least, most) = self.observed.of_step(operand);
        let reached = most.max(-least) / x.scale;
        let top = self.top();
        if range.hi - range.lo <= 4 * top || reached == 0.0 {
            return if range.hi - range.lo <= 4 * top {
                Ok(x)
            } else {
                self.small(operand)
            };
        }
        for factor in [4, 2] {
            let half = factor * (top + 1) / 2;
            let limits = Range {
                lo: -half,
                hi: half - 1,
            };
            let entries = (range.hi - range.lo) as f64 * half as f64 / reached;
            if entries <= FUNCTION_DOMAIN_MAX as f64 {
                return self.requantized(operand, x, limits, None);
            }
        }
        self.small(operand)
    }

    fn add_constant(&mut self, step: &Step, c: &Array) -> Result<Quantity, OpError> {
        let x = self.quantity(step.operands[0]);
        let x = self.shaped(x, &inner(&step.shape))?;
        let (shape, axes) = squeezed(&c.shape, &step.shape);
        // Few bits get some more, so that the constant isn't rounded to them.
        let coarse = self.range(x).magnitude() <= 4 * self.top();
        self.plus(x, &c.values, shape, axes, if coarse { 64 } else { 1 })
    }

    fn mul_constant(&mut self, value: Value, step: &Step, c: &Array) -> Result<Quantity, OpError> {
        if let [factor] = c.values[..]
            && factor != 0.0
        {
            let x = self.quantity(step.operands[0]);
            let scale = x.scale * f64::from(factor.abs());
            if factor > 0.0 {
                return Ok(Quantity { scale, ..x });
            }
            let op = Op::Sum {
                terms: vec![(x.tensor, -1)],
                constant: 0,
            };
            return self.push(op, scale);
        }
        let x = self.small(step.operands[0])?;
        let x = self.shaped(x, &inner(&step.shape))?;
        let (shape, axes) = squeezed(&c.shape, &step.shape);
        self.scaled(value, x, &c.values, &shape, &axes)
    }

    /// Multiplies with weights that lie on the listed axes of `x`.
    pub(super) fn scaled(
        &mut self,
        value: Value,
        x: Quantity,
        numbers: &[f32],
        shape: &[u32],
        axes: &[u8],
    ) -> Result<Quantity, OpError> {
        let labels: Vec<u8> = (0..self.lengths(x).len() as u8).collect();
        self.weighted(value, x, numbers, shape, None, |w| Op::Contract {
            a: x.tensor,
            b: w,
            a_axes: labels.clone(),
            b_axes: axes.to_vec(),
            out_axes: labels.clone(),
        })
    }

    /// Two operands in few bits and one shape.
    fn pair(&mut self, step: &Step) -> Result<[Quantity; 2], OpError> {
        let a = self.small(step.operands[0])?;
        let b = self.small(step.operands[1])?;
        if self.lengths(a) == self.lengths(b) {
            return Ok([a, b]);
        }
        let shape = inner(&step.shape);
        Ok([self.shaped(a, &shape)?, self.shaped(b, &shape)?])
    }

    fn add(&mut self, step: &Step, sign: f32) -> Result<Quantity, OpError> {
        let [a, b] = self.pair(step)?;
        let (a_times, b_times, scale) = balance(a.scale, b.scale);
        let sign = if sign < 0.0 { -1 } else { 1 };
        let op = Op::Sum {
            terms: vec![(a.tensor, a_times), (b.tensor, sign * b_times)],
            constant: 0,
        };
        self.push(op, scale)
    }

    fn mul(&mut self, step: &Step) -> Result<Quantity, OpError> {
        let [a, b] = self.pair(step)?;
        let labels: Vec<u8> = (0..self.lengths(a).len() as u8).collect();
        let op = Op::Contract {
            a: a.tensor,
            b: b.tensor,
            a_axes: labels.clone(),
            b_axes: labels.clone(),
            out_axes: labels,
        };
        self.push(op, a.scale * b.scale)
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
            scale = largest / 1024.0;
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

    /// The mean of a window is its sum with another scale, or with weights where the windows at the
    /// edges see less.
    fn average_pool(
        &mut self,
        value: Value,
        step: &Step,
        window: &crate::window::Window,
        include_pad: bool,
    ) -> Result<Quantity, OpError> {
        let operand = step.operands[0];
        let shape = &self.step_of(operand).shape;
        let taps = (window.kernel[0] * window.kernel[1]) as i64;
        let mut x = self.quantity(operand);
        if self.range(x).magnitude() > VALUE_MAX / 8 / taps.max(1) {
            x = self.small(operand)?;
        }
        x = self.shaped(x, &inner(shape))?;
        for axis in 0..2 {
            let op = Op::WindowSum {
                x: x.tensor,
                axis: axis as u8 + 1,
                kernel: window.kernel[axis] as u32,
                stride: window.stride[axis] as u32,
                before: window.before[axis] as u32,
                len: window.count[axis] as u32,
            };
            x = self.push(op, x.scale)?;
        }
        let vertical = window.divisors(0, shape[2], include_pad);
        let horizontal = window.divisors(1, shape[3], include_pad);
        let divisors: Vec<usize> = vertical
            .iter()
            .flat_map(|row| horizontal.iter().map(move |column| row * column))
            .collect();
        let largest = divisors.iter().copied().max().unwrap_or(1);
        x.scale /= largest as f64;
        if divisors.iter().all(|&divisor| divisor == largest) {
            return Ok(x);
        }
        let half = (self.top() + 1) / 2;
        let limits = Range {
            lo: -half,
            hi: half - 1,
        };
        // What is taken for the mean is at most the mean, so the samples' extremes hold for it.
        let x = self.requantized(value, x, limits, None)?;
        let weights: Vec<f32> = divisors
            .iter()
            .map(|&divisor| (largest as f64 / divisor as f64) as f32)
            .collect();
        let shape = [window.count[0] as u32, window.count[1] as u32];
        self.scaled(value, x, &weights, &shape, &[1, 2])
    }
}

/// A model's shape as it stands.
fn whole(shape: &[usize]) -> Shape {
    Shape(shape.iter().map(|&length| length as u32).collect())
}

/// The axes of `from` that are longer than 1, and where they lie in `inner(to)`, into which `from`
/// fits when aligned at the end.
fn squeezed(from: &[usize], to: &[usize]) -> (Vec<u32>, Vec<u8>) {
    let dropped = to.len() - inner(to).0.len();
    let missing = to.len() - from.len();
    from.iter()
        .enumerate()
        .filter(|&(_, &length)| length > 1)
        .map(|(axis, &length)| (length as u32, (axis + missing - dropped) as u8))
        .unzip()
}

/// Whole numbers that bring two scales to one, within about 2^-12: `a = a_times * scale` and
/// `b = b_times * scale`.
fn balance(a: f64, b: f64) -> (i64, i64, f64) {
    const TIMES_MAX: i64 = 64;
    const RATIO_MAX: f64 = 4096.0;
    if a < b {
        let (b_times, a_times, scale) = balance(b, a);
        return (a_times, b_times, scale);
    }
    let ratio = a / b;
    if ratio > RATIO_MAX {
        let scale = a / RATIO_MAX;
        return (RATIO_MAX as i64, (b / scale).round() as i64, scale);
    }
    let error = |times: i64| {
        let exact = ratio * times as f64;
        ((exact.round() - exact) / exact).abs()
    };
    let mut best = 1;
    for times in 1..=TIMES_MAX {
        if error(times) < error(best) {
            best = times;
        }
        if error(best) < 1.0 / RATIO_MAX {
            break;
        }
    }
    ((ratio * best as f64).round() as i64, best, b / best as f64)
}
