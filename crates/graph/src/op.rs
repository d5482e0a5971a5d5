//! The closed set of operators.
//!
//! Everything that isn't linear or a product is a [`Op::Lookup`]: a function of one variable, given
//! by a table. `max(a, b)` is `b + relu(a - b)`; a requantisation is a shift before the lookup. The
//! proof system therefore has four kinds of step only: products, linear maps, index maps, lookups.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::graph::TensorId;
use crate::shape::Shape;

/// Largest shift of a lookup.
pub const SHIFT_MAX: u8 = 16;
/// Labels of a contraction are below this.
pub const LABELS_MAX: u8 = 16;
/// Most terms of a sum and parts of a concatenation.
pub const OPERANDS_MAX: usize = 4_096;

/// One operator; every node has exactly one output tensor.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Op {
    /// Sum of products over labelled axes, as in Einstein notation:
    /// `out[o] = sum over the labels not in out of a[..] * b[..]`.
    ///
    /// `a_axes[i]` is the label of axis `i` of `a`, and so on; labels are below 16. A label stands
    /// at most once in each list, every label of `out_axes` stands in `a_axes` or `b_axes`, and a
    /// label that isn't in `out_axes` stands in both. Equal labels have equal sizes.
    Contract {
        a: TensorId,
        b: TensorId,
        a_axes: Vec<u8>,
        b_axes: Vec<u8>,
        out_axes: Vec<u8>,
    },
    /// Two-dimensional cross-correlation of `x: [C, H, W]` with `w: [O, C / groups, KH, KW]`,
    /// giving `[O, OH, OW]`; positions outside of `x` count as zero (ONNX `Conv`). With
    /// `x: [B, C, H, W]` each of the B images, giving `[B, O, OH, OW]`.
    Conv {
        x: TensorId,
        w: TensorId,
        /// `[vertical, horizontal]`, each at least 1.
        stride: [u32; 2],
        /// `[top, left, bottom, right]`.
        pad: [u32; 4],
        dilation: [u32; 2],
        groups: u32,
    },
    /// `constant + sum of coefficient * tensor`, all of one shape.
    Sum {
        terms: Vec<(TensorId, i64)>,
        constant: i64,
    },
    /// Sliding sum along one axis: `out[.., o, ..] = sum over k < kernel of x[.., o * stride + k - before, ..]`,
    /// with zeros outside; the output axis has length `len`.
    WindowSum {
        x: TensorId,
        axis: u8,
        kernel: u32,
        stride: u32,
        before: u32,
        len: u32,
    },
    /// `out[.., o, ..] = x[.., start + o * step, ..]` for `o < len`.
    Slice {
        x: TensorId,
        axis: u8,
        start: u32,
        step: u32,
        len: u32,
    },
    /// `before` zeros before and `after` zeros behind `x` along one axis.
    Pad {
        x: TensorId,
        axis: u8,
        before: u32,
        after: u32,
    },
    /// Tensors one behind the other along one axis.
    Concat { parts: Vec<TensorId>, axis: u8 },
    /// `out` axis `i` is `x` axis `perm[i]`.
    Transpose { x: TensorId, perm: Vec<u8> },
    /// The same values, row by row, under another shape.
    Reshape { x: TensorId, shape: Shape },
    /// `x` repeated along new axes: `axes[i]` is the output axis on which axis `i` of `x` lies
    /// (ascending); the others repeat.
    Broadcast {
        x: TensorId,
        shape: Shape,
        axes: Vec<u8>,
    },
    /// `table[(x + half) >> shift]`, where `half` is `2^(shift - 1)`, or 0 when `shift` is 0:
    /// rounding to nearest, ties upwards, then a function of one variable. `table` is an index into
    /// the graph's tables; the whole range of the shifted value must lie in its domain.
    Lookup { x: TensorId, shift: u8, table: u16 },
}

impl Op {
    /// Its name, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Contract { .. } => "Contract",
            Self::Conv { .. } => "Conv",
            Self::Sum { .. } => "Sum",
            Self::WindowSum { .. } => "WindowSum",
            Self::Slice { .. } => "Slice",
            Self::Pad { .. } => "Pad",
            Self::Concat { .. } => "Concat",
            Self::Transpose { .. } => "Transpose",
            Self::Reshape { .. } => "Reshape",
            Self::Broadcast { .. } => "Broadcast",
            Self::Lookup { .. } => "Lookup",
        }
    }

    /// The tensors it reads, in a fixed order.
    #[must_use]
    pub fn operands(&self) -> Vec<TensorId> {
        match self {
            Self::Contract { a, b, .. } => vec![*a, *b],
            Self::Conv { x, w, .. } => vec![*x, *w],
            Self::Sum { terms, .. } => terms.iter().map(|(tensor, _)| *tensor).collect(),
            Self::Concat { parts, .. } => parts.clone(),
            Self::WindowSum { x, .. }
            | Self::Slice { x, .. }
            | Self::Pad { x, .. }
            | Self::Transpose { x, .. }
            | Self::Reshape { x, .. }
            | Self::Broadcast { x, .. }
            | Self::Lookup { x, .. } => vec![*x],
        }
    }

    /// The same tensors, to be renamed.
    pub fn operands_mut(&mut self) -> Vec<&mut TensorId> {
        match self {
            Self::Contract { a, b, .. } => vec![a, b],
            Self::Conv { x, w, .. } => vec![x, w],
            Self::Sum { terms, .. } => terms.iter_mut().map(|(tensor, _)| tensor).collect(),
            Self::Concat { parts, .. } => parts.iter_mut().collect(),
            Self::WindowSum { x, .. }
            | Self::Slice { x, .. }
            | Self::Pad { x, .. }
            | Self::Transpose { x, .. }
            | Self::Reshape { x, .. }
            | Self::Broadcast { x, .. }
            | Self::Lookup { x, .. } => vec![x],
        }
    }
}
