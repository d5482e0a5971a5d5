//! The steps of a program in floating point: what calibration looks at, and what tests compare with.
//!
//! Every sum has an order that the source fixes and every function comes from a library that is the
//! same everywhere, so that a model and its samples give one integer graph on all machines.

mod along;
mod conv;
mod linear;
mod rows;

pub(crate) use rows::{each_row, moments};

use crate::array::{expand, gather, strides};
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

/// Most values of samples that run side by side: what one sample may have.
const VALUES_MAX: usize = 1 << 27;

/// Runs samples, as many side by side as there are cores, and looks at the values of each in the samples'
/// order.
pub(crate) fn each<E>(
    program: &Program,
    samples: &[Vec<Vec<f64>>],
    mut look: impl FnMut(&[Vec<f32>]) -> Result<(), E>,
) -> Result<(), E> {
    let length = |step: &Step| step.shape.iter().product::<usize>();
    let values: usize = program.steps.iter().map(length).sum();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let together = cores.min(VALUES_MAX / values.max(1)).max(1);
    for samples in samples.chunks(together) {
        let narrow = |list: &Vec<f64>| list.iter().map(|&number| number as f32).collect();
        let run_one = |sample: &Vec<Vec<f64>>| {
            let sample: Vec<Vec<f32>> = sample.iter().map(narrow).collect();
            run(program, &sample)
        };
        std::thread::scope(|scope| {
            let (first, others) = match samples {
                [first, others @ ..] => (first, others),
                [] => return Ok(()),
            };
            let start = |sample| scope.spawn(move || run_one(sample));
            let others: Vec<_> = others.iter().map(start).collect();
            look(&run_one(first))?;
            for other in others {
                match other.join() {
                    Ok(values) => look(&values)?,
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The least and the largest of some values, infinities if there are none. `None`: one of them isn't
/// finite.
pub(crate) fn extremes(values: &[f32]) -> Option<(f32, f32)> {
    const LANES: usize = 8;
    let (mut least, mut most) = ([f32::INFINITY; LANES], [f32::NEG_INFINITY; LANES]);
    let mut finite = [true; LANES];
    let mut see = |lane: usize, value: f32| {
        least[lane] = least[lane].min(value);
        most[lane] = most[lane].max(value);
        finite[lane] &= value.is_finite();
    };
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &value) in chunk.iter().enumerate() {
            see(lane, value);
        }
    }
    for (lane, &value) in rest.iter().enumerate() {
        see(lane, value);
    }
    let least = least.into_iter().fold(f32::INFINITY, f32::min);
    let most = most.into_iter().fold(f32::NEG_INFINITY, f32::max);
    finite.iter().all(|&finite| finite).then_some((least, most))
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
        } => conv::conv(operand(0), shape_of(0), weight, bias, window, *groups),
        Operation::Linear { weight, bias } => linear::linear(operand(0), weight, bias),
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

#[cfg(test)]
mod tests {
    use super::extremes;

    #[test]
    fn extremes_are_those_of_all_values() {
        let values: Vec<f32> = (0..21).map(|index| ((index * 13) % 21) as f32).collect();
        assert_eq!(extremes(&values), Some((0.0, 20.0)));
        assert_eq!(extremes(&[-2.5]), Some((-2.5, -2.5)));
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for place in [0, 7, 8, 20] {
                let mut values = values.clone();
                values[place] = bad;
                assert_eq!(extremes(&values), None);
            }
        }
    }
}
