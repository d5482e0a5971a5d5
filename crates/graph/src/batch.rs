//! A model run on several inputs at once, as one graph.
//!
//! Every tensor that depends on an input gets a new slowest axis; weights, and what is computed from them alone, stay
//! as they are. The batched graph follows from the model's graph and the number of inputs, so a proof about it is a proof
//! about the model: its weights are the same, and row b of each output is what the model gives for row b of each input.

use std::collections::BTreeMap;

use crate::graph::{Graph, Input, Node, Output, TensorId};
use crate::infer::node_shape;
use crate::op::{LABELS_MAX, Op};
use crate::shape::Shape;

/// Most inputs at once.
pub const BATCH_MAX: u32 = 4_096;

/// Why a model can't be batched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// None, or more than are allowed.
    #[error("a batch has 1 to {BATCH_MAX} inputs, not {0}")]
    Count(u32),
    /// A convolution whose kernel depends on the input.
    #[error("node {node} convolves with a kernel that depends on the input")]
    Kernel {
        /// Index of the node.
        node: usize,
    },
    /// A contraction that uses all labels.
    #[error("node {node} has no label left for the batch")]
    Labels {
        /// Index of the node.
        node: usize,
    },
    /// A graph whose shapes don't fit together; a checked one has none.
    #[error("node {node} has no shape")]
    Shape {
        /// Index of the node.
        node: usize,
    },
}

/// The graph of `count` runs of a checked graph.
///
/// # Errors
///
/// [`BatchError`].
pub fn batch(graph: &Graph, count: u32) -> Result<Graph, BatchError> {
    if !(1..=BATCH_MAX).contains(&count) {
        return Err(BatchError::Count(count));
    }
    let mut builder = Builder::new(graph, count);
    for (index, node) in graph.nodes.iter().enumerate() {
        builder.node(index, &node.op)?;
    }
    for output in &graph.outputs {
        let tensor = builder.spread(output.tensor);
        builder.graph.outputs.push(Output {
            tensor,
            shape: with_batch(count, &output.shape),
            ..output.clone()
        });
    }
    Ok(builder.graph)
}

fn with_batch(count: u32, shape: &Shape) -> Shape {
    let mut axes = vec![count];
    axes.extend(&shape.0);
    Shape(axes)
}

struct Builder {
    count: u32,
    graph: Graph,
    /// Shapes of the model's tensors.
    shapes: Vec<Shape>,
    /// For each of the model's tensors: which tensor it became, and whether that has the new axis.
    became: Vec<(TensorId, bool)>,
    /// What was repeated along the new axis.
    repeated: BTreeMap<TensorId, TensorId>,
}

impl Builder {
    fn new(graph: &Graph, count: u32) -> Self {
        let inputs = graph.inputs.iter().map(|input| Input {
            shape: with_batch(count, &input.shape),
            ..input.clone()
        });
        let shapes = graph.inputs.iter().map(|input| input.shape.clone());
        let weights = graph.weights.iter().map(|weight| weight.shape.clone());
        let fixed = graph.inputs.len() + graph.weights.len();
        Self {
            count,
            shapes: shapes.chain(weights).collect(),
            became: (0..fixed)
                .map(|index| (TensorId(index as u32), index < graph.inputs.len()))
                .collect(),
            repeated: BTreeMap::new(),
            graph: Graph {
                inputs: inputs.collect(),
                weights: graph.weights.clone(),
                tables: graph.tables.clone(),
                nodes: Vec::new(),
                outputs: Vec::new(),
            },
        }
    }

    fn push(&mut self, op: Op) -> TensorId {
        self.graph.nodes.push(Node { op });
        self.graph.node_id(self.graph.nodes.len() - 1)
    }

    fn is_batched(&self, tensor: TensorId) -> bool {
        self.became[tensor.0 as usize].1
    }

    fn now(&self, tensor: TensorId) -> TensorId {
        self.became[tensor.0 as usize].0
    }

    /// The tensor with the new axis; one without it is repeated along it.
    fn spread(&mut self, tensor: TensorId) -> TensorId {
        let (now, batched) = self.became[tensor.0 as usize];
        if batched {
            return now;
        }
        if let Some(&known) = self.repeated.get(&tensor) {
            return known;
        }
        let own = self.shapes[tensor.0 as usize].clone();
        let repeated = self.push(Op::Broadcast {
            x: now,
            shape: with_batch(self.count, &own),
            axes: (1..=own.0.len() as u8).collect(),
        });
        self.repeated.insert(tensor, repeated);
        repeated
    }

    fn node(&mut self, index: usize, op: &Op) -> Result<(), BatchError> {
        let shape = node_shape(op, &self.shapes).map_err(|_| BatchError::Shape { node: index })?;
        let batched = op
            .operands()
            .iter()
            .any(|&operand| self.is_batched(operand));
        let op = if batched {
            self.batched(index, op, &shape)?
        } else {
            self.renamed(op)
        };
        let tensor = self.push(op);
        self.became.push((tensor, batched));
        self.shapes.push(shape);
        Ok(())
    }

    /// The same operator on the tensors' new ids.
    fn renamed(&self, op: &Op) -> Op {
        let mut op = op.clone();
        op.operands_mut()
            .into_iter()
            .for_each(|operand| *operand = self.now(*operand));
        op
    }

    /// The operator with the new axis before all others.
    fn batched(&mut self, node: usize, op: &Op, shape: &Shape) -> Result<Op, BatchError> {
        Ok(match op {
            Op::Contract { .. } => self.contract(node, op)?,
            Op::Conv { w, .. } if self.is_batched(*w) => return Err(BatchError::Kernel { node }),
            Op::Conv { .. } | Op::Lookup { .. } => self.renamed(op),
            Op::Sum { terms, constant } => Op::Sum {
                terms: terms
                    .iter()
                    .map(|&(term, coefficient)| (self.spread(term), coefficient))
                    .collect(),
                constant: *constant,
            },
            Op::Concat { parts, axis } => Op::Concat {
                parts: parts.iter().map(|&part| self.spread(part)).collect(),
                axis: axis + 1,
            },
            Op::WindowSum { .. } | Op::Slice { .. } | Op::Pad { .. } => {
                let mut op = self.renamed(op);
                if let Op::WindowSum { axis, .. } | Op::Slice { axis, .. } | Op::Pad { axis, .. } =
                    &mut op
                {
                    *axis += 1;
                }
                op
            }
            Op::Transpose { x, perm } => Op::Transpose {
                x: self.now(*x),
                perm: std::iter::once(0)
                    .chain(perm.iter().map(|axis| axis + 1))
                    .collect(),
            },
            Op::Reshape { x, .. } => Op::Reshape {
                x: self.now(*x),
                shape: with_batch(self.count, shape),
            },
            Op::Broadcast { x, axes, .. } => Op::Broadcast {
                x: self.now(*x),
                shape: with_batch(self.count, shape),
                axes: std::iter::once(0)
                    .chain(axes.iter().map(|axis| axis + 1))
                    .collect(),
            },
        })
    }

    /// The new axis is one more label of each operand that has it, and of the result.
    fn contract(&self, node: usize, op: &Op) -> Result<Op, BatchError> {
        let batched: Vec<bool> = op
            .operands()
            .into_iter()
            .map(|operand| self.is_batched(operand))
            .chain([true])
            .collect();
        let mut op = self.renamed(op);
        if let Op::Contract {
            a_axes,
            b_axes,
            out_axes,
            ..
        } = &mut op
        {
            let used = |label: &u8| a_axes.contains(label) || b_axes.contains(label);
            let free = (0..LABELS_MAX).find(|label| !used(label));
            let label = free.ok_or(BatchError::Labels { node })?;
            for (axes, batched) in [a_axes, b_axes, out_axes].into_iter().zip(batched) {
                if batched {
                    axes.insert(0, label);
                }
            }
        }
        Ok(op)
    }
}
