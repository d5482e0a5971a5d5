//! How many of several samples a classifier labels right, as one graph.
//!
//! The model is run on all samples ([`mod@crate::batch`]); their labels are one more input, and the only output is how many samples
//! the model labels as they say. A sample counts as right if no class has a larger score than its label's, and none before it an
//! equal one: the first of the largest scores is the model's label. The graph follows from the model's graph and the number of
//! samples, so a proof about it is a proof about the model.

use crate::batch::{BatchError, batch};
use crate::bounds::Range;
use crate::check::OpError;
use crate::draft::Draft;
use crate::graph::{Graph, Input, Output, Post, Scale, TensorId};
use crate::op::{OPERANDS_MAX, Op, SHIFT_MAX};
use crate::shape::Shape;
use crate::table::Table;

#[cfg(test)]
mod tests;

/// Name of the input that holds the labels, counted from 0.
pub const LABELS: &str = "labels";

/// One, as every integer stands for itself.
const ONE: Scale = Scale {
    mantissa: 1 << 52,
    exponent: -52,
};

/// Why a model's labels can't be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// The model can't be run on so many samples at once.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// A model that isn't a classifier.
    #[error("only a model with one output of 2 to {OPERANDS_MAX} scores has labels to count")]
    NotAClassifier,
    /// Scores that are too large to be compared, or a graph that is too large with the comparison.
    #[error("the scores can't be compared: {0}")]
    Compare(#[from] OpError),
}

/// The graph that counts how many of `count` samples the classifier labels right.
///
/// # Errors
///
/// [`ScoreError`].
pub fn score(graph: &Graph, count: u32) -> Result<Graph, ScoreError> {
    let [output] = &graph.outputs[..] else {
        return Err(ScoreError::NotAClassifier);
    };
    let classes = output.shape.elements();
    if !(2..=OPERANDS_MAX).contains(&classes) {
        return Err(ScoreError::NotAClassifier);
    }
    let batched = batch(graph, count)?;
    let classes = classes as u32;
    let mut counting = Counting::new(&batched, count, classes)?;
    let scores = counting.renamed(batched.outputs[0].tensor);
    let right = counting.right(scores)?;
    counting.draft.push_output(Output {
        name: "right".to_owned(),
        tensor: right,
        scale: ONE,
        shape: Shape(vec![1]),
        post: Post::None,
    });
    Ok(counting.draft.into_graph())
}

struct Counting {
    draft: Draft,
    labels: TensorId,
    samples: u32,
    classes: u32,
}

impl Counting {
    /// The batched model, with the labels behind its inputs.
    fn new(batched: &Graph, samples: u32, classes: u32) -> Result<Self, OpError> {
        let labels = batched.input_id(batched.inputs.len());
        let mut inputs = batched.inputs.clone();
        inputs.push(Input {
            name: LABELS.to_owned(),
            shape: Shape(vec![samples]),
            range: Range {
                lo: 0,
                hi: i64::from(classes) - 1,
            },
            scale: ONE,
            zero: 0,
        });
        let draft = Draft::new(inputs, batched.weights.clone());
        let mut counting = Self {
            draft,
            labels,
            samples,
            classes,
        };
        for table in &batched.tables {
            counting.draft.push_table(table.clone())?;
        }
        for node in &batched.nodes {
            let mut op = node.op.clone();
            for operand in op.operands_mut() {
                *operand = counting.renamed(*operand);
            }
            counting.draft.push(op)?;
        }
        Ok(counting)
    }

    /// What a tensor of the batched model is called behind one more input.
    fn renamed(&self, tensor: TensorId) -> TensorId {
        if tensor < self.labels {
            tensor
        } else {
            TensorId(tensor.0 + 1)
        }
    }

    /// How many samples' scores fit their labels, of shape `[1]`.
    fn right(&mut self, scores: TensorId) -> Result<TensorId, OpError> {
        let scores = self.draft.push(Op::Reshape {
            x: scores,
            shape: Shape(vec![self.samples, self.classes]),
        })?;
        let zeros = self.zeros()?;
        let losses = self.losses(scores)?;
        let [own, best] = [self.differences()?, losses].map(|x| Op::Lookup {
            x,
            shift: 0,
            table: zeros,
        });
        let (own, best) = (self.draft.push(own)?, self.draft.push(best)?);
        let right = self.draft.push(Op::Contract {
            a: own,
            b: best,
            a_axes: vec![0, 1],
            b_axes: vec![0, 1],
            out_axes: vec![0],
        })?;
        self.sum(right, 0, self.samples)
    }

    /// To how many classes each class of each sample loses.
    fn losses(&mut self, scores: TensorId) -> Result<TensorId, OpError> {
        let (samples, classes) = (self.samples, self.classes);
        let all = Shape(vec![samples, classes, classes]);
        let spread = |x, axes| Op::Broadcast {
            x,
            shape: all.clone(),
            axes,
        };
        let own = self.draft.push(spread(scores, vec![0, 1]))?;
        let other = self.draft.push(spread(scores, vec![0, 2]))?;
        let before = self.before()?;
        let before = self.draft.push(spread(before, vec![1, 2]))?;
        // Negative where the other score is larger, or equal and its class stands before.
        let lost = self.negative(vec![(own, 1), (other, -1), (before, -1)])?;
        let losses = self.sum(lost, 2, classes)?;
        self.draft.push(Op::Reshape {
            x: losses,
            shape: Shape(vec![samples, classes]),
        })
    }

    /// 1 where the second class stands before the first one, of shape `[classes, classes]`.
    fn before(&mut self) -> Result<TensorId, OpError> {
        let classes = self.classes;
        let first = self.draft.push(Op::Slice {
            x: self.labels,
            axis: 0,
            start: 0,
            step: 1,
            len: 1,
        })?;
        // Constants: the factor is zero.
        let parts = (0..i64::from(classes)).map(|class| {
            self.draft.push(Op::Sum {
                terms: vec![(first, 0)],
                constant: class,
            })
        });
        let parts = parts.collect::<Result<_, _>>()?;
        let place = self.draft.push(Op::Concat { parts, axis: 0 })?;
        let spread = |x, axis| Op::Broadcast {
            x,
            shape: Shape(vec![classes, classes]),
            axes: vec![axis],
        };
        let own = self.draft.push(spread(place, 0))?;
        let other = self.draft.push(spread(place, 1))?;
        self.negative(vec![(other, 1), (own, -1)])
    }

    /// 1 for zero, 0 for other numbers of classes and their differences.
    fn zeros(&mut self) -> Result<u16, OpError> {
        let classes = self.classes as i32;
        let lo = 1 - classes;
        let is_zero = |value: i32| i32::from(value == 0);
        self.draft.push_table(Table::Values {
            lo,
            values: (lo..=classes).map(is_zero).collect(),
        })
    }

    /// Each sample's label less each class, of shape `[samples, classes]`.
    fn differences(&mut self) -> Result<TensorId, OpError> {
        let labels = self.draft.push(Op::Reshape {
            x: self.labels,
            shape: Shape(vec![self.samples, 1]),
        })?;
        let parts = (0..i64::from(self.classes)).map(|class| {
            self.draft.push(Op::Sum {
                terms: vec![(labels, 1)],
                constant: -class,
            })
        });
        let parts = parts.collect::<Result<_, _>>()?;
        self.draft.push(Op::Concat { parts, axis: 1 })
    }

    /// 1 where a sum is negative, else 0.
    fn negative(&mut self, terms: Vec<(TensorId, i64)>) -> Result<TensorId, OpError> {
        let x = self.draft.push(Op::Sum { terms, constant: 0 })?;
        let reach = self.draft.range(x).magnitude();
        // As many bits in the table as in the remainder's range.
        let shift = reach.max(1).ilog2().div_ceil(2).min(u32::from(SHIFT_MAX)) as u8;
        // A lookup rounds; without half a unit it is the floor, which is negative exactly where the sum is.
        let half = if shift == 0 { 0 } else { 1i64 << (shift - 1) };
        let x = self.draft.push(Op::Sum {
            terms: vec![(x, 1)],
            constant: -half,
        })?;
        let range = self.draft.range(x);
        let (lo, hi) = ((range.lo + half) >> shift, (range.hi + half) >> shift);
        let (lo, hi) = (lo as i32, hi as i32);
        let table = self.draft.push_table(Table::Values {
            lo,
            values: (lo..=hi).map(|value| i32::from(value < 0)).collect(),
        })?;
        self.draft.push(Op::Lookup { x, shift, table })
    }

    fn sum(&mut self, x: TensorId, axis: u8, kernel: u32) -> Result<TensorId, OpError> {
        self.draft.push(Op::WindowSum {
            x,
            axis,
            kernel,
            stride: 1,
            before: 0,
            len: 1,
        })
    }
}
