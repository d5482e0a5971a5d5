//! The executor: the one meaning of a graph.
//!
//! Integer arithmetic only, on bounds that rule out wrapping, so that every order of additions and
//! every instruction set gives the same bits. Inner loops run over contiguous `i32`, which compilers
//! vectorise.

mod contract;
mod conv;
mod index;

use crate::bounds::{Range, weight_range};
use crate::check::Checked;
use crate::graph::{Graph, TensorId, Weights};
use crate::op::Op;
use crate::shape::Shape;
use crate::table::Table;
use crate::tensor::Tensor;

/// Values whose range is checked without looking at the result in between.
const CHECKED_AT_ONCE: usize = 1024;

/// Why a run is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecError {
    #[error("the graph has {expected} {what}, {got} were given")]
    Count {
        what: &'static str,
        expected: usize,
        got: usize,
    },
    #[error(
        "{what} {index} has shape {expected:?}, shape {got:?} or another number of values was given"
    )]
    Shape {
        what: &'static str,
        index: usize,
        expected: Vec<u32>,
        got: Vec<u32>,
    },
    #[error("value {value} at position {position} of {what} {index} isn't in {lo} to {hi}")]
    OutOfRange {
        what: &'static str,
        index: usize,
        position: usize,
        value: i64,
        lo: i64,
        hi: i64,
    },
}

/// Every value of one run.
#[derive(Clone, Debug)]
pub struct Trace<'a> {
    graph: &'a Graph,
    weights: &'a Weights,
    inputs: &'a [Tensor],
    nodes: Vec<Tensor>,
}

impl Trace<'_> {
    /// The values of a tensor of the graph that was run.
    ///
    /// # Panics
    /// For an id that isn't of that graph; those in its nodes and outputs are.
    #[must_use]
    pub fn tensor(&self, id: TensorId) -> &Tensor {
        let index = id.0 as usize;
        let (inputs, weights) = (self.inputs.len(), self.weights.0.len());
        if index < inputs {
            &self.inputs[index]
        } else if index < inputs + weights {
            &self.weights.0[index - inputs]
        } else {
            &self.nodes[index - inputs - weights]
        }
    }

    /// The values of the outputs, in the graph's order.
    pub fn outputs(&self) -> impl Iterator<Item = &Tensor> {
        self.graph
            .outputs
            .iter()
            .map(|output| self.tensor(output.tensor))
    }
}

/// Shifts right with rounding to nearest, ties upwards: `(shifted, remainder)` with
/// `value + half = shifted * 2^shift + remainder` and `0 <= remainder < 2^shift`.
#[must_use]
pub fn round_shift(value: i64, shift: u8) -> (i64, i64) {
    let half = (1i64 << shift) >> 1;
    let raised = value + half;
    let shifted = raised >> shift;
    (shifted, raised - (shifted << shift))
}

/// Runs a graph and keeps every tensor.
pub fn execute<'a>(
    checked: &'a Checked,
    weights: &'a Weights,
    inputs: &'a [Tensor],
) -> Result<Trace<'a>, ExecError> {
    let graph = checked.graph();
    check_operands(graph, weights, inputs)?;
    let mut trace = Trace {
        graph,
        weights,
        inputs,
        nodes: Vec::with_capacity(graph.nodes.len()),
    };
    for (index, node) in graph.nodes.iter().enumerate() {
        let shape = checked.tensor_shape(graph.node_id(index));
        let values = run(&node.op, shape, &trace);
        debug_assert_eq!(values.len(), shape.elements());
        trace.nodes.push(Tensor {
            shape: shape.clone(),
            values,
        });
    }
    Ok(trace)
}

/// Refuses weights of other shapes than the graph's, or outside of their declared bits.
pub fn check_weights(graph: &Graph, weights: &Weights) -> Result<(), ExecError> {
    if weights.0.len() != graph.weights.len() {
        return Err(ExecError::Count {
            what: "weights",
            expected: graph.weights.len(),
            got: weights.0.len(),
        });
    }
    for (index, (spec, tensor)) in graph.weights.iter().zip(&weights.0).enumerate() {
        let range = weight_range(spec.bits);
        check_tensor("weight", index, &spec.shape, range, tensor)?;
    }
    Ok(())
}

fn check_operands(graph: &Graph, weights: &Weights, inputs: &[Tensor]) -> Result<(), ExecError> {
    check_weights(graph, weights)?;
    if inputs.len() != graph.inputs.len() {
        return Err(ExecError::Count {
            what: "inputs",
            expected: graph.inputs.len(),
            got: inputs.len(),
        });
    }
    for (index, (spec, tensor)) in graph.inputs.iter().zip(inputs).enumerate() {
        check_tensor("input", index, &spec.shape, spec.range, tensor)?;
    }
    Ok(())
}

fn check_tensor(
    what: &'static str,
    index: usize,
    shape: &Shape,
    range: Range,
    tensor: &Tensor,
) -> Result<(), ExecError> {
    if tensor.shape != *shape || tensor.values.len() != shape.elements() {
        return Err(ExecError::Shape {
            what,
            index,
            expected: shape.0.clone(),
            got: tensor.shape.0.clone(),
        });
    }
    let outside = |value: &i64| !range.contains(*value);
    let values = &tensor.values;
    // Without an exit in between, processors compare several values at once.
    let any_outside = |values: &[i64]| values.iter().fold(false, |any, value| any | outside(value));
    let block = values.chunks(CHECKED_AT_ONCE).position(any_outside);
    let position = block.and_then(|block| {
        let start = block * CHECKED_AT_ONCE;
        let first = values[start..].iter().position(outside);
        first.map(|offset| start + offset)
    });
    match position {
        None => Ok(()),
        Some(position) => Err(ExecError::OutOfRange {
            what,
            index,
            position,
            value: tensor.values[position],
            lo: range.lo,
            hi: range.hi,
        }),
    }
}

fn run(op: &Op, shape: &Shape, trace: &Trace<'_>) -> Vec<i64> {
    let of = |id: &TensorId| trace.tensor(*id);
    match op {
        Op::Contract {
            a,
            b,
            a_axes,
            b_axes,
            out_axes,
        } => contract::contract([of(a), of(b)], [a_axes, b_axes, out_axes]),
        Op::Conv {
            x,
            w,
            stride,
            pad,
            dilation,
            groups,
        } => conv::conv(
            of(x),
            of(w),
            shape,
            &conv::Window {
                stride: *stride,
                pad: *pad,
                dilation: *dilation,
                groups: *groups,
            },
        ),
        Op::Sum { terms, constant } => sum(terms, *constant, shape, trace),
        Op::WindowSum {
            x,
            axis,
            kernel,
            stride,
            before,
            ..
        } => index::window_sum(of(x), *axis, shape, [*kernel, *stride, *before]),
        Op::Slice {
            x,
            axis,
            start,
            step,
            ..
        } => index::slice(of(x), *axis, shape, [*start, *step]),
        Op::Pad {
            x, axis, before, ..
        } => index::concat(&[of(x)], *axis, *before, shape),
        Op::Concat { parts, axis } => {
            let parts: Vec<&Tensor> = parts.iter().map(of).collect();
            index::concat(&parts, *axis, 0, shape)
        }
        Op::Transpose { x, perm } => index::transpose(of(x), perm, shape),
        Op::Reshape { x, .. } => of(x).values.clone(),
        Op::Broadcast { x, axes, .. } => index::broadcast(of(x), axes, shape),
        Op::Lookup { x, shift, table } => lookup(
            &of(x).values,
            *shift,
            &trace.graph.tables[usize::from(*table)],
        ),
    }
}

fn sum(terms: &[(TensorId, i64)], constant: i64, shape: &Shape, trace: &Trace<'_>) -> Vec<i64> {
    let mut out = vec![constant; shape.elements()];
    for (id, coefficient) in terms {
        let values = &trace.tensor(*id).values;
        for (sum, value) in out.iter_mut().zip(values) {
            *sum += coefficient * value;
        }
    }
    out
}

fn lookup(x: &[i64], shift: u8, table: &Table) -> Vec<i64> {
    match table {
        Table::Clamp { out_lo, out_hi, .. } => {
            let (out_lo, out_hi) = (i64::from(*out_lo), i64::from(*out_hi));
            let clamp = |value: &i64| round_shift(*value, shift).0.max(out_lo).min(out_hi);
            x.iter().map(clamp).collect()
        }
        Table::Values { lo, values } => {
            let lo = i64::from(*lo);
            let find = |value: &i64| values[(round_shift(*value, shift).0 - lo) as usize];
            x.iter().map(|value| i64::from(find(value))).collect()
        }
    }
}
