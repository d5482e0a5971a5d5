//! Tensors, nodes, inputs, outputs and the canonical codec.
//!
//! Tensor ids run through the inputs, then the weights, then the nodes, each in their order; a node
//! reads only tensors with smaller ids.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::bounds::Range;
use crate::op::Op;
use crate::shape::Shape;
use crate::table::Table;
use crate::tensor::Tensor;

/// Index of a tensor: inputs first, then weights, then the nodes' outputs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
pub struct TensorId(pub u32);

/// What one unit of an integer tensor stands for: `mantissa * 2^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Scale {
    /// Between 2^52 and 2^53 - 1, so that every scale has one form and is an `f64` exactly.
    pub mantissa: u64,
    pub exponent: i16,
}

/// A tensor that the caller gives.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Input {
    pub name: String,
    pub shape: Shape,
    pub range: Range,
    /// `integer = round(number / scale) + zero`.
    pub scale: Scale,
    pub zero: i32,
}

/// A tensor whose values are committed in the key.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct WeightSpec {
    pub shape: Shape,
    /// Values lie in `-2^(bits - 1) ..= 2^(bits - 1) - 1`; 1 to 16.
    pub bits: u8,
}

/// One operator and thereby one tensor.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Node {
    pub op: Op,
}

/// What a reader of the output computes from the proven integers, in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Post {
    None,
    /// Softmax over the last axis.
    Softmax,
}

/// A tensor that the model answers with.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Output {
    pub name: String,
    pub tensor: TensorId,
    /// `number = integer * scale`, then `post`.
    pub scale: Scale,
    /// The shape of the source model's output, of as many elements as the tensor.
    pub shape: Shape,
    pub post: Post,
}

/// A model without its weight values.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Graph {
    pub inputs: Vec<Input>,
    pub weights: Vec<WeightSpec>,
    pub tables: Vec<Table>,
    pub nodes: Vec<Node>,
    pub outputs: Vec<Output>,
}

/// Weight values, in the order of [`Graph::weights`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights(pub Vec<Tensor>);
