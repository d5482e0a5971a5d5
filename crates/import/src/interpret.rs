//! The steps of a program in floating point: what calibration looks at, and what tests compare with.
//!
//! Every sum has an order that the source fixes and every function comes from a library that is the
//! same everywhere, so that a model and its samples give one integer graph on all machines.

mod along;
mod rows;

pub(crate) use rows::{each_row, moments};

use crate::array::{Array, expand, gather, strides};
use crate::program::{Operation, Program, Step};
use crate::window::Window;

/// The values of every step for one sample, which has one list for each input.
pub(crate) fn run(program: &Program, sample: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut values: Vec<Vec<f32>> = Vec::with_capacity(program.steps.len());
    for (index, step) in program.steps.iter().enumerate() {
        let value = match sample.get(index) {
            Some(input) => input.clone(),
            None => evaluate(program, step, &values),
        };
        values.push(value);
    }
    values
}

/// The value of the last of some steps, none of which is an input.
pub(crate) fn constant(steps: Vec<Step>) -> Vec<f32> {
    let program = Program {
        inputs: 0,
        steps,
        outputs: vec![],
    };
    run(&program, &[]).pop().unwrap_or_default()
}

fn evaluate(program: &Program, step: &Step, values: &[Vec<f32>]) -> Vec<f32> {
    let shape_of = |operand: usize| &program.steps[step.operands[operand]].shape[..];
    let operand = |index: usize| &values[step.operands[index]][..];
    match &step.operation {
        Operation::Input => Vec::new(),
        Operation::Constant(constant) => constant.floats(),
        Operation::Conv {
            weight,
            bias,
            window,
            groups,
        } => conv(operand(0), shape_of(0), weight, bias, window, *groups),
        Operation::Linear { weight, bias } => linear(operand(0), weight, bias),
        Operation::MatMul => product(operand(0), operand(1), shape_of(0), shape_of(1)),
        Operation::Formula(formula) => map(operand(0), |x| formula.apply(f64::from(x)) as f32),
        Operation::Embedding { table } => rows::embedding(operand(0), table),
        &Operation::Normalize {
            axis,
            centered,
            epsilon,
        } => rows::normalize(operand(0), shape_of(0), axis, centered, epsilon),
        Operation::Softmax => {
            let operands = (0..step.operands.len())
                .map(|place| expand(operand(place), shape_of(place), &step.shape))
                .collect::<Vec<_>>();
            rows::softmax(&operands, step.shape.last().copied().unwrap_or(1))
        }
        Operation::Clip { lo, hi } => map(operand(0), |x| x.max(*lo).min(*hi)),
        Operation::Function(function) => map(operand(0), |x| function.apply(f64::from(x)) as f32),
        Operation::MaxPool(window) => pool(operand(0), shape_of(0), window, |seen, _| {
            seen.iter().copied().fold(f32::NEG_INFINITY, f32::max)
        }),
        Operation::AveragePool {
            window,
            include_pad,
        } => average(operand(0), shape_of(0), window, *include_pad),
        Operation::AddConstant(c) => zip(operand(0), &c.expanded(&step.shape), |x, c| x + c),
        Operation::MulConstant(c) => zip(operand(0), &c.expanded(&step.shape), |x, c| x * c),
        Operation::Add { sign } => zip(operand(0), operand(1), |a, b| a + sign * b),
        Operation::Mul => zip(operand(0), operand(1), |a, b| a * b),
        Operation::Max => zip(operand(0), operand(1), f32::max),
        &Operation::WindowSum {
            axis,
            kernel,
            stride,
            before,
        } => along::window_sum(
            operand(0),
            shape_of(0),
            &step.shape,
            axis,
            [kernel, stride, before],
        ),
        Operation::Mix { axis, matrix } => along::mix(operand(0), shape_of(0), *axis, matrix),
        Operation::Reshape
        | Operation::Convert(_)
        | Operation::Expand
        | Operation::Transpose { .. }
        | Operation::Slice { .. }
        | Operation::Concat { .. }
        | Operation::Pad { .. } => moved(program, step, values),
    }
}

/// The steps that only put values in other places.
fn moved(program: &Program, step: &Step, values: &[Vec<f32>]) -> Vec<f32> {
    let shape_of = |operand: usize| &program.steps[step.operands[operand]].shape[..];
    let operand = |index: usize| &values[step.operands[index]][..];
    match &step.operation {
        Operation::Expand => expand(operand(0), shape_of(0), &step.shape),
        Operation::Transpose { perm } => {
            let from = strides(shape_of(0));
            let strides: Vec<usize> = perm.iter().map(|&axis| from[axis]).collect();
            gather(operand(0), &step.shape, &strides, 0)
        }
        Operation::Slice {
            axis,
            start,
            step: by,
        } => sliced(operand(0), shape_of(0), &step.shape, [*axis, *start, *by]),
        Operation::Concat { axis } => {
            let parts: Vec<(&[f32], usize)> = step
                .operands
                .iter()
                .map(|&part| (&values[part][..], program.steps[part].shape[*axis]))
                .collect();
            joined(&parts, &step.shape, *axis, 0)
        }
        Operation::Pad { axis, before } => joined(
            &[(operand(0), shape_of(0)[*axis])],
            &step.shape,
            *axis,
            *before,
        ),
        _ => operand(0).to_vec(),
    }
}

fn sliced(x: &[f32], from: &[usize], to: &[usize], [axis, start, by]: [usize; 3]) -> Vec<f32> {
    let mut strides = strides(from);
    let base = start * strides[axis];
    strides[axis] *= by;
    gather(x, to, &strides, base)
}

fn map(x: &[f32], f: impl Fn(f32) -> f32) -> Vec<f32> {
    x.iter().map(|&x| f(x)).collect()
}

fn zip(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect()
}

/// Parts one behind the other along `axis`, after `before` zeros.
fn joined(parts: &[(&[f32], usize)], shape: &[usize], axis: usize, before: usize) -> Vec<f32> {
    let outer: usize = shape[..axis].iter().product();
    let inner: usize = shape[axis + 1..].iter().product();
    let row = shape[axis] * inner;
    let mut out = vec![0.0; outer * row];
    let mut offset = before * inner;
    for &(values, length) in parts {
        let width = length * inner;
        for index in 0..outer {
            let target = &mut out[index * row + offset..][..width];
            target.copy_from_slice(&values[index * width..][..width]);
        }
        offset += width;
    }
    out
}

/// Eight running sums, which fill a vector register.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 8;
    let mut sums = [0.0f32; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let tail: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + tail
}

fn linear(x: &[f32], weight: &Array, bias: &[f32]) -> Vec<f32> {
    let inputs = weight.shape[1];
    let rows = x.chunks_exact(inputs);
    let outputs = |row| {
        let columns = weight.values.chunks_exact(inputs).zip(bias);
        columns.map(move |(column, bias)| dot(row, column) + bias)
    };
    rows.flat_map(outputs).collect()
}

fn product(a: &[f32], b: &[f32], a_shape: &[usize], b_shape: &[usize]) -> Vec<f32> {
    let rank = a_shape.len();
    let (rows, inner, columns) = (a_shape[rank - 2], a_shape[rank - 1], b_shape[rank - 1]);
    let mut out = vec![0.0; a.len() / inner * columns];
    let blocks = a
        .chunks_exact(rows * inner)
        .zip(b.chunks_exact(inner * columns));
    for ((a, b), out) in blocks.zip(out.chunks_exact_mut(rows * columns)) {
        for (row, sums) in a.chunks_exact(inner).zip(out.chunks_exact_mut(columns)) {
            for (&factor, values) in row.iter().zip(b.chunks_exact(columns)) {
                add_scaled(sums, values, factor);
            }
        }
    }
    out
}

fn add_scaled(sums: &mut [f32], values: &[f32], factor: f32) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

fn conv(
    x: &[f32],
    shape: &[usize],
    weight: &Array,
    bias: &[f32],
    window: &Window,
    groups: usize,
) -> Vec<f32> {
    let [height, width] = [shape[2], shape[3]];
    let [rows, columns] = window.count;
    let (channels, taps) = (weight.shape[1], window.kernel[0] * window.kernel[1]);
    let group_outputs = weight.shape[0] / groups;
    let mut out = Vec::with_capacity(bias.len() * rows * columns);
    for (output, &bias) in bias.iter().enumerate() {
        let first_channel = output / group_outputs * channels;
        let kernels = &weight.values[output * channels * taps..][..channels * taps];
        let start = out.len();
        out.resize(start + rows * columns, bias);
        for (channel, kernel) in kernels.chunks_exact(taps).enumerate() {
            let plane = &x[(first_channel + channel) * height * width..][..height * width];
            for (tap, &factor) in kernel.iter().enumerate() {
                let tap = [tap / window.kernel[1], tap % window.kernel[1]];
                add_plane(
                    &mut out[start..],
                    plane,
                    [height, width],
                    window,
                    tap,
                    factor,
                );
            }
        }
    }
    out
}

/// Adds what one tap of a kernel sees of one plane.
fn add_plane(
    sums: &mut [f32],
    plane: &[f32],
    lengths: [usize; 2],
    window: &Window,
    tap: [usize; 2],
    factor: f32,
) {
    let [_, width] = lengths;
    let place = |axis: usize, index: usize| {
        let padded = index * window.stride[axis] + tap[axis] * window.dilation[axis];
        padded
            .checked_sub(window.before[axis])
            .filter(|&position| position < lengths[axis])
    };
    let columns = window.count[1];
    let first = (0..columns).find(|&column| place(1, column).is_some());
    let Some((first, start)) = first.and_then(|first| Some((first, place(1, first)?))) else {
        return;
    };
    for (row, sums) in sums.chunks_exact_mut(columns).enumerate() {
        let Some(y) = place(0, row) else { continue };
        let x = &plane[y * width..][..width];
        if window.stride[1] == 1 {
            add_scaled(&mut sums[first..], &x[start..], factor);
        } else {
            let seen = x[start..].iter().step_by(window.stride[1]);
            for (sum, value) in sums[first..].iter_mut().zip(seen) {
                *sum += factor * value;
            }
        }
    }
}

/// Applies `f` to what each position sees, and to its row and column.
fn pool(
    x: &[f32],
    shape: &[usize],
    window: &Window,
    f: impl Fn(&[f32], [usize; 2]) -> f32,
) -> Vec<f32> {
    let [height, width] = [shape[2], shape[3]];
    let mut out = Vec::new();
    let mut seen = Vec::new();
    for plane in x.chunks_exact(height * width) {
        for row in 0..window.count[0] {
            for column in 0..window.count[1] {
                seen.clear();
                for y in window.seen(0, row, height) {
                    let line = &plane[y * width..][..width];
                    seen.extend(window.seen(1, column, width).map(|x| line[x]));
                }
                out.push(f(&seen, [row, column]));
            }
        }
    }
    out
}

fn average(x: &[f32], shape: &[usize], window: &Window, include_pad: bool) -> Vec<f32> {
    let vertical = window.divisors(0, shape[2], include_pad);
    let horizontal = window.divisors(1, shape[3], include_pad);
    pool(x, shape, window, |seen, [row, column]| {
        seen.iter().sum::<f32>() / (vertical[row] * horizontal[column]) as f32
    })
}
