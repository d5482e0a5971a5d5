//! Which graphs can be proven at all.
//!
//! The executor's limits are wide; here are those of the argument: what the verifier would have to compute itself
//! stays small, and stretches without a lookup stay shallow (`specs/proof.md`, section 11).

use lilliput_graph::{Checked, Op, TensorId};
use thiserror::Error;

use crate::layers::axes::padded;
use crate::layers::conv::image;
use crate::layers::reshape::runs;
use crate::layers::{axis, reshape};
use crate::point::tensor_variables;

#[cfg(test)]
mod tests;

/// Most values that the verifier computes for the weight of one node.
pub const WEIGHT_VALUES_MAX: u64 = 1 << 20;

/// Highest degree of a tensor in inputs, weights and lookup results.
pub const DEGREE_MAX: u64 = 8;

/// Most entries of one lookup table times `2^shift`: half of the modulus.
const LOOKUP_REACH_MAX: i64 = 1 << 30;

/// Why a sound graph can't be proven.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unprovable {
    /// A node whose weight is too large.
    #[error(
        "node {node} ({kind}) costs the verifier {got} steps, at most {WEIGHT_VALUES_MAX} are allowed"
    )]
    TooCostly {
        /// Index of the node.
        node: usize,
        /// Name of its operator.
        kind: &'static str,
        /// Values of its weight.
        got: u64,
    },
    /// Too many products without a lookup between them.
    #[error(
        "node {node} has degree {got} in what is committed, at most {DEGREE_MAX} is allowed: put a lookup before it"
    )]
    TooDeep {
        /// Index of the node.
        node: usize,
        /// Its degree.
        got: u64,
    },
    /// A shift that would make a lookup ambiguous.
    #[error("node {node} shifts too far for its table")]
    Reach {
        /// Index of the node.
        node: usize,
    },
    /// More lookups than fit one argument.
    #[error("the lookups of the {what}: {source}")]
    Lookups {
        /// Weights or witness.
        what: &'static str,
        /// Why.
        source: crate::logup::ShapeError,
    },
    /// A hidden input whose range is too wide to be looked up.
    #[error(
        "input {index} has {entries} possible values, a hidden one may have {}: prove with a public input",
        crate::layout::INPUT_RANGE_MAX
    )]
    InputRange {
        /// Index of the input.
        index: u32,
        /// Integers in its range.
        entries: u64,
    },
    /// More cells than a commitment may have.
    #[error("{what} take {got} cells, at most {max} are allowed")]
    TooManyCells {
        /// Weights or witness.
        what: &'static str,
        /// Cells.
        got: u64,
        /// The limit.
        max: u64,
    },
}

/// Refuses graphs whose argument would cost the verifier too much, or breaks the degree rule.
///
/// # Errors
///
/// [`Unprovable`] for the first such node.
pub fn check_provable(checked: &Checked) -> Result<(), Unprovable> {
    let graph = checked.graph();
    let mut degrees = vec![1u64; graph.tensors()];
    for (node, entry) in graph.nodes.iter().enumerate() {
        let got = weight_values(&entry.op, graph.node_id(node), checked);
        if got > WEIGHT_VALUES_MAX {
            let kind = entry.op.kind();
            return Err(Unprovable::TooCostly { node, kind, got });
        }
        check_reach(node, &entry.op, checked)?;
        let got = degree(&entry.op, &degrees);
        if got > DEGREE_MAX {
            return Err(Unprovable::TooDeep { node, got });
        }
        if let Some(place) = index(graph.node_id(node)).and_then(|index| degrees.get_mut(index)) {
            *place = got;
        }
    }
    Ok(())
}

fn check_reach(node: usize, op: &Op, checked: &Checked) -> Result<(), Unprovable> {
    let Op::Lookup { shift, table, .. } = op else {
        return Ok(());
    };
    let tables = &checked.graph().tables;
    let entries = tables
        .get(usize::from(*table))
        .map_or(i64::MAX, |table| table.entries());
    let reach = entries.checked_mul(1i64.checked_shl(u32::from(*shift)).unwrap_or(i64::MAX));
    if reach.is_some_and(|reach| reach <= LOOKUP_REACH_MAX) {
        Ok(())
    } else {
        Err(Unprovable::Reach { node })
    }
}

fn index(tensor: TensorId) -> Option<usize> {
    usize::try_from(tensor.0).ok()
}

fn degree(op: &Op, degrees: &[u64]) -> u64 {
    let of_operands: Vec<u64> = op
        .operands()
        .into_iter()
        .filter_map(|operand| degrees.get(index(operand)?).copied())
        .collect();
    match op {
        Op::Contract { .. } | Op::Conv { .. } => of_operands.iter().sum(),
        Op::Lookup { .. } => 1,
        Op::Sum { .. }
        | Op::WindowSum { .. }
        | Op::Slice { .. }
        | Op::Pad { .. }
        | Op::Concat { .. }
        | Op::Transpose { .. }
        | Op::Reshape { .. }
        | Op::Broadcast { .. } => of_operands.iter().copied().max().unwrap_or(1),
    }
}

/// Values that the verifier computes for one claim on the node, beyond its point's length.
#[must_use]
pub fn weight_values(op: &Op, node: TensorId, checked: &Checked) -> u64 {
    let shape = |tensor: TensorId| &checked.tensor_shape(tensor).0[..];
    let along = |tensor: TensorId, axis: u8| {
        let length = shape(tensor).get(usize::from(axis)).copied().unwrap_or(1);
        size(padded(length))
    };
    match op {
        Op::Slice { x, axis, .. } | Op::Pad { x, axis, .. } | Op::WindowSum { x, axis, .. } => {
            if axis::is_free(op, checked) {
                0
            } else {
                along(*x, *axis).saturating_add(along(node, *axis))
            }
        }
        Op::Concat { parts, axis } => {
            let count = size(parts.len().next_power_of_two());
            let share = parts.iter().map(|&part| along(part, *axis)).max();
            let stacked = share.unwrap_or(1).saturating_mul(count);
            stacked.saturating_add(along(node, *axis))
        }
        Op::Reshape { x, .. } => {
            if reshape::is_free(shape(*x), shape(node)) {
                return 0;
            }
            let sides = |axes: &[u32], run| {
                let run: &[u32] = axes.get::<std::ops::Range<usize>>(run).unwrap_or_default();
                1u64.checked_shl(u32::try_from(tensor_variables(run)).unwrap_or(u32::MAX))
                    .unwrap_or(u64::MAX)
            };
            runs(shape(*x), shape(node))
                .into_iter()
                .filter(|run| !run.free)
                .map(|run| {
                    sides(shape(*x), run.of_x).saturating_add(sides(shape(node), run.of_result))
                })
                .fold(0, u64::saturating_add)
        }
        Op::Conv { x, w, groups, .. } => {
            convolution_values(shape(*x), shape(*w), shape(node), *groups)
        }
        Op::Contract { .. }
        | Op::Sum { .. }
        | Op::Transpose { .. }
        | Op::Broadcast { .. }
        | Op::Lookup { .. } => 0,
    }
}

fn convolution_values(x: &[u32], w: &[u32], result: &[u32], groups: u32) -> u64 {
    let (&[channels, height, width], &[outputs, group_channels, rows, columns], &[_, out_y, out_x]) =
        (image(x).1, w, image(result).1)
    else {
        return u64::MAX;
    };
    let axis = |kernel: u32, output: u32, input: u32| {
        let pairs = u64::from(kernel).saturating_mul(u64::from(output));
        pairs.saturating_add(size(padded(input)))
    };
    let of_groups = if groups == 1 {
        0
    } else {
        let cells = size(padded(outputs)).saturating_mul(size(padded(group_channels)));
        cells.saturating_add(size(padded(channels)))
    };
    axis(rows, out_y, height)
        .saturating_add(axis(columns, out_x, width))
        .saturating_add(of_groups)
}

fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
