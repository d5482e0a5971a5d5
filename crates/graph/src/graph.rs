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

impl Scale {
    /// Whether it is in its one form and a normal `f64`.
    #[must_use]
    pub fn is_canonical(self) -> bool {
        (1 << 52..1 << 53).contains(&self.mantissa) && (-1074..=971).contains(&self.exponent)
    }
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

/// Which of a graph's lists a tensor stands in, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Input(usize),
    Weight(usize),
    Node(usize),
}

impl Graph {
    /// Number of tensors: inputs, weights and nodes.
    #[must_use]
    pub fn tensors(&self) -> usize {
        self.inputs.len() + self.weights.len() + self.nodes.len()
    }

    /// Where a tensor comes from, or `None` for an id that doesn't exist.
    #[must_use]
    pub fn origin(&self, id: TensorId) -> Option<Origin> {
        let index = id.0 as usize;
        let first_node = self.inputs.len() + self.weights.len();
        if index < self.inputs.len() {
            Some(Origin::Input(index))
        } else if index < first_node {
            Some(Origin::Weight(index - self.inputs.len()))
        } else if index < self.tensors() {
            Some(Origin::Node(index - first_node))
        } else {
            None
        }
    }

    /// The operator that makes a tensor, or `None` for inputs, weights and unknown ids.
    #[must_use]
    pub fn op(&self, id: TensorId) -> Option<&Op> {
        match self.origin(id)? {
            Origin::Node(index) => self.nodes.get(index).map(|node| &node.op),
            Origin::Input(_) | Origin::Weight(_) => None,
        }
    }

    /// The id of the tensor of input `index`.
    #[must_use]
    pub fn input_id(&self, index: usize) -> TensorId {
        TensorId(index as u32)
    }

    /// The id of the tensor of weight `index`.
    #[must_use]
    pub fn weight_id(&self, index: usize) -> TensorId {
        TensorId((self.inputs.len() + index) as u32)
    }

    /// The id of the tensor that node `index` makes.
    #[must_use]
    pub fn node_id(&self, index: usize) -> TensorId {
        TensorId((self.inputs.len() + self.weights.len() + index) as u32)
    }
}

/// Weight values, in the order of [`Graph::weights`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights(pub Vec<Tensor>);
