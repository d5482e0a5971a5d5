//! The integer graph: what a model is to the prover, the verifier and the ledger.
//!
//! A [`Graph`] is a list of nodes over integer tensors. It holds shapes, ranges, tables and scales,
//! never weight values: those travel apart, in [`Weights`]. There are no floats anywhere in this
//! crate, so two machines that hold the same graph, weights and input hold the same bits afterwards.
//!
//! | module | purpose |
//! |---|---|
//! | [`shape`] | shapes with named limits, row-major strides |
//! | [`tensor`] | a shape and its `i64` values |
//! | [`table`] | one-variable functions that a lookup can apply |
//! | [`op`] | the closed set of operators |
//! | [`graph`] | tensors, nodes, inputs, outputs |
//! | [`codec`] | the canonical encoding |
//! | [`check`] | limits, shapes, and the refusal of graphs that could wrap |
//! | [`mod@batch`] | a model run on several inputs at once |
//! | [`mod@score`] | how many of several samples a classifier labels right |
//! | [`bounds`] | worst-case interval of every tensor |
//! | [`draft`] | a graph that grows node by node, for those who build one |
//! | [`model`] | graph, weights and name in one file |
//! | [`exec`] | the executor |
//!
//! **Invariant:** a [`Checked`] graph can't wrap: every value and every intermediate sum of the
//! executor, for any weights and inputs within their declared ranges, lies within
//! [`bounds::VALUE_MAX`] of zero.

pub mod batch;
pub mod bounds;
pub mod check;
pub mod codec;
pub mod draft;
pub mod exec;
pub mod graph;
mod infer;
pub mod model;
pub mod op;
pub mod score;
pub mod shape;
pub mod table;
pub mod tensor;

pub use bounds::Range;
pub use check::{Checked, GraphError, OpError};
pub use codec::DecodeError;
pub use draft::Draft;
pub use exec::{ExecError, Trace, execute};
pub use graph::{Graph, Input, Node, Origin, Output, Post, Scale, TensorId, WeightSpec, Weights};
pub use model::{Hiding, Model, ModelError};
pub use op::Op;
pub use shape::Shape;
pub use table::Table;
pub use tensor::Tensor;
